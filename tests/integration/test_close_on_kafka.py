"""A month read from Kafka into PostgreSQL closes with the digest of the embedded one, and not before all is read."""

from __future__ import annotations

import json
import shutil
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from streams.clock import FrozenClock
from streams.closing import Closing
from streams.codec import Codec
from streams.engines import EmbeddedEngine
from streams.folder import load_definitions
from streams.settings import pipeline_of
from streams.sources import open_source
from streams.stores import MemoryStore
from tests.cluster.cluster import LATE_US, Cluster, keyed
from tests.scenarios.small_month import PERIOD, small_month
from tests.servers.kafka_broker import Kafka

SCALE = Fraction(1, 120)


@pytest.fixture
def cluster(kafka: Kafka, topic_name: str, migrated_database: str, tmp_path: Path) -> Cluster:
    """A cluster over an empty topic, with the small month's definitions."""
    small_month(tmp_path, SCALE, "definitions")
    kafka.create_topic(topic_name, 3)
    home = tmp_path / "home"
    home.mkdir()
    shutil.move(tmp_path / "definitions", home / "definitions")
    return Cluster(kafka.brokers, topic_name, migrated_database, home)


def lines_of(folder: Path) -> list[bytes]:
    """The month's lines."""
    return (folder / "events.jsonl").read_bytes().splitlines()


def embedded_digest(folder: Path, definitions: Path) -> str:
    """The draft's digest when the same file is ingested without any server."""
    loaded, store = load_definitions(definitions), MemoryStore()
    engine = EmbeddedEngine(pipeline_of(store, loaded), FrozenClock(LATE_US))
    for _ in engine.read(open_source(folder / "events.jsonl")):
        pass
    return Closing(store, Codec(), loaded, FrozenClock(LATE_US)).draft(PERIOD, "e01").digest


def test_a_month_on_kafka_closes_like_the_embedded_one(cluster: Cluster, tmp_path: Path) -> None:
    """Unread records block the close by partition; once read, draft, approval and verification give the same digest."""
    cluster.feed(keyed(lines_of(tmp_path)))
    early = cluster.run("close", "--period", PERIOD, "--by", "e01", "--wait", "0")
    assert early.returncode == 2
    assert f"kafka:{cluster.topic}:0 was never read and holds " in early.stderr
    cluster.start()
    try:
        cluster.wait_read()
        drafted = cluster.run("close", "--period", PERIOD, "--by", "e01", "--json")
        assert drafted.returncode == 0, drafted.stderr
        draft: dict[str, Any] = json.loads(drafted.stdout)
        assert draft["digest"] == embedded_digest(tmp_path, cluster.home / "definitions")
        approved = cluster.run("approve", "--period", PERIOD, "--digest", draft["digest"], "--by", "e02")
        assert approved.returncode == 0, approved.stderr
        verified = cluster.run("verify", "--period", PERIOD, "--json")
        assert verified.returncode == 0, verified.stderr
        assert json.loads(verified.stdout)["recount_differences"] == []
    finally:
        cluster.stop()


def test_a_silent_source_blocks_by_name(cluster: Cluster, tmp_path: Path) -> None:
    """A source that the company requires and whose events have not passed the period's end keeps it open."""
    company = cluster.home / "definitions" / "company.toml"
    company.write_text(
        company.read_text("utf-8").replace("[policy]", '[policy]\nclose_sources = ["crm", "erp"]'), "utf-8"
    )
    cluster.feed(keyed(lines_of(tmp_path)))
    cluster.start()
    try:
        cluster.wait_read()
        blocked = cluster.run("close", "--period", PERIOD, "--by", "e01")
    finally:
        cluster.stop()
    assert blocked.returncode == 2
    assert "source crm has reached 2026-10-" in blocked.stderr
    assert "source douyin" not in blocked.stderr
