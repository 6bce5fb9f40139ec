"""What the transport changes of Faust's: a busy queue starves no partition."""

from __future__ import annotations

import asyncio
from typing import Any

from faust.types import TP

from streams.clock import FrozenClock
from streams.engines.kafka.application import Application, Ending, Parts, build
from streams.topics.settings import KafkaSettings
from tests.scenarios.shop import NOW_US, Desk

PARTITIONS = {TP("t", 0), TP("t", 1)}


def application() -> Application:
    """An application that is not connected."""
    kafka = KafkaSettings(("127.0.0.1:9092",), "t")
    return build(Parts(kafka, Desk().pipeline, FrozenClock(NOW_US), Ending(), lambda: ""))


def test_a_full_queue_takes_no_partition_out_of_the_fetch() -> None:
    """Faust would fetch it again only when the queue is nearly empty, so it would starve as long as others are busy."""

    async def act() -> None:
        consumer: Any = application().consumer
        consumer.resume_partitions(PARTITIONS)
        consumer.on_buffer_full(TP("t", 0))
        assert consumer._get_active_partitions() == PARTITIONS
        consumer.on_buffer_drop(TP("t", 0))
        assert consumer._get_active_partitions() == PARTITIONS

    asyncio.run(act())
