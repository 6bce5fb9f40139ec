"""Median: the middle value, or the mean of the two middle ones. 1, 5, 9 -> 5; 1, 5 -> 3; stored in millionths."""

from __future__ import annotations

from fractions import Fraction

from scoring.measures.base import MICRO, Rows, merged


class Median:
    """Relative changes. Items are whole numbers of millionths as texts."""

    is_multiset = True

    def read(self, rows: Rows, scale: Fraction) -> Fraction | None:
        """The median in natural units; None when there is nothing."""
        counts = sorted((int(item), count) for item, count in merged(rows).items() if count > 0)
        size = sum(count for _, count in counts)
        if not size:
            return None
        low, high = _at(counts, (size - 1) // 2), _at(counts, size // 2)
        return Fraction(low + high, 2 * MICRO)


def _at(counts: list[tuple[int, int]], place: int) -> int:
    for value, count in counts:
        place -= count
        if place < 0:
            return value
    raise IndexError(place)
