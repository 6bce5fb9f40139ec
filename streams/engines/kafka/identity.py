"""Whether the topic is still the one that was read: Kafka gives a topic that is made anew another id."""

from __future__ import annotations

import logging
from collections.abc import Callable

from streams.stores.base import Position, Standing, Store, StoreError
from streams.topics.administration import topic_id
from streams.topics.bounds import log_bounds
from streams.topics.faults import KafkaUnavailable
from streams.topics.settings import KafkaSettings

from streams.engines.kafka.partition import source_of  # isort: skip

log = logging.getLogger("scoreline.worker")


def remembered(kafka: KafkaSettings, store: Store) -> str:
    """The id of the topic that the store was filled from; the present one when it was filled from none."""
    name = _setting(kafka)
    stored = store.settings().get(name)
    if stored is None:
        stored = topic_id(kafka)
        with store.unit() as unit:
            unit.set_setting(name, stored)
    return stored


def watch_of(kafka: KafkaSettings, known: str, moved_on: Callable[[], None]) -> Callable[[], str]:
    """Says why nothing more may be read when the topic is another one; `moved_on` looks after other changes."""

    def watch() -> str:
        try:
            moved_on()
            now = topic_id(kafka)
        except KafkaUnavailable as error:
            # The consumer sees that too and waits for the brokers.
            log.warning("%s", error)
            return ""
        return "" if now == known else other_topic(kafka.topic)

    return watch


def other_topic(topic: str) -> str:
    """What to say and do about a topic that is not the one that was read."""
    return (
        f"{topic} was made anew: its records are not those that were read before. Point SCORELINE_TOPIC at the right "
        "topic, or read the new one from its beginning after `scoreline topics accept-gap`"
    )


def accept_gap(kafka: KafkaSettings, store: Store, who: str, now_us: int) -> list[str]:
    """Go on behind records that are gone, by partition: a sentence for each. Nothing else is changed.

    LookupError when no partition has a gap. Audited.
    """
    present, bounds = topic_id(kafka), log_bounds(kafka)
    is_other = present != remembered(kafka, store)
    said: list[str] = []
    for number, (begin, end) in bounds.items():
        source = source_of(kafka.topic, number)
        text = store.standings().get(source, Standing()).position
        if text is None or not (is_other or int(text) < begin or int(text) > end):
            continue
        claimed = store.claim(source)
        said.append(f"{source}: from {claimed.position} to {begin}")
        with store.unit() as unit:
            if not unit.move(Position(source, claimed.position, str(begin), claimed.epoch)):
                raise StoreError(f"{source} is being read: stop the workers first")
            unit.add_audit(now_us, who, "gap.accept", said[-1])
    if is_other:
        with store.unit() as unit:
            unit.set_setting(_setting(kafka), present)
            unit.add_audit(now_us, who, "gap.accept", f"{kafka.topic} is now the topic with the id {present}")
    elif not said:
        raise LookupError(f"no partition of {kafka.topic} has a gap")
    return said


def _setting(kafka: KafkaSettings) -> str:
    return f"topic:{kafka.topic}"
