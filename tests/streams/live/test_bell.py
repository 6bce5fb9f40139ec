"""Boards are woken when a shard moves on, and never wait for a bell that can not be heard."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis

from streams.live.base import Change
from streams.live.bell import RedisBell
from streams.live.redis_view import channel_of
from tests.servers import Redis
from tests.servers.fixtures import lent
from tests.streams.live.conftest import Stand, redis_stand
from tests.streams.live.test_contract import GMV, filled, progress


@pytest.fixture
def own_redis(server_folder: Path) -> Iterator[Redis]:
    """A Redis that the test may harm."""
    with lent(Redis(server_folder)) as server:
        yield server


class Rings:
    """Counts."""

    def __init__(self) -> None:
        self.count = 0
        self._rung = threading.Condition()

    def ring(self) -> None:
        """Once more."""
        with self._rung:
            self.count += 1
            self._rung.notify_all()

    def wait_for(self, count: int) -> None:
        """Until it has rung so often."""
        with self._rung:
            assert self._rung.wait_for(lambda: self.count >= count, 10), f"rang {self.count} times"


def until(is_so: Callable[[], bool]) -> None:
    """Wait a few seconds for a condition."""
    deadline = time.monotonic() + 10
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture
def rings() -> Rings:
    """A counter."""
    return Rings()


def test_it_rings_for_its_group_only(redis_server: Redis, rings: Rings) -> None:
    """Each change of the group rings, a refused one and another group's do not, and after closing nothing does."""
    stand, other = redis_stand(redis_server.url), redis_stand(redis_server.url)
    bell = RedisBell(redis_server.url, stand.group)
    assert not bell.is_heard
    bell.listen(rings.ring)
    rings.wait_for(1)
    assert bell.is_heard
    view = filled(stand.view("a"), {1: {}})
    rings.wait_for(2)
    filled(other.view("a"), {1: {}})
    assert not view.publish(Change(1, 5, progress(6), 6, {}))
    assert view.publish(Change(1, 1, progress(2), 2, {GMV: 1}))
    rings.wait_for(3)
    time.sleep(0.2)
    assert rings.count == 3
    bell.close()
    assert view.publish(Change(1, 2, progress(3), 3, {GMV: 1}))
    time.sleep(0.2)
    assert rings.count == 3


def test_the_message_is_the_batch_number(redis_server: Redis) -> None:
    """Nothing but a number is told on the channel."""
    stand: Stand = redis_stand(redis_server.url)
    heard = redis.Redis.from_url(redis_server.url).pubsub(ignore_subscribe_messages=True)
    heard.subscribe(channel_of(stand.group))
    view = filled(stand.view("a"), {1: {}}, batch=41)
    assert view.publish(Change(1, 41, progress(42), 42, {GMV: 1}))
    told = []
    deadline = time.monotonic() + 5
    while len(told) < 2 and time.monotonic() < deadline:
        message = heard.get_message(timeout=0.5)
        if message:
            told.append(message["data"])
    heard.close()
    assert told == [b"41", b"42"]


def test_it_is_not_heard_while_redis_is_away(own_redis: Redis, rings: Rings) -> None:
    """After a kill the bell says that it is not heard; when Redis is back it listens again and rings once for that."""
    bell = RedisBell(own_redis.url, "g")
    bell.listen(rings.ring)
    rings.wait_for(1)
    own_redis.kill()
    until(lambda: not bell.is_heard)
    own_redis.start()
    rings.wait_for(2)
    assert bell.is_heard
    filled(redis_stand(own_redis.url).view("a"), {1: {}})
    bell.close()


def test_closing_without_redis(own_redis: Redis, rings: Rings) -> None:
    """A bell that never heard anything can be closed."""
    own_redis.kill()
    bell = RedisBell(own_redis.url, "g")
    bell.listen(rings.ring)
    bell.close()
    assert (rings.count, bell.is_heard) == (0, False)
