"""Puts records on a topic at a steady rate."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

from kafka import KafkaProducer

from benchmarks.kafka.ground import Ground, Record

LINGER_MS = 5
TICK_SECONDS = 0.01
FLUSH_SECONDS = 30


class Offering:
    """A steady stream of records; use it as a context."""

    def __init__(self, place: Ground, topic: str, records: Iterator[Record]) -> None:
        self._topic = topic
        self._records = records
        self._producer: KafkaProducer = place.producer(LINGER_MS)

    def __enter__(self) -> Offering:
        return self

    def __exit__(self, *error: object) -> None:
        self._producer.close()

    def send(self, record: Record) -> None:
        """One more, at once."""
        self._producer.send(self._topic, value=record[1], key=record[0])

    def offer(self, seconds: float, per_second: float, each_tick: Callable[[float], int] = lambda at: 0) -> int:
        """So many records a second; `each_tick` is told the seconds so far, and how many it sent itself is counted.

        Returns how many were sent in all; each was acknowledged. StopIteration never comes out: what ends early raises
        RuntimeError.
        """
        start, sent = time.monotonic(), 0
        while (at := time.monotonic() - start) < seconds:
            sent += each_tick(at)
            for _ in range(int(at * per_second) - sent):
                record = next(self._records, None)
                if record is None:
                    raise RuntimeError(f"the load ended after {sent} records: raise its scale")
                self.send(record)
                sent += 1
            time.sleep(TICK_SECONDS)
        self._producer.flush(FLUSH_SECONDS)
        return sent
