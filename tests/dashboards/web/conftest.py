"""A board that runs: over the filled reader, with a clock that tests move."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from starlette.testclient import TestClient

from dashboards.web import BoardSettings, create_app, running
from streams.clock import FrozenClock
from tests.dashboards.memory_reader import MemoryReader
from tests.dashboards.month import NOW_US, month_reader


@dataclass
class Board:
    """A running board: where it is, what it reads, which time it believes."""

    url: str
    reader: MemoryReader
    clock: FrozenClock

    def commit(self) -> None:
        """A batch arrives now."""
        self.reader.advance(self.clock.at_us, self.clock.at_us)


@pytest.fixture
def client() -> Iterator[TestClient]:
    """A client of an app without a server."""
    app = create_app(month_reader(), BoardSettings(clock=FrozenClock(NOW_US + 3_000_000)))
    with TestClient(app, base_url="http://127.0.0.1") as one:
        yield one


@pytest.fixture
def board() -> Iterator[Board]:
    """A board on a free port of this machine."""
    reader, clock = month_reader(), FrozenClock(NOW_US + 3_000_000)
    with running(create_app(reader, BoardSettings(clock=clock, heartbeat_seconds=0.5)), port=0) as url:
        yield Board(url, reader, clock)
