"""The embedded store: one SQLite file, one durable transaction per batch."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import astuple
from pathlib import Path

from scoring.contribution import MINUTE_PREFIX, Key
from streams.stores.base import Close, Conflict, Fact, ProblemRow, Quarantined, StoreError, TakenOver, Unit

SCHEMA_VERSION = "1"
_SCHEMA = """
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
  value INTEGER NOT NULL, PRIMARY KEY(owner, dimension, measure, period, item)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS minutes(minute INTEGER, owner TEXT, dimension TEXT, measure TEXT, item TEXT,
  value INTEGER NOT NULL, PRIMARY KEY(minute, owner, dimension, measure, item)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS problems(case_key TEXT, code TEXT, detail TEXT, blocks INTEGER,
  PRIMARY KEY(case_key, code, detail)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS quarantine(id INTEGER PRIMARY KEY, reason TEXT, detail TEXT, place TEXT, raw BLOB,
  batch INTEGER, state TEXT);
CREATE INDEX IF NOT EXISTS quarantine_by_place ON quarantine(place);
CREATE TABLE IF NOT EXISTS conflicts(event_key BLOB, content_hash BLOB, event_type TEXT, case_key TEXT,
  occurred_at INTEGER, body BLOB, resolution TEXT, PRIMARY KEY(event_key, content_hash)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS settings(name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS closes(period TEXT, run INTEGER, state TEXT, digest TEXT, cut_batch INTEGER,
  requested_by TEXT, approved_by TEXT, body TEXT, definitions TEXT, PRIMARY KEY(period, run)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS audit(id INTEGER PRIMARY KEY, at_us INTEGER, who TEXT, action TEXT, detail TEXT);
"""
_SIZES = (1, 10, 100, 1_000)
_FACT = "event_key, content_hash, case_key, event_type, occurred_at, batch, body, is_retracted"


def _chunks(values: Collection[object]) -> Iterator[tuple[list[object], str]]:
    """Parts of `values` with their question marks, filled up to few sizes so that few statements stay prepared."""
    rows = list(values)
    for start in range(0, len(rows), _SIZES[-1]):
        part = rows[start : start + _SIZES[-1]]
        size = next(size for size in _SIZES if size >= len(part))
        yield part + part[-1:] * (size - len(part)), ",".join("?" * size)


def _fact(row: tuple[bytes, bytes, str, str, int, int, bytes, int]) -> Fact:
    return Fact(row[0], row[1], row[2], row[3], row[4], row[5], row[6], bool(row[7]))


class SqliteUnit:
    """One open SQLite transaction."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self._all = connection.execute
        self._many = connection.executemany

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
            for row in self._all(f"SELECT {_FACT} FROM facts WHERE case_key IN ({marks})", part):
                found.setdefault(row[2], []).append(_fact(row))
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


class SqliteStore:
    """A store in one file. A reader of sources takes it over by raising its epoch, and an older one then stops.

    `joins` writes beside whoever has it now: for short acts, such as a close, that must not end a running reader.
    """

    def __init__(self, path: Path | str, *, writes: bool = True, joins: bool = False) -> None:
        self.path = str(path)
        try:
            self._connection = self._open(writes)
        except sqlite3.Error as error:
            raise StoreError(self._advice(error)) from error
        self._epoch = self._enter(joins) if writes else 0

    def _open(self, writes: bool) -> sqlite3.Connection:
        target = self.path if writes else f"file:{self.path}?mode=ro"
        connection = sqlite3.connect(
            target, uri=not writes, isolation_level=None, timeout=10, check_same_thread=False, cached_statements=256
        )
        connection.execute("PRAGMA cache_size = -65536")
        if writes:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA wal_autocheckpoint = 16384")
            connection.executescript(_SCHEMA)
            row = connection.execute("SELECT value FROM settings WHERE name = 'schema'").fetchone()
            if row is None:
                connection.execute("INSERT OR IGNORE INTO settings VALUES('schema', ?)", (SCHEMA_VERSION,))
            elif row[0] != SCHEMA_VERSION:
                connection.close()
                raise StoreError(f"{self.path} has schema {row[0]}, this version of scoreline needs {SCHEMA_VERSION}")
        else:
            connection.execute("SELECT 1 FROM settings LIMIT 1")
        return connection

    def _enter(self, joins: bool) -> int:
        with self._transaction() as unit:
            epoch = int(unit.setting("epoch") or 0)
            if not joins:
                epoch += 1
                unit.set_setting("epoch", str(epoch))
        return epoch

    @contextmanager
    def _transaction(self) -> Iterator[SqliteUnit]:
        connection = self._connection
        try:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield SqliteUnit(connection)
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
        except sqlite3.Error as error:
            raise StoreError(self._advice(error)) from error

    @contextmanager
    def unit(self) -> Iterator[Unit]:
        with self._transaction() as unit:
            if int(unit.setting("epoch") or 0) != self._epoch:
                raise TakenOver(f"{self.path} is now written by another scoreline process; this one stops")
            yield unit

    def _advice(self, error: sqlite3.Error) -> str:
        text = str(error)
        folder = Path(self.path).resolve().parent
        if "full" in text:
            return f"no space left while writing {self.path}: free space on that disk and run the command again"
        if "readonly" in text or "read-only" in text:
            return f"{self.path} can not be written: give this user write permission for the file and for {folder}"
        if "unable to open" in text:
            return f"{self.path} can not be opened: check that {folder} exists and may be written by this user"
        if "locked" in text:
            return f"{self.path} is in use by another process: wait for it or stop it"
        if "not a database" in text or "malformed" in text:
            return f"{self.path} is not a scoreline store or is damaged: restore it from a backup or ingest again"
        return f"{self.path}: {text}: check the disk and run the command again"

    @contextmanager
    def _reading(self) -> Iterator[SqliteUnit]:
        try:
            yield SqliteUnit(self._connection)
        except sqlite3.Error as error:
            raise StoreError(self._advice(error)) from error

    def _rows(self, query: str, values: Sequence[object] = ()) -> list[tuple[object, ...]]:
        with self._reading():
            return self._connection.execute(query, values).fetchall()

    def cells(self, owner: str, dimension: str, measure: str, first: str, last: str) -> list[tuple[str, str, int]]:
        if first.startswith(MINUTE_PREFIX):
            bounds = [int(period.removeprefix(MINUTE_PREFIX)) for period in (first, last)]
            return self._rows(  # type: ignore[return-value]
                "SELECT 'm:' || minute, item, value FROM minutes WHERE minute BETWEEN ? AND ? AND owner = ? "
                "AND dimension = ? AND measure = ? AND value != 0",
                (*bounds, owner, dimension, measure),
            )
        return self._rows(  # type: ignore[return-value]
            "SELECT period, item, value FROM cells WHERE owner = ? AND dimension = ? AND measure = ? "
            "AND period BETWEEN ? AND ? AND value != 0",
            (owner, dimension, measure, first, last),
        )

    def all_cells(self, first: str, last: str) -> Iterator[tuple[Key, int]]:
        query = (
            "SELECT owner, dimension, measure, period, item, value FROM cells WHERE period BETWEEN ? AND ? "
            "AND value != 0 ORDER BY owner, dimension, measure, period, item"
        )
        with self._reading():
            for owner, dimension, measure, period, item, value in self._connection.execute(query, (first, last)):
                yield (owner, dimension, measure, period, item), value

    def all_facts(self) -> Iterator[Fact]:
        query = f"SELECT {_FACT} FROM facts WHERE is_retracted = 0 ORDER BY case_key, event_key"
        with self._reading():
            for row in self._connection.execute(query):
                yield _fact(row)

    def facts_after(self, batch: int) -> list[Fact]:
        rows = self._rows(f"SELECT {_FACT} FROM facts WHERE batch > ? ORDER BY case_key, event_key", (batch,))
        return [_fact(row) for row in rows]  # type: ignore[arg-type]

    def find_facts(self, cases: Iterable[str]) -> dict[str, list[Fact]]:
        with self._reading() as unit:
            return unit.facts(list(cases))

    def find_projections(self, keys: Collection[str]) -> dict[str, dict[str, bytes]]:
        with self._reading() as unit:
            return unit.projections(keys)

    def all_cases(self) -> list[str]:
        with self._reading() as unit:
            return list(unit.all_cases())

    def derived_cases(self) -> list[str]:
        return [str(case) for (case,) in self._rows("SELECT DISTINCT case_key FROM readers ORDER BY case_key")]

    def projections_like(self, prefix: str) -> dict[str, list[bytes]]:
        found: dict[str, list[bytes]] = {}
        query = "SELECT key, value FROM projections WHERE key >= ? AND key < ? ORDER BY key, case_key"
        for key, value in self._rows(query, (prefix, prefix + "\U0010ffff")):
            found.setdefault(str(key), []).append(value)  # type: ignore[arg-type]
        return found

    def settings(self) -> dict[str, str]:
        return dict(self._rows("SELECT name, value FROM settings"))  # type: ignore[arg-type]

    def problems(self) -> list[ProblemRow]:
        rows = self._rows("SELECT case_key, code, detail, blocks FROM problems ORDER BY case_key, code, detail")
        return [ProblemRow(str(case), str(code), str(detail), bool(blocks)) for case, code, detail, blocks in rows]

    def quarantined(self, state: str | None = "open") -> list[Quarantined]:
        rows = self._rows(
            "SELECT id, reason, detail, place, raw, batch, state FROM quarantine "
            "WHERE ? IS NULL OR state = ? ORDER BY id",
            (state, state),
        )
        return [Quarantined(*row) for row in rows]  # type: ignore[arg-type]

    def open_conflicts(self) -> list[Conflict]:
        with self._reading() as unit:
            return [row for row in unit.conflicts() if not row.resolution]

    def closes(self) -> list[Close]:
        return [Close(*row) for row in self._rows("SELECT * FROM closes ORDER BY period, run")]  # type: ignore[arg-type]

    def audit(self) -> list[tuple[int, str, str, str]]:
        return self._rows("SELECT at_us, who, action, detail FROM audit ORDER BY id")  # type: ignore[return-value]

    def close(self) -> None:
        self._connection.close()
