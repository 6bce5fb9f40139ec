"""What only the file store promises: durability, take-over by epoch, reading without writing, advice in errors."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from streams.stores import Counts, Progress, Standing, StoreError, TakenOver
from streams.stores.sqlite import SqliteStore
from tests.contracts.test_store import fill, seen


def test_a_file_opened_again_shows_the_same(tmp_path: Path) -> None:
    """Closing and opening the file loses nothing."""
    first = SqliteStore(tmp_path / "a.db")
    fill(first)
    before = seen(first)
    first.close()
    second = SqliteStore(tmp_path / "a.db")
    assert seen(second) == before
    second.close()


def test_the_later_writer_takes_over(tmp_path: Path) -> None:
    """After a second writer has opened the store the first one stops with TakenOver and writes nothing."""
    first = SqliteStore(tmp_path / "a.db")
    fill(first)
    second = SqliteStore(tmp_path / "a.db")
    with pytest.raises(TakenOver, match="another scoreline process"), first.unit() as unit:
        unit.set_setting("color", "100")
    assert second.settings()["color"] == "red"
    with second.unit() as unit:
        unit.set_setting("color", "3")
    assert second.settings()["color"] == "3"
    first.close()
    second.close()


def test_a_reader_does_not_take_over(tmp_path: Path) -> None:
    """A store opened for reading leaves the writer at work, sees its commits, and can not write."""
    writer = SqliteStore(tmp_path / "a.db")
    fill(writer)
    reader = SqliteStore(tmp_path / "a.db", writes=False)
    with writer.unit() as unit:
        unit.set_setting("color", "3")
    assert reader.settings()["color"] == "3"
    with pytest.raises(StoreError), reader.unit() as unit:
        unit.set_setting("color", "4")
    assert writer.settings()["color"] == "3"
    reader.close()
    writer.close()


def test_a_reader_sees_no_half_unit(tmp_path: Path) -> None:
    """While a unit is open another connection sees the state before it."""
    writer = SqliteStore(tmp_path / "a.db")
    fill(writer)
    reader = SqliteStore(tmp_path / "a.db", writes=False)
    with writer.unit() as unit:
        unit.set_setting("color", "3")
        unit.add_audit(1, "x", "y", "z")
        assert reader.settings()["color"] == "red"
        assert len(reader.audit()) == 1
    assert reader.settings()["color"] == "3"
    reader.close()
    writer.close()


def test_no_store_to_read(tmp_path: Path) -> None:
    """Reading a file that is not there says so and names the folder."""
    with pytest.raises(StoreError, match="can not be opened: check that"):
        SqliteStore(tmp_path / "none.db", writes=False)


def test_no_folder(tmp_path: Path) -> None:
    """A store in a folder that is not there names the folder."""
    with pytest.raises(StoreError, match="nowhere exists"):
        SqliteStore(tmp_path / "nowhere" / "a.db")


def test_another_kind_of_file(tmp_path: Path) -> None:
    """A file that is no store is named as such and left alone."""
    path = tmp_path / "a.db"
    path.write_text("this is a text, not a database, and long enough to be looked at\n" * 20)
    with pytest.raises(StoreError, match="is not a scoreline store or is damaged"):
        SqliteStore(path)
    assert path.read_text().startswith("this is a text")


def test_another_schema(tmp_path: Path) -> None:
    """A store of another version is refused with both versions."""
    store = SqliteStore(tmp_path / "a.db")
    with store.unit() as unit:
        unit.set_setting("schema", "99")
    store.close()
    with pytest.raises(StoreError, match="has schema 99, this version of scoreline needs 2"):
        SqliteStore(tmp_path / "a.db")


def test_a_full_disk(tmp_path: Path) -> None:
    """When no page can be added, the unit fails with advice, nothing of it is kept, and a later smaller one works."""
    store = SqliteStore(tmp_path / "a.db")
    fill(store)
    before = seen(store)
    pages = store._connection.execute("PRAGMA page_count").fetchone()[0]
    store._connection.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(StoreError, match="no space left while writing"), store.unit() as unit:
        for number in range(200):
            unit.set_setting(f"s{number}", "x" * 4000)
    assert seen(store) == before
    store._connection.execute("PRAGMA max_page_count = 1000000")
    with store.unit() as unit:
        unit.set_setting("color", "3")
    assert store.settings()["color"] == "3"
    store.close()


def test_a_damaged_page_is_reported_by_every_read(tmp_path: Path) -> None:
    """Reads of a file that became unreadable raise StoreError with advice, not a bare SQLite error."""
    store = SqliteStore(tmp_path / "a.db")
    fill(store)
    store._connection.execute("DROP TABLE facts")
    for read in (store.all_cases, lambda: list(store.all_facts()), lambda: store.find_facts(["order|s|o1"])):
        with pytest.raises(StoreError, match=r"a\.db"):
            read()
    store.close()


def test_commits_are_durable_by_configuration(tmp_path: Path) -> None:
    """Every commit reaches the disk before it returns (synchronous FULL), in write-ahead mode."""
    store = SqliteStore(tmp_path / "a.db")
    assert store._connection.execute("PRAGMA synchronous").fetchone()[0] == 2
    store.close()
    outside = sqlite3.connect(tmp_path / "a.db")
    assert outside.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
    outside.close()


def test_a_short_act_joins_a_running_reader(tmp_path: Path) -> None:
    """A store that joins writes beside the reader of sources, and neither stops the other."""
    reader = SqliteStore(tmp_path / "a.db")
    act = SqliteStore(tmp_path / "a.db", joins=True)
    for store, name in ((reader, "one"), (act, "two"), (reader, "three")):
        with store.unit() as unit:
            unit.set_setting(name, "written")
    assert {"one", "two", "three"} <= reader.settings().keys()


def test_a_store_of_the_first_schema_is_brought_up(tmp_path: Path) -> None:
    """Counts, positions and the watermark that schema 1 kept among the settings are there in the new tables."""
    SqliteStore(tmp_path / "a.db").close()
    old = sqlite3.connect(tmp_path / "a.db")
    old.executescript("DROP TABLE shards; DROP TABLE standings; DROP TABLE marks; UPDATE settings SET value = '1'")
    rows = {"batch": "7", "watermark_us": "50", "ingested_us": "60", "program": "p"}
    rows |= {"count:in": "9", "count:accepted": "6", "count:duplicates": "2", "count:rejected": "1"}
    old.executemany("INSERT INTO settings VALUES(?,?)", [*rows.items(), ("position:a.jsonl", "done:80")])
    old.commit()
    old.close()
    store = SqliteStore(tmp_path / "a.db")
    assert store.progress() == Progress(7, 50, 60, Counts(9, 6, 2, 1))
    assert store.standings() == {"a.jsonl": Standing("done:80")}
    assert {name: store.settings().get(name) for name in ("schema", "program", "batch")} == {
        "schema": "2",
        "program": "p",
        "batch": None,
    }
    store.close()
