"""The servers and processes that a lane measures: a Kafka, a PostgreSQL, topics, databases, workers, boards."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg
from kafka import KafkaProducer

from streams.stores.migration import migrate
from streams.stores.postgres_link import connect
from streams.topics.administration import create
from streams.topics.declared import declared
from streams.topics.settings import KafkaSettings
from tests.servers import Kafka, Postgres
from tests.servers.processes import guarded, process_tree

REPOSITORY = Path(__file__).resolve().parents[2]
PARTITIONS = 4
STOP_SECONDS = 25
TICKS = os.sysconf("SC_CLK_TCK")
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")

Record = tuple[bytes, bytes]
"""Partition key and value."""


@dataclass(frozen=True, slots=True)
class Cpu:
    """CPU seconds spent so far by a worker, by PostgreSQL and by Kafka."""

    worker: float
    postgres: float
    kafka: float

    def since(self, earlier: Cpu) -> Cpu:
        """What was spent in between."""
        return Cpu(self.worker - earlier.worker, self.postgres - earlier.postgres, self.kafka - earlier.kafka)


@dataclass(frozen=True, slots=True)
class Site:
    """One installation: a topic, a database, a home with definitions; `redis_url` empty means no live view."""

    environment: dict[str, str]
    home: Path
    topic: str
    store_url: str

    @contextmanager
    def running(self, *words: str) -> Iterator[subprocess.Popen[bytes]]:
        """A `scoreline` command as a process, ended afterwards; what it says is in the home's NAME.log."""
        with (self.home / f"{words[0]}.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "dashboards", *words],
                cwd=REPOSITORY, env=self.environment, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        # Should this process die without a word, the other must not outlive it.
        guard = guarded(process.pid)
        try:
            yield process
        finally:
            ended(process)
            guard.communicate(b"ended\n")

    def last_words(self, name: str = "worker") -> str:
        """The end of what a command said."""
        return (self.home / f"{name}.log").read_text("utf-8", "replace")[-2_000:]


@dataclass(frozen=True, slots=True)
class Ground:
    """Two running servers."""

    kafka: Kafka
    postgres: Postgres
    folder: Path

    def topic(self, records: Iterable[Record] = ()) -> str:
        """A new topic that holds these records, with its siblings for definitions and dead letters."""
        name = f"bench.{secrets.token_hex(4)}.events"
        create(KafkaSettings((self.kafka.brokers,), name), declared(name, PARTITIONS), dev=True, grow=False)
        producer = self.producer()
        try:
            sent = [producer.send(name, value=value, key=key) for key, value in records]
            producer.flush(120)
            for record in sent:
                record.get(1)
        finally:
            producer.close()
        return name

    def producer(self, linger_ms: int = 20) -> KafkaProducer:
        """A producer whose records are acknowledged by the broker."""
        return KafkaProducer(
            bootstrap_servers=self.kafka.brokers, acks="all", linger_ms=linger_ms,
            compression_type="lz4", batch_size=1 << 17,
        )  # fmt: skip

    @contextmanager
    def site(self, topic: str, definitions: Path, redis_url: str = "") -> Iterator[Site]:
        """A home and a new database with the schema, dropped afterwards."""
        home = Path(tempfile.mkdtemp(dir=self.folder))
        shutil.copytree(definitions, home / "definitions")
        with self.postgres.fresh_database() as url:
            migrate(url)
            yield Site(
                os.environ
                | {
                    "PYTHONPATH": str(REPOSITORY),
                    "SCORELINE_BROKERS": self.kafka.brokers,
                    "SCORELINE_TOPIC": topic,
                    "SCORELINE_GROUP": f"group.{secrets.token_hex(4)}",
                    "SCORELINE_STORE": url,
                    "SCORELINE_REDIS": redis_url,
                    "SCORELINE_HOME": str(home),
                    "SCORELINE_DEV": "1",  # one broker, and PostgreSQL's superuser
                },
                home,
                topic,
                url,
            )

    def cpu(self, pid: int) -> Cpu:
        """CPU seconds so far, with `pid` as the worker."""
        return Cpu(cpu_seconds(pid), tree_seconds(self.postgres.pid), tree_seconds(self.kafka.pid))


@contextmanager
def ground() -> Iterator[Ground]:
    """Both servers, in a folder that is removed afterwards; ServerMissing when one is not installed."""
    folder = Path(tempfile.mkdtemp(prefix="scoreline-bench-"))
    folder.chmod(0o755)
    kafka, postgres = Kafka(folder / "kafka"), Postgres(folder / "postgres")
    try:
        kafka.start()
        postgres.start()
        yield Ground(kafka, postgres, folder)
    finally:
        postgres.kill()
        kafka.kill()
        shutil.rmtree(folder, ignore_errors=True)


def ended(process: subprocess.Popen[bytes]) -> None:
    """Ask a process to end, then make it."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def looking(store_url: str) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    """A connection for `seen`."""
    with connect(store_url) as connection:
        yield connection


def seen(connection: psycopg.Connection[tuple[object, ...]]) -> int:
    """How many records are in the store, of whatever fate."""
    row = connection.execute("SELECT coalesce(sum(seen), 0)::bigint FROM shards").fetchone()
    return int(str(row[0])) if row else 0


def cpu_seconds(pid: int, *, with_ended_children: bool = False) -> float:
    """User and system seconds of a process; 0 when it is gone."""
    with suppress(OSError):
        # The command's name stands in parentheses and may itself hold spaces and parentheses.
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
        return sum(map(int, fields[11 : 15 if with_ended_children else 13])) / TICKS
    return 0.0


def tree_seconds(root: int) -> float:
    """Of a process and all its descendants, those that ended included."""
    return sum(cpu_seconds(pid, with_ended_children=pid == root) for pid in process_tree(root))


def resident_mb(pid: int) -> float:
    """Resident memory of a process."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE_BYTES / (1 << 20)
