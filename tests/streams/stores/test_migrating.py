"""Migrations in daily life: others work meanwhile, two callers, a newer release, users without rights, a wheel."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from streams.stores import StoreError
from streams.stores.migration import GATE, migrate
from streams.stores.postgres import SCHEMA_VERSION, PostgresStore
from streams.stores.roles import GRANTS
from tests.servers import Postgres
from tests.servers.fixtures import lent

PASSWORD = "p"


@pytest.fixture
def server(server_folder: Path) -> Iterator[Postgres]:
    """A server of the test's own: roles belong to a whole server."""
    with lent(Postgres(server_folder)) as started:
        yield started


@pytest.fixture
def boss(server: Postgres) -> Iterator[psycopg.Connection[Any]]:
    """Its superuser."""
    with psycopg.connect(server.url, autocommit=True) as connection:
        yield connection


def as_user(url: str, user: str) -> str:
    """The same database as somebody else."""
    return make_conninfo(url, user=user, password=PASSWORD)


def test_workers_go_on_while_rights_are_granted_again(server: Postgres) -> None:
    """A worker and a board that run during migrations are never refused what they may do."""
    migrate(server.url, dict.fromkeys(GRANTS, PASSWORD))
    done = Event()

    def work() -> int:
        store = PostgresStore(as_user(server.url, "scoreline_ingest"))
        rounds = 0
        while not done.is_set():
            with store.unit(1) as unit:
                unit.set_setting("color", str(rounds))
            rounds += 1
        store.close()
        return rounds

    def look() -> int:
        store = PostgresStore(as_user(server.url, "scoreline_read"))
        rounds = 0
        while not done.is_set():
            store.problems()
            rounds += 1
        store.close()
        return rounds

    with ThreadPoolExecutor(2) as pool:
        working, looking = pool.submit(work), pool.submit(look)
        try:
            for _ in range(8):
                assert migrate(server.url) == []
        finally:
            done.set()
        assert working.result() > 8
        assert looking.result() > 8


@pytest.mark.slow
def test_the_second_migration_waits_for_the_first(server: Postgres, boss: psycopg.Connection[Any]) -> None:
    """However long the first takes, the second is not ended by the time limit on locks."""
    boss.execute("SELECT pg_advisory_lock(%s, %s)", GATE)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(migrate, server.url)
        until = time.monotonic() + 20
        query = "SELECT p.pid FROM pg_locks l JOIN pg_stat_activity p USING (pid) WHERE NOT l.granted"
        while not (found := boss.execute(query).fetchall()):
            assert time.monotonic() < until, "it did not wait"
            time.sleep(0.01)
        # Nothing on the server ends the wait: neither the limit on locks nor one on statements.
        assert len(found) == 1
        time.sleep(21)
        assert not waiting.done()
        boss.execute("SELECT pg_advisory_unlock(%s, %s)", GATE)
        assert waiting.result(30) == []


def test_an_older_release_leaves_a_newer_schema_as_it_is(server: Postgres, boss: psycopg.Connection[Any]) -> None:
    """Its migrate says so, and takes no right away that the newer release has granted."""
    migrate(server.url, dict.fromkeys(GRANTS, PASSWORD))
    boss.execute("CREATE TABLE ledger(id bigint)")
    boss.execute("GRANT SELECT ON ledger, keys TO scoreline_read")
    boss.execute("UPDATE alembic_version SET version_num = '0999'")
    (sentence,) = migrate(server.url)
    assert "0999" in sentence
    assert SCHEMA_VERSION in sentence
    with psycopg.connect(as_user(server.url, "scoreline_read")) as reader:
        assert reader.execute("SELECT count(*) FROM ledger, keys").fetchone() == (0,)


def test_a_user_without_rights_is_told_so(server: Postgres, boss: psycopg.Connection[Any]) -> None:
    """No table may be made: one sentence of advice, no statement and no traceback of a library."""
    boss.execute(f"CREATE ROLE guest LOGIN PASSWORD '{PASSWORD}'")
    with pytest.raises(StoreError, match=r"as guest: this role may not do that: see the roles in docs/postgres\.md"):
        migrate(as_user(server.url, "guest"))
    assert boss.execute("SELECT to_regclass('facts')").fetchone() == (None,)


def test_an_owner_that_may_make_no_roles_says_what_is_missing(server: Postgres, boss: psycopg.Connection[Any]) -> None:
    """Each role that is missing, and each password that could not be set, is a sentence; the rest is done."""
    boss.execute(f"CREATE ROLE owner LOGIN PASSWORD '{PASSWORD}'")
    boss.execute("GRANT ALL ON SCHEMA public TO owner")
    missing = migrate(as_user(server.url, "owner"), {"scoreline_ingest": "very secret"})
    assert [f"CREATE ROLE {role} LOGIN" in sentence for role, sentence in zip(GRANTS, missing, strict=True)] == [
        True
    ] * 3
    for role in GRANTS:
        boss.execute(f"CREATE ROLE {role} LOGIN PASSWORD '{PASSWORD}'")
    (unset,) = migrate(as_user(server.url, "owner"), {"scoreline_ingest": "very secret"})
    assert "ALTER ROLE scoreline_ingest LOGIN" in unset
    assert "very secret" not in "".join((*missing, unset))
    assert migrate(as_user(server.url, "owner")) == []
    PostgresStore(as_user(server.url, "scoreline_read")).close()


def test_passwords_reach_the_server_as_verifiers_only(server: Postgres, boss: psycopg.Connection[Any]) -> None:
    """Even a server that logs every statement never sees a password."""
    boss.execute("ALTER SYSTEM SET log_statement = 'all'")
    boss.execute("SELECT pg_reload_conf()")
    time.sleep(0.5)
    migrate(server.url, dict.fromkeys(GRANTS, "the-password-itself"))
    log = server.log.read_text("utf-8", errors="replace")
    assert "ROLE" in log
    assert "the-password-itself" not in log


def test_tables_of_others_do_not_matter(server: Postgres, boss: psycopg.Connection[Any]) -> None:
    """An owner who shares the schema with another application migrates all the same, and leaves its rights alone."""
    boss.execute(f"CREATE ROLE owner LOGIN CREATEROLE PASSWORD '{PASSWORD}'")
    boss.execute("GRANT ALL ON SCHEMA public TO owner")
    assert migrate(as_user(server.url, "owner")) == []
    boss.execute("CREATE TABLE theirs(id bigint)")
    boss.execute("GRANT SELECT ON theirs TO scoreline_read")
    assert migrate(as_user(server.url, "owner")) == []
    rights = "SELECT has_table_privilege('scoreline_read', 'theirs', 'SELECT')"
    assert boss.execute(rights).fetchone() == (True,)


@pytest.mark.slow
def test_a_wheel_holds_every_migration(repository: Path, tmp_path: Path) -> None:
    """What `python -m build --wheel` makes has the schema folder, as Alembic reads it from disk."""
    for name in ("scoring", "streams", "dashboards"):
        shutil.copytree(repository / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(repository / name, tmp_path / name)
    words = [
        sys.executable,
        "-m",
        "build",
        "--wheel",
        "--no-isolation",
        "--outdir",
        str(tmp_path / "out"),
        str(tmp_path),
    ]
    subprocess.run(words, check=True, capture_output=True)
    (wheel,) = (tmp_path / "out").glob("*.whl")
    schema = "streams/stores/schema"
    written = {path.relative_to(repository).as_posix() for path in (repository / schema).rglob("*.py")}
    with zipfile.ZipFile(wheel) as packed:
        assert written <= set(packed.namelist())
    assert f"{schema}/env.py" in written
