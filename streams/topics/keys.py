"""The partition key of an event, and the name of a record's place: one rule for producers and workers."""

from __future__ import annotations

from scoring.events import Event


def key_of(event: Event) -> bytes:
    """The key of an event's record: its subject key as UTF-8, so that all facts of a subject meet on one partition."""
    return event.subject().encode()


def place_of(topic: str, partition: int, offset: int) -> str:
    """A record's place for people, such as "scoreline.events.v1/3@1207"."""
    return f"{topic}/{partition}@{offset}"
