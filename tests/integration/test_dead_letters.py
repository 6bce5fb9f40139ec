"""Rejected records are copied to the dead-letter topic with their reasons, and none of them stops the stream."""

from __future__ import annotations

from pathlib import Path

from kafka import KafkaConsumer, TopicPartition

from streams.topics.deadletters import DeadLetter
from tests.cluster.cluster import Cluster
from tests.servers.kafka_broker import Kafka

MIB = 1 << 20


def letters_on(brokers: str, topic: str, count: int) -> list[DeadLetter]:
    """Everything on the dead-letter topic."""
    consumer = KafkaConsumer(bootstrap_servers=brokers, enable_auto_commit=False)
    try:
        partition = TopicPartition(topic, 0)
        consumer.assign([partition])
        consumer.seek_to_beginning(partition)
        found: list[DeadLetter] = []
        while len(found) < count:
            for rows in consumer.poll(timeout_ms=10_000).values():
                found += [DeadLetter.read(row.value, row.headers) for row in rows]
        return found
    finally:
        consumer.close()


def test_rejected_records_are_copied(kafka: Kafka, topic_name: str, migrated_database: str, tmp_path: Path) -> None:
    """Broken JSON, an empty value and a record of nearly 1 MiB: each in quarantine, and on the topic with its place."""
    kafka.create_topic(topic_name, 1)
    kafka.create_topic(f"{topic_name}.deadletters", 1, {"max.message.bytes": str(MIB + (64 << 10))})
    cluster = Cluster(kafka.brokers, topic_name, migrated_database, tmp_path / "home")
    huge = b"[" + b"1," * (MIB // 2 - 200) + b"1]"
    cluster.feed([(None, b'{"event_id":'), (None, b""), (b"k", huge)])
    cluster.start()
    try:
        cluster.wait_read()
    finally:
        cluster.stop()
    found = letters_on(kafka.brokers, f"{topic_name}.deadletters", 3)
    assert [(row.offset, row.rejected.reason) for row in found] == [
        (0, "BAD_JSON"),
        (1, "NO_VALUE"),
        (2, "NOT_AN_OBJECT"),
    ]
    assert found[2].rejected.raw == huge
    store = cluster.open()
    rows = [(row.place, row.reason) for row in store.quarantined()]
    store.close()
    assert rows == [(row.rejected.where, row.rejected.reason) for row in found]
