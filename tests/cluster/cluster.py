"""Workers as processes over a topic and a database; feeds events, waits, and tells what the store holds."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from streams.codec import Codec, Decoded
from streams.engines.kafka.partition import source_of
from streams.evidence import cells_digest
from streams.stores import Progress, Store, open_postgres
from streams.topics.keys import key_of

REPOSITORY = Path(__file__).resolve().parents[2]
DEFINITIONS = REPOSITORY / "examples" / "shop" / "definitions"
LATE_US = 2_000_000_000_000_000
WAIT_SECONDS = 120.0


def keyed(lines: Iterable[bytes]) -> list[tuple[bytes | None, bytes]]:
    """(partition key, line) of each line; no key for a line that is no event."""
    codec = Codec()
    rows: list[tuple[bytes | None, bytes]] = []
    for line in lines:
        found = codec.decode(line, "test", LATE_US)
        rows.append((key_of(found.event) if isinstance(found, Decoded) else None, line))
    return rows


@dataclass(slots=True)
class Cluster:
    """One topic, one database, one definitions folder; workers are processes of their own groups."""

    brokers: str
    topic: str
    store_url: str
    home: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    module: str = "dashboards"
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

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
            "SCORELINE_GROUP": f"group.{self.topic}",
            "SCORELINE_STORE": self.store_url,
            "SCORELINE_HOME": str(self.home),
            **self.environment,
        }

    def start(self) -> subprocess.Popen[bytes]:
        """Start a worker; its log goes to a file in the home."""
        log = (self.home / f"worker-{len(self.workers)}.log").open("ab")
        with log:
            process = subprocess.Popen(
                [sys.executable, "-m", self.module, "worker"],
                cwd=REPOSITORY,
                env=self.settings(),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.workers.append(process)
        return process

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run a scoreline command in the cluster's environment."""
        line = [sys.executable, "-m", "dashboards", *words]
        return subprocess.run(line, cwd=REPOSITORY, env=self.settings(), capture_output=True, text=True, check=False)

    def log(self, worker: subprocess.Popen[bytes]) -> str:
        """What a worker has said."""
        return (self.home / f"worker-{self.workers.index(worker)}.log").read_text("utf-8", "replace")

    def stop(self) -> None:
        """End all workers politely, then by force."""
        for how, seconds in ((signal.SIGCONT, 0.0), (signal.SIGTERM, 20.0), (signal.SIGKILL, 5.0)):
            living = [worker for worker in self.workers if worker.poll() is None]
            for worker in living:
                worker.send_signal(how)
            end = time.monotonic() + seconds
            while any(worker.poll() is None for worker in living) and time.monotonic() < end:
                time.sleep(0.05)

    def feed(self, rows: Iterable[tuple[bytes | None, bytes]], partition: int | None = None) -> None:
        """Put records on the topic, each acknowledged."""
        producer = KafkaProducer(bootstrap_servers=self.brokers, acks="all", linger_ms=20)
        try:
            sent = [producer.send(self.topic, value=line, key=key, partition=partition) for key, line in rows]
            producer.flush(60)
            for record in sent:
                record.get(1)
        finally:
            producer.close()

    def ends(self) -> dict[int, int]:
        """The offset behind the last record of each partition."""
        consumer = KafkaConsumer(bootstrap_servers=self.brokers)
        try:
            partitions = consumer.partitions_for_topic(self.topic) or set()
            found = consumer.end_offsets([TopicPartition(self.topic, number) for number in partitions])
            return {tp.partition: offset for tp, offset in found.items()}
        finally:
            consumer.close()

    def open(self) -> Store:
        """The store, for looking."""
        return open_postgres(self.store_url)

    def positions(self) -> dict[int, int]:
        """The stored offset of each partition."""
        store = self.open()
        try:
            standings = store.standings()
        finally:
            store.close()
        prefix = source_of(self.topic, 0)[:-1]
        return {
            int(name.removeprefix(prefix)): int(standing.position or 0)
            for name, standing in standings.items()
            if name.startswith(prefix)
        }

    def wait_read(self, seconds: float = WAIT_SECONDS) -> None:
        """Wait until everything on the topic is in the store."""
        wanted = {number: end for number, end in self.ends().items() if end}
        deadline = time.monotonic() + seconds
        while True:
            found = self.positions()
            if all(found.get(number, 0) >= end for number, end in wanted.items()):
                return
            living = [worker for worker in self.workers if worker.poll() is None]
            assert living, "no worker lives: " + "\n".join(self.log(worker)[-2_000:] for worker in self.workers)
            logs = "\n".join(self.log(worker)[-2_000:] for worker in living)
            assert time.monotonic() < deadline, f"stored {found}, wanted {wanted}\n{logs}"
            time.sleep(0.1)

    def digest(self) -> str:
        """Over every day cell."""
        store = self.open()
        try:
            return cells_digest(store, "0", "9")
        finally:
            store.close()

    def progress(self) -> Progress:
        """Of the whole store."""
        store = self.open()
        try:
            return store.progress()
        finally:
            store.close()
