"""Copies of rejected records on the dead-letter topic, acknowledged before their batch is committed."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace

from kafka import KafkaConsumer

from streams.producing.kafka_sender import KafkaSender
from streams.producing.message import Message
from streams.topics.connection import client_settings, reaching
from streams.topics.deadletters import DeadLetter
from streams.topics.declared import declared
from streams.topics.settings import KafkaSettings

log = logging.getLogger("scoreline.worker")


def burial(settings: KafkaSettings) -> Callable[[Sequence[DeadLetter]], None] | None:
    """What sends dead letters; None, with a warning, when the topic is not there: quarantine keeps them anyway."""
    topic = declared(settings.topic).dead_letters
    if not _exists(settings, topic.name):
        log.warning("no topic %s: rejected records are kept in quarantine only", topic.name)
        return None
    sender = KafkaSender(replace(settings, topic=topic.name), topic.max_message_bytes)

    def bury(letters: Sequence[DeadLetter]) -> None:
        for letter in letters:
            sender.send(_message(letter))
        refused = sender.settle()
        if refused:
            log.warning("%d rejected records are too large for %s: quarantine only", len(refused), topic.name)

    return bury


def _message(letter: DeadLetter) -> Message:
    return Message(None, letter.rejected.raw, letter.rejected.where, letter.headers())


def _exists(settings: KafkaSettings, topic: str) -> bool:
    with reaching(settings):
        consumer = KafkaConsumer(**client_settings(settings), enable_auto_commit=False)
        try:
            return bool(consumer.partitions_for_topic(topic))
        finally:
            consumer.close()
