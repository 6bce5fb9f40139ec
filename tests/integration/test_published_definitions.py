"""Definitions on the reference topic: all workers use the latest, a new one recomputes, an older one is refused."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from scoring.definitions import read_definitions
from streams.folder import folder_texts
from streams.settings import pipeline_of
from streams.stores.base import OtherDefinitions, TakenOver
from streams.topics.reference import latest, newest_version, publish
from streams.topics.settings import KafkaSettings
from tests.cluster.cluster import DEFINITIONS, Cluster, keyed
from tests.servers.kafka_broker import Kafka

SALE = (
    b'{"event_id":"%s","event_type":"order.paid","occurred_at":"2026-10-03T10:00:00+08:00","source":"erp",'
    b'"shop_id":"hanfeng-douyin","order_id":"%s","buyer_id":"b1","lines":[{"line_id":"1","sku":"k","category":"c",'
    b'"qty":1,"paid_amt":"10.00"}]}'
)


@pytest.fixture
def settings(kafka: Kafka, topic_name: str) -> KafkaSettings:
    """A cluster with an events and a reference topic."""
    kafka.create_topic(topic_name, 2)
    kafka.create_topic(f"{topic_name}.reference", 1, {"cleanup.policy": "compact"})
    return KafkaSettings((kafka.brokers,), topic=topic_name)


@pytest.fixture
def cluster(settings: KafkaSettings, migrated_database: str, tmp_path: Path) -> Iterator[Cluster]:
    """Workers over that topic; ended afterwards."""
    found = Cluster(settings.brokers[0], settings.topic, migrated_database, tmp_path / "home")
    yield found
    found.stop()


def until(met: Callable[[], bool], seconds: float = 40.0) -> None:
    """Wait for a condition."""
    end = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.1)


def test_the_latest_publication_counts(settings: KafkaSettings) -> None:
    """Nothing published is None; afterwards the latest texts come back whole, with a version that grows."""
    assert latest(settings) is None
    assert newest_version(settings) == -1
    first = publish(settings, {"company.toml": "一"})
    second = publish(settings, {"company.toml": "二", "plans/a.toml": "x" * 3_000_000})
    assert first < second
    found = latest(settings)
    assert found is not None
    assert (found.version, found.texts["company.toml"], len(found.texts["plans/a.toml"])) == (second, "二", 3_000_000)
    assert newest_version(settings) == second


def test_workers_move_to_new_definitions(settings: KafkaSettings, cluster: Cluster) -> None:
    """A worker ends when other definitions are published; started again it recomputes the cells with them."""
    texts = folder_texts(DEFINITIONS)
    publish(settings, texts)
    sale = SALE.replace(b"%s", b"o1")
    cluster.feed(keyed([sale]))
    worker = cluster.start()
    cluster.wait_read()
    before = cluster.digest()
    changed = {**texts, "company.toml": texts["company.toml"].replace("Asia/Shanghai", "America/New_York")}
    version = publish(settings, changed)
    assert worker.wait(60) == 3
    assert "new definitions were published" in cluster.log(worker)
    cluster.start()
    until(lambda: _setting(cluster, "definitions_version") == str(version))
    assert cluster.digest() != before
    old = pipeline_of(cluster.open(), read_definitions(texts), version - 1)
    with pytest.raises(OtherDefinitions, match=f"version {version} of the published definitions"):
        list(old.rebuild())
    with pytest.raises(TakenOver):
        old.apply([], [], None, 0)


def _setting(cluster: Cluster, name: str) -> str | None:
    store = cluster.open()
    try:
        return store.settings().get(name)
    finally:
        store.close()


def test_a_gap_is_accepted_by_name(kafka: Kafka, settings: KafkaSettings, cluster: Cluster) -> None:
    """A topic made anew halts the worker; after `accept-gap` the new one is read from its beginning, audited."""
    cluster.feed(keyed([SALE.replace(b"%s", b"o%d" % number) for number in range(20)]))
    worker = cluster.start()
    cluster.wait_read()
    kafka.delete_topic(settings.topic)
    time.sleep(1)
    kafka.create_topic(settings.topic, 2)
    cluster.feed(keyed([SALE.replace(b"%s", b"n%d" % number) for number in range(50)]))
    until(lambda: "was made anew" in cluster.log(worker))
    cluster.stop()
    again = cluster.start()
    until(lambda: "was made anew" in cluster.log(again))
    cluster.stop()
    command = ["topics", "accept-gap", "--by", "li"]
    accepted = cluster.run(*command)
    assert accepted.returncode == 0, accepted.stderr
    cluster.start()
    until(lambda: cluster.progress().counts.accepted == 70)
    store = cluster.open()
    assert {row[1:3] for row in store.audit()} == {("li", "gap.accept")}
    store.close()
    nothing = cluster.run(*command)
    assert nothing.returncode == 2
    assert "has a gap; nothing was changed" in nothing.stderr
