"""This process's part in the group: claims partitions when they are assigned, applies their buffers in one thread."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from streams.engines.kafka.partition import Early, Gap, PartitionReader, Taken
from streams.stores.base import OtherDefinitions, Progress, StoreError, TakenOver
from streams.topics.faults import KafkaUnavailable

log = logging.getLogger("scoreline.worker")
Result = TypeVar("Result")

LOOKS_UNTIL_CLAIMED = 3
"""A partition that was taken over and is still ours at so many looks in a row is claimed again."""
DEADLINE_SECONDS = 120
"""A batch that takes longer hangs, for example on an answer that never comes: the process ends and starts over."""


class Bounds(Protocol):
    """What the consumer knows of the log."""

    async def earliest_offsets(self, *partitions: Any) -> Mapping[Any, int]:
        """First offsets."""

    async def highwaters(self, *partitions: Any) -> Mapping[Any, int]:
        """Offsets behind the last records."""

    async def seek_to(self, offsets: dict[Any, int]) -> None:
        """Read on from there."""

    def assignment(self) -> set[Any]:
        """Partitions of this process."""

    def pause_partitions(self, tps: set[Any]) -> None:
        """Fetch no more of them."""


@dataclass(slots=True)
class Seat:
    """A partition that this process has, or has had; `halted` says why it is not read."""

    reader: PartitionReader
    is_held: bool = True
    halted: str = ""
    misrouted: int = 0
    looks_lost: int = 0
    begin: int = 0
    end: int = 0
    progress: Progress = field(default_factory=Progress)

    @property
    def lag(self) -> int:
        """Records on the log, as far as it is known, that are not in the store."""
        return max(0, self.end - self.reader.position)


@dataclass(slots=True)
class Member:
    """Holds the seats. `open_reader` runs in the member's thread, `failed` is told of what ends the process."""

    topic: str
    open_reader: Callable[[int], PartitionReader]
    failed: Callable[[str], None]
    applied: Callable[[int, Taken], None] = lambda partition, taken: None
    seats: dict[int, Seat] = field(default_factory=dict)
    ready: bool = False
    view_is_up: Callable[[], bool] | None = None
    fault: str = ""
    deadline_seconds: float = DEADLINE_SECONDS
    _thread: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "scoreline-apply"))

    async def run(self, act: Callable[[], Result]) -> Result:
        """Do something with the store in the member's thread, one after the other."""
        work = asyncio.get_running_loop().run_in_executor(self._thread, act)
        # Who waited may be gone by then: what went wrong has been said, asyncio need not repeat it with a traceback.
        work.add_done_callback(lambda done: done.cancelled() or done.exception())
        try:
            return await asyncio.wait_for(asyncio.shield(work), self.deadline_seconds)
        except TimeoutError:
            self.failed(f"the store did not answer within {self.deadline_seconds} s; the process ends and starts over")
            raise

    async def seat(self, consumer: Bounds) -> None:
        """Claim what is assigned now and seek to the stored offsets; give up the rest."""
        assigned = sorted(tp for tp in consumer.assignment() if tp.topic == self.topic)
        begins, ends = await consumer.earliest_offsets(*assigned), await consumer.highwaters(*assigned)
        bounds = {tp.partition: (begins[tp], ends[tp]) for tp in assigned}
        try:
            offsets = await self.run(lambda: self._claim(bounds))
        except StoreError as error:
            self.failed(str(error))
            return
        await consumer.seek_to({tp: offsets[tp.partition] for tp in assigned if tp.partition in offsets})
        consumer.pause_partitions({tp for tp in assigned if tp.partition not in offsets})
        self.ready = True
        log.info("partitions %s", ", ".join(f"{number} from {offset}" for number, offset in offsets.items()) or "none")

    def rest(self) -> None:
        """There are more workers than partitions: this one waits for its turn."""
        self.release({*self.seats})
        self.ready = True
        log.info("partitions none")

    async def look(self, consumer: Any, is_rebalancing: bool) -> None:
        """Note how long the log is; claim again what others took over although it is assigned to this process.

        That happens when the claim of a process that had the partition before comes late. Who really lost a partition
        is told so by the group within a heartbeat, which is less than the looks that are waited for.
        """
        is_lost = False
        for tp in consumer.assignment():
            seat = self.seats.get(tp.partition)
            if tp.topic != self.topic or seat is None:
                continue
            seat.end = max(seat.end, consumer.highwater(tp) or 0)
            seat.looks_lost = 0 if seat.is_held or is_rebalancing else seat.looks_lost + 1
            is_lost |= seat.looks_lost >= LOOKS_UNTIL_CLAIMED
        if is_lost:
            await self.seat(consumer)

    def release(self, partitions: set[int]) -> None:
        """Forget partitions that were revoked; what is being applied ends by itself, its epoch guards the rest."""
        for number in partitions & self.seats.keys():
            self.seats[number].is_held = False

    def _claim(self, bounds: Mapping[int, tuple[int, int]]) -> dict[int, int]:
        for number in self.seats.keys() - bounds.keys():
            self.seats[number].is_held = False
        offsets: dict[int, int] = {}
        for number, (begin, end) in bounds.items():
            seat = self.seats.get(number)
            if seat is None:
                seat = self.seats[number] = Seat(self.open_reader(number))
            seat.is_held, seat.halted, seat.begin, seat.end = True, "", begin, end
            try:
                offset = seat.reader.claim(begin, end)
                if self.fault:
                    raise Gap(self.fault)
                offsets[number] = offset
            except Gap as gap:
                self._halt(seat, str(gap))
            seat.progress = seat.reader.progress()
        return offsets

    def halt_all(self, why: str) -> None:
        """Read nothing more until the process is started again."""
        self.fault = why
        for seat in self.seats.values():
            if seat.is_held and not seat.halted:
                self._halt(seat, why)

    def _halt(self, seat: Seat, why: str) -> None:
        seat.halted = why
        log.error("partition %d is halted: %s", seat.reader.partition, why)

    async def take(self, consumer: Any, buffer: Any) -> None:
        """Apply a buffer. Infrastructure errors end the process; data never does."""
        number = buffer.tp.partition
        seat = self.seats.get(number)
        if seat is None or not seat.is_held or seat.halted or buffer.seek != consumer.seeks.get(buffer.tp, 0):
            return
        if buffer.records[-1].offset < seat.reader.position:
            await self._look_behind(consumer, buffer, seat)
            return
        if buffer.records[0].offset > seat.reader.position:
            (seat.begin,) = (await consumer.earliest_offsets(buffer.tp)).values()
        try:
            position = await self.run(lambda: self._apply(seat, buffer.records))
        except Early as early:
            await consumer.seek_to({buffer.tp: early.expected})
        except Gap as gap:
            self._halt(seat, str(gap))
        except OtherDefinitions as error:
            self.failed(str(error))
        except TakenOver as taken_over:
            seat.is_held = False
            log.warning("partition %d: %s", number, taken_over)
        except (StoreError, KafkaUnavailable) as error:
            self.failed(str(error))
        else:
            consumer.reached[buffer.tp] = position

    async def _look_behind(self, consumer: Any, buffer: Any, seat: Seat) -> None:
        """Only old records: either they were fetched twice, or the log has become shorter than what was read."""
        (end,) = (await consumer.highwaters(buffer.tp)).values()
        if end < seat.reader.position:
            (begin,) = (await consumer.earliest_offsets(buffer.tp)).values()
            try:
                seat.reader.check(begin, end)
            except Gap as gap:
                self._halt(seat, str(gap))

    def _apply(self, seat: Seat, records: Sequence[Any]) -> int:
        if not seat.is_held:
            return seat.reader.position
        for taken in seat.reader.take(records, seat.begin):
            seat.misrouted += taken.misrouted
            seat.progress = taken.outcome.progress
            self.applied(seat.reader.partition, taken)
        return seat.reader.position
