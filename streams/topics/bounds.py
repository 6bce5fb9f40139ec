"""Where the log of each partition begins and ends now: what a close takes as its cut."""

from __future__ import annotations

from kafka import KafkaConsumer, TopicPartition

from streams.topics.connection import client_settings, reaching
from streams.topics.faults import TopicMissing
from streams.topics.settings import KafkaSettings


def log_bounds(settings: KafkaSettings) -> dict[int, tuple[int, int]]:
    """(first offset, offset behind the last record) by partition; KafkaUnavailable when Kafka or the topic is away."""
    with reaching(settings):
        consumer = KafkaConsumer(**client_settings(settings), enable_auto_commit=False)
        try:
            numbers = consumer.partitions_for_topic(settings.topic)
            if not numbers:
                raise TopicMissing(
                    f"the topic {settings.topic} is not there: run `scoreline topics create`, or check SCORELINE_TOPIC"
                )
            partitions = [TopicPartition(settings.topic, number) for number in sorted(numbers)]
            begins, ends = consumer.beginning_offsets(partitions), consumer.end_offsets(partitions)
            return {tp.partition: (begins[tp], ends[tp]) for tp in partitions}
        finally:
            consumer.close()
