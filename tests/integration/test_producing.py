"""Producing to a real Kafka: every record once, facts of a subject together and in order, through a killed broker."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaConsumer, TopicPartition

from streams.clock import SystemClock
from streams.codec import Codec, Decoded
from streams.producing import Sent, produce
from streams.producing.kafka_sender import KafkaSender
from streams.producing.run import PIECE_RECORDS
from streams.sources import open_source
from streams.topics import KafkaSettings, KafkaUnavailable, body_of, declared, key_of
from streams.topics.administration import create
from tests.conftest import REPOSITORY
from tests.servers.fixtures import lent
from tests.servers.kafka_broker import Kafka

NOW_US = 1_790_000_000_000_000
CODEC = Codec()


def order(number: int, **changes: Any) -> dict[str, Any]:
    """A paid order of one of 50 buyers."""
    return {
        "event_id": f"o{number}-paid",
        "event_type": "order.paid",
        "occurred_at": "2025-11-03T12:00:00+08:00",
        "source": "erp",
        "shop_id": "hf",
        "order_id": f"o{number}",
        "buyer_id": f"b{number % 50}",
        "lines": [{"line_id": "1", "sku": "A", "qty": 2, "paid_amt": "129.00"}],
        **changes,
    }


def write(path: Path, *events: dict[str, Any] | str) -> Path:
    """A file of JSON lines; texts are lines already."""
    lines = (event if isinstance(event, str) else json.dumps(event) for event in events)
    path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    return path


def send(settings: KafkaSettings, path: Path, start: int = 0, **limits: int) -> Iterator[Sent]:
    """The totals after each acknowledged piece."""
    with KafkaSender(settings, **limits) as sender:
        yield from produce(open_source(path), start, sender, CODEC, SystemClock())


def records(settings: KafkaSettings) -> list[Any]:
    """Everything in the topic: whole partitions, one after the other, each in its order."""
    consumer = KafkaConsumer(bootstrap_servers=list(settings.brokers), auto_offset_reset="earliest")
    try:
        partitions = [TopicPartition(settings.topic, n) for n in consumer.partitions_for_topic(settings.topic) or ()]
        consumer.assign(partitions)
        ends = consumer.end_offsets(partitions)
        found: list[Any] = []
        while any(consumer.position(part) < end for part, end in ends.items()):
            for batch in consumer.poll(1_000).values():
                found += batch
        return sorted(found, key=lambda record: (record.partition, record.offset))
    finally:
        consumer.close()


@pytest.fixture
def settings(kafka: Kafka, topic_name: str) -> KafkaSettings:
    """The session's Kafka with the three topics of a test's own."""
    found = KafkaSettings((kafka.brokers,), topic_name)
    create(found, declared(topic_name), dev=True, grow=False)
    return found


def test_every_record_arrives_once_in_the_order_of_its_subject(settings: KafkaSettings, tmp_path: Path) -> None:
    """12,000 orders in three pieces: each once, its key the subject's, each subject on one partition and in order."""
    path = write(tmp_path / "a.jsonl", *(order(number) for number in range(12_000)))
    steps = [(step.records, step.sent, step.position) for step in send(settings, path)]
    assert [(records, sent) for records, sent, _ in steps] == [(5_000, 5_000), (10_000, 10_000), (12_000, 12_000)]
    assert steps[-1][2] == path.stat().st_size
    found = records(settings)
    assert len(found) == 12_000
    numbers = defaultdict(list)
    partitions = defaultdict(set)
    for record in found:
        body = body_of(record.value, record.headers, "x")
        assert isinstance(body, bytes)
        decoded = CODEC.decode(body, "x", NOW_US)
        assert isinstance(decoded, Decoded)
        assert record.key == key_of(decoded.event)
        partitions[record.key].add(record.partition)
        numbers[record.key].append(int(json.loads(record.value)["order_id"][1:]))
    assert {len(places) for places in partitions.values()} == {1}
    assert len({place for places in partitions.values() for place in places}) == 4
    assert all(held == sorted(held) for held in numbers.values())
    assert sorted(number for held in numbers.values() for number in held) == list(range(12_000))


def test_what_does_not_decode_arrives_as_it_is(settings: KafkaSettings, tmp_path: Path) -> None:
    """Broken lines have no key and their own bytes; a sound one between them is keyed."""
    path = write(tmp_path / "a.jsonl", "{broken", order(1), "[1, 2]")
    *_, total = send(settings, path)
    assert (total.records, total.sent, total.keyless) == (3, 3, 2)
    keys = {record.value: record.key for record in records(settings)}
    assert keys == {b"{broken": None, json.dumps(order(1)).encode(): b"customer|hf|b1", b"[1, 2]": None}


@pytest.mark.parametrize("known_bytes", [4_000, 1 << 20], ids=["limit known", "limit not known"])
def test_records_that_the_topic_does_not_take(kafka: Kafka, topic_name: str, tmp_path: Path, known_bytes: int) -> None:
    """Two records too large in the middle of a batch: they are named, and only they; all others arrive."""
    kafka.create_topic(topic_name, 2, {"max.message.bytes": "4000"})
    settings = KafkaSettings((kafka.brokers,), topic_name)
    # Random, so that it stays too large when the batch is packed.
    large = {"x": secrets.token_hex(8_000)}
    events = [order(number, ext=large if number in (3, 7) else {}) for number in range(20)]
    path = write(tmp_path / "a.jsonl", *events)
    *_, total = send(settings, path, largest_bytes=known_bytes)
    starts = {number: sum(len(json.dumps(event)) + 1 for event in events[:number]) for number in (3, 7)}
    assert (total.records, total.sent, total.refused) == (20, 18, 2)
    assert sorted(row.where for row in total.places) == sorted(f"a.jsonl byte {start}" for start in starts.values())
    assert all("split the event, or raise max.message.bytes" in row.detail for row in total.places)
    arrived = Counter(json.loads(record.value)["order_id"] for record in records(settings))
    assert arrived.keys() == {f"o{number}" for number in range(20) if number not in (3, 7)}
    assert known_bytes > 4_000 or set(arrived.values()) == {1}


@pytest.mark.slow
def test_a_broker_that_is_killed_and_comes_back(server_folder: Path, tmp_path: Path) -> None:
    """SIGKILL in the middle of a run and a restart a second later: the run ends, every record is there exactly once."""
    path = write(tmp_path / "a.jsonl", *(order(number) for number in range(20_000)))
    with lent(Kafka(server_folder)) as broker:
        settings = KafkaSettings((broker.brokers,))
        create(settings, declared(), dev=True, grow=False)
        back = threading.Timer(1, broker.start)
        for step in send(settings, path):
            if step.records == 5_000:
                broker.kill()
                back.start()
        back.join()
        assert (step.records, step.sent, step.refused) == (20_000, 20_000, 0)
        arrived = Counter(json.loads(record.value)["order_id"] for record in records(settings))
        assert arrived == Counter(f"o{number}" for number in range(20_000))


@pytest.mark.slow
def test_a_broker_that_stays_away(server_folder: Path, tmp_path: Path) -> None:
    """The run ends with the broker's address; the next one starts after the acknowledged piece and loses nothing."""
    path = write(tmp_path / "a.jsonl", *(order(number) for number in range(12_000)))
    with lent(Kafka(server_folder)) as broker:
        settings = KafkaSettings((broker.brokers,))
        create(settings, declared(), dev=True, grow=False)
        position = 0
        with pytest.raises(KafkaUnavailable, match=f"no Kafka broker answers at {broker.brokers}"):
            for step in send(settings, path, delivery_ms=12_000):
                position = step.position
                broker.kill()
        assert 0 < position < path.stat().st_size
        broker.start()
        *_, total = send(settings, path, position)
        assert total.records == 7_000
        arrived = Counter(json.loads(record.value)["order_id"] for record in records(settings))
        assert arrived.keys() == {f"o{number}" for number in range(12_000)}


def test_a_producer_that_is_killed(settings: KafkaSettings, tmp_path: Path) -> None:
    """SIGKILL of the command after it noted a position: the same command sends the rest, at most a piece twice."""
    path = write(tmp_path / "a.jsonl", *(order(number) for number in range(30_000)))
    note = tmp_path / "produce.json"
    environment = {**os.environ, "SCORELINE_BROKERS": settings.brokers[0], "SCORELINE_TOPIC": settings.topic}
    command = [sys.executable, "-m", "dashboards", "produce", str(path), "--home", str(tmp_path), "--json"]
    running = subprocess.Popen(command, cwd=REPOSITORY, env=environment, stdout=subprocess.DEVNULL)
    end = time.monotonic() + 60
    while not note.exists():
        assert running.poll() is None and time.monotonic() < end
        time.sleep(0.01)
    running.kill()
    running.wait()
    (reached,) = json.loads(note.read_text("utf-8"))["reached"]
    assert 0 < reached["position"] < path.stat().st_size
    run = subprocess.run(command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=True)
    (row,) = json.loads(run.stdout)
    assert (row["from_position"], row["to_position"]) == (reached["position"], path.stat().st_size)
    arrived = Counter(json.loads(record.value)["order_id"] for record in records(settings))
    assert arrived.keys() == {f"o{number}" for number in range(30_000)}
    assert arrived.total() - 30_000 <= PIECE_RECORDS
