"""Workers over a real Kafka and PostgreSQL give the embedded engine's numbers, however many and in whatever order."""

from __future__ import annotations

import random
import re
import secrets
import signal
import urllib.error
import urllib.request

import pytest

from streams.engines.kafka.partition import source_of
from tests.cluster.cluster import SCORELINE_WORKER, Cluster, Process, Row, wait_until
from tests.cluster.evidence import Evidence
from tests.cluster.feeder import Feeder
from tests.cluster.fixtures import ClusterOf
from tests.servers.base import free_ports

pytest_plugins = ["tests.cluster.fixtures"]

PARTITIONS = 4


def in_order(rows: list[Row]) -> list[Row]:
    """As they arrived at the simulated shop."""
    return rows


def shuffled(rows: list[Row]) -> list[Row]:
    """In any order."""
    mixed = [*rows]
    random.Random("order").shuffle(mixed)
    return mixed


def keyed_wrongly(rows: list[Row]) -> list[Row]:
    """Each with a key that says nothing, so that the events of one subject lie on all partitions."""
    rng = random.Random("keys")
    return [(rng.randbytes(4), line) for _, line in rows]


ARRIVALS = {"in_order": in_order, "shuffled": shuffled, "keyed_wrongly": keyed_wrongly}


@pytest.mark.parametrize(
    ("partitions", "workers", "arrival"),
    [
        (1, 1, "in_order"),
        (1, 2, "shuffled"),
        (4, 2, "in_order"),
        (4, 3, "keyed_wrongly"),
        (7, 1, "keyed_wrongly"),
        (7, 3, "shuffled"),
    ],
)
def test_one_digest(
    cluster_of: ClusterOf, slice_rows: list[Row], slice_evidence: Evidence, partitions: int, workers: int, arrival: str
) -> None:
    """Any number of partitions and workers, any order, any keys: the cells, facts and counts of the embedded run."""
    cluster = cluster_of(partitions)
    for _ in range(workers):
        cluster.start()
    cluster.feed(ARRIVALS[arrival](slice_rows))
    cluster.wait_read()
    assert cluster.evidence().differences(slice_evidence) == []


def held(cluster: Cluster, worker: Process) -> set[int]:
    """The partitions that a worker says it has."""
    said = re.findall(r'"partitions ([^"]*)"', cluster.log(worker))
    return {int(part.split()[0]) for part in said[-1].split(", ")} if said and said[-1] != "none" else set()


def share_all(cluster: Cluster, *workers: Process) -> bool:
    """Whether each of the workers has partitions, each partition one worker."""
    parts = [held(cluster, worker) for worker in workers]
    return all(parts) and sorted(number for part in parts for number in part) == list(range(PARTITIONS))


def test_two_workers_share_and_one_takes_over(
    cluster_of: ClusterOf, slice_rows: list[Row], slice_evidence: Evidence
) -> None:
    """`scoreline worker` twice: they share; one gets SIGTERM while it reads and ends with 0, the other goes on."""
    cluster = cluster_of(PARTITIONS, launch=SCORELINE_WORKER, environment={})
    first, second = cluster.start(), cluster.start()
    wait_until(lambda: share_all(cluster, first, second), "the workers do not share the partitions")
    half = len(slice_rows) // 2
    cluster.feed(slice_rows[:half])
    first.send_signal(signal.SIGTERM)
    cluster.feed(slice_rows[half:])
    assert first.wait(30) == 0
    wait_until(lambda: share_all(cluster, second), "the other did not take over", 30)
    cluster.wait_read()
    assert cluster.evidence().differences(slice_evidence) == []
    second.send_signal(signal.SIGTERM)
    assert second.wait(30) == 0
    assert "Traceback" not in cluster.log(first) + cluster.log(second)


def test_a_rolling_restart_under_load(cluster_of: ClusterOf, slice_rows: list[Row], slice_evidence: Evidence) -> None:
    """Each of two workers is replaced, the new one first, while records come in: nothing is lost or counted twice."""
    cluster = cluster_of(PARTITIONS, environment={"TEST_SESSION": "1", "TEST_BATCH": "20"})
    workers = [cluster.start(), cluster.start()]
    with Feeder(cluster, slice_rows, per_second=200).feeding() as feeder:
        for old in workers:
            new = cluster.start()
            # Or none yet: Faust's assignor gives a third worker none of four partitions.
            cluster.wait_log(new, '"partitions ')
            # Who has partitions listens to signals; on a busy machine the first ones may be late.
            cluster.wait_log(old, '"partitions ')
            old.send_signal(signal.SIGTERM)
            assert old.wait(30) == 0
        assert feeder.sent < len(slice_rows), "the load ended before the restart"
        feeder.finish()
    cluster.wait_read()
    assert cluster.evidence().differences(slice_evidence) == []


def test_offsets_of_the_group_do_not_matter(
    cluster_of: ClusterOf, slice_rows: list[Row], slice_evidence: Evidence
) -> None:
    """A worker of another group goes on where the store is: what the group committed is only a report."""
    cluster = cluster_of(PARTITIONS)
    half = len(slice_rows) // 2
    cluster.feed(slice_rows[:half])
    worker = cluster.start()
    cluster.wait_read()
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(30) == 0
    cluster.feed(slice_rows[half:])
    cluster.start({"SCORELINE_GROUP": f"another.{secrets.token_hex(4)}"})
    cluster.wait_read()
    assert cluster.evidence().differences(slice_evidence) == []


def test_a_claim_that_comes_late_is_healed(
    cluster_of: ClusterOf, slice_rows: list[Row], slice_evidence: Evidence
) -> None:
    """Somebody claims partitions that are assigned to a living worker and then reads nothing: it claims them again."""
    cluster = cluster_of(PARTITIONS)
    worker = cluster.start()
    cluster.wait_log(worker, '"partitions ')
    with cluster.looking() as store:
        for number in range(PARTITIONS):
            store.claim(source_of(cluster.topic, number))
    cluster.feed(slice_rows)
    cluster.wait_read(30)
    assert "is now read by another process" in cluster.log(worker)
    assert cluster.evidence().differences(slice_evidence) == []


def test_a_worker_without_a_partition_is_ready(cluster_of: ClusterOf) -> None:
    """A second worker of a topic with one partition stands by, and says that it is ready."""
    port = free_ports(2)
    cluster = cluster_of(1, launch=SCORELINE_WORKER, environment={})
    first = cluster.start({"SCORELINE_METRICS_PORT": str(port[0])})
    wait_until(lambda: held(cluster, first) == {0}, "the only worker has not got the only partition")
    cluster.start({"SCORELINE_METRICS_PORT": str(port[1])})
    wait_until(lambda: answer(port[1], "/-/ready") == "ready\n", "the second worker is not ready", 30)
    wait_until(lambda: answer(port[0], "/-/ready") == "ready\n", "the first worker is not ready", 30)


def answer(port: int, path: str) -> str:
    """What a worker answers over HTTP; "" while it does not listen."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as response:
            body: bytes = response.read()
    except urllib.error.HTTPError as refused:
        body = refused.read()
    except OSError:
        return ""
    return body.decode()
