"""Expand, then contract: today's code runs on tomorrow's schema, and no step removes what the previous release uses."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

import psycopg
import pytest

from streams.settings import pipeline_of
from streams.stores import StoreError
from streams.stores.postgres import SCHEMA_VERSION, PostgresStore
from tests.scenarios.shop import NOW_US, Desk, Teller, decoded_of

REMOVAL = re.compile(
    r"\b(DROP\s+(TABLE|COLUMN|INDEX|SEQUENCE|DEFAULT)|RENAME\b|(drop|rename|alter)_(table|column)|SET\s+NOT\s+NULL"
    r"|COLUMN\s+\w+\s+(SET\s+DATA\s+)?TYPE\b|ADD\s+(CONSTRAINT|UNIQUE|CHECK)|ALTER\s+TABLE\s+\w+\s+ADD"
    r"\s+(COLUMN\s+)?(?![^,;]*\bDEFAULT\b)[^,;]*\bNOT\s+NULL)",
    re.IGNORECASE,
)
SINCE = re.compile(r'^CONTRACT_SINCE = "\d+\.\d+(\.\d+)?"$', re.MULTILINE)


def steps() -> dict[str, str]:
    """The text of each migration by file name."""
    folder = Path(str(files("streams") / "stores" / "schema" / "versions"))
    return {path.name: path.read_text("utf-8") for path in sorted(folder.glob("[0-9]*.py"))}


def is_lawful(text: str) -> bool:
    """Whether a step removes nothing, or says since when nobody uses what it removes."""
    return not REMOVAL.search(text) or bool(SINCE.search(text))


def test_no_step_removes_what_the_previous_release_uses() -> None:
    """Every migration file is lawful, their numbers go up by one, and the code needs the last one."""
    found = steps()
    assert [name for name, text in found.items() if not is_lawful(text)] == []
    assert [name[:4] for name in found] == [f"{number + 1:04}" for number in range(len(found))]
    assert max(found)[:4] == SCHEMA_VERSION


@pytest.mark.parametrize(
    ("text", "lawful"),
    [
        ("ALTER TABLE facts ADD COLUMN x text", True),
        ("ALTER TABLE facts DROP COLUMN x", False),
        ("ALTER TABLE facts RENAME TO old", False),
        ("ALTER TABLE facts ADD COLUMN x text NOT NULL", False),
        ("ALTER TABLE facts ADD COLUMN x text NOT NULL DEFAULT ''", True),
        ("ALTER TABLE facts ADD COLUMN x text DEFAULT '' NOT NULL", True),
        ("ALTER TABLE facts ALTER COLUMN batch TYPE integer", False),
        ("ALTER TABLE facts ADD CONSTRAINT c CHECK (batch > 0)", False),
        ("CREATE TABLE y(id bigint NOT NULL); CREATE INDEX y_by_id ON y(id)", True),
        ('CONTRACT_SINCE = "0.3"\nDROP TABLE old', True),
    ],
)
def test_the_check_above_can_fail(text: str, lawful: bool) -> None:
    """Additions pass, removals and renames do not unless they say since when."""
    assert is_lawful(text) == lawful


def test_this_release_runs_on_the_next_schema(migrated_database: str) -> None:
    """After an expanding step of the future, batches are applied and read as before."""
    with psycopg.connect(migrated_database, autocommit=True) as owner:
        owner.execute(
            "ALTER TABLE facts ADD COLUMN tenant text; ALTER TABLE cells ADD COLUMN touched bigint NOT NULL DEFAULT 0;"
            "ALTER TABLE closes ADD COLUMN note text; CREATE TABLE ledger(id bigint);"
            "ALTER TABLE conflicts ADD COLUMN who text; UPDATE alembic_version SET version_num = '0002'"
        )
    store = PostgresStore(migrated_database)
    pipeline = pipeline_of(store, Desk().definitions)
    events = decoded_of([Teller().paid("o1", "03 10:00:00", "100.00")])
    assert pipeline.apply(events, [], None, NOW_US, shard=3).accepted == 1
    assert len(list(store.all_facts())) == 1
    assert list(store.all_cells("0", "9"))
    assert (store.closes(), store.open_conflicts()) == ([], [])
    store.close()


def test_an_older_schema_is_refused(migrated_database: str) -> None:
    """A database that is behind names both versions and the command."""
    with psycopg.connect(migrated_database, autocommit=True) as owner:
        owner.execute("UPDATE alembic_version SET version_num = '0000'")
    with pytest.raises(StoreError, match=f"has schema 0000, this version of scoreline needs {SCHEMA_VERSION}"):
        PostgresStore(migrated_database)
