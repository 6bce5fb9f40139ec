"""Trial: how many products reach their goal. goal:100:1/5 with 100 units sold and a fifth of the sales left -> 1."""

from __future__ import annotations

from fractions import Fraction

from scoring.measures.base import Rows, merged


class Trial:
    """New products. Items are "goal:<units>:<margin>:0:<product>" and "sold:<units>:<sales>:<profit>:<product>"."""

    is_multiset = True

    def read(self, rows: Rows, scale: Fraction) -> Fraction | None:
        """The number of products whose units, and whose profit in sales, are at least those of the goal."""
        goals: dict[str, tuple[int, Fraction]] = {}
        sold: dict[str, list[int]] = {}
        for item, count in merged(rows).items():
            kind, units, second, profit, product = item.split(":", 4)
            if count > 0 and kind == "goal":
                goals[product] = int(units), Fraction(second)
            elif count > 0:
                sums = sold.setdefault(product, [0, 0, 0])
                for place, text in enumerate((units, second, profit)):
                    sums[place] += count * int(text)
        return Fraction(sum(1 for product, goal in goals.items() if _reached(goal, sold.get(product))))


def _reached(goal: tuple[int, Fraction], sums: list[int] | None) -> bool:
    if sums is None:
        return False
    units, sales, profit = sums
    return units >= goal[0] and sales > 0 and profit >= goal[1] * sales
