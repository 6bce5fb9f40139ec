"""Feeds records all the while: an idempotent producer in a thread, every record acknowledged once at the end."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from kafka import KafkaProducer
from kafka.errors import KafkaError

from tests.cluster.cluster import Cluster, Row

METADATA_AGE_MS = 2_000
"""New partitions are seen this soon."""
SLICE_SECONDS = 0.05


@dataclass(slots=True)
class Feeder:
    """Rows to put on a cluster's topic; `open` until `hurry`, then as fast as it goes."""

    cluster: Cluster
    rows: Sequence[Row]
    per_second: float
    sent: int = 0
    fault: Exception | None = None
    _hurry: threading.Event = field(default_factory=threading.Event)
    _over: threading.Event = field(default_factory=threading.Event)

    @contextlib.contextmanager
    def feeding(self) -> Iterator[Feeder]:
        """Feed while the block lasts."""
        thread = threading.Thread(target=self._feed, name="feeder", daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._over.set()
            thread.join(60)

    def finish(self, seconds: float = 120.0) -> None:
        """Feed the rest at once and wait until all is acknowledged; raises what went wrong."""
        self._hurry.set()
        deadline = time.monotonic() + seconds
        while not self._over.is_set() and time.monotonic() < deadline:
            time.sleep(0.02)
        if self.fault is not None:
            raise self.fault
        assert self._over.is_set(), f"only {self.sent} of {len(self.rows)} records were sent"

    def _feed(self) -> None:
        producer = KafkaProducer(
            bootstrap_servers=self.cluster.brokers,
            acks="all",
            linger_ms=10,
            metadata_max_age_ms=METADATA_AGE_MS,
            delivery_timeout_ms=100_000,
            reconnect_backoff_max_ms=500,
        )
        try:
            with contextlib.closing(producer):
                self._send_all(producer)
        except (KafkaError, OSError) as error:
            self.fault = error
        finally:
            self._over.set()

    def _send_all(self, producer: Any) -> None:
        futures = []
        began = time.monotonic()
        while self.sent < len(self.rows) and not self._over.is_set():
            due = len(self.rows) if self._hurry.is_set() else int((time.monotonic() - began) * self.per_second) + 1
            for key, value in self.rows[self.sent : due]:
                futures.append(producer.send(self.cluster.topic, value=value, key=key))
            self.sent = min(max(due, self.sent), len(self.rows))
            self._hurry.wait(SLICE_SECONDS)
        producer.flush(100)
        for future in futures:
            future.get(10)
