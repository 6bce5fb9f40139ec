"""Migrations, roles and preflight on real servers: repeatable, exact rights, unsafe settings refused by name."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest

from streams.clock import FrozenClock
from streams.closing import CloseError, Closing
from streams.codec import Codec
from streams.reading import Reader
from streams.repair import Repair
from streams.settings import pipeline_of
from streams.stores import Close, StoreError
from streams.stores.migration import migrate
from streams.stores.postgres import PostgresStore
from streams.stores.preflight import findings
from streams.stores.roles import GRANTS
from tests.scenarios.shop import NOW_US, Desk, Teller, decoded_of
from tests.servers.fixtures import lent
from tests.servers.postgres import Postgres

PASSWORD = "a'b\\c-1"


@dataclass(frozen=True, slots=True)
class Logins:
    """URLs of one migrated database by role."""

    owner: str
    ingest: str
    read: str
    settle: str


def as_user(url: str, user: str, password: str) -> str:
    """The same database as somebody else."""
    return psycopg.conninfo.make_conninfo(url, user=user, password=password)


@pytest.fixture
def logins(postgres_database: str) -> Iterator[Logins]:
    """A database that an owner without other rights has migrated, with roles that can log in."""
    with psycopg.connect(postgres_database, autocommit=True) as boss:
        boss.execute("DROP ROLE IF EXISTS scoreline_migrate")
        boss.execute("CREATE ROLE scoreline_migrate LOGIN CREATEROLE PASSWORD 'm'")
        boss.execute("GRANT ALL ON SCHEMA public TO scoreline_migrate")
    owner = as_user(postgres_database, "scoreline_migrate", "m")
    assert migrate(owner, dict.fromkeys(GRANTS, PASSWORD)) == []
    roles = ("scoreline_ingest", "scoreline_read", "scoreline_settle")
    yield Logins(owner, *(as_user(postgres_database, role, PASSWORD) for role in roles))
    with psycopg.connect(postgres_database, autocommit=True) as boss:
        for role in (*roles, "scoreline_migrate"):
            boss.execute(f"DROP OWNED BY {role}")
            boss.execute(f"DROP ROLE {role}")


def test_migrating_again_changes_nothing(postgres_database: str) -> None:
    """The second call, and two at once on an empty database, end well and leave one schema."""
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(migrate, [postgres_database] * 2))
    migrate(postgres_database)
    store = PostgresStore(postgres_database)
    assert store.settings() == {}
    store.close()


def test_a_database_without_tables_says_what_to_run(postgres_database: str) -> None:
    """Opening a store before the migration names the command."""
    with pytest.raises(StoreError, match="run `scoreline migrate`"):
        PostgresStore(postgres_database)


def test_each_role_can_do_its_work(logins: Logins) -> None:
    """A batch, a repair and a source as ingest; KPIs as read; a draft as settle."""
    definitions = Desk().definitions
    pipeline = pipeline_of(PostgresStore(logins.ingest), definitions)
    tell = Teller()
    events = decoded_of([tell.paid("o1", "03 10:00:00", "100.00"), tell.paid("o2", "11-02 10:00:00", "1.00")])
    assert pipeline.apply(events, [], None, NOW_US, shard=1).accepted == 2
    pipeline.store.claim("kafka:t:0")
    pipeline.store.note("kafka:t:0", 1, "x")
    Repair(pipeline, FrozenClock(NOW_US)).replay([], "li")
    reader = Reader(PostgresStore(logins.read), definitions)
    assert reader.kpi("gmv", "c:", "2026-10").value == 100
    assert reader.problems() == {}
    closing = Closing(PostgresStore(logins.settle), Codec(), definitions, FrozenClock(NOW_US))
    assert closing.draft("2026-10", "li").run == 1


def test_no_role_can_do_more(logins: Logins) -> None:
    """Boards cannot read pay, ingest cannot touch closes, closing cannot touch facts, nobody can alter tables."""
    close = Close("2026-10", 1, "draft", "d", 0, "li", "", "{}", "{}")
    ingest, read, settle = (PostgresStore(url) for url in (logins.ingest, logins.read, logins.settle))
    for refused in (
        lambda: read.closes(),
        lambda: read.audit(),
        lambda: ingest.closes(),
        lambda: _write(ingest, lambda unit: unit.put_close(close)),
        lambda: _write(read, lambda unit: unit.set_setting("a", "b")),
        lambda: _write(settle, lambda unit: unit.add_cells({("c:", "", "gmv", "2026-10-01", ""): 1})),
        lambda: _write(settle, lambda unit: unit.clear_derived()),
    ):
        with pytest.raises(StoreError, match="this role may not do that"):
            refused()
    for url in (logins.ingest, logins.read, logins.settle):
        with psycopg.connect(url) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("ALTER TABLE facts ADD COLUMN pay bigint")


def _write(store, act) -> None:  # type: ignore[no-untyped-def]
    with store.unit() as unit:
        act(unit)


def test_preflight_of_a_safe_server_finds_nothing(logins: Logins) -> None:
    """The ingest role on a server with sound settings; the owner and the superuser are named and block, less in dev."""
    assert findings(logins.ingest) == []
    assert [(f.code, f.blocks) for f in findings(logins.owner)] == [("OWNS_TABLES", True)]


def test_preflight_names_what_is_unsafe(server_folder: Path) -> None:
    """fsync off, no full pages, no autovacuum, too few locks, another isolation, a superuser: each by its name."""
    unsafe = {
        "fsync": "off",
        "full_page_writes": "off",
        "autovacuum": "off",
        "max_locks_per_transaction": "64",
        "default_transaction_isolation": "serializable",
    }
    with lent(Postgres(server_folder, unsafe)) as server:
        found = {f.code: f for f in findings(server.url)}
        assert found.keys() == {
            "FSYNC_OFF", "FULL_PAGE_WRITES_OFF", "AUTOVACUUM_OFF", "FEW_LOCKS", "ISOLATION", "SUPERUSER",
        }  # fmt: skip
        assert all(f.blocks and f.advice for f in found.values())
        assert "max_locks_per_transaction = 500" in found["FEW_LOCKS"].advice
        mild = {f.code for f in findings(server.url, dev=True) if not f.blocks}
        assert mild == {"FEW_LOCKS", "SUPERUSER"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"password": "wrong"}, "wrong user or password"),
        ({"dbname": "nowhere"}, "there is no such database"),
        ({"port": "1"}, "nothing answers there"),
    ],
)
def test_what_cannot_be_reached_says_why(migrated_database: str, change: dict[str, str], said: str) -> None:
    """A wrong password, database or port is named, and the password is not shown."""
    url = psycopg.conninfo.make_conninfo(migrated_database, **change)
    with pytest.raises(StoreError, match=said) as refused:
        PostgresStore(url)
    secret = psycopg.conninfo.conninfo_to_dict(migrated_database)["password"]
    assert str(secret) not in str(refused.value)
    assert "wrong" not in str(refused.value).replace("wrong user", "")


def test_a_close_that_is_blocked_as_settle_names_it(logins: Logins) -> None:
    """The settle role reads everything that a close looks at, so an open period is named and nothing else fails."""
    definitions = Desk().definitions
    pipeline_of(PostgresStore(logins.ingest), definitions)
    closing = Closing(PostgresStore(logins.settle), Codec(), definitions, FrozenClock(NOW_US))
    with pytest.raises(CloseError, match="the period is still open"):
        closing.draft("2026-10", "li")
