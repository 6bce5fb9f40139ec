"""Distinct: how many different items. a, b, a -> 2; over days and people the same item counts once."""

from __future__ import annotations

from fractions import Fraction

from scoring.measures.base import Rows, merged


class Distinct:
    """Customers, sessions: an item counts while its count is above zero."""

    is_multiset = True

    def read(self, rows: Rows, scale: Fraction) -> Fraction | None:
        """The number of items."""
        return Fraction(sum(1 for count in merged(rows).values() if count > 0))
