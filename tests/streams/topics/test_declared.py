"""The declared topics: names that belong together, and settings under which no acknowledged event is lost."""

from __future__ import annotations

import pytest

from streams.codec.json_text import SIZE_LIMIT_BYTES
from streams.topics import declared
from streams.topics.declared import sibling

DAY_MS = 24 * 60 * 60 * 1000


def test_the_three_topics() -> None:
    """Names, partitions and policies are those that the documents promise."""
    topics = declared()
    assert [(topic.name, topic.partitions, topic.cleanup) for topic in topics.all()] == [
        ("scoreline.events.v1", 4, "delete"),
        ("scoreline.reference.v1", 1, "compact"),
        ("scoreline.deadletters.v1", 1, "delete"),
    ]


def test_events_outlive_a_year_and_its_close() -> None:
    """Events are kept 400 days from their arrival, whatever their size and whatever time a sender writes."""
    configs = declared().events.configs(2)
    assert int(configs["retention.ms"]) == 400 * DAY_MS > 366 * DAY_MS
    assert configs["retention.bytes"] == "-1"
    assert configs["message.timestamp.type"] == "LogAppendTime"


def test_an_acknowledged_event_is_kept() -> None:
    """No topic lets a broker that lags become leader, and each demands the copies in step that it was asked for."""
    for topic in declared().all():
        configs = topic.configs(2)
        assert (configs["unclean.leader.election.enable"], configs["min.insync.replicas"]) == ("false", "2")
        assert configs["compression.type"] == "producer"


def test_the_largest_event_fits_as_a_dead_letter_too() -> None:
    """Events take 1 MiB; a dead letter takes as much and its reason."""
    topics = declared()
    assert topics.events.max_message_bytes == SIZE_LIMIT_BYTES == 1 << 20
    assert topics.dead_letters.max_message_bytes >= SIZE_LIMIT_BYTES + 10_000


@pytest.mark.parametrize(
    ("events", "reference"),
    [
        ("scoreline.events.v1", "scoreline.reference.v1"),
        ("events.acme.events.v2", "events.acme.reference.v2"),
        ("acme-orders", "acme-orders.reference"),
    ],
)
def test_other_topics_are_named_after_the_events(events: str, reference: str) -> None:
    """Two installations with different events topics never share the topic of definitions."""
    assert sibling(events, "reference") == declared(events).reference.name == reference
