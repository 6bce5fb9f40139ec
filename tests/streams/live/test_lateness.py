"""A view that is being written is not late; one that owes the same batch for long is."""

from __future__ import annotations

from streams.live.lateness import Lateness
from streams.stores.base import Progress
from tests.streams.live.conftest import Seconds


def test_a_moving_view_is_never_late(seconds: Seconds) -> None:
    """Always one batch behind for a minute, because the store moves on as well."""
    lateness = Lateness(1.0, seconds)
    for batch in range(1, 120):
        seconds.at += 0.5
        assert lateness.late({1: Progress(batch)}, {1: Progress(batch + 1)}) == set()


def test_a_standing_view_becomes_late(seconds: Seconds) -> None:
    """After the given time, however far the store has gone since; and no more once the owed batch is there."""
    lateness = Lateness(1.0, seconds)
    assert lateness.late({1: Progress(4)}, {1: Progress(5)}) == set()
    seconds.at += 1.0
    assert lateness.late({1: Progress(4)}, {1: Progress(9)}) == set()
    seconds.at += 0.1
    assert lateness.late({1: Progress(4)}, {1: Progress(10)}) == {1}
    assert lateness.late({1: Progress(5)}, {1: Progress(10)}) == set()
    seconds.at += 1.1
    assert lateness.late({1: Progress(9)}, {1: Progress(10)}) == {1}


def test_a_missing_shard_is_late_at_once(seconds: Seconds) -> None:
    """What was never filled can not be waited for; shards are judged one by one."""
    lateness = Lateness(1.0, seconds)
    assert lateness.late({1: Progress(4)}, {0: Progress(), 1: Progress(4), 2: Progress(1)}) == {0, 2}
