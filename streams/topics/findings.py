"""What is wrong with a topic as it was found, compared with how it was declared; pure, so every case can be tested."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from streams.topics.declared import MIN_INSYNC, REPLICATION, Topic

FINDINGS: Final[dict[str, str]] = {
    "MISSING_TOPIC": "The topic is not there.",
    "FEWER_PARTITIONS": "The topic has fewer partitions than declared, so fewer workers can share the work.",
    "MORE_PARTITIONS": "A topic that must have one order over all of its records has more than one partition.",
    "NO_LEADER": "A partition has no leader, so nobody can write to it or read it.",
    "LOW_REPLICATION": "Fewer than three copies: the loss of a disk can lose events.",
    "LOW_MIN_INSYNC": "A write is acknowledged with one copy, which the loss of one broker loses.",
    "BLOCKED_WRITES": "More copies in step are demanded than there are copies, so nothing can be written.",
    "UNCLEAN_ELECTION": "A broker that lags may become leader, which drops acknowledged events.",
    "SHORT_RETENTION": "Records are deleted before a period is past reopening.",
    "SIZE_RETENTION": "Records are deleted by size, whatever their age.",
    "WRONG_CLEANUP": "The cleanup policy drops records that must be kept, or keeps what must be replaced.",
    "SENDER_TIMES": "Retention counts from the time that a sender writes, so events of the past are deleted at once.",
    "SMALL_MESSAGES": "The largest record that the topic takes is smaller than the largest event.",
    "RECOMPRESSION": "The broker packs every batch anew instead of keeping what the producer sent.",
}
"""Every kind of finding with what it means."""


@dataclass(frozen=True, slots=True)
class Found:
    """A topic as Kafka describes it. `replicas` and `leaders` have one entry a partition; a leader is None when absent.

    `settings` are the topic's values by Kafka's names.
    """

    replicas: tuple[int, ...]
    leaders: tuple[int | None, ...]
    settings: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Finding:
    """One difference: its code of FINDINGS, the topic, what was found, and what to do."""

    code: str
    topic: str
    detail: str
    advice: str

    def __str__(self) -> str:
        return f"{self.topic}: {self.code}: {self.detail}. {self.advice}"


def compare(topic: Topic, found: Found | None, dev: bool) -> list[Finding]:
    """Every difference between a declared topic and the one that was found; `dev` allows a single copy."""
    if found is None:
        return [Finding("MISSING_TOPIC", topic.name, "is not there", "Run `scoreline topics create`")]
    return [*_partitions(topic, found), *_copies(topic, found, dev), *_keeping(topic, found), *_sizes(topic, found)]


def _partitions(topic: Topic, found: Found) -> Iterator[Finding]:
    count = len(found.replicas)
    if count < topic.partitions:
        yield Finding(
            "FEWER_PARTITIONS",
            topic.name,
            f"has {count} of {topic.partitions} partitions",
            f"Run `scoreline topics create --partitions {topic.partitions}`",
        )
    elif topic.exact_partitions and count > topic.partitions:
        yield Finding(
            "MORE_PARTITIONS",
            topic.name,
            f"has {count} partitions instead of {topic.partitions}",
            "Delete the topic and run `scoreline topics create`, then publish the definitions again",
        )
    headless = [number for number, leader in enumerate(found.leaders) if leader is None]
    if headless:
        yield Finding(
            "NO_LEADER",
            topic.name,
            f"partition {', '.join(map(str, headless))} has no leader",
            "Start the brokers that hold it; look at their logs",
        )


def _copies(topic: Topic, found: Found, dev: bool) -> Iterator[Finding]:
    copies = min(found.replicas, default=0)
    insync = _number(found, "min.insync.replicas")
    if copies < REPLICATION and not dev:
        yield Finding(
            "LOW_REPLICATION",
            topic.name,
            f"has {copies} cop{'y' if copies == 1 else 'ies'} of a partition, {REPLICATION} are needed",
            "Add copies with kafka-reassign-partitions, or use --dev on a machine for trying out",
        )
    if insync < MIN_INSYNC and not dev:
        yield _setting(topic, "LOW_MIN_INSYNC", found, "min.insync.replicas", str(MIN_INSYNC))
    if insync > copies:
        yield _setting(topic, "BLOCKED_WRITES", found, "min.insync.replicas", str(max(1, copies - 1)))
    if found.settings.get("unclean.leader.election.enable") != "false":
        yield _setting(topic, "UNCLEAN_ELECTION", found, "unclean.leader.election.enable", "false")


def _keeping(topic: Topic, found: Found) -> Iterator[Finding]:
    wanted = topic.configs(MIN_INSYNC)
    if found.settings.get("cleanup.policy") != topic.cleanup:
        yield _setting(topic, "WRONG_CLEANUP", found, "cleanup.policy", topic.cleanup)
    if topic.cleanup == "delete":
        if _is_less(_number(found, "retention.ms"), int(wanted["retention.ms"])):
            yield _setting(topic, "SHORT_RETENTION", found, "retention.ms", wanted["retention.ms"])
        if _number(found, "retention.bytes") >= 0:
            yield _setting(topic, "SIZE_RETENTION", found, "retention.bytes", "-1")
        if found.settings.get("message.timestamp.type") != "LogAppendTime":
            yield _setting(topic, "SENDER_TIMES", found, "message.timestamp.type", "LogAppendTime")


def _sizes(topic: Topic, found: Found) -> Iterator[Finding]:
    if _number(found, "max.message.bytes") < topic.max_message_bytes:
        yield _setting(topic, "SMALL_MESSAGES", found, "max.message.bytes", str(topic.max_message_bytes))
    if found.settings.get("compression.type") != "producer":
        yield _setting(topic, "RECOMPRESSION", found, "compression.type", "producer")


def _is_less(found_ms: int, wanted_ms: int) -> bool:
    """Whether one retention is shorter than another; a negative one never ends."""
    return found_ms >= 0 and (wanted_ms < 0 or found_ms < wanted_ms)


def _number(found: Found, setting: str) -> int:
    return int(found.settings.get(setting, "0"))


def _setting(topic: Topic, code: str, found: Found, setting: str, wanted: str) -> Finding:
    return Finding(
        code,
        topic.name,
        f"{setting} is {found.settings.get(setting, 'not known')}, not {wanted}",
        f"Run kafka-configs --bootstrap-server BROKER --alter --topic {topic.name} --add-config {setting}={wanted}",
    )
