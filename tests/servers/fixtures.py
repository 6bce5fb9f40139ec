"""Fixtures: one Kafka, PostgreSQL and Redis a test session, started when a test first asks; topics, databases a test.

A test that harms a server (kills it, changes its settings) starts one of its own in `server_folder`.
"""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pytest

from tests.servers.base import Server, ServerMissing
from tests.servers.kafka_broker import Kafka
from tests.servers.postgres import Postgres
from tests.servers.redis_server import Redis

AnyServer = TypeVar("AnyServer", bound=Server)


def start(server: AnyServer) -> AnyServer:
    """Start a server; where it is not installed the test is skipped, or fails with REQUIRE_SERVERS=1."""
    try:
        return server.start()
    except ServerMissing as missing:
        if os.environ.get("REQUIRE_SERVERS") == "1":
            pytest.fail(f"{missing}; REQUIRE_SERVERS=1 makes this a failure", pytrace=False)
        pytest.skip(str(missing))


@contextmanager
def short_folder() -> Iterator[Path]:
    """A folder that every user can reach, with a path short enough for a socket; removed afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="scoreline-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def lent(server: AnyServer) -> Iterator[AnyServer]:
    """A server for as long as the block lasts; its data is thrown away, so it is not asked to end politely."""
    try:
        yield start(server)
    finally:
        server.kill()


@pytest.fixture
def server_folder() -> Iterator[Path]:
    """A folder for a server of the test's own."""
    with short_folder() as folder:
        yield folder


@pytest.fixture(scope="session")
def kafka() -> Iterator[Kafka]:
    """The session's Kafka: `brokers`, `sasl_brokers` with `username` and `password`, `create_topic`."""
    with short_folder() as folder, lent(Kafka(folder)) as server:
        yield server


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """The session's PostgreSQL: `url` is the superuser's."""
    with short_folder() as folder, lent(Postgres(folder)) as server:
        yield server


@pytest.fixture(scope="session")
def redis_server() -> Iterator[Redis]:
    """The session's Redis: `url`."""
    with short_folder() as folder, lent(Redis(folder)) as server:
        yield server


@pytest.fixture
def topic_name() -> str:
    """The name of a topic that nobody else uses; it is not made yet."""
    return f"test.{secrets.token_hex(6)}"


@pytest.fixture
def postgres_database(postgres: Postgres) -> Iterator[str]:
    """The superuser's URL of an empty database, dropped afterwards (roles belong to the whole server and stay)."""
    with postgres.fresh_database() as url:
        yield url
