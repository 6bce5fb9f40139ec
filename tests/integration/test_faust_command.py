"""The worker is still Faust's: `faust -A streams.engines.kafka.app worker` reads a topic like `scoreline worker`."""

from __future__ import annotations

import signal
from pathlib import Path

from tests.cluster.cluster import Cluster, command, keyed
from tests.servers.kafka_broker import Kafka

SALE = (
    b'{"event_id":"%d","event_type":"order.paid","occurred_at":"2026-10-03T10:00:00+08:00","source":"erp",'
    b'"shop_id":"hanfeng-douyin","order_id":"%d","buyer_id":"b%d","lines":[{"line_id":"1","sku":"k","category":"c",'
    b'"qty":1,"paid_amt":"10.00"}]}'
)


def test_fausts_own_command_works(kafka: Kafka, topic_name: str, migrated_database: str, tmp_path: Path) -> None:
    """Every record is read once, and SIGTERM ends it politely."""
    kafka.create_topic(topic_name, 2)
    launch = command("faust", "-A", "streams.engines.kafka.app", "worker", "--without-web")
    cluster = Cluster(kafka.brokers, topic_name, migrated_database, tmp_path / "home", launch=launch)
    cluster.feed(keyed([SALE % (number, number, number) for number in range(100)]))
    worker = cluster.start()
    try:
        cluster.wait_read()
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(30) == 0, cluster.log(worker)
    finally:
        cluster.stop()
    assert cluster.progress().counts.accepted == 100
