"""Kafka's topics: what is declared, how records are keyed and unwrapped, and how topics are made and checked.

Modules that need the extra `kafka` (`connection`, `administration`) are not imported here.
"""

from __future__ import annotations

from streams.topics.declared import Topic, Topics, declared
from streams.topics.envelope import body_of
from streams.topics.faults import KafkaSettingsError, KafkaUnavailable, TopicMissing
from streams.topics.keys import key_of, place_of
from streams.topics.settings import KafkaSettings

__all__ = [
    "KafkaSettings",
    "KafkaSettingsError",
    "KafkaUnavailable",
    "Topic",
    "TopicMissing",
    "Topics",
    "body_of",
    "declared",
    "key_of",
    "place_of",
]
