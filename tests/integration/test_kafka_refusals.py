"""What a worker needs is not there, or a setting is wrong: one clear message, an exit code, in time, no traceback."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

import pytest

from tests.cluster.cluster import REPOSITORY, Cluster
from tests.cluster.fixtures import ClusterOf
from tests.servers.base import free_ports
from tests.servers.kafka_broker import Kafka
from tests.servers.postgres import Postgres

pytest_plugins = ["tests.cluster.fixtures"]
pytestmark = pytest.mark.slow

SECONDS = 15
LOGIN = {"SCORELINE_KAFKA_SECURITY": "SASL_PLAINTEXT", "SCORELINE_KAFKA_USERNAME": Kafka.username}
SECRET = "hunter2-secret"


@dataclass(frozen=True, slots=True)
class Place:
    """What a case may use to describe what is wrong."""

    cluster: Cluster
    kafka: Kafka
    postgres: Postgres

    def store(self, **changes: str) -> dict[str, str]:
        """The address of the store with another password, database or port."""
        parts = urlsplit(self.cluster.store_url)
        password = changes.get("password", parts.password)
        port = changes.get("port", parts.port)
        netloc = f"{parts.username}:{password}@127.0.0.1:{port}"
        path = f"/{changes['database']}" if "database" in changes else parts.path
        return {"SCORELINE_STORE": urlunsplit(parts._replace(netloc=netloc, path=path))}


Case = tuple[Callable[[Place], dict[str, str]], int, str]
CASES: dict[str, Case] = {
    "no broker": (
        lambda place: {"SCORELINE_BROKERS": f"127.0.0.1:{free_ports(1)[0]}"},
        3,
        "no Kafka broker answers at",
    ),
    "wrong password of Kafka": (
        lambda place: LOGIN | {"SCORELINE_BROKERS": place.kafka.sasl_brokers, "SCORELINE_KAFKA_PASSWORD": SECRET},
        3,
        "SCORELINE_KAFKA_USERNAME",
    ),
    "missing topic": (lambda place: {"SCORELINE_TOPIC": "not.there"}, 3, "the topic not.there is not there"),
    "no PostgreSQL": (lambda place: place.store(port=str(free_ports(1)[0])), 3, "nothing answers there"),
    "missing database": (lambda place: place.store(database="nowhere"), 3, "there is no such database"),
    "wrong password of PostgreSQL": (lambda place: place.store(password=SECRET), 3, "wrong user or password"),
    "no tables": (lambda place: place.store(database="postgres"), 3, "run `scoreline migrate`"),
    "no broker named": (lambda place: {"SCORELINE_BROKERS": ""}, 2, "SCORELINE_BROKERS is not set"),
    "no PostgreSQL address": (lambda place: {"SCORELINE_STORE": "mysql://x"}, 2, "SCORELINE_STORE is no PostgreSQL"),
    "no time to wait": (
        lambda place: {"SCORELINE_DEADLINE_SECONDS": "soon"},
        2,
        "SCORELINE_DEADLINE_SECONDS is 'soon'",
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_worker_says_what_is_missing(
    cluster_of: ClusterOf, harmed_kafka: Kafka, harmed_postgres: Postgres, name: str
) -> None:
    """`scoreline worker` ends within 15 seconds with the documented code, says what and where, and shows no secret."""
    wrong, code, message = CASES[name]
    cluster = cluster_of(1)
    settings = cluster.settings() | wrong(Place(cluster, harmed_kafka, harmed_postgres))
    began = time.monotonic()
    run = subprocess.run(
        [sys.executable, "-m", "dashboards", "worker"],
        cwd=REPOSITORY,
        env=settings,
        capture_output=True,
        text=True,
        timeout=3 * SECONDS,
        check=False,
    )
    said = run.stdout + run.stderr
    assert run.returncode == code, said
    assert time.monotonic() - began < SECONDS
    assert message in said
    assert said.count(message) == 1, said
    assert "Traceback" not in said
    assert SECRET not in said
    assert harmed_postgres.password not in said
