"""Reads one partition into the store: from the stored offset on, every record once, poison set aside."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from streams.clock import Clock
from streams.codec import Decoded, Rejected
from streams.engines.kafka.trial import ends_its_process
from streams.pipeline import Outcome, Pipeline
from streams.stores.base import Position, Progress
from streams.topics.deadletters import DeadLetter
from streams.topics.envelope import Headers, body_of
from streams.topics.keys import key_of, place_of

BATCH_RECORDS = 2_000
CAREFUL_DIVISOR = 8
CRASHED, CRASHED_DETAIL = "CRASHED_READER", "reading it ended the process twice; replay it after an upgrade"


class LogRecord(Protocol):
    """A record as the consumer hands it over."""

    @property
    def offset(self) -> int:
        """Its place in the partition."""

    @property
    def key(self) -> bytes | None:
        """The partition key."""

    @property
    def value(self) -> bytes | None:
        """The body; None is a tombstone."""

    @property
    def headers(self) -> Headers:
        """Names and values."""


class Gap(Exception):
    """The log no longer holds what comes next: reading on would lose records without anybody knowing."""


class Early(Exception):
    """Records came from further on than expected: seek to `expected`."""

    def __init__(self, expected: int) -> None:
        super().__init__(f"expected offset {expected}")
        self.expected = expected


@dataclass(frozen=True, slots=True)
class Suspicion:
    """A stretch of the log during which the process ended before: up to `end`; a batch at `at` was begun `tries` times.

    Kept as the source's note, so that the next process reads that stretch in ever smaller batches until the record
    that ends processes stands alone.
    """

    end: int
    at: int
    size: int
    tries: int

    @classmethod
    def parse(cls, note: str) -> Suspicion | None:
        """From a note; None when there is none."""
        return cls(*map(int, note.split(":"))) if note else None

    def __str__(self) -> str:
        return f"{self.end}:{self.at}:{self.size}:{self.tries}"

    def next(self, position: int) -> Suspicion:
        """How to try from a position: smaller where the process ended, larger again behind it."""
        if position != self.at:
            return Suspicion(self.end, position, self.size * 2, 1)
        if self.size == 1:
            return Suspicion(self.end, position, 1, self.tries + 1)
        return Suspicion(self.end, position, max(1, self.size // CAREFUL_DIVISOR), 1)

    @property
    def is_grave(self) -> bool:
        """Whether the process has ended with one record alone; it may have been killed from outside."""
        return self.size == 1 and self.tries > 1


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of records: counts, records with a wrong partition key, and where the partition stands."""

    outcome: Outcome
    misrouted: int
    position: int


def keep_no_copy(letters: Sequence[DeadLetter]) -> None:
    """Rejected records are kept in the store's quarantine alone."""


class PartitionReader:
    """One partition of a topic, from `claim` until another process claims it. Not safe for two threads at once.

    `bury` gets rejected records before they are committed to quarantine, so that a copy is made at least once.
    """

    bury: Callable[[Sequence[DeadLetter]], None] = staticmethod(keep_no_copy)

    def __init__(self, pipeline: Pipeline, clock: Clock, topic: str, partition: int) -> None:
        self.pipeline = pipeline
        self.clock = clock
        self.topic = topic
        self.partition = partition
        self.batch_records = BATCH_RECORDS
        self.position = 0
        self._stored: str | None = None
        self._epoch = 0
        self._suspicion: Suspicion | None = None
        self._is_fresh = True
        self._sought: int | None = None

    @property
    def source(self) -> str:
        """Its name in the store."""
        return source_of(self.topic, self.partition)

    def claim(self, begin: int, end: int) -> int:
        """Take the partition over and return the offset to read from; `begin` and `end` are those of its log.

        Gap when the log does not reach to the stored offset.
        """
        standing = self.pipeline.store.claim(self.source)
        self._stored, self._epoch = standing.position, standing.epoch
        self.position = begin if standing.position is None else int(standing.position)
        self._suspicion, self._is_fresh, self._sought = Suspicion.parse(standing.note), True, None
        self.check(begin, end)
        return self.position

    def check(self, begin: int, end: int) -> None:
        """Gap when what comes next is not between the ends of the log."""
        where = f"{self.topic}/{self.partition}"
        if self.position < begin:
            raise Gap(
                f"{where}: the log starts at offset {begin}, but {begin - self.position} records from {self.position} "
                "on were not read: they were deleted (retention, or the topic was emptied). Restore them, or accept "
                "the loss with `scoreline topics accept-gap`"
            )
        if self.position > end:
            raise Gap(
                f"{where}: the log ends at offset {end}, but {self.position} records were read: the topic was made "
                "anew or cut off. Point SCORELINE_TOPIC at the right one, or accept with `scoreline topics accept-gap`"
            )

    def take(self, records: Sequence[LogRecord], begin: int) -> list[Taken]:
        """Apply records that follow each other; those that are stored already are passed over.

        Early when they start too far on, and after a seek did not help, Gap when the log starts behind what is
        expected (`begin` is where it starts). TakenOver when another process has the partition.
        """
        fresh = [record for record in records if record.offset >= self.position]
        if not fresh:
            return []
        if fresh[0].offset > self.position and self._sought != self.position:
            self._sought = self.position
            raise Early(self.position)
        if fresh[0].offset > self.position < begin:
            self.check(begin, fresh[-1].offset)
        taken: list[Taken] = []
        while fresh:
            size = self._prepare(fresh)
            taken.append(self._apply(fresh[:size]))
            fresh = fresh[size:]
        return taken

    def _prepare(self, records: Sequence[LogRecord]) -> int:
        """How many records to try at once; noted before the first try and wherever the process ended before."""
        suspicion = self._suspicion
        if suspicion is not None and self.position >= suspicion.end:
            suspicion = None
        if suspicion is not None:
            suspicion = suspicion.next(self.position)
        elif self._is_fresh:
            size = min(self.batch_records, len(records))
            suspicion = Suspicion(records[size - 1].offset + 1, self.position, size, 1)
        self._is_fresh, self._suspicion = False, suspicion
        if suspicion is None:
            return self.batch_records
        self.pipeline.store.note(self.source, self._epoch, str(suspicion))
        return min(suspicion.size, self.batch_records)

    def _apply(self, records: Sequence[LogRecord]) -> Taken:
        now_us = self.clock.now_us()
        if self._suspicion is not None and self._suspicion.is_grave and self._is_poison(records[0], now_us):
            decoded, letters, misrouted = list[Decoded](), [self._set_aside(records[0])], 0
        else:
            decoded, letters, misrouted = self._decoded(records, now_us)
        if letters:
            self.bury(letters)
        rejected = [letter.rejected for letter in letters]
        reached = records[-1].offset + 1
        position = Position(self.source, self._stored, str(reached), self._epoch)
        outcome = self.pipeline.apply(decoded, rejected, position, now_us, shard_of(self.partition))
        self._stored, self.position = str(reached), reached
        return Taken(outcome, misrouted, reached)

    def _decoded(self, records: Sequence[LogRecord], now_us: int) -> tuple[list[Decoded], list[DeadLetter], int]:
        decoded: list[Decoded] = []
        letters: list[DeadLetter] = []
        misrouted = 0
        codec = self.pipeline.codec
        for record in records:
            where = place_of(self.topic, self.partition, record.offset)
            body = body_of(record.value, record.headers, where)
            found = codec.decode(body, where, now_us) if isinstance(body, bytes) else body
            if isinstance(found, Decoded):
                decoded.append(found)
                misrouted += record.key != key_of(found.event)
            else:
                letters.append(DeadLetter(found, self.topic, self.partition, record.offset))
        return decoded, letters, misrouted

    def _is_poison(self, record: LogRecord, now_us: int) -> bool:
        """Whether reading the record ends a process, twice, without anybody's doing."""

        def rehearse() -> None:
            decoded, letters, _ = self._decoded([record], now_us)
            rejected = [letter.rejected for letter in letters]
            self.pipeline.rehearse(decoded, rejected, now_us, shard_of(self.partition))

        return all(ends_its_process(rehearse) for _ in range(2))

    def _set_aside(self, record: LogRecord) -> DeadLetter:
        where = place_of(self.topic, self.partition, record.offset)
        rejected = Rejected(CRASHED, CRASHED_DETAIL, record.value or b"", where)
        return DeadLetter(rejected, self.topic, self.partition, record.offset)

    def progress(self) -> Progress:
        """How far the partition's shard is, over all time."""
        return self.pipeline.store.shards().get(shard_of(self.partition), Progress())


def source_of(topic: str, partition: int) -> str:
    """A partition's name in the store."""
    return f"kafka:{topic}:{partition}"


def shard_of(partition: int) -> int:
    """A partition's shard; shard 0 is for files and for what people do."""
    return partition + 1
