"""The servers and processes that a lane measures: a Kafka, a PostgreSQL, topics, databases, workers."""

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
from streams.topics.administration import create
from streams.topics.declared import declared
from streams.topics.settings import KafkaSettings
from tests.servers import Kafka, Postgres
from tests.servers.processes import process_tree

REPOSITORY = Path(__file__).resolve().parents[2]
PARTITIONS = 4
STOP_SECONDS = 25
TICKS = os.sysconf("SC_CLK_TCK")

Rows = list[tuple[bytes, bytes]]
"""(partition key, value) of each record."""


@dataclass(frozen=True, slots=True)
class Cpu:
    """CPU seconds spent so far by a worker, by PostgreSQL and by Kafka."""

    worker: float
    postgres: float
    kafka: float

    def since(self, earlier: Cpu) -> Cpu:
        """What was spent in between."""
        return Cpu(
            self.worker - earlier.worker, self.postgres - earlier.postgres, self.kafka - earlier.kafka
        )


@dataclass(frozen=True, slots=True)
class Ground:
    """Two running servers."""

    kafka: Kafka
    postgres: Postgres
    folder: Path

    def settings(self, topic: str) -> KafkaSettings:
        """How to reach a topic."""
        return KafkaSettings((self.kafka.brokers,), topic, f"group.{secrets.token_hex(4)}")

    def topic(self, rows: Rows = [], partitions: int = PARTITIONS) -> str:  # noqa: B006
        """A new topic that holds these records, with its siblings for definitions and dead letters."""
        name = f"bench.{secrets.token_hex(4)}.events"
        create(self.settings(name), declared(name, partitions), dev=True, grow=False)
        self.feed(name, rows)
        return name

    def feed(self, topic: str, rows: Iterable[tuple[bytes, bytes]]) -> None:
        """Put records on a topic, each acknowledged."""
        producer = KafkaProducer(
            bootstrap_servers=self.kafka.brokers, acks="all", linger_ms=20, compression_type="lz4", batch_size=1 << 17
        )
        try:
            sent = [producer.send(topic, value=value, key=key) for key, value in rows]
            producer.flush(120)
            for record in sent:
                record.get(1)
        finally:
            producer.close()

    @contextmanager
    def database(self) -> Iterator[str]:
        """The URL of a new database with the schema; dropped afterwards."""
        with self.postgres.fresh_database() as url:
            migrate(url)
            yield url

    @contextmanager
    def worker(self, topic: str, store_url: str, definitions: Path) -> Iterator[subprocess.Popen[bytes]]:
        """`scoreline worker` on a topic, ended afterwards; what it says is in the folder's worker.log."""
        home = Path(tempfile.mkdtemp(dir=self.folder))
        shutil.copytree(definitions, home / "definitions")
        kafka = self.settings(topic)
        environment = os.environ | {
            "PYTHONPATH": str(REPOSITORY),
            "SCORELINE_BROKERS": self.kafka.brokers,
            "SCORELINE_TOPIC": topic,
            "SCORELINE_GROUP": kafka.group,
            "SCORELINE_STORE": store_url,
            "SCORELINE_HOME": str(home),
            "SCORELINE_DEV": "1",  # one broker, the superuser
        }
        with (self.folder / "worker.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "dashboards", "worker"],
                cwd=REPOSITORY, env=environment, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        try:
            yield process
        finally:
            ended(process)

    def cpu(self, pid: int) -> Cpu:
        """CPU seconds so far, with `pid` as the worker."""
        return Cpu(cpu_seconds(pid), tree_seconds(self.postgres.pid), tree_seconds(self.kafka.pid))

    def last_words(self) -> str:
        """The end of what workers said."""
        return (self.folder / "worker.log").read_text("utf-8", "replace")[-2_000:]


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


def seen(connection: psycopg.Connection[tuple[int]]) -> int:
    """How many records are in the store, of whatever fate."""
    row = connection.execute("SELECT coalesce(sum(seen), 0)::bigint FROM shards").fetchone()
    return row[0] if row else 0


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
