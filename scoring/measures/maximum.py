"""Maximum: the largest item present. 3, 9, 4 -> 9; taking the 9 back leaves 4."""

from __future__ import annotations

from fractions import Fraction

from scoring.measures.base import Rows, merged


class Maximum:
    """Peaks. Items are whole numbers as texts."""

    is_multiset = True

    def read(self, rows: Rows, scale: Fraction) -> Fraction | None:
        """The largest value; None when there is none."""
        return max((Fraction(item) for item, count in merged(rows).items() if count > 0), default=None)
