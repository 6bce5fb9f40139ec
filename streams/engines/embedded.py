"""The embedded engine: reads a source in batches and applies each in one transaction; no server needed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from streams.clock import Clock
from streams.codec import Codec, Decoded, Rejected
from streams.pipeline import Outcome, Pipeline
from streams.record import Record, Source
from streams.sources.follow import FollowedLines
from streams.stores.base import Position

BATCH_RECORDS = 2_000
GC_THRESHOLDS = (50_000, 20, 100)
"""For entry points: batches make many small records without cycles, which the default would scan over and over."""


@dataclass(slots=True)
class Tally:
    """Running totals of one reading."""

    seen: int = 0
    accepted: int = 0
    duplicates: int = 0
    rejected: int = 0
    conflicts: int = 0
    by_reason: dict[str, int] = field(default_factory=dict)

    def add(self, outcome: Outcome, rejected: list[Rejected], seen: int) -> None:
        """Add one batch."""
        self.seen += seen
        self.accepted += outcome.accepted
        self.duplicates += outcome.duplicates
        self.rejected += outcome.rejected
        self.conflicts += outcome.conflicts
        for row in rejected:
            self.by_reason[row.reason] = self.by_reason.get(row.reason, 0) + 1


class EmbeddedEngine:
    """Feeds sources into a pipeline. After a crash the same call goes on behind the last committed batch."""

    def __init__(self, pipeline: Pipeline, clock: Clock, batch_records: int = BATCH_RECORDS) -> None:
        self.pipeline = pipeline
        self.clock = clock
        self.batch_records = batch_records

    def read(self, source: Source, *, resume: bool = True) -> Iterator[Tally]:
        """Read a source to its end; yields the running totals after each committed batch.

        `resume` goes on where an unfinished reading of the same source stopped; a finished one starts anew, and what
        was accepted then counts as duplicates now.
        """
        stored = self._stands(source.name)
        start = 0 if stored is None or not resume or stored.startswith("done:") else int(stored)
        expected, tally = stored, Tally()
        batch: list[Record] = []
        for record in source.records(start):
            batch.append(record)
            if len(batch) >= self.batch_records:
                expected = self._apply(source.name, batch, expected, str(batch[-1].position), tally)
                batch = []
                yield tally
        last = str(batch[-1].position) if batch else (expected or str(start)).removeprefix("done:")
        self._apply(source.name, batch, expected, f"done:{last}", tally)
        yield tally

    def poll(self, source: FollowedLines) -> Iterator[Tally]:
        """Apply the complete lines that a growing file holds now; call it again for what is appended later."""
        expected = self._stands(source.name)
        tally, batch = Tally(), list[Record]()
        for record in source.available(int(expected or 0)):
            batch.append(record)
            if len(batch) >= self.batch_records:
                expected = self._apply(source.name, batch, expected, str(batch[-1].position), tally)
                batch = []
                yield tally
        if batch:
            self._apply(source.name, batch, expected, str(batch[-1].position), tally)
            yield tally

    def feed(self, lines: list[bytes], place: str) -> Outcome:
        """Apply lines that come from no file, such as a demo's; they have no position to resume from."""
        records = [Record(line.strip(), place, 0) for line in lines]
        now_us = self.clock.now_us()
        decoded, rejected = decode_records(self.pipeline.codec, records, now_us)
        return self.pipeline.apply(decoded, rejected, None, now_us)

    def _stands(self, name: str) -> str | None:
        standing = self.pipeline.store.standings().get(name)
        return standing.position if standing else None

    def _apply(self, name: str, batch: list[Record], expected: str | None, reached: str, tally: Tally) -> str:
        decoded, rejected = decode_records(self.pipeline.codec, batch, self.clock.now_us())
        outcome = self.pipeline.apply(decoded, rejected, Position(name, expected, reached), self.clock.now_us())
        tally.add(outcome, rejected, len(batch))
        return reached


def decode_records(codec: Codec, batch: list[Record], now_us: int) -> tuple[list[Decoded], list[Rejected]]:
    """Events and rejections of a batch of records."""
    decoded: list[Decoded] = []
    rejected: list[Rejected] = []
    for record in batch:
        if record.rejected is not None:
            rejected.append(record.rejected)
            continue
        if record.obj is not None:
            found = codec.decode_object(record.obj, record.raw, record.where, now_us)
        else:
            found = codec.decode(record.raw, record.where, now_us)
        if isinstance(found, Decoded):
            decoded.append(found)
        else:
            rejected.append(found)
    return decoded, rejected
