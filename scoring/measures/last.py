"""Last: the value with the latest instant. Items are "<microseconds>:<value>"; 1:5, 2:7 -> 7."""

from __future__ import annotations

from fractions import Fraction

from scoring.measures.base import Rows, merged


class Last:
    """Figures that are replaced by newer ones."""

    is_multiset = True

    def read(self, rows: Rows, scale: Fraction) -> Fraction | None:
        """The latest value; None when there is none."""
        present = [item.split(":", 1) for item, count in merged(rows).items() if count > 0]
        latest = max(((int(at), Fraction(value)) for at, value in present), default=None)
        return latest[1] if latest else None
