"""Workers, Kafka and PostgreSQL are killed, frozen and cut off in the middle: the numbers are those of a quiet run."""

from __future__ import annotations

import json
import re
import signal
import time

import pytest

from tests.cluster.cluster import SCORELINE_WORKER, Cluster, Process, Row, wait_until
from tests.cluster.evidence import Evidence
from tests.cluster.failing import SPRUNG
from tests.cluster.feeder import Feeder
from tests.cluster.fixtures import ClusterOf
from tests.cluster.proxy import Harm, Proxy
from tests.cluster.supervisor import Supervisor
from tests.servers.kafka_broker import Kafka
from tests.servers.postgres import Postgres

pytest_plugins = ["tests.cluster.fixtures"]
pytestmark = pytest.mark.slow

PARTITIONS = 4
PER_SECOND = 250
SMALL_BATCHES = {"TEST_BATCH": "10"}
QUICK = {**SMALL_BATCHES, "TEST_SESSION": "1"}
DEADLINE_SECONDS = 2
FED_AT_ONCE = 200


def held(cluster: Cluster, worker: Process) -> set[int]:
    """The partitions that a worker says it has."""
    said = re.findall(r'"partitions ([^"]*)"', cluster.log(worker))
    return {int(part.split()[0]) for part in said[-1].split(", ")} if said and said[-1] != "none" else set()


def told(cluster: Cluster, worker: Process) -> list[str]:
    """The messages that a worker has logged, warnings and worse, without those about the trial machine."""
    # Faust's spinner leaves codes for a terminal in front of a line.
    rows = [json.loads(line[line.index("{") :]) for line in cluster.log(worker).splitlines() if "{" in line]
    return [row["message"] for row in rows if row["level"] != "info" and "unsafe" not in row["message"]]


def all_seated(supervisor: Supervisor) -> bool:
    """Whether the worker of each place has been given its partitions, or has been told that there are none."""
    living = [supervisor.current(place).process for place in range(supervisor.places)]
    return all(worker.poll() is None and '"partitions ' in supervisor.cluster.log(worker) for worker in living)


def test_a_killed_worker_is_replaced_by_the_other(
    cluster_of: ClusterOf, slice_rows: list[Row], slice_evidence: Evidence
) -> None:
    """SIGKILL of one of two while it reads: the group misses it after its session, the other reads everything."""
    cluster = cluster_of(PARTITIONS, launch=SCORELINE_WORKER, environment={})
    victim, other = cluster.start(), cluster.start()
    wait_until(lambda: held(cluster, victim) and held(cluster, other), "the two do not share")
    with Feeder(cluster, slice_rows, PER_SECOND).feeding() as feeder:
        cluster.wait_seen(300)
        victim.send_signal(signal.SIGKILL)
        assert victim.wait(10) == -signal.SIGKILL
        feeder.finish()
    wait_until(lambda: len(held(cluster, other)) == PARTITIONS, "the other did not take over", 30)
    cluster.wait_read()
    assert cluster.evidence().differences(slice_evidence) == []


ZOMBIES = ("commit:before:12", "commit:after:12", "move:before:12")
"""Where a worker freezes: in an open transaction, with one just committed, with one just begun."""


def test_zombies_change_nothing(cluster_of: ClusterOf, slice_rows: list[Row], slice_evidence: Evidence) -> None:
    """Workers that freeze in a transaction until the group has given their partitions away write nothing more.

    The session is that of every worker, 10 seconds; PostgreSQL ends the open transactions of the frozen. The three
    clusters run side by side because each of them mostly waits.
    """
    clusters = [cluster_of(PARTITIONS, environment=SMALL_BATCHES) for _ in ZOMBIES]
    pairs = [
        (c, c.start({"TEST_TRAP": f"{where}:stop"}), c.start()) for c, where in zip(clusters, ZOMBIES, strict=True)
    ]
    for cluster, *both in pairs:
        wait_until(lambda c=cluster, b=both: all(held(c, worker) for worker in b), "two do not share")  # type: ignore[misc]
        cluster.feed(slice_rows)
    for cluster, zombie, _ in pairs:
        cluster.wait_log(zombie, SPRUNG)
    for cluster, zombie, _ in pairs:
        cluster.wait_read(60)
        before = cluster.positions()
        zombie.send_signal(signal.SIGCONT)
        wait_until(lambda c=cluster, z=zombie: has_noticed(c, z), "a zombie did not notice", 40)  # type: ignore[misc]
        assert cluster.evidence().differences(slice_evidence) == []
        assert cluster.positions() == before


def has_noticed(cluster: Cluster, zombie: Process) -> bool:
    """Whether it says that it was taken over, or joined anew, or ended because its transaction was gone."""
    after = cluster.log(zombie).partition(SPRUNG)[2]
    return "by another process" in after or '"partitions ' in after or zombie.poll() == 3


def test_a_killed_broker_comes_back(
    cluster_of: ClusterOf, harmed_kafka: Kafka, slice_rows: list[Row], slice_evidence: Evidence
) -> None:
    """kill -9 of Kafka in the middle: workers wait or are started again, and read on when it is back."""
    cluster = cluster_of(PARTITIONS, environment=SMALL_BATCHES)
    with (
        Supervisor(cluster, 2).watching() as supervisor,
        Feeder(cluster, slice_rows, PER_SECOND).feeding() as feeder,
    ):
        cluster.wait_seen(300)
        harmed_kafka.kill()
        time.sleep(2)
        harmed_kafka.start()
        feeder.finish()
        cluster.wait_read()
        assert cluster.evidence().differences(slice_evidence) == []
        assert set(supervisor.codes()) <= {3}


def test_a_killed_database_comes_back(
    cluster_of: ClusterOf, harmed_postgres: Postgres, slice_rows: list[Row], slice_evidence: Evidence
) -> None:
    """kill -9 of all of PostgreSQL in the middle: each worker ends with 3 and says why; started again, they read on."""
    cluster = cluster_of(PARTITIONS, environment=QUICK)
    with (
        Supervisor(cluster, 2).watching() as supervisor,
        Feeder(cluster, slice_rows, PER_SECOND).feeding() as feeder,
    ):
        cluster.wait_seen(300)
        harmed_postgres.kill()
        supervisor.wait_ended(2, "the workers did not end")
        harmed_postgres.start()
        feeder.finish()
        cluster.wait_read()
        assert cluster.evidence().differences(slice_evidence) == []
        assert set(supervisor.codes()) == {3}
        for life in (life for life in supervisor.lives if life.process.poll() is not None):
            assert "PostgreSQL " in cluster.log(life.process)
            assert "Traceback" not in cluster.log(life.process)


def test_a_lost_answer_to_commit(
    cluster_of: ClusterOf, harmed_postgres: Postgres, slice_rows: list[Row], slice_evidence: Evidence
) -> None:
    """COMMIT is lost, or its answer is, by a cut or by silence: done or not done, the batch counts once.

    A silent connection is given up after SCORELINE_DEADLINE_SECONDS.
    """
    proxy = Proxy(harmed_postgres.port)
    with proxy.running():
        cluster = cluster_of(PARTITIONS, environment=QUICK | {"SCORELINE_DEADLINE_SECONDS": str(DEADLINE_SECONDS)})
        cluster.environment |= {"SCORELINE_STORE": proxy.url(cluster.store_url)}
        with Supervisor(cluster, 2).watching() as supervisor:
            for turn, harm in enumerate([*Harm, Harm.ANSWER_CUT, Harm.LOST_CUT]):
                wait_until(lambda: all_seated(supervisor), "the workers are not there again")
                more = len(supervisor.codes()) + 1
                proxy.arm(harm)
                cluster.feed(slice_rows[turn * FED_AT_ONCE : (turn + 1) * FED_AT_ONCE])
                wait_until(lambda: not proxy.is_armed, "nobody committed", 20)
                supervisor.wait_ended(more, f"{harm.name}: no worker ended")
            cluster.feed(slice_rows[len(proxy.harmed) * FED_AT_ONCE :])
            cluster.wait_read()
            assert cluster.evidence().differences(slice_evidence) == []
            assert set(supervisor.codes()) == {3}
            silent = [row for life in supervisor.lives for row in told(cluster, life.process)]
            assert any(f"did not answer within {DEADLINE_SECONDS} s" in row for row in silent), silent
    assert len(proxy.harmed) == 5
