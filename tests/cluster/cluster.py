"""Workers as processes over a topic and a database; feeds events, waits, and tells what the store holds."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from streams.codec import Codec, Decoded
from streams.engines.kafka.partition import source_of
from streams.evidence import cells_digest
from streams.settings import STORE_FILE
from streams.stores import Progress, SqliteStore, Standing, Store, StoreError, open_postgres
from streams.topics.keys import key_of
from tests.cluster.evidence import Evidence, evidence_of

REPOSITORY = Path(__file__).resolve().parents[2]
DEFINITIONS = REPOSITORY / "examples" / "shop" / "definitions"
LATE_US = 2_000_000_000_000_000
WAIT_SECONDS = 120.0
POLL_SECONDS = 0.05

Row = tuple[bytes | None, bytes | None]
"""(partition key, value) of a record."""


class Process(Protocol):
    """A worker's process: subprocess.Popen, or a child of a nursery."""

    @property
    def pid(self) -> int:
        """Its id."""

    @property
    def returncode(self) -> int | None:
        """Its exit code, negative for a signal; None while it lives, as far as `poll` has seen."""

    def poll(self) -> int | None:
        """Its exit code if it has ended."""

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end; subprocess.TimeoutExpired after so many seconds."""

    def send_signal(self, number: int) -> None:
        """A signal, unless it has ended."""


Launch = Callable[[Mapping[str, str], Path], Process]
"""Starts a worker with an environment, its output going to a file."""


def command(*words: str) -> Launch:
    """Starts `python -m WORDS` in a session of its own."""

    def launch(environment: Mapping[str, str], log: Path) -> Process:
        with log.open("ab") as output:
            return subprocess.Popen(
                [sys.executable, "-m", *words],
                cwd=REPOSITORY,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    return launch


SCORELINE_WORKER = command("dashboards", "worker")


def keyed(lines: Iterable[bytes]) -> list[Row]:
    """(partition key, line) of each line; no key for a line that is no event."""
    codec = Codec()
    rows: list[Row] = []
    for line in lines:
        found = codec.decode(line, "test", LATE_US)
        rows.append((key_of(found.event) if isinstance(found, Decoded) else None, line))
    return rows


def wait_until(holds: Callable[[], object], what: str, seconds: float = WAIT_SECONDS) -> None:
    """Wait until something holds; AssertionError that says what did not."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"after {seconds:g} s: {what}"
        time.sleep(POLL_SECONDS)


@dataclass(slots=True)
class Cluster:
    """One topic, one database ("" for SQLite in the home), one definitions folder; workers have sessions of their own.

    `is_supervised`: somebody starts workers again, so that it is no fault when none lives.
    """

    brokers: str
    topic: str
    store_url: str
    home: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    launch: Launch = SCORELINE_WORKER
    is_supervised: bool = False
    workers: list[Process] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        if not (self.home / "definitions").exists():
            shutil.copytree(DEFINITIONS, self.home / "definitions")

    def settings(self) -> dict[str, str]:
        """The environment of a scoreline process in this cluster."""
        return {
            **os.environ,
            "PYTHONPATH": str(REPOSITORY),
            "SCORELINE_BROKERS": self.brokers,
            "SCORELINE_TOPIC": self.topic,
            "SCORELINE_GROUP": self.group,
            "SCORELINE_STORE": self.store_url,
            "SCORELINE_HOME": str(self.home),
            "SCORELINE_DEV": "1",
            **self.environment,
        }

    @property
    def group(self) -> str:
        """The consumer group."""
        return f"group.{self.topic}"

    def start(self, environment: Mapping[str, str] | None = None) -> Process:
        """Start a worker, with more in its environment if need be; its log goes to a file in the home."""
        process = self.launch(self.settings() | dict(environment or {}), self._log_of(len(self.workers)))
        self.workers.append(process)
        return process

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a scoreline command in the cluster's environment to its end."""
        line = [sys.executable, "-m", "dashboards", *words]
        return subprocess.run(line, cwd=REPOSITORY, env=self.settings(), capture_output=True, text=True, check=False)

    def _log_of(self, number: int) -> Path:
        return self.home / f"worker-{number}.log"

    def log(self, worker: Process) -> str:
        """What a worker has said."""
        path = self._log_of(self.workers.index(worker))
        return path.read_text("utf-8", "replace") if path.exists() else ""

    def wait_log(self, worker: Process, text: str, seconds: float = 40.0) -> None:
        """Wait until a worker has said something."""
        wait_until(lambda: text in self.log(worker) or worker.poll() is not None, f"no {text!r} in its log", seconds)
        assert text in self.log(worker), f"it ended with {worker.poll()} and without {text!r}:\n{self.log(worker)}"

    def stop(self) -> None:
        """End all workers politely, then by force."""
        for how, seconds in ((signal.SIGCONT, 0.0), (signal.SIGTERM, 20.0), (signal.SIGKILL, 5.0)):
            living = [worker for worker in self.workers if worker.poll() is None]
            for worker in living:
                worker.send_signal(how)
            end = time.monotonic() + seconds
            while any(worker.poll() is None for worker in living) and time.monotonic() < end:
                time.sleep(POLL_SECONDS)

    def feed(self, rows: Iterable[Row], partition: int | None = None) -> None:
        """Put records on the topic, each acknowledged."""
        producer = KafkaProducer(bootstrap_servers=self.brokers, acks="all", linger_ms=20, max_request_size=8_000_000)
        try:
            sent = [producer.send(self.topic, value=line, key=key, partition=partition) for key, line in rows]
            producer.flush(60)
            for record in sent:
                record.get(1)
        finally:
            producer.close()

    def ends(self) -> dict[int, int]:
        """The offset behind the last record of each partition."""
        consumer = KafkaConsumer(bootstrap_servers=self.brokers, enable_auto_commit=False)
        try:
            partitions = consumer.partitions_for_topic(self.topic) or set()
            found = consumer.end_offsets([TopicPartition(self.topic, number) for number in partitions])
            return {tp.partition: offset for tp, offset in found.items()}
        finally:
            consumer.close()

    def open(self) -> Store:
        """The store, for looking."""
        if not self.store_url:
            return SqliteStore(self.home / STORE_FILE, writes=False)
        return open_postgres(self.store_url)

    @contextlib.contextmanager
    def looking(self) -> Iterator[Store]:
        """The store, for looking, closed at the end."""
        store = self.open()
        try:
            yield store
        finally:
            store.close()

    def standings(self) -> dict[int, Standing]:
        """How each partition stands in the store."""
        prefix = source_of(self.topic, 0)[:-1]
        with self.looking() as store:
            found = store.standings()
        return {int(name.removeprefix(prefix)): row for name, row in found.items() if name.startswith(prefix)}

    def positions(self) -> dict[int, int]:
        """The stored offset of each partition."""
        return {number: int(standing.position or 0) for number, standing in self.standings().items()}

    def seen(self) -> int:
        """How many records are in the store; 0 while it can not be asked."""
        with contextlib.suppress(StoreError):
            return self.progress().counts.seen
        return 0

    def wait_seen(self, count: int, seconds: float = WAIT_SECONDS) -> None:
        """Wait until so many records are in the store."""
        wait_until(lambda: self.seen() >= count, f"{self.seen()} of {count} records in the store", seconds)

    def wait_read(self, seconds: float = WAIT_SECONDS) -> None:
        """Wait until everything on the topic is in the store."""
        wanted = {number: end for number, end in self.ends().items() if end}
        deadline = time.monotonic() + seconds
        while True:
            found: dict[int, int] = {}
            with contextlib.suppress(StoreError):
                found = self.positions()
            if all(found.get(number, 0) >= end for number, end in wanted.items()):
                return
            living = [worker for worker in self.workers if worker.poll() is None]
            assert living or self.is_supervised, "no worker lives: " + self._last_words(self.workers[-4:])
            assert time.monotonic() < deadline, f"stored {found}, wanted {wanted}\n{self._last_words(living)}"
            time.sleep(POLL_SECONDS)

    def _last_words(self, workers: Sequence[Process]) -> str:
        return "\n".join(self.log(worker)[-2_000:] for worker in workers)

    def evidence(self) -> Evidence:
        """Everything that must not depend on how the records were read."""
        with self.looking() as store:
            return evidence_of(store)

    def digest(self) -> str:
        """Over every day cell."""
        with self.looking() as store:
            return cells_digest(store, "0", "9")

    def progress(self) -> Progress:
        """Of the whole store."""
        with self.looking() as store:
            return store.progress()
