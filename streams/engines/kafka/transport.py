"""Faust's Kafka transport with one message per fetched buffer; where to read from is the store's word, not the group's.

Overrides private methods of faust-streaming 0.15.3, pinned for that reason: `Consumer.getmany`, `_drain_messages`,
`perform_seek`, `ack`, `_new_offset`, `_filter_tps_with_pending_acks`, `on_buffer_full`, `on_buffer_drop`; the consumer
thread's `_create_worker_consumer`, `_seek_wait`, `_fetch_records`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from aiokafka.errors import ConsumerStoppedError
from faust.transport.drivers import aiokafka as stock
from faust.types import TP, ConsumerMessage

SCHEME = "scoreline"
FETCH_WAIT_MS = 100
FETCH_LEAST_BYTES = 65_536
"""The broker answers when it has so much, or after FETCH_WAIT_MS. A transaction costs as much as a hundred events, so a
few larger ones leave room, and waiting for them is shorter than waiting in a queue behind small ones.
"""


@dataclass(frozen=True, slots=True)
class Buffer:
    """Records of one partition in the order of their offsets, fetched after the seek with the number `seek`."""

    tp: TP
    seek: int
    records: Sequence[Any]


class BufferThread(stock.AIOKafkaConsumerThread):
    """The thread that fetches; waits less long for more records than the stock one, and numbers the seeks.

    A fetch that began before a seek may end after it, with the records from there on. So a buffer gets the number of
    the seek where it is taken out: in the loop that also seeks, with nothing in between.
    """

    def _create_worker_consumer(self, transport: Any) -> Any:
        consumer = super()._create_worker_consumer(transport)
        consumer._fetch_max_wait_ms = FETCH_WAIT_MS
        consumer._fetch_min_bytes = FETCH_LEAST_BYTES
        return consumer

    async def _seek_wait(self, consumer: Any, partitions: Any) -> None:
        seeks = self._seeks()
        for tp in partitions:
            seeks[tp] = seeks.get(tp, 0) + 1
        # It seeks before it waits for the first time.
        await super()._seek_wait(consumer, partitions)

    async def _fetch_records(self, *given: Any, **named: Any) -> Any:
        fetched = await super()._fetch_records(*given, **named)
        return {tp: Buffer(tp, self._seeks().get(tp, 0), records) for tp, records in fetched.items() if records}

    def _seeks(self) -> dict[Any, int]:
        consumer: Any = self.consumer
        seeks: dict[Any, int] = consumer.seeks
        return seeks


class BufferConsumer(stock.Consumer):
    """Hands a whole buffer to the agent as one message and reports progress to the group, nothing more."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.seeks: dict[TP, int] = {}
        self.reached: dict[TP, int] = {}

    def _new_consumer_thread(self) -> BufferThread:
        return BufferThread(self, loop=self.loop, beacon=self.beacon)

    async def perform_seek(self) -> None:
        """Where the group was, then where the store is: called after every assignment, when flow may begin."""
        await super().perform_seek()
        app: Any = self.app
        await app.member.seat(self)

    async def seek_to(self, offsets: dict[TP, int]) -> None:
        """Read on from these offsets; buffers fetched before are stale."""
        if not offsets:
            return
        await self.seek_wait(offsets)
        for tp, offset in offsets.items():
            self._read_offset[tp] = offset - 1
            self._committed_offset[tp] = offset - 1

    async def getmany(self, timeout: float) -> AsyncIterator[tuple[TP, ConsumerMessage]]:
        """One message a partition, with all records that were fetched."""
        records, active = await self._wait_next_records(timeout)
        generation = self.app.consumer_generation_id
        if self.should_stop or not records:
            return
        if not self.flow_active:
            await self.perform_seek()
            return
        buffers: Any = records
        for tp, buffer in buffers.items():
            if self._has_moved(generation):
                return
            if active is None or tp in active:
                yield tp, self._whole(tp, buffer, generation)

    def _has_moved(self, generation: int) -> bool:
        return not self.flow_active or self.app.consumer_generation_id != generation

    @staticmethod
    def _whole(tp: TP, buffer: Buffer, generation: int) -> ConsumerMessage:
        last = buffer.records[-1]
        stamp = (last.timestamp or 0) / 1000.0
        value: Any = buffer
        return ConsumerMessage(
            tp.topic, tp.partition, last.offset, stamp, last.timestamp_type, [], None, value, None, 0, 0, tp,
            generation_id=generation,
        )  # fmt: skip

    async def _drain_messages(self, fetcher: Any) -> None:
        """Pass on what is fetched; the stock one keeps books of offsets here, ours are in the store."""
        stopped = [self._stopped.is_set, fetcher._stopped.is_set]
        try:
            while not any(is_set() for is_set in stopped):
                await self.sleep(0)
                async for _, message in self.getmany(timeout=1.0):
                    await self.wait_first(self.callback(message), self.suspend_flow.wait())
        except (ConsumerStoppedError, asyncio.CancelledError):
            if not self.transport.app.should_stop:
                raise

    def on_buffer_full(self, tp: TP) -> None:
        """Nothing: a full queue makes `_drain_messages` wait.

        Faust would fetch no more of this partition until the queue is nearly empty. Under load it never is, and then
        the partition starves while others are read.
        """

    def on_buffer_drop(self, tp: TP) -> None:
        """Nothing: see `on_buffer_full`."""

    def ack(self, message: Any) -> bool:
        """A buffer has been dealt with."""
        fresh = not message.acked
        message.acked = True
        self._unacked_messages.discard(message)
        return fresh

    def _filter_tps_with_pending_acks(self, topics: Any = None) -> Iterator[TP]:
        return (tp for tp in [*self.reached] if topics is None or tp in topics or tp.topic in topics)

    def _new_offset(self, tp: TP) -> int | None:
        return self.reached.get(tp)


class BufferTransport(stock.Transport):
    """What `scoreline://host:port` names for Faust."""

    Consumer: ClassVar[type[BufferConsumer]] = BufferConsumer
