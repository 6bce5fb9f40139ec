"""A board with a bell: woken when it rings, patient while it is heard, and as without one while it is not."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
import pytest

from dashboards.web import BoardSettings, create_app, feed, running
from streams.clock import FrozenClock
from tests.dashboards.month import NOW_US, month_reader
from tests.dashboards.web.conftest import Board
from tests.dashboards.web.test_feed import NET_SALES, listening


@dataclass
class HandBell:
    """A bell that a test rings."""

    is_heard: bool = True
    ring: Callable[[], object] | None = None
    is_closed: bool = False

    def listen(self, ring: Callable[[], object]) -> None:
        self.ring = ring

    def close(self) -> None:
        self.is_closed = True


@contextmanager
def board_with(bell: HandBell) -> Iterator[Board]:
    """A board with a bell."""
    reader, clock = month_reader(), FrozenClock(NOW_US + 3_000_000)
    settings = BoardSettings(clock=clock, heartbeat_seconds=0.5, bell=bell)
    with running(create_app(reader, settings), port=0) as url:
        yield Board(url, reader, clock)


def until(is_so: Callable[[], bool]) -> None:
    """Wait a few seconds for a condition."""
    deadline = time.monotonic() + 5
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_it_looks_when_the_bell_rings(monkeypatch: pytest.MonkeyPatch) -> None:
    """A board that would look once an hour sends what was committed when the bell rings, and not before."""
    monkeypatch.setattr(feed, "BELL_SECONDS", 3_600)
    bell = HandBell()
    with board_with(bell) as board, listening(board) as events:
        next(events)
        until(lambda: bell.ring is not None and board.reader.looks >= 1)
        time.sleep(0.5)
        board.reader.put("net_sales", "c:", "2026-10", 1_200_000)
        board.commit()
        looks = board.reader.looks
        time.sleep(0.7)
        assert board.reader.looks == looks, "it looked without the bell"
        assert bell.ring is not None
        bell.ring()
        change = next(event for event in events if event["event"] == "change")
        assert "¥1,200,000" in change["data"]["parts"][NET_SALES]
    assert bell.is_closed


def test_many_rings_are_few_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """However often it rings, the board looks no more often than it would without a bell."""
    monkeypatch.setattr(feed, "BELL_SECONDS", 3_600)
    bell = HandBell()
    with board_with(bell) as board:
        until(lambda: bell.ring is not None)
        assert bell.ring is not None
        before = board.reader.looks
        for _ in range(200):
            bell.ring()
            time.sleep(0.005)
        assert 2 <= board.reader.looks - before <= 8


def test_a_bell_that_is_not_heard_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """While Redis is away the board looks by itself, five times a second."""
    monkeypatch.setattr(feed, "BELL_SECONDS", 3_600)
    with board_with(HandBell(is_heard=False)) as board, listening(board) as events:
        next(events)
        board.reader.put("net_sales", "c:", "2026-10", 1_200_000)
        board.commit()
        change = next(event for event in events if event["event"] == "change")
        assert NET_SALES in change["data"]["parts"]


def test_where_the_numbers_come_from_is_drawn_at_once(board: Board) -> None:
    """When the live view goes away without a new batch, the page is told, and again when it is back."""
    with listening(board) as events:
        next(events)
        for source, is_told in (("store", True), ("redis", False)):
            board.reader.source = source
            change = next(event for event in events if event["event"] == "change")
            assert set(change["data"]["parts"]) == {"fresh"}
            assert ("live view away" in change["data"]["parts"]["fresh"]) == is_told
    assert httpx.get(f"{board.url}/-/ready").status_code == 200
