"""The reference topic: definitions that every worker reads whole, the latest version being the one that counts."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from streams.topics.connection import client_settings, reaching
from streams.topics.declared import declared
from streams.topics.faults import KafkaUnavailable, TopicMissing
from streams.topics.settings import KafkaSettings

KEY: Final = b"definitions"
READ_MS: Final = 10_000


@dataclass(frozen=True, slots=True)
class Published:
    """Definition files by relative name, and their version, which grows with every publication."""

    version: int
    texts: Mapping[str, str]


def publish(settings: KafkaSettings, texts: Mapping[str, str]) -> int:
    """Make these definition files the ones that count; returns their version. KafkaUnavailable when that fails."""
    topic = declared(settings.topic).reference.name
    # The same texts give the same bytes: no time stamp in the packed form.
    value = gzip.compress(json.dumps(dict(texts), ensure_ascii=False, sort_keys=True).encode(), mtime=0)
    with reaching(settings):
        _require(settings, topic)
        producer = KafkaProducer(**client_settings(settings), acks="all")
        try:
            return int(producer.send(topic, key=KEY, value=value, partition=0).get(READ_MS / 1_000).offset)
        finally:
            producer.close()


def latest(settings: KafkaSettings) -> Published | None:
    """The definitions that count; None when none were ever published. KafkaUnavailable when the topic is away."""
    topic = declared(settings.topic).reference.name
    with reaching(settings), _reading(settings, topic) as consumer:
        partition = TopicPartition(topic, 0)
        (end,) = consumer.end_offsets([partition]).values()
        consumer.assign([partition])
        consumer.seek_to_beginning(partition)
        found: Published | None = None
        while consumer.position(partition) < end:
            fetched: dict[Any, list[Any]] = consumer.poll(timeout_ms=READ_MS)
            if not fetched:
                raise KafkaUnavailable(f"the topic {topic} does not answer; look at the brokers' logs")
            for record in fetched.get(partition, ()):
                if record.key == KEY and record.value:
                    found = Published(record.offset, json.loads(gzip.decompress(record.value)))
        return found


def newest_version(settings: KafkaSettings) -> int:
    """Upper bound of the version that counts: a cheap look at the log's end; -1 when nothing was published."""
    topic = declared(settings.topic).reference.name
    with reaching(settings), _reading(settings, topic) as consumer:
        (end,) = consumer.end_offsets([TopicPartition(topic, 0)]).values()
        return int(end) - 1


@contextmanager
def _reading(settings: KafkaSettings, topic: str) -> Iterator[Any]:
    """A consumer without a group, closed at the end; TopicMissing when there is nothing to read."""
    consumer = KafkaConsumer(**client_settings(settings), enable_auto_commit=False)
    try:
        if not consumer.partitions_for_topic(topic):
            raise TopicMissing(f"the topic {topic} is not there: run `scoreline topics create`")
        yield consumer
    finally:
        consumer.close()


def _require(settings: KafkaSettings, topic: str) -> None:
    with _reading(settings, topic):
        pass
