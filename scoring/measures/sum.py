"""Sum: stored integers add up. Σ over 1.20, 3.40 -> 4.60; nothing is 0."""

from __future__ import annotations

from fractions import Fraction

from scoring.measures.base import Rows


class Sum:
    """Amounts, counts and seconds."""

    is_multiset = False

    def read(self, rows: Rows, scale: Fraction) -> Fraction | None:
        """The total in natural units."""
        return sum(amount for _, _, amount in rows) * scale
