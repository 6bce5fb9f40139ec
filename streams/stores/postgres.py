"""The store of many workers: PostgreSQL, one durable transaction per partition and batch, shards merged on read."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import reduce
from typing import Any

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
from streams.stores.postgres_link import Connection, advised, connect, shown
from streams.stores.postgres_unit import FACT, PROGRESS, PostgresUnit, progress_of

SCHEMA_VERSION = "0001"
GATE = (5_000_733, 1)
"""The advisory lock that every unit shares and a snapshot or a lone unit has to itself."""
SHARD_GATES = 5_000_734
"""The advisory locks that units of one shard take in turn, by shard."""
CHUNK_ROWS = 5_000


class PostgresStore:
    """A store in a PostgreSQL database, reached with one connection; use one instance per thread."""

    def __init__(self, url: str, connection: Connection | None = None) -> None:
        self.url = url
        self._opened = connection or connect(url)
        self._is_own = connection is None
        if connection is None:
            try:
                self._check_schema()
            except BaseException:
                self._opened.close()
                raise

    @property
    def _connection(self) -> Connection:
        """The connection; made anew after it was lost, so that a board outlives a restart of the server.

        A snapshot's is not: another connection would not stand where it stood.
        """
        if self._is_own and self._opened.broken:
            self._opened = connect(self.url)
        return self._opened

    def _check_schema(self) -> None:
        found = self._rows("SELECT version_num FROM alembic_version")
        version = str(found[0][0]) if found else "none"
        if version < SCHEMA_VERSION:
            needs = f"this version of scoreline needs {SCHEMA_VERSION}: run `scoreline migrate`"
            raise StoreError(f"{shown(self.url)} has schema {version}, {needs}")

    def _rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with advised(self.url):
            return self._connection.cursor(binary=True).execute(query, values).fetchall()

    @contextmanager
    def unit(self, shard: int = 0, *, alone: bool = False) -> Iterator[Unit]:
        kind = "" if alone else "_shared"
        with advised(self.url), self._connection.transaction():
            if alone:
                self._connection.execute("SET LOCAL lock_timeout = 0")
            # Units of one shard follow each other: each adds to the counts that the one before it left.
            gates = f"SELECT pg_advisory_xact_lock{kind}(%s, %s), pg_advisory_xact_lock(%s, %s)"
            self._connection.execute(gates, (*GATE, SHARD_GATES, shard))
            yield PostgresUnit(self._connection, shard, alone=alone)

    def reopened(self) -> Store:
        return PostgresStore(self.url)

    @contextmanager
    def snapshot(self) -> Iterator[Store]:
        with advised(self.url):
            connection = connect(self.url)
            try:
                # A process that stops before the gate is open again must not keep it closed.
                connection.execute("SET idle_session_timeout = '10s'")
                # With the gate closed no unit is half done, so that the snapshot is a cut between batches.
                connection.execute("SELECT pg_advisory_lock(%s, %s)", GATE)
                connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
                connection.execute("SELECT count(*) FROM shards")
                connection.execute("SELECT pg_advisory_unlock(%s, %s)", GATE)
                connection.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
                yield PostgresStore(self.url, connection)
            finally:
                connection.close()

    def claim(self, source: str) -> Standing:
        rows = self._rows(
            "INSERT INTO standings AS s(source, epoch) VALUES(%s, 1) "
            "ON CONFLICT(source) DO UPDATE SET epoch = s.epoch + 1 RETURNING position, epoch, note",
            source,
        )
        return Standing(*rows[0])

    def note(self, source: str, epoch: int, text: str) -> None:
        noted = self._rows(
            "UPDATE standings SET note = %s WHERE source = %s AND epoch = %s RETURNING 1", text, source, epoch
        )
        if not noted:
            raise TakenOver(f"{source} is now read by another process; this one stops")

    def standings(self) -> dict[str, Standing]:
        rows = self._rows("SELECT source, position, epoch, note FROM standings")
        return {row[0]: Standing(*row[1:]) for row in rows}

    def progress(self) -> Progress:
        return reduce(Progress.plus, self.shards().values(), Progress())

    def shards(self) -> dict[int, Progress]:
        return {row[0]: progress_of(row[1:]) for row in self._rows(f"SELECT shard, {PROGRESS} FROM shards")}

    def source_watermarks(self) -> dict[str, int]:
        return dict(self._rows("SELECT source, max(watermark_us) FROM marks GROUP BY source"))

    def kept_in(self, shard: int) -> int:
        return shard

    def shard_rows(self, shard: int, keys: Sequence[Key]) -> tuple[Progress, dict[Key, int]]:
        with advised(self.url), self._connection.transaction():
            self._connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            progress = self.shards().get(shard, Progress())
            found = PostgresUnit(self._connection, shard).cells(keys)
        return progress, {key: found.get(key, 0) for key in keys}

    def shard_cells(self, shards: Collection[int], first_day: str, first_minute: int) -> Iterator[tuple[int, Key, int]]:
        query = (
            "SELECT shard, owner, dimension, measure, period, item, value FROM cells "
            "WHERE shard = ANY(%s) AND period >= %s UNION ALL "
            f"SELECT shard, owner, dimension, measure, '{MINUTE_PREFIX}' || minute, item, value FROM minutes "
            "WHERE shard = ANY(%s) AND minute >= %s"
        )
        wanted = list(shards)
        for shard, owner, dimension, measure, period, item, value in self._streamed(
            query, wanted, first_day, wanted, first_minute
        ):
            yield shard, (owner, dimension, measure, period, item), value

    def cells(self, owner: str, dimension: str, measure: str, first: str, last: str) -> list[tuple[str, str, int]]:
        table, at, shown_as, span = "cells", "period", "period", (first, last)
        if first.startswith(MINUTE_PREFIX):
            table, at, shown_as = "minutes", "minute", f"'{MINUTE_PREFIX}' || minute"
            span = tuple(int(period.removeprefix(MINUTE_PREFIX)) for period in span)  # type: ignore[assignment]
        return self._rows(
            f"SELECT {shown_as}, item, sum(value)::bigint FROM {table} WHERE owner = %s AND dimension = %s "
            f"AND measure = %s AND {at} BETWEEN %s AND %s GROUP BY {at}, item HAVING sum(value) != 0 "
            f"ORDER BY {at}, item",
            owner,
            dimension,
            measure,
            *span,
        )

    def all_cells(self, first: str, last: str) -> Iterator[tuple[Key, int]]:
        query = (
            "SELECT owner, dimension, measure, period, item, sum(value)::bigint FROM cells "
            "WHERE period BETWEEN %s AND %s GROUP BY owner, dimension, measure, period, item "
            "HAVING sum(value) != 0 ORDER BY owner, dimension, measure, period, item"
        )
        for owner, dimension, measure, period, item, value in self._streamed(query, first, last):
            yield (owner, dimension, measure, period, item), value

    def all_facts(self) -> Iterator[Fact]:
        query = f"SELECT {FACT} FROM facts WHERE NOT is_retracted ORDER BY case_key, event_key"
        for row in self._streamed(query):
            yield Fact(*row)

    def _streamed(self, query: str, *values: object) -> Iterator[tuple[Any, ...]]:
        """Rows of a cursor of the server, so that not all are in memory at once."""
        named = self._connection.cursor("rows", binary=True)
        with advised(self.url), self._connection.transaction(), named as cursor:
            cursor.itersize = CHUNK_ROWS
            yield from cursor.execute(query, values)

    def facts_after(self, batch: int) -> list[Fact]:
        rows = self._rows(f"SELECT {FACT} FROM facts WHERE batch > %s ORDER BY case_key, event_key", batch)
        return [Fact(*row) for row in rows]

    def _reading(self) -> PostgresUnit:
        return PostgresUnit(self._connection)

    def find_facts(self, cases: Iterable[str]) -> dict[str, list[Fact]]:
        with advised(self.url):
            return self._reading().facts(list(cases))

    def find_projections(self, keys: Collection[str]) -> dict[str, dict[str, bytes]]:
        with advised(self.url):
            return self._reading().projections(keys)

    def all_cases(self) -> list[str]:
        with advised(self.url):
            return list(self._reading().all_cases())

    def derived_cases(self) -> list[str]:
        return [case for (case,) in self._rows("SELECT DISTINCT case_key FROM readers ORDER BY case_key")]

    def projections_like(self, prefix: str) -> dict[str, list[bytes]]:
        found: dict[str, list[bytes]] = {}
        query = "SELECT key, value FROM projections WHERE key >= %s AND key < %s ORDER BY key, case_key"
        for key, value in self._rows(query, prefix, prefix + "\U0010ffff"):
            found.setdefault(key, []).append(value)
        return found

    def settings(self) -> dict[str, str]:
        return dict(self._rows("SELECT name, value FROM settings"))

    def problems(self) -> list[ProblemRow]:
        query = "SELECT case_key, code, detail, blocks FROM problems ORDER BY case_key, code, detail"
        return [ProblemRow(*row) for row in self._rows(query)]

    def quarantined(self, state: str | None = "open") -> list[Quarantined]:
        rows = self._rows(
            "SELECT id, reason, detail, place, raw, batch, state FROM quarantine "
            "WHERE %s::text IS NULL OR state = %s ORDER BY id",
            state,
            state,
        )
        return [Quarantined(*row) for row in rows]

    def open_conflicts(self) -> list[Conflict]:
        with advised(self.url):
            return [row for row in self._reading().conflicts() if not row.resolution]

    def closes(self) -> list[Close]:
        rows: Sequence[Any] = self._rows(
            "SELECT period, run, state, digest, cut_batch, requested_by, approved_by, body, definitions "
            "FROM closes ORDER BY period, run"
        )
        return [Close(*row) for row in rows]

    def audit(self) -> list[tuple[int, str, str, str]]:
        return self._rows("SELECT at_us, who, action, detail FROM audit ORDER BY id")

    def close(self) -> None:
        self._opened.close()
