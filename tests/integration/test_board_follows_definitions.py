"""A board on published definitions shows their numbers, and ends with 3 when the cells are those of others."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from streams.folder import folder_texts
from streams.topics.reference import publish
from streams.topics.settings import KafkaSettings
from tests.cluster.cluster import DEFINITIONS, Cluster, command, keyed
from tests.servers.base import free_ports
from tests.servers.kafka_broker import Kafka

SALE = (
    b'{"event_id":"1","event_type":"order.paid","occurred_at":"2026-10-03T10:00:00+08:00","source":"erp",'
    b'"shop_id":"hanfeng-douyin","order_id":"1","buyer_id":"b1","lines":[{"line_id":"1","sku":"k","category":"c",'
    b'"qty":1,"paid_amt":"10.00"}]}'
)


@pytest.fixture
def cluster(kafka: Kafka, topic_name: str, migrated_database: str, tmp_path: Path) -> Iterator[Cluster]:
    """A topic with a reference topic; workers and boards are ended afterwards."""
    kafka.create_topic(topic_name, 1)
    kafka.create_topic(f"{topic_name}.reference", 1, {"cleanup.policy": "compact"})
    found = Cluster(kafka.brokers, topic_name, migrated_database, tmp_path / "home")
    yield found
    found.stop()


def test_a_board_ends_when_its_definitions_are_outdated(cluster: Cluster) -> None:
    """It starts with the published ones, though its folder has others, and stops once workers use new ones."""
    settings = KafkaSettings((cluster.brokers,), topic=cluster.topic)
    texts = folder_texts(DEFINITIONS)
    company = cluster.home / "definitions" / "company.toml"
    company.write_text(company.read_text("utf-8").replace("Asia/Shanghai", "Asia/Tokyo"), "utf-8")
    publish(settings, texts)
    cluster.feed(keyed([SALE]))
    cluster.start()
    cluster.wait_read()
    (port,) = free_ports(1)
    board = command("dashboards", "board", str(cluster.home), "--port", str(port))
    shown = board(cluster.settings(), cluster.home / "board.log")
    try:
        time.sleep(4)
        assert shown.poll() is None, (cluster.home / "board.log").read_text("utf-8")
        changed = {**texts, "company.toml": texts["company.toml"].replace("Asia/Shanghai", "America/New_York")}
        publish(settings, changed)
        assert cluster.workers[0].wait(60) == 3
        cluster.start()
        assert shown.wait(60) == 3
    finally:
        if shown.poll() is None:
            shown.send_signal(9)
    assert "recomputed with other definitions" in (cluster.home / "board.log").read_text("utf-8")
