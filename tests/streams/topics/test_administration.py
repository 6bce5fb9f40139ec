"""Topics on a real Kafka: made as declared, left alone when they are there, and compared setting by setting."""

from __future__ import annotations

import pytest

from streams.topics import KafkaSettings, KafkaUnavailable, TopicMissing, declared
from streams.topics.administration import Created, Target, check, create, target
from streams.topics.connection import admin
from tests.servers.kafka_broker import Kafka


@pytest.fixture
def settings(kafka: Kafka, topic_name: str) -> KafkaSettings:
    """The session's Kafka with a topic of the test's own."""
    return KafkaSettings((kafka.brokers,), topic_name)


def codes(settings: KafkaSettings, partitions: int = 4, dev: bool = True) -> list[tuple[str, str]]:
    """(topic, code) of every finding."""
    return [(found.topic, found.code) for found in check(settings, declared(settings.topic, partitions), dev)]


def test_topics_are_made_as_declared(settings: KafkaSettings) -> None:
    """Before, each is missing; afterwards, each passes, with its partitions and the settings of the declaration."""
    topics = declared(settings.topic)
    names = [topic.name for topic in topics.all()]
    assert codes(settings) == [(name, "MISSING_TOPIC") for name in names]
    made = create(settings, topics, dev=True, grow=False)
    assert made == [Created(name, "created", count) for name, count in zip(names, (4, 1, 1), strict=True)]
    assert codes(settings) == []
    with admin(settings) as client:
        described = {row["name"]: row for row in client.describe_topics(names)}
    assert [len(described[name]["partitions"]) for name in names] == [4, 1, 1]


def test_one_copy_is_for_trying_out(settings: KafkaSettings) -> None:
    """Without --dev the single node can not make three copies, and topics with one copy are findings."""
    topics = declared(settings.topic)
    with pytest.raises(KafkaUnavailable, match=r"replication factor of 3.*only 1 broker") as caught:
        create(settings, topics, dev=False, grow=False)
    assert "use --dev there" in str(caught.value)
    create(settings, topics, dev=True, grow=False)
    lacking = [(topic.name, code) for topic in topics.all() for code in ("LOW_REPLICATION", "LOW_MIN_INSYNC")]
    assert codes(settings, dev=False) == lacking


def test_a_topic_that_is_there_is_left_alone(kafka: Kafka, settings: KafkaSettings) -> None:
    """Nothing of it is changed; what differs from the declaration is found, each by its name."""
    wrong = {
        "cleanup.policy": "compact,delete",
        "max.message.bytes": "1000",
        "retention.bytes": "1000000",
        "unclean.leader.election.enable": "true",
        "compression.type": "gzip",
    }
    kafka.create_topic(settings.topic, 2, wrong)
    before = target(settings)
    assert before == Target(before.topic_id, 1000)
    made = create(settings, declared(settings.topic), dev=True, grow=False)
    assert made[-1] == Created(settings.topic, "kept", 2)
    assert target(settings) == before
    expected = (
        "FEWER_PARTITIONS", "UNCLEAN_ELECTION", "WRONG_CLEANUP", "SHORT_RETENTION", "SIZE_RETENTION", "SENDER_TIMES",
        "SMALL_MESSAGES", "RECOMPRESSION",
    )  # fmt: skip
    assert codes(settings) == [(settings.topic, code) for code in expected]


def test_retention_of_a_topic_made_by_hand(kafka: Kafka, settings: KafkaSettings) -> None:
    """Kafka's own default of a week is too short, and its retention counts from the sender's time."""
    kafka.create_topic(settings.topic)
    create(settings, declared(settings.topic), dev=True, grow=False)
    assert codes(settings) == [(settings.topic, "SHORT_RETENTION"), (settings.topic, "SENDER_TIMES")]


def test_partitions_grow_only_when_asked(settings: KafkaSettings) -> None:
    """4 stay 4 until growing is asked for; a second time changes nothing, and fewer never shrink a topic."""
    create(settings, declared(settings.topic), dev=True, grow=False)
    seven = declared(settings.topic, 7)
    assert create(settings, seven, dev=True, grow=False)[0] == Created(settings.topic, "kept", 4)
    assert codes(settings, 7) == [(settings.topic, "FEWER_PARTITIONS")]
    assert create(settings, seven, dev=True, grow=True)[0] == Created(settings.topic, "grown", 7)
    assert codes(settings, 7) == []
    assert create(settings, seven, dev=True, grow=True)[0] == Created(settings.topic, "kept", 7)
    assert create(settings, declared(settings.topic), dev=True, grow=True)[0] == Created(settings.topic, "kept", 7)


def test_the_id_tells_a_topic_made_anew(kafka: Kafka, settings: KafkaSettings) -> None:
    """A missing topic is named with the command that makes it; one of the same name made anew has another id."""
    with pytest.raises(TopicMissing, match=f"{settings.topic} is not there: run `scoreline topics create`"):
        target(settings)
    topics = declared(settings.topic)
    create(settings, topics, dev=True, grow=False)
    first = target(settings)
    assert target(settings) == first == Target(first.topic_id, 1 << 20)
    kafka.delete_topic(settings.topic)
    create(settings, topics, dev=True, grow=False)
    assert target(settings).topic_id not in ("", first.topic_id)
