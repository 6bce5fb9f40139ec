"""The declared topics: what each is for, and the settings that it must have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from streams.codec.json_text import SIZE_LIMIT_BYTES
from streams.topics.settings import EVENTS_TOPIC

PARTITIONS: Final = 4
REPLICATION: Final = 3
MIN_INSYNC: Final = 2
REOPEN_DAYS: Final = 400
"""How long a period can be worked on after it began: a year, its close, and an appeal against it."""
DEAD_LETTER_ROOM_BYTES: Final = 64 * 1024
"""What the reason headers of a dead letter may take beside the bytes of the largest event."""

Cleanup = Literal["delete", "compact"]
_DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic as it must be. `retention_days` None keeps records for ever (a compacted topic: the last of a key).

    `exact_partitions`: more partitions than `partitions` are wrong too.
    """

    name: str
    purpose: str
    key: str
    partitions: int
    cleanup: Cleanup
    retention_days: int | None
    max_message_bytes: int = SIZE_LIMIT_BYTES
    exact_partitions: bool = False

    def configs(self, min_insync: int) -> dict[str, str]:
        """The settings to create the topic with."""
        retention_ms = -1 if self.retention_days is None else self.retention_days * _DAY_MS
        return {
            "cleanup.policy": self.cleanup,
            "compression.type": "producer",
            "max.message.bytes": str(self.max_message_bytes),
            "message.timestamp.type": "LogAppendTime",
            "min.insync.replicas": str(min_insync),
            "retention.bytes": "-1",
            "retention.ms": str(retention_ms),
            "unclean.leader.election.enable": "false",
        }


@dataclass(frozen=True, slots=True)
class Topics:
    """The three topics of one installation."""

    events: Topic
    reference: Topic
    dead_letters: Topic

    def all(self) -> tuple[Topic, ...]:
        """The three, events first."""
        return (self.events, self.reference, self.dead_letters)


def declared(events_topic: str = EVENTS_TOPIC, partitions: int = PARTITIONS) -> Topics:
    """The topics of the installation whose events topic has this name and number of partitions.

    The other two are named after it, so that two installations on one Kafka never read each other's definitions.
    """
    return Topics(
        events=Topic(
            name=events_topic,
            purpose="Every fact of the business, one event a record.",
            key="the subject key of the event (`Event.subject()`): all facts of a subject meet on one partition",
            partitions=partitions,
            cleanup="delete",
            retention_days=REOPEN_DAYS,
        ),
        reference=Topic(
            name=sibling(events_topic, "reference"),
            purpose="The definitions that every worker reads whole; the latest version counts.",
            key='the text "definitions"; an older value of a key is dropped by compaction',
            partitions=1,
            cleanup="compact",
            retention_days=None,
            exact_partitions=True,
        ),
        dead_letters=Topic(
            name=sibling(events_topic, "deadletters"),
            purpose="The bytes of rejected records as they came, with the reason in headers.",
            key="none",
            partitions=1,
            cleanup="delete",
            retention_days=REOPEN_DAYS,
            max_message_bytes=SIZE_LIMIT_BYTES + DEAD_LETTER_ROOM_BYTES,
        ),
    )


def sibling(events_topic: str, kind: str) -> str:
    """The name of another topic of the same installation: `kind` in the place of "events", else appended."""
    parts = events_topic.split(".")
    if "events" in parts:
        place = len(parts) - 1 - parts[::-1].index("events")
        return ".".join([*parts[:place], kind, *parts[place + 1 :]])
    return f"{events_topic}.{kind}"
