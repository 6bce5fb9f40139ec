"""A measure: which atoms it looks at, what it takes from them, when it counts them, and whom it credits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

Rows = Iterable[tuple[str, str, int]]
"""Stored rows of one measure: (period, item, count or amount)."""

MICRO = 1_000_000


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure as data; `value` names an integer field for sums or a text field (the item) for multisets.

    `before` names the field that holds what of the same line was counted earlier, so that split refunds net to zero.
    `totals` says when shop and company count the atom too: "always", "never", or the name of a flag of the atom.
    """

    name: str
    version: int
    atoms: tuple[str, ...]
    kind: str
    value: str
    at: str
    unit: str
    dimensions: tuple[str, ...]
    where: tuple[str, ...] = ()
    before: str = ""
    rolling: bool = False
    totals: str = "always"


class Aggregation(Protocol):
    """How the counted rows of a measure become one number."""

    is_multiset: bool

    def read(self, rows: Rows, scale: Fraction) -> Fraction | None:
        """The number; `scale` turns stored integers of a sum into natural units. None when there is nothing."""


def merged(rows: Rows) -> Mapping[str, int]:
    """Counted items over all periods and shards; adding counts is exact, so merging loses nothing."""
    counts: dict[str, int] = {}
    for _, item, count in rows:
        counts[item] = counts.get(item, 0) + count
    return counts
