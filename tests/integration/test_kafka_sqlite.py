"""A worker without PostgreSQL: one machine reads Kafka into the SQLite file of its home, with the same numbers."""

from __future__ import annotations

import signal
from pathlib import Path

from tests.cluster.cluster import Cluster, Row
from tests.cluster.evidence import Evidence
from tests.servers.kafka_broker import Kafka

pytest_plugins = ["tests.cluster.fixtures"]


def test_a_worker_fills_a_file(
    kafka: Kafka, topic_name: str, tmp_path: Path, slice_rows: list[Row], slice_evidence: Evidence
) -> None:
    """Stopped half-way and started again it goes on from the stored offset; the evidence is the embedded run's."""
    kafka.create_topic(topic_name, 4)
    cluster = Cluster(kafka.brokers, topic_name, "", tmp_path / "home")
    half = len(slice_rows) // 2
    try:
        for part in (slice_rows[:half], slice_rows[half:]):
            cluster.feed(part)
            worker = cluster.start()
            cluster.wait_log(worker, '"partitions ')
            cluster.wait_read()
            worker.send_signal(signal.SIGTERM)
            assert worker.wait(30) == 0, cluster.log(worker)
    finally:
        cluster.stop()
    assert cluster.evidence().differences(slice_evidence) == []
