"""Distinct per day: Σ over days of that day's different items (2-events.md G8). Monday a, b and Tuesday a -> 3."""

from __future__ import annotations

from fractions import Fraction

from scoring.measures.base import Rows


class DistinctDay:
    """Buyers and visitors at the grain that platforms report."""

    is_multiset = True

    def read(self, rows: Rows, scale: Fraction) -> Fraction | None:
        """The sum of the days' numbers."""
        counts: dict[tuple[str, str], int] = {}
        for period, item, count in rows:
            counts[period, item] = counts.get((period, item), 0) + count
        return Fraction(sum(1 for count in counts.values() if count > 0))
