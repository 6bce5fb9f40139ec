"""Makes the declared topics and compares them with what Kafka has (needs the extra `kafka`)."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from kafka.admin import ConfigResource, ConfigResourceType
from kafka.errors import KafkaTimeoutError, NoError, TopicAlreadyExistsError, UnknownTopicOrPartitionError, for_code

from streams.codec.json_text import SIZE_LIMIT_BYTES
from streams.topics.connection import admin
from streams.topics.declared import MIN_INSYNC, REPLICATION, Topic, Topics
from streams.topics.faults import KafkaUnavailable, TopicMissing
from streams.topics.findings import Finding, Found, compare
from streams.topics.settings import KafkaSettings

SINGLE: Final = 1
NEW_TOPIC_MS: Final = 2_000


@dataclass(frozen=True, slots=True)
class Created:
    """What `create` did with one topic: "created", "grown" or "kept"."""

    topic: str
    outcome: str
    partitions: int


@dataclass(frozen=True, slots=True)
class Target:
    """A topic to send to: its id, another one when the topic was made anew, and the size of its largest record."""

    topic_id: str
    max_message_bytes: int


def create(settings: KafkaSettings, topics: Topics, dev: bool, grow: bool) -> list[Created]:
    """Make the topics that are missing; nothing else of a topic that is there is changed.

    `dev` makes a single copy instead of three. `grow` adds partitions where the events topic has fewer than declared;
    keys move between partitions then, which the workers allow for. KafkaUnavailable when Kafka is, or refuses.
    """
    with admin(settings) as client:
        found = _describe(client, topics.all())
        missing = [topic for topic in topics.all() if topic.name not in found]
        if missing:
            _make(client, missing, dev)
        made = [Created(topic.name, "created", topic.partitions) for topic in missing]
        for topic in topics.all():
            if topic.name in found:
                made.append(_kept(client, topic, found[topic.name], grow and topic is topics.events))
        client.wait_for_topics([topic.name for topic in topics.all()])
    return made


def check(settings: KafkaSettings, topics: Topics, dev: bool) -> list[Finding]:
    """Every difference between the declared topics and Kafka's; KafkaUnavailable when Kafka is."""
    with admin(settings) as client:
        found = _describe(client, topics.all())
    return [finding for topic in topics.all() for finding in compare(topic, found.get(topic.name), dev)]


def target(settings: KafkaSettings) -> Target:
    """The events topic as a producer needs to know it; TopicMissing when it is not there."""
    with admin(settings) as client:
        with suppress(KafkaTimeoutError):
            # A topic that was made a moment ago is not known to every broker yet.
            client.wait_for_topics([settings.topic], timeout_ms=NEW_TOPIC_MS)
        (described,) = client.describe_topics([settings.topic])
        _raise_unless_missing(described)
        if described["error_code"]:
            raise TopicMissing(
                f"the topic {settings.topic} is not there: run `scoreline topics create`, or check SCORELINE_TOPIC"
            )
        asked = [ConfigResource(ConfigResourceType.TOPIC, settings.topic)]
        configs = client.describe_configs(asked, config_filter="all")["topic"].get(settings.topic, {})
    # A producer may be allowed to write and not to see the settings.
    limit = configs.get("max.message.bytes", {}).get("value", SIZE_LIMIT_BYTES)
    return Target(str(described["topic_id"]), int(limit))


def topic_id(settings: KafkaSettings) -> str:
    """The id of the events topic; TopicMissing when it is not there."""
    return target(settings).topic_id


def _kept(client: Any, topic: Topic, found: Found, grow: bool) -> Created:
    count = len(found.replicas)
    if not grow or count >= topic.partitions:
        return Created(topic.name, "kept", count)
    client.create_partitions({topic.name: topic.partitions})
    return Created(topic.name, "grown", topic.partitions)


def _make(client: Any, topics: Sequence[Topic], dev: bool) -> None:
    wanted = {
        topic.name: {
            "num_partitions": topic.partitions,
            "replication_factor": SINGLE if dev else REPLICATION,
            "configs": topic.configs(SINGLE if dev else MIN_INSYNC),
        }
        for topic in topics
    }
    answer = client.create_topics(wanted, raise_errors=False)
    refused = []
    for row in answer["topics"]:
        kind = for_code(row["error_code"])
        # Somebody else may have been quicker.
        if kind not in (NoError, TopicAlreadyExistsError):
            refused.append(f"{row['name']}: {row['error_message'] or kind.__name__}")
    if refused:
        hint = "" if dev else ". A Kafka with fewer than three brokers is for trying out only: use --dev there"
        raise KafkaUnavailable(f"Kafka did not make the topics: {'; '.join(refused)}{hint}")


def _describe(client: Any, topics: Sequence[Topic]) -> dict[str, Found]:
    """The topics that are there, by name."""
    described = client.describe_topics([topic.name for topic in topics])
    there = {row["name"]: row for row in described if not row["error_code"]}
    for row in described:
        _raise_unless_missing(row)
    if not there:
        return {}
    asked = [ConfigResource(ConfigResourceType.TOPIC, name) for name in there]
    settings = client.describe_configs(asked, config_filter="all")["topic"]
    return {name: _found(row, settings[name]) for name, row in there.items()}


def _found(row: dict[str, Any], settings: dict[str, dict[str, Any]]) -> Found:
    partitions = sorted(row["partitions"], key=lambda part: int(part["partition_index"]))
    return Found(
        replicas=tuple(len(part["replica_nodes"]) for part in partitions),
        leaders=tuple(part["leader_id"] if part["leader_id"] >= 0 else None for part in partitions),
        settings={name: str(setting["value"]) for name, setting in settings.items()},
    )


def _raise_unless_missing(row: dict[str, Any]) -> None:
    kind = for_code(row["error_code"])
    if kind not in (NoError, UnknownTopicOrPartitionError):
        raise kind(row["name"])
