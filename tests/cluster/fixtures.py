"""Fixtures of cluster tests: a nursery, servers that may be harmed, clusters with their own topic and database."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from fractions import Fraction
from pathlib import Path

import pytest

from streams.stores.migration import migrate
from tests.cluster.cluster import DEFINITIONS, Cluster, keyed
from tests.cluster.evidence import Evidence, undisturbed
from tests.cluster.lines import troubled
from tests.cluster.nursery import Nursery
from tests.servers.base import ServerFailed
from tests.servers.fixtures import lent, short_folder
from tests.servers.kafka_broker import Kafka
from tests.servers.postgres import Postgres

SLICE = Fraction(1, 120)
SHORT_SESSIONS = {"group.min.session.timeout.ms": "500", "log.retention.check.interval.ms": "1000"}
"""So that a test need not wait ten seconds for each worker that it killed."""

ClusterOf = Callable[..., Cluster]


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    """Forks workers that a test can arm (tests.cluster.worker)."""
    with Nursery() as found:
        yield found


@pytest.fixture(scope="session")
def harmed_kafka() -> Iterator[Kafka]:
    """A Kafka that tests may kill; it takes short sessions."""
    with short_folder() as folder, lent(Kafka(folder, SHORT_SESSIONS)) as server:
        yield server


@pytest.fixture(scope="session")
def harmed_postgres() -> Iterator[Postgres]:
    """A PostgreSQL that tests may kill."""
    with short_folder() as folder, lent(Postgres(folder)) as server:
        yield server


@pytest.fixture
def cluster_of(harmed_kafka: Kafka, harmed_postgres: Postgres, nursery: Nursery, tmp_path: Path) -> Iterator[ClusterOf]:
    """Makes clusters: `cluster_of(partitions)`, with settings of the topic, more as for `Cluster`.

    All their workers are ended afterwards. Workers come from the nursery and the group misses them after a second,
    unless the test says otherwise.
    """
    with ExitStack() as stack:

        def make(partitions: int, settings: dict[str, str] | None = None, **more: object) -> Cluster:
            harmed_kafka.start()
            harmed_postgres.start()
            name = f"test.{secrets.token_hex(6)}"
            url = stack.enter_context(harmed_postgres.fresh_database())
            migrate(url)
            harmed_kafka.create_topic(name, partitions, settings)
            chosen = {"launch": nursery, "environment": {"TEST_SESSION": "1"}} | more
            cluster = Cluster(harmed_kafka.brokers, name, url, tmp_path / name, **chosen)  # type: ignore[arg-type]
            stack.callback(forget, harmed_kafka, name)
            stack.callback(cluster.stop)
            return cluster

        yield make


def forget(kafka: Kafka, topic: str) -> None:
    """Remove a topic, if its broker is there: an idle one costs the others time."""
    with suppress(ServerFailed):
        if kafka.running:
            kafka.delete_topic(topic)


@pytest.fixture(scope="session")
def slice_lines() -> list[bytes]:
    """Some 1,900 lines with conflicts, duplicates and damage, in arrival order."""
    return troubled(SLICE)


@pytest.fixture(scope="session")
def slice_rows(slice_lines: list[bytes]) -> list[tuple[bytes | None, bytes]]:
    """The same with their partition keys."""
    return keyed(slice_lines)


@pytest.fixture(scope="session")
def slice_evidence(slice_lines: list[bytes], tmp_path_factory: pytest.TempPathFactory) -> Evidence:
    """What an undisturbed embedded run makes of them."""
    evidence = undisturbed(slice_lines, DEFINITIONS, tmp_path_factory.mktemp("undisturbed"))
    assert evidence.counts.accepted > 1_800
    assert min(evidence.counts.duplicates, evidence.counts.rejected, evidence.counts.conflicts) > 10
    return evidence
