"""Repeated: how many items come on at least two days. Monday a, b and Tuesday a -> 1; twice on one day is once."""

from __future__ import annotations

from fractions import Fraction

from scoring.measures.base import Rows


class Repeated:
    """Buyers who came back."""

    is_multiset = True

    def read(self, rows: Rows, scale: Fraction) -> Fraction | None:
        """The number of items with two days or more."""
        counts: dict[tuple[str, str], int] = {}
        for period, item, count in rows:
            counts[item, period] = counts.get((item, period), 0) + count
        days: dict[str, int] = {}
        for (item, _), count in counts.items():
            days[item] = days.get(item, 0) + (count > 0)
        return Fraction(sum(1 for number in days.values() if number > 1))
