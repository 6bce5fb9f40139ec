"""Standing: the latest cost of each place, summed; idle: of old, unsold goods. 5 replaced by 7, and 1 -> 8."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from scoring.measures.base import Rows, merged


@dataclass(frozen=True, slots=True)
class Standing:
    """Stock. Items are "stock:<us>:<cost>:<1 when old>:<place>", "gone:<us>:0:0:<place>" and "sold:<goods>".

    A place is its goods, a bar and a warehouse. At one instant what is there outweighs what is gone.
    """

    idle_only: bool = False
    is_multiset = True

    def read(self, rows: Rows, scale: Fraction) -> Fraction | None:
        """The sum of what stands; for idle stock without fresh goods and without goods of which some were sold."""
        latest: dict[str, tuple[int, bool, int, bool]] = {}
        sold: set[str] = set()
        for item, count in merged(rows).items():
            kind, _, rest = item.partition(":")
            if count > 0 and kind == "sold":
                sold.add(rest)
            elif count > 0:
                at, cost, old, place = rest.split(":", 3)
                level = int(at), kind == "stock", int(cost), old == "1"
                latest[place] = max(level, latest.get(place, level))
        total = sum(
            cost
            for place, (_, _, cost, old) in latest.items()
            if not self.idle_only or (old and place.rpartition("|")[0] not in sold)
        )
        return total * scale
