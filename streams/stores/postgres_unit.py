"""One open PostgreSQL transaction of a shard; other shards write at the same time."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import astuple
from hashlib import blake2b
from typing import Any

from scoring.contribution import MINUTE_PREFIX, Key
from streams.stores.base import Close, Conflict, Contended, Counts, Crowded, Fact, Position, ProblemRow, Progress
from streams.stores.postgres_arrays import array_of, taught
from streams.stores.postgres_link import Connection

PROGRESS = "batch, watermark_us, ingested_us, seen, accepted, duplicates, rejected, conflicts"
FACT = "event_key, content_hash, case_key, event_type, occurred_at, batch, body, is_retracted"
CONFLICT = "event_key, content_hash, event_type, case_key, occurred_at, body, resolution"
HELD_AT_MOST = 6_000
"""Locks of a unit: the server keeps all of them in a table of a fixed size. A batch of 2,000 events takes up to 3,000;
one that moves the host of a large livestream would take one for every order in it.
"""
DERIVED = ("cells", "minutes", "projections", "readers", "problems")


def progress_of(row: Sequence[Any]) -> Progress:
    """A row of `shards` after its number."""
    return Progress(row[0], row[1], row[2], Counts(*row[3:]))


def columns(rows: Collection[Sequence[object]], width: int) -> list[list[object]]:
    """Rows turned into one array a column, as unnest takes them."""
    return [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in range(width)]


def lock_number(name: str) -> int:
    """The advisory lock of a name."""
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "big", signed=True)


def _plain(text: str) -> str:
    # PostgreSQL's text can not hold NUL.
    return text.replace("\x00", "\\u0000")


class PostgresUnit:
    """What a batch reads and writes. Event keys are unique over all shards: who comes second starts over."""

    def __init__(self, connection: Connection, shard: int = 0, *, alone: bool = False) -> None:
        self._cursor = taught(connection.cursor(binary=True))
        self._shard = shard
        self._alone = alone
        self._locks: tuple[set[int], set[int]] = (set(), set())
        self._asked: set[bytes] = set()
        # What this unit goes by: the content of each key that is there, None for one that is only retracted so far.
        self._held: dict[bytes, bytes | None] = {}

    def _run(self, query: str, *values: object) -> Any:
        return self._cursor.execute(query, [array_of(value) if type(value) is list else value for value in values])

    def _rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        return self._run(query, *values).fetchall()  # type: ignore[no-any-return]

    def _put(self, query: str, rows: Collection[Sequence[object]]) -> None:
        """A statement over unnest'ed columns; nothing for no rows."""
        if rows:
            self._run(query, *columns(rows, 0))

    def _all_or_contended(self, query: str, rows: Collection[Sequence[object]]) -> None:
        """A statement that must find every row as this unit knows it."""
        if rows and self._run(query, *columns(rows, 0)).rowcount != len(rows):
            raise Contended("another writer changed what is known of an event; nothing was written")

    def hold(self, names: Collection[str], shared: Collection[str] = ()) -> None:
        if self._alone:
            return
        own, lent = self._locks
        fresh = sorted({lock_number(name) for name in names} - own)
        fresh_shared = sorted({lock_number(name) for name in shared} - own - lent)
        own.update(fresh)
        lent.update(fresh_shared)
        if len(own | lent) > HELD_AT_MOST:
            raise Crowded("one batch changes so much that it needs the store for itself")
        for lock, numbers in (("", fresh), ("_shared", fresh_shared)):
            if numbers:
                self._run(f"SELECT count(pg_advisory_xact_lock{lock}(n)) FROM unnest(%s::bigint[]) AS t(n)", numbers)

    def begin_batch(self) -> int:
        return int(self._rows("SELECT nextval('batches')")[0][0])

    def progress(self) -> Progress:
        rows = self._rows(f"SELECT {PROGRESS} FROM shards WHERE shard = %s", self._shard)
        return progress_of(rows[0]) if rows else Progress()

    def advance(self, progress: Progress) -> None:
        row = (progress.batch, progress.watermark_us, progress.ingested_us, *astuple(progress.counts))
        fresh = ", ".join(f"{name} = excluded.{name}" for name in PROGRESS.split(", "))
        self._run(
            f"INSERT INTO shards(shard, {PROGRESS}) VALUES(%s,%s,%s,%s,%s,%s,%s,%s,%s) "
            f"ON CONFLICT(shard) DO UPDATE SET {fresh}",
            self._shard,
            *row,
        )

    def move(self, position: Position) -> bool:
        if position.expected is None:
            self._run("INSERT INTO standings(source) VALUES(%s) ON CONFLICT DO NOTHING", position.source)
        moved = self._run(
            "UPDATE standings SET position = %s WHERE source = %s AND position IS NOT DISTINCT FROM %s AND epoch = %s",
            position.reached,
            position.source,
            position.expected,
            position.epoch,
        )
        return bool(moved.rowcount == 1)

    def mark_sources(self, watermarks: Mapping[str, int]) -> None:
        rows = [(self._shard, source, at) for source, at in sorted(watermarks.items())]
        self._put(
            "INSERT INTO marks AS m SELECT * FROM unnest(%s::int[], %s::text[], %s::bigint[]) "
            "ON CONFLICT(source, shard) DO UPDATE SET watermark_us = greatest(m.watermark_us, excluded.watermark_us)",
            rows,
        )

    def known(self, keys: Collection[bytes]) -> dict[bytes, tuple[bytes, str]]:
        rows = self._rows("SELECT event_key, content_hash, case_key FROM keys WHERE event_key = ANY(%s)", list(keys))
        # A key that first was absent, or only retracted, stays so for this unit: it has decided by that already, and
        # writing will find out.
        for key, content_hash, _ in rows:
            if key not in self._asked or self._held.get(key) is not None:
                self._held[key] = content_hash
        self._asked.update(keys)
        return {key: (content_hash, case) for key, content_hash, case in rows if content_hash is not None}

    def add_facts(self, facts: Sequence[Fact]) -> None:
        ordered = sorted(facts, key=lambda fact: (fact.case, fact.event_key))
        self._put(
            f"INSERT INTO facts({FACT}) SELECT * FROM unnest(%s::bytea[], %s::bytea[], %s::text[], %s::text[], "
            "%s::bigint[], %s::bigint[], %s::bytea[], %s::bool[]) ON CONFLICT(case_key, event_key) DO UPDATE SET "
            "content_hash = excluded.content_hash, event_type = excluded.event_type, body = excluded.body, "
            "occurred_at = excluded.occurred_at, batch = excluded.batch, is_retracted = excluded.is_retracted",
            [
                (f.event_key, f.content_hash, f.case, f.event_type, f.occurred_at, f.batch, f.body, f.is_retracted)
                for f in ordered
            ],
        )
        keys = sorted((fact.event_key, fact.content_hash, fact.case) for fact in facts)
        # A key that came up meanwhile is a unique violation: the unit starts over and then knows it.
        self._put(
            "INSERT INTO keys(event_key, content_hash, case_key) "
            "SELECT * FROM unnest(%s::bytea[], %s::bytea[], %s::text[])",
            [row for row in keys if row[0] not in self._held],
        )
        self._all_or_contended(
            "UPDATE keys AS k SET content_hash = n.content_hash, case_key = n.case_key FROM "
            "unnest(%s::bytea[], %s::bytea[], %s::text[], %s::bytea[]) AS n(event_key, content_hash, case_key, was) "
            "WHERE k.event_key = n.event_key AND k.content_hash IS NOT DISTINCT FROM n.was",
            [(*row, self._held[row[0]]) for row in keys if row[0] in self._held],
        )
        self._held.update((row[0], row[1]) for row in keys)

    def drop_facts(self, keys: Sequence[tuple[str, bytes]]) -> None:
        self._put(
            "DELETE FROM facts AS f USING unnest(%s::text[], %s::bytea[]) AS g(case_key, event_key) "
            "WHERE f.case_key = g.case_key AND f.event_key = g.event_key",
            keys,
        )

    def facts(self, cases: Collection[str]) -> dict[str, list[Fact]]:
        found: dict[str, list[Fact]] = {}
        for row in self._rows(f"SELECT {FACT} FROM facts WHERE case_key = ANY(%s)", list(cases)) if cases else ():
            found.setdefault(row[2], []).append(Fact(*row))
        return found

    def all_cases(self) -> Iterator[str]:
        after = ""
        while True:
            rows = self._rows(
                "SELECT DISTINCT case_key FROM facts WHERE case_key > %s ORDER BY case_key LIMIT 2000", after
            )
            if not rows:
                return
            yield from (case for (case,) in rows)
            after = rows[-1][0]

    def add_retractions(self, targets: Collection[bytes]) -> None:
        self.known(set(targets) - self._asked)
        # Both who retracts an unknown event and who brings it insert the same key, so that one of them starts over.
        fresh = sorted(set(targets) - self._held.keys())
        self._put(
            "INSERT INTO keys(event_key, retracted) SELECT n, true FROM unnest(%s::bytea[]) AS t(n)",
            [(key,) for key in fresh],
        )
        self._set_retracted(set(targets) - set(fresh), True)
        self._held.update(dict.fromkeys(fresh))

    def drop_retractions(self, targets: Collection[bytes]) -> None:
        self.known(set(targets) - self._asked)
        bare = [key for key in sorted(targets) if key in self._held and self._held[key] is None]
        self._all_or_contended(
            "DELETE FROM keys AS k USING unnest(%s::bytea[]) AS t(n) WHERE k.event_key = n AND k.content_hash IS NULL",
            [(key,) for key in bare],
        )
        for key in bare:
            del self._held[key]
        self._set_retracted(set(targets) & self._held.keys(), False)

    def _set_retracted(self, keys: Collection[bytes], is_retracted: bool) -> None:
        self._all_or_contended(
            "UPDATE keys AS k SET retracted = n.retracted FROM unnest(%s::bytea[], %s::bytea[], %s::bool[]) "
            "AS n(event_key, was, retracted) "
            "WHERE k.event_key = n.event_key AND k.content_hash IS NOT DISTINCT FROM n.was",
            [(key, self._held[key], is_retracted) for key in sorted(keys)],
        )

    def retractions(self, keys: Collection[bytes]) -> set[bytes]:
        rows = self._rows("SELECT event_key FROM keys WHERE retracted AND event_key = ANY(%s)", list(keys))
        return {key for (key,) in rows}

    def projections(self, keys: Collection[str]) -> dict[str, dict[str, bytes]]:
        found: dict[str, dict[str, bytes]] = {}
        query = "SELECT key, case_key, value FROM projections WHERE key = ANY(%s)"
        for key, case, value in self._rows(query, list(keys)) if keys else ():
            found.setdefault(key, {})[case] = value
        return found

    def published(self, cases: Collection[str]) -> dict[str, dict[str, bytes]]:
        found: dict[str, dict[str, bytes]] = {}
        query = "SELECT case_key, key, value FROM projections WHERE case_key = ANY(%s)"
        for case, key, value in self._rows(query, list(cases)) if cases else ():
            found.setdefault(case, {})[key] = value
        return found

    def publish(self, rows: Sequence[tuple[str, str, bytes]], gone: Sequence[tuple[str, str]]) -> None:
        self._put(
            "DELETE FROM projections AS p USING unnest(%s::text[], %s::text[]) AS g(key, case_key) "
            "WHERE p.key = g.key AND p.case_key = g.case_key",
            gone,
        )
        self._put(
            "INSERT INTO projections(key, case_key, value) SELECT * FROM unnest(%s::text[], %s::text[], %s::bytea[]) "
            "ON CONFLICT(key, case_key) DO UPDATE SET value = excluded.value",
            sorted(rows),
        )

    def readers(self, keys: Collection[str]) -> set[str]:
        rows = self._rows("SELECT case_key FROM readers WHERE key = ANY(%s)", list(keys)) if keys else []
        return {case for (case,) in rows}

    def add_readers(self, rows: Collection[tuple[str, str]]) -> None:
        self._put(
            "INSERT INTO readers(key, case_key) SELECT * FROM unnest(%s::text[], %s::text[]) ON CONFLICT DO NOTHING",
            sorted(rows),
        )

    def add_cells(self, changes: Mapping[Key, int]) -> None:
        days, minutes = [], []
        for (owner, dimension, measure, period, item), amount in sorted(changes.items()):
            if period.startswith(MINUTE_PREFIX):
                minute = int(period[len(MINUTE_PREFIX) :])
                minutes.append((self._shard, minute, owner, dimension, measure, item, amount))
            else:
                days.append((self._shard, period, owner, dimension, measure, item, amount))
        for table, at, kind, rows in (("cells", "period", "text", days), ("minutes", "minute", "bigint", minutes)):
            self._put(
                f"INSERT INTO {table} AS c(shard, {at}, owner, dimension, measure, item, value) "
                f"SELECT * FROM unnest(%s::int[], %s::{kind}[], %s::text[], %s::text[], %s::text[], %s::text[], "
                f"%s::bigint[]) ON CONFLICT(owner, dimension, measure, {at}, item, shard) "
                "DO UPDATE SET value = c.value + excluded.value",
                rows,
            )

    def cells(self, keys: Sequence[Key]) -> dict[Key, int]:
        """The shard's part of those cells that have a row."""
        found: dict[Key, int] = {}
        days = [key for key in keys if not key[3].startswith(MINUTE_PREFIX)]
        minutes = [key for key in keys if key[3].startswith(MINUTE_PREFIX)]
        for table, at, kind, wanted in (("cells", "period", "text", days), ("minutes", "minute", "bigint", minutes)):
            if wanted:
                times = [key[3].removeprefix(MINUTE_PREFIX) for key in wanted]
                # LIMIT keeps the planner from reading the whole table for a few thousand rows.
                rows = self._rows(
                    f"SELECT n.place, c.value FROM unnest(%s::text[], %s::text[], %s::text[], %s::text[]::{kind}[], "
                    "%s::text[]) WITH ORDINALITY AS n(owner, dimension, measure, at, item, place) CROSS JOIN LATERAL "
                    f"(SELECT value FROM {table} AS t WHERE t.owner = n.owner AND t.dimension = n.dimension "
                    f"AND t.measure = n.measure AND t.{at} = n.at AND t.item = n.item AND t.shard = %s LIMIT 1) AS c",
                    *([key[place] for key in wanted] for place in (0, 1, 2)),
                    times,
                    [key[4] for key in wanted],
                    self._shard,
                )
                found.update((wanted[place - 1], value) for place, value in rows)
        return found

    def prune_minutes(self, before_minute: int) -> None:
        self._run("DELETE FROM minutes WHERE shard = %s AND minute < %s", self._shard, before_minute)

    def clear_derived(self) -> None:
        for table in DERIVED:
            self._run(f"DELETE FROM {table}")

    def put_problems(self, cases: Collection[str], rows: Sequence[ProblemRow]) -> None:
        if cases:
            self._run("DELETE FROM problems WHERE case_key = ANY(%s)", list(cases))
        self._put(
            "INSERT INTO problems(case_key, code, detail, blocks) "
            "SELECT * FROM unnest(%s::text[], %s::text[], %s::text[], %s::bool[]) ON CONFLICT DO NOTHING",
            [(row.case, row.code, row.detail, row.blocks) for row in rows],
        )

    def add_quarantined(self, rows: Sequence[tuple[str, str, str, bytes, int]]) -> None:
        self._put(
            "INSERT INTO quarantine(reason, detail, place, raw, batch, state) SELECT n.*, 'open' "
            "FROM unnest(%s::text[], %s::text[], %s::text[], %s::bytea[], %s::bigint[]) AS n ON CONFLICT DO NOTHING",
            [(reason, _plain(detail), _plain(place), raw, batch) for reason, detail, place, raw, batch in rows],
        )

    def set_quarantine_state(self, ids: Sequence[int], state: str) -> None:
        self._run("UPDATE quarantine SET state = %s WHERE id = ANY(%s)", state, list(ids))

    def conflicts(self, keys: Collection[bytes] | None = None) -> list[Conflict]:
        where, values = ("", ()) if keys is None else ("WHERE event_key = ANY(%s) ", (list(keys),))
        rows = self._rows(f"SELECT {CONFLICT} FROM conflicts {where}ORDER BY event_key, content_hash", *values)
        return [Conflict(*row) for row in rows]

    def put_conflicts(self, rows: Sequence[Conflict]) -> None:
        self._cursor.executemany(
            f"INSERT INTO conflicts({CONFLICT}) VALUES(%s,%s,%s,%s,%s,%s,%s) "
            "ON CONFLICT(event_key, content_hash) DO UPDATE SET event_type = excluded.event_type, "
            "case_key = excluded.case_key, occurred_at = excluded.occurred_at, body = excluded.body, "
            "resolution = excluded.resolution",
            [(c.event_key, c.content_hash, c.event_type, c.case, c.occurred_at, c.body, c.resolution) for c in rows],
        )

    def setting(self, name: str) -> str | None:
        rows = self._rows("SELECT value FROM settings WHERE name = %s", name)
        return str(rows[0][0]) if rows else None

    def set_setting(self, name: str, value: str) -> None:
        self._run(
            "INSERT INTO settings(name, value) VALUES(%s,%s) ON CONFLICT(name) DO UPDATE SET value = excluded.value",
            name,
            value,
        )

    def put_close(self, close: Close) -> None:
        self._run(
            "INSERT INTO closes(period, run, state, digest, cut_batch, requested_by, approved_by, body, definitions) "
            "VALUES(%s,%s,%s,%s,%s,%s,%s,%s,%s) ON CONFLICT(period, run) DO UPDATE SET state = excluded.state, "
            "digest = excluded.digest, cut_batch = excluded.cut_batch, requested_by = excluded.requested_by, "
            "approved_by = excluded.approved_by, body = excluded.body, definitions = excluded.definitions",
            *astuple(close),
        )

    def add_audit(self, at_us: int, who: str, action: str, detail: str) -> None:
        self._run("INSERT INTO audit(at_us, who, action, detail) VALUES(%s,%s,%s,%s)", at_us, who, action, detail)
