"""The embedded store: one SQLite file, one durable transaction per batch."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import reduce
from pathlib import Path

from scoring.contribution import MINUTE_PREFIX, Key
from streams.stores.base import (
    Close,
    Conflict,
    Fact,
    ProblemRow,
    Progress,
    Quarantined,
    Standing,
    Store,
    StoreError,
    TakenOver,
    Unit,
)
from streams.stores.sqlite_unit import FACT, PROGRESS, SCHEMA, SCHEMA_VERSION, UPGRADE, SqliteUnit, fact_of, progress_of


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
            connection.executescript(SCHEMA)
            row = connection.execute("SELECT value FROM settings WHERE name = 'schema'").fetchone()
            if row is None:
                connection.execute("INSERT OR IGNORE INTO settings VALUES('schema', ?)", (SCHEMA_VERSION,))
            elif row[0] == "1":
                self._upgrade(connection)
            elif row[0] != SCHEMA_VERSION:
                connection.close()
                raise StoreError(f"{self.path} has schema {row[0]}, this version of scoreline needs {SCHEMA_VERSION}")
        else:
            connection.execute("SELECT 1 FROM settings LIMIT 1")
        return connection

    @staticmethod
    def _upgrade(connection: sqlite3.Connection) -> None:
        old = dict(connection.execute("SELECT name, value FROM settings").fetchall())
        connection.create_function("v", 1, lambda name: int(old.get(name, "0")))
        connection.executescript(f"BEGIN IMMEDIATE; {UPGRADE} COMMIT;")

    def _enter(self, joins: bool) -> int:
        with self._transaction() as unit:
            epoch = int(unit.setting("epoch") or 0)
            if not joins:
                epoch += 1
                unit.set_setting("epoch", str(epoch))
        return epoch

    @contextmanager
    def _transaction(self, shard: int = 0) -> Iterator[SqliteUnit]:
        connection = self._connection
        try:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield SqliteUnit(connection, shard)
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
        except sqlite3.Error as error:
            raise StoreError(self._advice(error)) from error

    @contextmanager
    def unit(self, shard: int = 0, *, alone: bool = False) -> Iterator[Unit]:
        with self._own(shard) as unit:
            yield unit

    @contextmanager
    def _own(self, shard: int = 0) -> Iterator[SqliteUnit]:
        with self._transaction(shard) as unit:
            if int(unit.setting("epoch") or 0) != self._epoch:
                raise TakenOver(f"{self.path} is now written by another scoreline process; this one stops")
            yield unit

    def reopened(self) -> Store:
        return SqliteStore(self.path, joins=True)

    @contextmanager
    def snapshot(self) -> Iterator[Store]:
        store = SqliteStore(self.path, writes=False)
        try:
            store._connection.execute("BEGIN")
            store.settings()
            yield store
        finally:
            store.close()

    def claim(self, source: str) -> Standing:
        with self._own():
            self._connection.execute(
                "INSERT INTO standings(source, epoch) VALUES(?, 1) ON CONFLICT(source) DO UPDATE SET epoch = epoch + 1",
                (source,),
            )
        return self.standings()[source]

    def note(self, source: str, epoch: int, text: str) -> None:
        with self._own():
            noted = self._connection.execute(
                "UPDATE standings SET note = ? WHERE source = ? AND epoch = ?", (text, source, epoch)
            )
            if noted.rowcount != 1:
                raise TakenOver(f"{source} is now read by another process; this one stops")

    def standings(self) -> dict[str, Standing]:
        rows = self._rows("SELECT source, position, epoch, note FROM standings")
        return {str(row[0]): Standing(*row[1:]) for row in rows}  # type: ignore[arg-type]

    def progress(self) -> Progress:
        return reduce(Progress.plus, self.shards().values(), Progress())

    def shards(self) -> dict[int, Progress]:
        rows = self._rows(f"SELECT shard, {PROGRESS} FROM shards")
        return {int(row[0]): progress_of(row[1:]) for row in rows}  # type: ignore[arg-type,call-overload]

    def source_watermarks(self) -> dict[str, int]:
        return dict(self._rows("SELECT source, watermark_us FROM marks"))  # type: ignore[arg-type]

    def kept_in(self, shard: int) -> int:
        return 0

    def shard_rows(self, shard: int, keys: Sequence[Key]) -> tuple[Progress, dict[Key, int]]:
        with self._reading() as unit:
            self._connection.execute("SAVEPOINT rows")
            try:
                found = unit.cells(keys) if shard == 0 else {}
                return self.progress(), {key: found.get(key, 0) for key in keys}
            finally:
                self._connection.execute("RELEASE rows")

    def shard_cells(self, shards: Collection[int], first_day: str, first_minute: int) -> Iterator[tuple[int, Key, int]]:
        query = (
            "SELECT owner, dimension, measure, period, item, value FROM cells WHERE period >= ? UNION ALL "
            "SELECT owner, dimension, measure, 'm:' || minute, item, value FROM minutes WHERE minute >= ?"
        )
        with self._reading():
            for *key, value in self._connection.execute(query, (first_day, first_minute)) if 0 in shards else ():
                yield 0, tuple(key), value

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
        query = f"SELECT {FACT} FROM facts WHERE is_retracted = 0 ORDER BY case_key, event_key"
        with self._reading():
            for row in self._connection.execute(query):
                yield fact_of(row)

    def facts_after(self, batch: int) -> list[Fact]:
        rows = self._rows(f"SELECT {FACT} FROM facts WHERE batch > ? ORDER BY case_key, event_key", (batch,))
        return [fact_of(row) for row in rows]  # type: ignore[arg-type]

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
