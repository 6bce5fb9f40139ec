"""Percentile: the smallest value that at least 90 % of all values do not exceed (nearest rank, exact)."""

from __future__ import annotations

from fractions import Fraction

from scoring.measures.base import Rows, merged


class Percentile90:
    """Of 10, 20, ... 100 the 90th percentile is 90. Items are whole numbers as texts."""

    is_multiset = True

    def read(self, rows: Rows, scale: Fraction) -> Fraction | None:
        """The value; None when there is none."""
        counts = sorted((int(item), count) for item, count in merged(rows).items() if count > 0)
        wanted, reached = 9 * sum(count for _, count in counts), 0
        for value, count in counts:
            reached += count
            if 10 * reached >= wanted:
                return Fraction(value)
        return None
