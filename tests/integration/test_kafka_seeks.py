"""A buffer carries the number of the seek after which it was taken out, however fetches and seeks cross."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

from faust.types import TP

from streams.engines.kafka.transport import Buffer, BufferThread

PARTITION = TP("t", 0)


class Log:
    """As much of aiokafka's consumer as the thread uses: records from a position, once they are let through."""

    def __init__(self) -> None:
        self.position_now = 0
        self.arrived = asyncio.Event()
        self._closed = False
        self._fetcher = self
        self._subscriptions = self

    @contextlib.contextmanager
    def fetch_context(self) -> Iterator[None]:
        """As aiokafka's."""
        yield

    async def fetched_records(self, partitions: Any, timeout: Any, max_records: Any) -> dict[TP, list[int]]:
        """The offsets behind the position, as soon as there are any."""
        await self.arrived.wait()
        return {PARTITION: [self.position_now, self.position_now + 1]}

    def seek(self, tp: TP, offset: int) -> None:
        """As aiokafka's: at once."""
        self.position_now = offset

    async def position(self, tp: TP) -> int:
        """As aiokafka's."""
        await asyncio.sleep(0)
        return self.position_now


class Thread(BufferThread):
    """The thread without its thread: the test's loop is the one that fetches and seeks."""

    def __init__(self) -> None:
        self._consumer_state = SimpleNamespace(seeks={}, _read_offset={}, flow_active=True)

    @property
    def consumer(self) -> Any:
        """What Faust calls the consumer beside it."""
        return self._consumer_state

    @property
    def app(self) -> Any:
        """Faust's app."""
        return SimpleNamespace(conf=SimpleNamespace(broker_request_timeout=5))

    log: Any = SimpleNamespace(dev=lambda *_: None)


async def fetched(thread: Thread, log: Log) -> Buffer:
    """One buffer."""
    found = await thread._fetch_records(log, {PARTITION})
    buffer: Buffer = found[PARTITION]
    return buffer


def test_a_fetch_that_ends_after_a_seek_is_of_that_seek() -> None:
    """It began before the seek and brings the records from the new place: dropped as stale, they would never come."""

    async def crossing() -> tuple[Buffer, dict[TP, int]]:
        thread, log = Thread(), Log()
        fetching = asyncio.create_task(fetched(thread, log))
        await asyncio.sleep(0)
        await thread._seek_wait(log, {PARTITION: 48})
        log.arrived.set()
        return await fetching, thread.consumer.seeks

    buffer, seeks = asyncio.run(crossing())
    assert buffer == Buffer(PARTITION, 1, [48, 49])
    assert seeks == {PARTITION: 1}


def test_a_fetch_that_ends_before_a_seek_is_stale() -> None:
    """Records from the old place carry the old number, also when they are looked at only after the seek."""

    async def crossing() -> tuple[Buffer, dict[TP, int]]:
        thread, log = Thread(), Log()
        log.arrived.set()
        buffer = await fetched(thread, log)
        await thread._seek_wait(log, {PARTITION: 48})
        return buffer, thread.consumer.seeks

    buffer, seeks = asyncio.run(crossing())
    assert buffer == Buffer(PARTITION, 0, [0, 1])
    assert seeks == {PARTITION: 1}


def test_a_fetch_between_the_seek_and_its_answer_is_of_that_seek() -> None:
    """The number goes up at the moment of the seek, not when the seek has been confirmed."""

    async def crossing() -> Buffer:
        thread, log = Thread(), Log()
        log.arrived.set()
        seeking = asyncio.create_task(thread._seek_wait(log, {PARTITION: 7}))
        await asyncio.sleep(0)
        buffer = await fetched(thread, log)
        await seeking
        return buffer

    assert asyncio.run(crossing()) == Buffer(PARTITION, 1, [7, 8])
