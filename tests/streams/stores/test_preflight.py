"""Preflight on real servers: what it names beyond a server's main settings, and that its number of locks is enough."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from streams.stores import StoreError
from streams.stores.base import Crowded
from streams.stores.postgres import PostgresStore
from streams.stores.postgres_unit import HELD_AT_MOST
from streams.stores.preflight import LOCKS_NEEDED, WORKERS, Finding, findings
from tests.servers import Postgres
from tests.servers.fixtures import lent
from tests.streams.stores.forgetful_pooler import forgetful

LOGIN, PASSWORD = "preflight_login", "p"


@pytest.fixture
def boss(migrated_database: str) -> Iterator[psycopg.Connection[Any]]:
    """The superuser, with a login that has no rights yet."""
    with psycopg.connect(migrated_database, autocommit=True) as connection:
        connection.execute(f"DROP ROLE IF EXISTS {LOGIN}")
        connection.execute(f"CREATE ROLE {LOGIN} LOGIN PASSWORD '{PASSWORD}'")
        yield connection
        connection.execute(f"DROP OWNED BY {LOGIN}")
        connection.execute(f"DROP ROLE {LOGIN}")


def as_login(url: str) -> str:
    """The same database as the login."""
    return make_conninfo(url, user=LOGIN, password=PASSWORD)


def codes(found: list[Finding]) -> dict[str, bool]:
    """Whether each finding blocks."""
    assert all(finding.detail and finding.advice for finding in found)
    return {finding.code: finding.blocks for finding in found}


def test_a_login_without_rights_on_a_good_server(migrated_database: str, boss: psycopg.Connection[Any]) -> None:
    """Nothing is found, so that what the other tests find is due to what they change."""
    assert findings(as_login(migrated_database)) == []


def test_commits_that_others_lose_are_a_warning(migrated_database: str, boss: psycopg.Connection[Any]) -> None:
    """synchronous_commit off at the role is named; it does not block, for our own sessions turn it on."""
    boss.execute(f"ALTER ROLE {LOGIN} SET synchronous_commit = off")
    assert codes(findings(as_login(migrated_database))) == {"SYNCHRONOUS_COMMIT_OFF": False}


def test_who_may_become_the_owner_owns(migrated_database: str, boss: psycopg.Connection[Any]) -> None:
    """A member of the owner's role could alter tables by SET ROLE: it blocks, and is a warning on a test machine."""
    boss.execute("CREATE ROLE preflight_owner")
    try:
        boss.execute("ALTER TABLE facts OWNER TO preflight_owner")
        boss.execute(f"GRANT preflight_owner TO {LOGIN}")
        assert codes(findings(as_login(migrated_database))) == {"OWNS_TABLES": True}
        assert codes(findings(as_login(migrated_database), dev=True)) == {"OWNS_TABLES": False}
    finally:
        boss.execute("REASSIGN OWNED BY preflight_owner TO CURRENT_USER")
        boss.execute("DROP ROLE preflight_owner")


def test_a_pooler_that_drops_settings_is_noticed(
    migrated_database: str, boss: psycopg.Connection[Any], postgres: Postgres
) -> None:
    """Behind a proxy that forgets `options` nothing ends a stopped worker: each lost setting blocks by its name."""
    with forgetful(postgres.port) as port:
        found = findings(make_conninfo(as_login(migrated_database), port=str(port)))
    assert codes(found) == {"SESSION": True}
    assert {row.detail.split()[0] for row in found} == {"idle_in_transaction_session_timeout", "lock_timeout"}


def test_a_standby_is_named(server_folder: Path) -> None:
    """A server in recovery answers questions and takes no batch."""
    with lent(Postgres(server_folder, {"max_locks_per_transaction": "1024"})) as server:
        server.stop()
        (server.home / "data" / "standby.signal").touch()
        server.start()
        assert codes(findings(server.url, dev=True)) == {"STANDBY": True, "SUPERUSER": False}


def test_another_encoding_is_named(postgres: Postgres) -> None:
    """A database that could not keep every text."""
    postgres.execute("CREATE DATABASE latin ENCODING 'LATIN1' LOCALE_PROVIDER libc LOCALE 'C' TEMPLATE template0")
    try:
        assert codes(findings(postgres.database_url("latin"), dev=True)) == {"ENCODING": True, "SUPERUSER": False}
    finally:
        postgres.execute("DROP DATABASE latin")


def test_four_workers_have_room_where_preflight_says_so(server_folder: Path) -> None:
    """With exactly the number of locks that preflight asks for, four units hold as many names as a unit may."""
    places = 20
    needed = -(-LOCKS_NEEDED // places)
    settings = {"max_connections": str(places), "max_locks_per_transaction": str(needed)}
    with lent(Postgres(server_folder, settings)) as server, ExitStack() as opened:
        assert "FEW_LOCKS" not in codes(findings(server.url))
        for worker in range(WORKERS):
            store = PostgresStore(server.url, psycopg.connect(server.url, autocommit=True))
            opened.callback(store.close)
            unit = opened.enter_context(store.unit(worker + 1))
            unit.hold({f"{worker}|{number}" for number in range(HELD_AT_MOST)})
            with pytest.raises(Crowded):
                unit.hold({"one more"})


def test_a_server_with_too_few_locks_names_the_setting(server_folder: Path) -> None:
    """What preflight would have refused fails with the setting's name, and nothing else is harmed."""
    settings = {"max_connections": "10", "max_locks_per_transaction": "64"}
    with lent(Postgres(server_folder, settings)) as server:
        assert codes(findings(server.url, dev=True))["FEW_LOCKS"] is False
        store = PostgresStore(server.url, psycopg.connect(server.url, autocommit=True))
        with pytest.raises(StoreError, match="raise max_locks_per_transaction"), store.unit(1) as unit:
            unit.hold({str(number) for number in range(HELD_AT_MOST)})
        with store.unit(1) as unit:
            unit.hold({"a few"})
        store.close()
