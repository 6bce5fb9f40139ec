"""Keeps a live view up to date from beside a worker: changes as they are committed, and everything after a loss."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace

from scoring.contribution import Key
from streams.live.base import Away, Change, LiveView
from streams.live.identity import give_identity, kept_shards
from streams.live.lateness import Lateness
from streams.live.spans import Horizon
from streams.pipeline import Outcome
from streams.stores.base import Progress, Store, StoreError

log = logging.getLogger("scoreline.live")

TEND_SECONDS = 1.0
LATE_SECONDS = 2.0
STOP_SECONDS = 5.0
WAITING_KEYS = 200_000
"""Changed cells that wait at most; more than that are not remembered, and their shards are filled."""


@dataclass(slots=True)
class Figures:
    """What a publisher has done since it began, for metrics; `fault` says why the view is away, "" when it is not."""

    published_rows: int = 0
    filled_rows: int = 0
    fills: int = 0
    fill_seconds: float = 0.0
    fault: str = "the first look at the live view is still under way"

    @property
    def is_up(self) -> bool:
        """Whether the view could be written when it was last tried."""
        return not self.fault


@dataclass(slots=True)
class _Waiting:
    """Cells of a shard that changed after the batch `before`, up to the one of `progress`."""

    before: int
    progress: Progress
    keys: set[Key] = field(default_factory=set)

    def joined(self, later: _Waiting) -> _Waiting:
        """Both; what lies between them and is not known makes a gap that the view finds."""
        before = self.before if later.before <= self.progress.batch else later.before
        return _Waiting(before, later.progress, self.keys | later.keys)


class Publisher:
    """`note` is told of batches, by any thread; `step` does the rest, by one: the publisher's own after `start`.

    `open_store` gives a store that nobody else uses. Neither a view nor a store that is away stops it.
    """

    def __init__(
        self,
        open_store: Callable[[], Store],
        open_view: Callable[[str], LiveView],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.figures = Figures()
        self._open_store = open_store
        self._open_view = open_view
        self._monotonic = monotonic
        self._lateness = Lateness(LATE_SECONDS, monotonic)
        self._store: Store | None = None
        self._view: LiveView | None = None
        self._identity = ""
        self._noted: list[tuple[int, Outcome]] = []
        self._noted_keys = 0
        self._waiting: dict[int, _Waiting] = {}
        self._tended_at = float("-inf")
        self._lock = threading.Lock()
        self._woken = threading.Event()
        self._is_ending = False
        self._thread: threading.Thread | None = None

    def note(self, shard: int, outcome: Outcome) -> None:
        """A batch of a shard is committed. Returns at once."""
        with self._lock:
            self._noted.append((shard, outcome))
            self._noted_keys += len(outcome.keys) + 1
            if self._noted_keys > WAITING_KEYS:
                self._noted.clear()
                self._noted_keys = 0
        self._woken.set()

    @property
    def waiting_keys(self) -> int:
        """How many changed cells are remembered until the view can be written."""
        with self._lock:
            return self._noted_keys + sum(len(waiting.keys) for waiting in list(self._waiting.values()))

    def start(self) -> None:
        """Step in a thread of its own, whenever something is noted and once a second."""
        self._thread = threading.Thread(target=self._run, name="live-view", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End after the step that is under way."""
        self._is_ending = True
        self._woken.set()
        if self._thread is not None:
            self._thread.join(STOP_SECONDS)
        else:
            self._let_go()

    def _run(self) -> None:
        try:
            while not self._is_ending:
                self._woken.wait(TEND_SECONDS)
                self._woken.clear()
                self.step()
        finally:
            self._let_go()
            if not self._is_ending:
                self.figures.fault = "the publisher of the live view has stopped; restart the worker"
                log.critical("%s", self.figures.fault)

    def step(self) -> None:
        """Publish what waits; once a second also look whether the view is whole, and fill what is not."""
        try:
            self._work()
        except Away as away:
            self._fail(str(away))
        except StoreError as error:
            self._fail(str(error))
            self._let_go()
        else:
            if self.figures.fault:
                log.info("the live view is written")
            self.figures.fault = ""

    def _fail(self, why: str) -> None:
        if why != self.figures.fault:
            log.warning("the live view is not written: %s", why)
        self.figures.fault = why

    def _let_go(self) -> None:
        if self._store is not None:
            self._store.close()
        self._store = None

    def _work(self) -> None:
        store = self._store
        if store is None:
            store = self._store = self._open_store()
            self._tended_at = float("-inf")
        self._take_notes(store)
        is_due = self._monotonic() - self._tended_at >= TEND_SECONDS
        if is_due or self._view is None:
            self._tended_at = self._monotonic()
            identity = give_identity(store)
            if self._view is None or identity != self._identity:
                self._identity, self._view = identity, self._open_view(identity)
        shown = self._view.open()
        gaps = {shard for shard in list(self._waiting) if not self._publish(store, self._view, shard)}
        if is_due or gaps:
            self._tend(store, self._view, shown, gaps)

    def _take_notes(self, store: Store) -> None:
        with self._lock:
            noted, self._noted, self._noted_keys = self._noted, [], 0
        for shard, outcome in noted:
            kept = store.kept_in(shard)
            # A store that keeps the cells of all shards in one numbers its batches without gaps.
            before = outcome.before if kept == shard else outcome.batch - 1
            fresh = _Waiting(before, outcome.progress, set(outcome.keys))
            self._waiting[kept] = self._waiting[kept].joined(fresh) if kept in self._waiting else fresh
        if self.waiting_keys > WAITING_KEYS:
            self._waiting.clear()

    def _publish(self, store: Store, view: LiveView, shard: int) -> bool:
        """Whether nothing is missing between what the view shows and what waited."""
        waiting = self._waiting[shard]
        reached, rows = store.shard_rows(shard, list(waiting.keys))
        progress = waiting.progress if store.kept_in(shard) == shard else replace(reached, batch=waiting.progress.batch)
        if not view.publish(Change(shard, waiting.before, progress, reached.batch, rows)):
            return False
        del self._waiting[shard]
        self.figures.published_rows += len(rows)
        return True

    def _tend(self, store: Store, view: LiveView, shown: dict[int, Progress], gaps: set[int]) -> None:
        # The view is looked at first: what it has is committed, so a store that has less was put back.
        stored = kept_shards(store)
        if any(progress.batch > stored.get(shard, Progress()).batch for shard, progress in shown.items()):
            log.warning("the live view knows batches that the store does not have; it is filled anew")
            view.reset()
            shown = {}
        late = self._lateness.late(view.shards(), stored) | gaps
        if late and view.reserve():
            try:
                self._fill(store, view, late)
            finally:
                with suppress(Away):
                    view.release()

    def _fill(self, store: Store, view: LiveView, shards: set[int]) -> None:
        began = self._monotonic()
        with store.snapshot() as frozen:
            stored = kept_shards(frozen)
            horizon = Horizon.at(frozen.progress().watermark_us)
            rows = frozen.shard_cells(shards, horizon.first_day, horizon.minute)
            count = view.fill({shard: stored.get(shard, Progress()) for shard in shards}, horizon, rows)
        # What waited because of the gap can be published now.
        self._woken.set()
        self.figures.fills += 1
        self.figures.filled_rows += count
        self.figures.fill_seconds = self._monotonic() - began
        log.info("the live view was filled: %d shards, %d rows", len(shards), count)
