"""What a live view must do: hold the latest cells of a store a second time, in memory, and never lie about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from scoring.contribution import Key
from streams.live.spans import Horizon
from streams.stores.base import Progress, StoreError

Row = tuple[str, str, int]
"""(period, item, value) of a cell."""


class LiveViewError(StoreError):
    """The live view is set up wrongly; the message says what, where, and what to do."""


class Away(Exception):
    """The view can not be used now: not reached, emptied, or filled from other cells. Read the store instead."""


@dataclass(frozen=True, slots=True)
class Change:
    """What one or more batches changed in a shard, as values and not as differences.

    `rows` are the shard's parts of the changed cells as of its batch `batch`. They are every cell that changed after
    the batch `before` up to the one of `progress`, which may be older than `batch`.
    """

    shard: int
    before: int
    progress: Progress
    batch: int
    rows: Mapping[Key, int]


class LiveView(Protocol):
    """The cells of one store, under one set of definitions, by shard. Every method may raise Away.

    A row carries the batch that it is of, and an older one never replaces a newer. A shard is shown once it was filled.
    From then on no row is older than the shard's progress says (some may be newer, as when a store is read while it is
    written), since progress that does not follow on what is shown is refused.
    """

    def open(self) -> dict[int, Progress]:
        """For writers: the shards that are shown; makes an empty view where there is none or another's."""

    def shards(self) -> dict[int, Progress]:
        """For readers: how far each shard that is shown is."""

    def cells(self, owner: str, dimension: str, measure: str, first: str, last: str) -> list[Row] | None:
        """Rows in order, all shards added up, zeros left out; None when so old or so many are not kept: ask the store.

        Only what was shown when `shards` or `open` was last called is read.
        """

    def publish(self, change: Change) -> bool:
        """Take a change in and wake who waits; False when changes before it are missing: the shard must be filled."""

    def fill(self, progress: Mapping[int, Progress], horizon: Horizon, rows: Iterable[tuple[int, Key, int]]) -> int:
        """Take in all (shard, cell, value) rows of shards as of their progress, then show these; how many rows."""

    def reserve(self) -> bool:
        """Whether this process is to fill now: one at a time, and only for some seconds unless `fill` goes on."""

    def release(self) -> None:
        """Let others fill."""

    def reset(self) -> None:
        """Throw everything away, whatever it shows."""
