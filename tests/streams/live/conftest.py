"""A live view of each kind, empty, with a way to lose everything in it, and a clock that tests move."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
import redis

from streams.live.base import LiveView
from streams.live.memory import MemoryServer, MemoryView
from streams.live.redis_link import WRITE_SECONDS
from streams.live.redis_view import opener


@dataclass
class Seconds:
    """A monotonic clock that stands until it is moved."""

    at: float = 1_000.0

    def __call__(self) -> float:
        return self.at


@dataclass
class Stand:
    """A place where views are kept: opens them by identity, each over a connection of its own, and loses them."""

    kind: str
    view: Callable[[str], LiveView]
    flush: Callable[[], object]
    group: str = field(default_factory=lambda: f"test-{secrets.token_hex(4)}")


@pytest.fixture
def seconds() -> Seconds:
    """A clock."""
    return Seconds()


def redis_stand(url: str) -> Stand:
    """A group of its own on a real Redis; flushing it is FLUSHALL."""
    stand = Stand("redis", lambda identity: opener(url, stand.group, WRITE_SECONDS)(identity), lambda: None)
    stand.flush = redis.Redis.from_url(url).flushall
    return stand


def memory_stand() -> Stand:
    """A server in memory."""
    server = MemoryServer()
    return Stand("memory", lambda identity: MemoryView(server, identity), server.flush)


@pytest.fixture(params=["memory", "redis"])
def stand(request: pytest.FixtureRequest) -> Stand:
    """An empty place of each kind."""
    if request.param == "memory":
        return memory_stand()
    return redis_stand(request.getfixturevalue("redis_server").url)
