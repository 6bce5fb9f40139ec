"""Copies of rejected records on the dead-letter topic, acknowledged before their batch is committed."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

from kafka import KafkaConsumer, KafkaProducer

from streams.topics.connection import client_settings, reaching
from streams.topics.deadletters import DeadLetter
from streams.topics.declared import declared
from streams.topics.settings import KafkaSettings

log = logging.getLogger("scoreline.worker")
ACKNOWLEDGED_SECONDS = 20.0


def burial(settings: KafkaSettings) -> Callable[[Sequence[DeadLetter]], None] | None:
    """What sends dead letters; None, with a warning, when the topic is not there: quarantine keeps them anyway."""
    topic = declared(settings.topic).dead_letters.name
    with reaching(settings):
        looker = KafkaConsumer(**client_settings(settings), enable_auto_commit=False)
        try:
            if not looker.partitions_for_topic(topic):
                log.warning("no topic %s: rejected records are kept in quarantine only", topic)
                return None
        finally:
            looker.close()
        producer = KafkaProducer(**client_settings(settings), acks="all", retries=5)

    def bury(letters: Sequence[DeadLetter]) -> None:
        with reaching(settings):
            sent = [producer.send(topic, value=row.rejected.raw, headers=row.headers()) for row in letters]
            producer.flush(ACKNOWLEDGED_SECONDS)
            for record in sent:
                record.get(ACKNOWLEDGED_SECONDS)

    return bury
