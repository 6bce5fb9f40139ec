"""One open SQLite transaction, and the tables that it writes."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import astuple

from scoring.contribution import MINUTE_PREFIX, Key
from streams.stores.base import (
    Close,
    Conflict,
    Counts,
    Fact,
    Position,
    ProblemRow,
    Progress,
)

SCHEMA_VERSION = "2"
SCHEMA = """
CREATE TABLE IF NOT EXISTS keys(event_key BLOB PRIMARY KEY, content_hash BLOB NOT NULL, case_key TEXT NOT NULL)
  WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS facts(case_key TEXT, event_key BLOB, content_hash BLOB NOT NULL, event_type TEXT NOT NULL,
  occurred_at INTEGER NOT NULL, batch INTEGER NOT NULL, body BLOB NOT NULL, is_retracted INTEGER NOT NULL,
  PRIMARY KEY(case_key, event_key)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS retractions(event_key BLOB PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS projections(key TEXT, case_key TEXT, value BLOB NOT NULL, PRIMARY KEY(key, case_key))
  WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS projections_by_case ON projections(case_key);
CREATE TABLE IF NOT EXISTS readers(key TEXT, case_key TEXT, PRIMARY KEY(key, case_key)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS cells(owner TEXT, dimension TEXT, measure TEXT, period TEXT, item TEXT,
  value INTEGER NOT NULL CHECK(typeof(value) = 'integer'),
  PRIMARY KEY(owner, dimension, measure, period, item)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS minutes(minute INTEGER, owner TEXT, dimension TEXT, measure TEXT, item TEXT,
  value INTEGER NOT NULL CHECK(typeof(value) = 'integer'),
  PRIMARY KEY(minute, owner, dimension, measure, item)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS problems(case_key TEXT, code TEXT, detail TEXT, blocks INTEGER,
  PRIMARY KEY(case_key, code, detail)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS quarantine(id INTEGER PRIMARY KEY, reason TEXT, detail TEXT, place TEXT, raw BLOB,
  batch INTEGER, state TEXT);
CREATE INDEX IF NOT EXISTS quarantine_by_place ON quarantine(place);
CREATE TABLE IF NOT EXISTS conflicts(event_key BLOB, content_hash BLOB, event_type TEXT, case_key TEXT,
  occurred_at INTEGER, body BLOB, resolution TEXT, PRIMARY KEY(event_key, content_hash)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS settings(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS shards(shard INTEGER PRIMARY KEY, batch INTEGER NOT NULL, watermark_us INTEGER NOT NULL,
  ingested_us INTEGER NOT NULL, seen INTEGER NOT NULL, accepted INTEGER NOT NULL, duplicates INTEGER NOT NULL,
  rejected INTEGER NOT NULL, conflicts INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS standings(source TEXT PRIMARY KEY, position TEXT, epoch INTEGER NOT NULL DEFAULT 0,
  note TEXT NOT NULL DEFAULT '') WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS marks(source TEXT PRIMARY KEY, watermark_us INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS closes(period TEXT, run INTEGER, state TEXT, digest TEXT, cut_batch INTEGER,
  requested_by TEXT, approved_by TEXT, body TEXT, definitions TEXT, PRIMARY KEY(period, run)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS audit(id INTEGER PRIMARY KEY, at_us INTEGER, who TEXT, action TEXT, detail TEXT);
"""
UPGRADE = """
INSERT INTO shards SELECT 0, v('batch'), v('watermark_us'), v('ingested_us'), v('count:in'), v('count:accepted'),
  v('count:duplicates'), v('count:rejected'), v('count:conflicts');
INSERT INTO standings(source, position) SELECT substr(name, 10), value FROM settings WHERE name LIKE 'position:%';
DELETE FROM settings WHERE name LIKE 'position:%' OR name LIKE 'count:%' OR name IN
  ('batch', 'watermark_us', 'ingested_us');
UPDATE settings SET value = '2' WHERE name = 'schema';
"""
"""From schema 1, which kept counts and positions among the settings; `v` reads a setting as a number."""
_SIZES = (1, 10, 100, 1_000)
PROGRESS = "batch, watermark_us, ingested_us, seen, accepted, duplicates, rejected, conflicts"
FACT = "event_key, content_hash, case_key, event_type, occurred_at, batch, body, is_retracted"


def _chunks(values: Collection[object]) -> Iterator[tuple[list[object], str]]:
    """Parts of `values` with their question marks, filled up to few sizes so that few statements stay prepared."""
    rows = list(values)
    for start in range(0, len(rows), _SIZES[-1]):
        part = rows[start : start + _SIZES[-1]]
        size = next(size for size in _SIZES if size >= len(part))
        yield part + part[-1:] * (size - len(part)), ",".join("?" * size)


def fact_of(row: tuple[bytes, bytes, str, str, int, int, bytes, int]) -> Fact:
    return Fact(row[0], row[1], row[2], row[3], row[4], row[5], row[6], bool(row[7]))


def progress_of(row: Sequence[int]) -> Progress:
    return Progress(row[0], row[1], row[2], Counts(*row[3:]))


class SqliteUnit:
    """One open SQLite transaction."""

    def __init__(self, connection: sqlite3.Connection, shard: int = 0) -> None:
        self._connection = connection
        self._all = connection.execute
        self._many = connection.executemany
        self._shard = shard

    def hold(self, names: Collection[str], shared: Collection[str] = ()) -> None:
        """There is one writer at a time."""

    def begin_batch(self) -> int:
        return int(self._all("SELECT coalesce(max(batch), 0) + 1 FROM shards").fetchone()[0])

    def progress(self) -> Progress:
        row = self._all(f"SELECT {PROGRESS} FROM shards WHERE shard = ?", (self._shard,)).fetchone()
        return progress_of(row) if row else Progress()

    def advance(self, progress: Progress) -> None:
        row = (progress.batch, progress.watermark_us, progress.ingested_us, *astuple(progress.counts))
        self._all("INSERT OR REPLACE INTO shards VALUES(?,?,?,?,?,?,?,?,?)", (self._shard, *row))

    def move(self, position: Position) -> bool:
        self._all("INSERT OR IGNORE INTO standings(source) VALUES(?)", (position.source,))
        moved = self._all(
            "UPDATE standings SET position = ? WHERE source = ? AND position IS ? AND epoch = ?",
            (position.reached, position.source, position.expected, position.epoch),
        )
        return moved.rowcount == 1

    def mark_sources(self, watermarks: Mapping[str, int]) -> None:
        self._many(
            "INSERT INTO marks VALUES(?,?) ON CONFLICT(source) DO UPDATE SET "
            "watermark_us = max(watermark_us, excluded.watermark_us)",
            sorted(watermarks.items()),
        )

    def known(self, keys: Collection[bytes]) -> dict[bytes, tuple[bytes, str]]:
        found: dict[bytes, tuple[bytes, str]] = {}
        for part, marks in _chunks(keys):
            rows = self._all(f"SELECT event_key, content_hash, case_key FROM keys WHERE event_key IN ({marks})", part)
            found.update((key, (content_hash, case)) for key, content_hash, case in rows)
        return found

    def add_facts(self, facts: Sequence[Fact]) -> None:
        ordered = sorted(facts, key=lambda fact: (fact.case, fact.event_key))
        self._many(
            "INSERT OR REPLACE INTO facts VALUES(?,?,?,?,?,?,?,?)",
            [
                (f.case, f.event_key, f.content_hash, f.event_type, f.occurred_at, f.batch, f.body, int(f.is_retracted))
                for f in ordered
            ],
        )
        keys = sorted((fact.event_key, fact.content_hash, fact.case) for fact in facts)
        self._many("INSERT OR REPLACE INTO keys VALUES(?,?,?)", keys)

    def drop_facts(self, keys: Sequence[tuple[str, bytes]]) -> None:
        self._many("DELETE FROM facts WHERE case_key = ? AND event_key = ?", keys)

    def facts(self, cases: Collection[str]) -> dict[str, list[Fact]]:
        found: dict[str, list[Fact]] = {}
        for part, marks in _chunks(sorted(cases)):
            for row in self._all(f"SELECT {FACT} FROM facts WHERE case_key IN ({marks})", part):
                found.setdefault(row[2], []).append(fact_of(row))
        return found

    def all_cases(self) -> Iterator[str]:
        after = ""
        while True:
            rows = self._all(
                "SELECT DISTINCT case_key FROM facts WHERE case_key > ? ORDER BY case_key LIMIT 2000", (after,)
            ).fetchall()
            if not rows:
                return
            yield from (case for (case,) in rows)
            after = rows[-1][0]

    def add_retractions(self, targets: Collection[bytes]) -> None:
        self._many("INSERT OR IGNORE INTO retractions VALUES(?)", [(key,) for key in targets])

    def drop_retractions(self, targets: Collection[bytes]) -> None:
        self._many("DELETE FROM retractions WHERE event_key = ?", [(key,) for key in targets])

    def retractions(self, keys: Collection[bytes]) -> set[bytes]:
        found: set[bytes] = set()
        for part, marks in _chunks(keys):
            rows = self._all(f"SELECT event_key FROM retractions WHERE event_key IN ({marks})", part)
            found.update(key for (key,) in rows)
        return found

    def projections(self, keys: Collection[str]) -> dict[str, dict[str, bytes]]:
        found: dict[str, dict[str, bytes]] = {}
        for part, marks in _chunks(sorted(keys)):
            for key, case, value in self._all(
                f"SELECT key, case_key, value FROM projections WHERE key IN ({marks})", part
            ):
                found.setdefault(key, {})[case] = value
        return found

    def published(self, cases: Collection[str]) -> dict[str, dict[str, bytes]]:
        found: dict[str, dict[str, bytes]] = {}
        for part, marks in _chunks(sorted(cases)):
            rows = self._all(f"SELECT case_key, key, value FROM projections WHERE case_key IN ({marks})", part)
            for case, key, value in rows:
                found.setdefault(case, {})[key] = value
        return found

    def publish(self, rows: Sequence[tuple[str, str, bytes]], gone: Sequence[tuple[str, str]]) -> None:
        self._many("DELETE FROM projections WHERE key = ? AND case_key = ?", gone)
        self._many("INSERT OR REPLACE INTO projections VALUES(?,?,?)", rows)

    def readers(self, keys: Collection[str]) -> set[str]:
        found: set[str] = set()
        for part, marks in _chunks(sorted(keys)):
            found.update(case for (case,) in self._all(f"SELECT case_key FROM readers WHERE key IN ({marks})", part))
        return found

    def add_readers(self, rows: Collection[tuple[str, str]]) -> None:
        self._many("INSERT OR IGNORE INTO readers VALUES(?,?)", sorted(rows))

    def add_cells(self, changes: Mapping[Key, int]) -> None:
        days, minutes = [], []
        for (owner, dimension, measure, period, item), amount in sorted(changes.items()):
            if period.startswith(MINUTE_PREFIX):
                minutes.append((int(period[len(MINUTE_PREFIX) :]), owner, dimension, measure, item, amount))
            else:
                days.append((owner, dimension, measure, period, item, amount))
        self._many(
            "INSERT INTO cells VALUES(?,?,?,?,?,?) "
            "ON CONFLICT(owner, dimension, measure, period, item) DO UPDATE SET value = value + excluded.value",
            days,
        )
        self._many(
            "INSERT INTO minutes VALUES(?,?,?,?,?,?) "
            "ON CONFLICT(minute, owner, dimension, measure, item) DO UPDATE SET value = value + excluded.value",
            minutes,
        )

    def cells(self, keys: Collection[Key]) -> dict[Key, int]:
        """The values of those cells that have a row."""
        found: dict[Key, int] = {}
        for key in keys:
            *cell, period, item = key
            table, at, when = "cells", "period", period
            if period.startswith(MINUTE_PREFIX):
                table, at, when = "minutes", "minute", period[len(MINUTE_PREFIX) :]
            row = self._all(
                f"SELECT value FROM {table} WHERE owner = ? AND dimension = ? AND measure = ? AND {at} = ? "
                "AND item = ?",
                (*cell, when, item),
            ).fetchone()
            if row:
                found[key] = row[0]
        return found

    def prune_minutes(self, before_minute: int) -> None:
        self._all("DELETE FROM minutes WHERE minute < ?", (before_minute,))

    def clear_derived(self) -> None:
        for table in ("cells", "minutes", "projections", "readers", "problems"):
            self._all(f"DELETE FROM {table}")

    def put_problems(self, cases: Collection[str], rows: Sequence[ProblemRow]) -> None:
        self._many("DELETE FROM problems WHERE case_key = ?", [(case,) for case in cases])
        self._many(
            "INSERT OR IGNORE INTO problems VALUES(?,?,?,?)",
            [(row.case, row.code, row.detail, int(row.blocks)) for row in rows],
        )

    def add_quarantined(self, rows: Sequence[tuple[str, str, str, bytes, int]]) -> None:
        self._many(
            "INSERT INTO quarantine(reason, detail, place, raw, batch, state) SELECT ?1, ?2, ?3, ?4, ?5, 'open' "
            "WHERE NOT EXISTS (SELECT 1 FROM quarantine WHERE place = ?3 AND raw = ?4)",
            rows,
        )

    def set_quarantine_state(self, ids: Sequence[int], state: str) -> None:
        self._many("UPDATE quarantine SET state = ? WHERE id = ?", [(state, row) for row in ids])

    def conflicts(self, keys: Collection[bytes] | None = None) -> list[Conflict]:
        if keys is None:
            rows = self._all("SELECT * FROM conflicts ORDER BY event_key, content_hash").fetchall()
            return [Conflict(*row) for row in rows]
        found: list[Conflict] = []
        for part, marks in _chunks(keys):
            rows = self._all(f"SELECT * FROM conflicts WHERE event_key IN ({marks})", part).fetchall()
            found.extend(Conflict(*row) for row in rows)
        return found

    def put_conflicts(self, rows: Sequence[Conflict]) -> None:
        self._many(
            "INSERT OR REPLACE INTO conflicts VALUES(?,?,?,?,?,?,?)",
            [(c.event_key, c.content_hash, c.event_type, c.case, c.occurred_at, c.body, c.resolution) for c in rows],
        )

    def setting(self, name: str) -> str | None:
        row = self._all("SELECT value FROM settings WHERE name = ?", (name,)).fetchone()
        return None if row is None else str(row[0])

    def set_setting(self, name: str, value: str) -> None:
        self._all("INSERT OR REPLACE INTO settings VALUES(?,?)", (name, value))

    def put_close(self, close: Close) -> None:
        self._all("INSERT OR REPLACE INTO closes VALUES(?,?,?,?,?,?,?,?,?)", astuple(close))

    def add_audit(self, at_us: int, who: str, action: str, detail: str) -> None:
        self._all("INSERT INTO audit(at_us, who, action, detail) VALUES(?,?,?,?)", (at_us, who, action, detail))
