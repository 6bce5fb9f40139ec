"""After any batches, losses and restarts the view holds what the store holds, cell by cell."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Mapping

import pytest

from scoring.contribution import MINUTE_US, Key
from streams.live.base import Change, LiveView, Row
from streams.live.identity import identity_of
from streams.live.numbers import LiveNumbers
from streams.live.publisher import Publisher
from streams.live.spans import Horizon, Span
from streams.pipeline import KEPT_MINUTES
from streams.stores import MemoryStore, Progress, Store
from tests.properties.months import in_order, pipeline, told
from tests.scenarios.shop import NOW_US
from tests.streams.live.conftest import Seconds, Stand

MONTHS = {"memory": 60, "redis": 25}
DAYS = ("2026-09-01", "2026-12-31")
AHEAD_MINUTES = 20 * 60
"""Some cells lie a little behind the latest event: an hour of advertising is told while it goes on."""


def cells_of(store: Store) -> dict[Key, int]:
    """Every day cell and every minute cell that windows may ask for."""
    newest = store.progress().watermark_us // MINUTE_US
    rows = store.shard_cells([0], DAYS[0], max(newest - KEPT_MINUTES, 0))
    latest = Span("m", "0", str(newest + AHEAD_MINUTES))
    return {key: value for _, key, value in rows if value and (latest.holds(key[3]) or key[3][:2] != "m:")}


def read(numbers: LiveNumbers, cells: set[tuple[str, str, str]], store: Store) -> dict[Key, int]:
    """The same, asked cell by cell of what readers use."""
    newest = store.progress().watermark_us // MINUTE_US
    spans = (DAYS, (f"m:{max(newest - KEPT_MINUTES, 0)}", f"m:{newest + AHEAD_MINUTES}"))
    return {
        (*cell, period, item): value
        for cell in cells
        for first, last in spans
        for period, item, value in numbers.cells(*cell, first, last)
    }


def test_the_view_is_the_store(stand: Stand, seconds: Seconds) -> None:
    """Random months in random batches, some never told, with flushes, other publishers and pauses: both agree."""
    from_view = 0
    for seed in range(MONTHS[stand.kind]):
        rng = random.Random(f"live {seed}")
        month = told(seed, rng.randint(20, 60))
        store = MemoryStore()
        engine = pipeline(store, month.definitions)
        engine.adopt()
        publishers = [Publisher(lambda store=store: store, stand.view, seconds) for _ in range(2)]  # type: ignore[misc]
        numbers = LiveNumbers(store, stand.view, seconds)
        left = in_order(month.wire)
        rng.shuffle(left)
        seen = 0
        while left:
            size = rng.choice((1, 2, 5, 20))
            outcome = engine.apply(left[:size], [], None, NOW_US)
            left = left[size:]
            if rng.randrange(5):
                rng.choice(publishers).note(0, outcome)
            if not rng.randrange(8):
                stand.flush()
            for publisher in rng.choices(publishers, k=rng.randrange(3)):
                publisher.step()
            seconds.at += rng.choice((0.0, 0.3, 1.5))
            version = sum(progress.batch for progress in numbers.shards().values())
            assert version >= seen
            seen = version
        for _ in range(4):
            seconds.at += 1.1
            for publisher in publishers:
                publisher.step()
        expected = cells_of(store)
        assert numbers.shards() == {0: store.progress()}
        assert numbers.source == "redis"
        assert read(numbers, {key[:3] for key in expected}, store) == expected, f"seed {seed}"
        view = stand.view(str(identity_of(store)))
        view.shards()
        from_view += sum(view.cells(*key[:3], key[3], key[3]) is not None for key in expected)
    assert from_view > 1_000


class Losing:
    """A live view over another one, which loses everything before, after or in the middle of some of its questions."""

    def __init__(self, rng: random.Random, stand: Stand, view: LiveView) -> None:
        self.losses = 0
        self._rng, self._stand, self._view = rng, stand, view

    def _chance(self) -> None:
        if not self._rng.randrange(9):
            self.losses += 1
            self._stand.flush()

    def open(self) -> dict[int, Progress]:
        self._chance()
        return self._view.open()

    def shards(self) -> dict[int, Progress]:
        self._chance()
        return self._view.shards()

    def cells(self, owner: str, dimension: str, measure: str, first: str, last: str) -> list[Row] | None:
        return self._view.cells(owner, dimension, measure, first, last)

    def publish(self, change: Change) -> bool:
        self._chance()
        return self._view.publish(change)

    def fill(self, progress: Mapping[int, Progress], horizon: Horizon, rows: Iterable[tuple[int, Key, int]]) -> int:
        def losing() -> Iterator[tuple[int, Key, int]]:
            for row in rows:
                if not self._rng.randrange(200):
                    self._chance()
                yield row

        self._chance()
        return self._view.fill(progress, horizon, losing())

    def reserve(self) -> bool:
        self._chance()
        return self._view.reserve()

    def release(self) -> None:
        self._chance()
        self._view.release()

    def reset(self) -> None:
        self._view.reset()


@pytest.mark.parametrize("losses", range(5))
def test_a_loss_at_any_moment(stand: Stand, seconds: Seconds, losses: int) -> None:
    """Everything is lost between any two of the publisher's questions: what is shown afterwards is whole."""
    rng = random.Random(f"loss {losses}")
    month = told(losses, 60)
    store = MemoryStore()
    engine = pipeline(store, month.definitions)
    engine.adopt()
    numbers = LiveNumbers(store, stand.view, seconds)
    views: list[Losing] = []

    def open_view(identity: str) -> Losing:
        views.append(Losing(rng, stand, stand.view(identity)))
        return views[-1]

    publisher = Publisher(lambda: store, open_view, seconds)
    times_read = 0
    for row in in_order(month.wire):
        publisher.note(0, engine.apply([row], [], None, NOW_US))
        publisher.step()
        seconds.at += 0.4
        if numbers.shards() == {0: store.progress()} and numbers.source == "redis":
            times_read += 1
            expected = cells_of(store)
            sample = {key[:3] for key in rng.sample(sorted(expected), min(5, len(expected)))}
            assert read(numbers, sample, store) == {k: v for k, v in expected.items() if k[:3] in sample}
    assert times_read > 10
    assert sum(view.losses for view in views) > 5
