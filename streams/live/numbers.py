"""Where readers get cells and progress from: the live view while it keeps up, else the store; they can tell which."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Protocol

from streams.live.base import Away, LiveView, Row
from streams.live.identity import identity_of, kept_shards
from streams.live.lateness import Lateness
from streams.stores.base import Progress, Store

log = logging.getLogger("scoreline.live")

LATE_SECONDS = 1.0
"""So long a view may lack a batch that the store has; it is then a moment old and says as of when."""
LOOK_AGAIN_SECONDS = 2.0


class Numbers(Protocol):
    """What a reader of KPIs needs."""

    @property
    def source(self) -> str:
        """ "redis" or "store", where the latest answer came from; "" when there is no live view."""

    def shards(self) -> dict[int, Progress]:
        """How far each shard is, in what `cells` shows."""

    def cells(self, owner: str, dimension: str, measure: str, first: str, last: str) -> list[Row]:
        """Rows (period, item, value) of a measure in periods first..last, both included; zero rows left out."""


class StoreNumbers:
    """Reads the store."""

    source = ""

    def __init__(self, store: Store) -> None:
        self._store = store

    def shards(self) -> dict[int, Progress]:
        return self._store.shards()

    def cells(self, owner: str, dimension: str, measure: str, first: str, last: str) -> list[Row]:
        return self._store.cells(owner, dimension, measure, first, last)


class LiveNumbers:
    """Reads the live view, and the store when the view is away, not whole, or does not keep what is asked.

    `shards` decides which. No shard goes back: the view is taken up again only when it has reached what was given last.
    """

    def __init__(
        self, store: Store, open_view: Callable[[str], LiveView], monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self.source = "store"
        self._store = store
        self._open_view = open_view
        self._monotonic = monotonic
        self._lateness = Lateness(LATE_SECONDS, monotonic)
        self._view: LiveView | None = None
        self._identity: str | None = None
        self._look_again_at = float("-inf")
        self._said = ""
        self._given: dict[int, Progress] = {}

    def shards(self) -> dict[int, Progress]:
        stored = kept_shards(self._store)
        try:
            shown = self._shown()
        except Away as away:
            self._leave(str(away))
            self._given = stored
            return dict(stored)
        if self._lateness.late(shown, stored):
            self._leave("the live view is behind the store; a worker fills it")
        elif all(shard in shown and shown[shard].batch >= given.batch for shard, given in self._given.items()):
            if self._said:
                log.info("the live view is back")
            self.source, self._said = "redis", ""
        else:
            self.source = "store"
        self._given = shown if self.source == "redis" else stored
        return dict(self._given)

    def cells(self, owner: str, dimension: str, measure: str, first: str, last: str) -> list[Row]:
        if self._view is not None and self.source == "redis":
            try:
                rows = self._view.cells(owner, dimension, measure, first, last)
            except Away as away:
                self._leave(str(away))
            else:
                if rows is not None:
                    return rows
        return self._store.cells(owner, dimension, measure, first, last)

    def _shown(self) -> dict[int, Progress]:
        if self._view is None:
            self._find()
        if self._view is None:
            raise Away("no worker has filled a live view yet")
        try:
            return self._view.shards()
        except Away:
            # Perhaps the cells were recomputed, and the view of the new ones has another name.
            self._find()
            raise

    def _find(self) -> None:
        now = self._monotonic()
        if now < self._look_again_at:
            return
        self._look_again_at = now + LOOK_AGAIN_SECONDS
        identity = identity_of(self._store)
        if identity != self._identity:
            self._identity = identity
            self._view = None if identity is None else self._open_view(identity)

    def _leave(self, why: str) -> None:
        self.source = "store"
        if why and why != self._said:
            log.warning("%s; the board reads the store", why)
            self._said = why
