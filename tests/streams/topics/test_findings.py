"""Findings: each difference between a declared topic and a found one has a name and an advice, and nothing else has."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from streams.topics import Topic, declared
from streams.topics.findings import FINDINGS, Found, compare

TOPICS = declared()
EVENTS = TOPICS.events


def sound(topic: Topic, copies: int = 3) -> Found:
    """The topic as it should be, with three copies unless said otherwise."""
    return Found((copies,) * topic.partitions, (1,) * topic.partitions, topic.configs(2))


def codes(found: Found | None, topic: Topic = EVENTS, dev: bool = False) -> list[str]:
    """The codes of the findings."""
    return [finding.code for finding in compare(topic, found, dev)]


def with_setting(name: str, value: str, topic: Topic = EVENTS) -> Found:
    """A sound topic but for one setting."""
    whole = sound(topic)
    return replace(whole, settings={**whole.settings, name: value})


@pytest.mark.parametrize("topic", TOPICS.all(), ids=lambda topic: topic.name)
def test_a_topic_as_declared_has_no_finding(topic: Topic) -> None:
    """What `create` makes passes `check`."""
    assert codes(sound(topic), topic) == []


def test_more_than_declared_is_fine() -> None:
    """More partitions, more copies, endless retention and larger records are no findings."""
    settings = {**EVENTS.configs(2), "retention.ms": "-1", "max.message.bytes": "9999999"}
    assert codes(Found((5,) * 7, (1,) * 7, settings)) == []


BROKEN = {
    "MISSING_TOPIC": None,
    "FEWER_PARTITIONS": replace(sound(EVENTS), replicas=(3, 3, 3), leaders=(1, 1, 1)),
    "NO_LEADER": replace(sound(EVENTS), leaders=(1, None, 1, None)),
    "LOW_REPLICATION": replace(sound(EVENTS), replicas=(3, 3, 2, 3)),
    "LOW_MIN_INSYNC": with_setting("min.insync.replicas", "1"),
    "BLOCKED_WRITES": with_setting("min.insync.replicas", "4"),
    "UNCLEAN_ELECTION": with_setting("unclean.leader.election.enable", "true"),
    "SHORT_RETENTION": with_setting("retention.ms", str(7 * 86_400_000)),
    "SIZE_RETENTION": with_setting("retention.bytes", "1000000"),
    "WRONG_CLEANUP": with_setting("cleanup.policy", "compact,delete"),
    "SENDER_TIMES": with_setting("message.timestamp.type", "CreateTime"),
    "SMALL_MESSAGES": with_setting("max.message.bytes", "1048575"),
    "RECOMPRESSION": with_setting("compression.type", "gzip"),
}


@pytest.mark.parametrize("code", BROKEN)
def test_each_difference_has_its_name(code: str) -> None:
    """One thing wrong gives exactly one finding, with the topic, what was found and what to do."""
    (finding,) = compare(EVENTS, BROKEN[code], dev=False)
    assert finding.code == code
    assert str(finding).startswith(f"scoreline.events.v1: {code}: ")
    assert any(finding.advice.startswith(word) for word in ("Run ", "Start ", "Add ", "Delete "))


def test_the_reference_topic_has_one_partition() -> None:
    """More partitions than one have no order over all definitions."""
    found = replace(sound(TOPICS.reference), replicas=(3, 3), leaders=(1, 1))
    assert codes(found, TOPICS.reference) == ["MORE_PARTITIONS"]


def test_a_compacted_topic_keeps_by_key() -> None:
    """Retention times mean nothing on the compacted topic, but a policy of deletion does."""
    reference = TOPICS.reference
    assert codes(with_setting("retention.ms", "1000", reference), reference) == []
    assert codes(with_setting("cleanup.policy", "delete", reference), reference) == ["WRONG_CLEANUP"]


def test_a_machine_for_trying_out_may_have_one_copy() -> None:
    """With `dev`, one copy and one in step are allowed, but a lagging leader is not."""
    single = Found((1,) * 4, (1,) * 4, EVENTS.configs(1))
    assert codes(single, dev=True) == []
    assert codes(single) == ["LOW_REPLICATION", "LOW_MIN_INSYNC"]
    unclean = replace(single, settings={**single.settings, "unclean.leader.election.enable": "true"})
    assert codes(unclean, dev=True) == ["UNCLEAN_ELECTION"]


def test_everything_wrong_is_said_at_once() -> None:
    """A topic made with Kafka's own defaults on one node shows all of its differences together."""
    kafka_defaults = {
        "cleanup.policy": "delete",
        "compression.type": "producer",
        "max.message.bytes": "1048588",
        "message.timestamp.type": "CreateTime",
        "min.insync.replicas": "1",
        "retention.bytes": "-1",
        "retention.ms": "604800000",
        "unclean.leader.election.enable": "false",
    }
    assert codes(Found((1,), (1,), kafka_defaults)) == [
        "FEWER_PARTITIONS",
        "LOW_REPLICATION",
        "LOW_MIN_INSYNC",
        "SHORT_RETENTION",
        "SENDER_TIMES",
    ]


def test_every_kind_is_tried() -> None:
    """No kind of finding is without a case above."""
    assert {*BROKEN, "MORE_PARTITIONS"} == FINDINGS.keys()


def test_every_kind_is_documented(repository: Path) -> None:
    """docs/kafka.md has a row for each."""
    page = (repository / "docs" / "kafka.md").read_text("utf-8")
    assert not [code for code in FINDINGS if f"| `{code}` |" not in page]
