"""What people do to topics, partitions and groups: a gap halts its partition loudly, nothing else changes a number."""

from __future__ import annotations

import time

import pytest
from kafka import KafkaAdminClient, KafkaConsumer, TopicPartition
from kafka.structs import OffsetAndMetadata

from tests.cluster.cluster import Cluster, Row, wait_until
from tests.cluster.evidence import Evidence
from tests.cluster.feeder import Feeder
from tests.cluster.fixtures import ClusterOf
from tests.servers.kafka_broker import Kafka

pytest_plugins = ["tests.cluster.fixtures"]
pytestmark = pytest.mark.slow

PARTITIONS = 4
HALF = 900


def stopped_after(cluster: Cluster, rows: list[Row]) -> None:
    """Read some records with one worker and end it."""
    cluster.feed(rows)
    worker = cluster.start()
    cluster.wait_read()
    worker.send_signal(15)
    assert worker.wait(30) == 0


def test_a_topic_made_anew_halts(cluster_of: ClusterOf, harmed_kafka: Kafka, slice_rows: list[Row]) -> None:
    """The topic is deleted and made again under running workers: they say so and read no more, also after a restart."""
    cluster = cluster_of(PARTITIONS)
    cluster.feed(slice_rows)
    worker = cluster.start()
    cluster.wait_read()
    before = cluster.evidence()
    harmed_kafka.delete_topic(cluster.topic)
    time.sleep(1)
    harmed_kafka.create_topic(cluster.topic, PARTITIONS)
    # The same events again, and on partitions of their own choice: what counts twice would show.
    cluster.feed([(None, line) for _, line in slice_rows[:HALF]])
    cluster.wait_log(worker, "was made anew")
    assert cluster.evidence().differences(before) == []
    worker.send_signal(15)
    worker.wait(30)
    later = cluster.start()
    cluster.wait_log(later, "was made anew")
    cluster.feed(slice_rows[:HALF])
    time.sleep(3)
    assert cluster.evidence().differences(before) == []


def deleted_up_to(cluster: Cluster, partition: int, offset: int) -> None:
    """Delete the beginning of a partition's log, as retention does."""
    client = KafkaAdminClient(bootstrap_servers=cluster.brokers)
    try:
        client.delete_records({TopicPartition(cluster.topic, partition): offset})
    finally:
        client.close()


@pytest.mark.parametrize("is_running", [False, True])
def test_deleted_records_halt_their_partition(cluster_of: ClusterOf, slice_rows: list[Row], is_running: bool) -> None:
    """Records are deleted before they were read, under a frozen worker or none: that partition halts, others go on."""
    cluster = cluster_of(PARTITIONS, environment={})
    cluster.feed(slice_rows[:HALF])
    worker = cluster.start()
    cluster.wait_read()
    worker.send_signal(19 if is_running else 15)
    if not is_running:
        assert worker.wait(30) == 0
    stood = cluster.positions()
    cluster.feed(slice_rows[HALF:])
    ends = cluster.ends()
    assert ends[1] > stood[1] + 10
    deleted_up_to(cluster, 1, stood[1] + 10)
    if is_running:
        worker.send_signal(18)
    else:
        worker = cluster.start()
    cluster.wait_log(worker, "partition 1 is halted")
    wait_until(lambda: cluster.positions() == ends | {1: stood[1]}, f"{cluster.positions()} is not {ends} but for 1")
    assert "but 10 records from" in cluster.log(worker)
    assert cluster.evidence().unaccounted == ()


def test_partitions_are_added_while_reading(
    cluster_of: ClusterOf, slice_rows: list[Row], slice_evidence: Evidence
) -> None:
    """4 become 7 under load: keys move, so cases are evaluated on other partitions than before; nothing changes."""
    cluster = cluster_of(PARTITIONS, environment={"TEST_SESSION": "1", "TEST_BATCH": "20"})
    for _ in range(2):
        cluster.start()
    with Feeder(cluster, slice_rows, 200).feeding() as feeder:
        cluster.wait_seen(400)
        client = KafkaAdminClient(bootstrap_servers=cluster.brokers)
        client.create_partitions({cluster.topic: 7})
        client.close()
        wait_until(lambda: len(cluster.ends()) == 7, "there are no 7 partitions")
        time.sleep(2.5)
        feeder.finish()
    assert min(cluster.ends()[number] for number in (4, 5, 6)) > 0, "nothing went to the new partitions"
    cluster.wait_read()
    assert cluster.evidence().differences(slice_evidence) == []


def committed(cluster: Cluster, offsets: dict[int, int]) -> None:
    """Set the offsets of the group, as `kafka-consumer-groups --reset-offsets` does."""
    consumer = KafkaConsumer(bootstrap_servers=cluster.brokers, group_id=cluster.group, enable_auto_commit=False)
    try:
        consumer.assign([TopicPartition(cluster.topic, number) for number in offsets])
        marks = {
            TopicPartition(cluster.topic, number): OffsetAndMetadata(offset, "", -1)
            for number, offset in offsets.items()
        }
        consumer.commit(marks)
        assert {number: consumer.committed(TopicPartition(cluster.topic, number)) for number in offsets} == offsets
    finally:
        consumer.close()


def without_group(cluster: Cluster) -> None:
    """Delete the group."""
    client = KafkaAdminClient(bootstrap_servers=cluster.brokers)
    try:
        client.delete_groups([cluster.group])
    finally:
        client.close()


@pytest.mark.parametrize("act", ["deleted", "to the beginning", "to the end"])
def test_the_groups_offsets_are_only_a_report(
    cluster_of: ClusterOf, slice_rows: list[Row], slice_evidence: Evidence, act: str
) -> None:
    """The group is deleted, or its offsets are set to 0 or to the end, while no worker runs: without effect."""
    cluster = cluster_of(PARTITIONS, environment={})
    stopped_after(cluster, slice_rows[:HALF])
    cluster.feed(slice_rows[HALF:])
    if act == "deleted":
        without_group(cluster)
    else:
        committed(cluster, cluster.ends() if act == "to the end" else dict.fromkeys(range(PARTITIONS), 0))
    stood = cluster.positions()
    worker = cluster.start()
    cluster.wait_read()
    first = cluster.log(worker).partition('"partitions ')[2]
    assert all(f"{number} from {offset}" in first for number, offset in stood.items()), (stood, first)
    assert cluster.evidence().differences(slice_evidence) == []
