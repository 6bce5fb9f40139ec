"""What two stores must agree on after the same events, and what must hold inside one PostgreSQL store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import psycopg

from scoring.contribution import MINUTE_PREFIX, MINUTE_US, Key
from scoring.definitions import Definitions
from streams.codec import Decoded
from streams.pipeline import KEPT_MINUTES, Pipeline
from streams.stores import MemoryStore, Store
from tests.properties.months import pipeline
from tests.scenarios.shop import NOW_US

FILLED = (
    "audit", "cells", "closes", "conflicts", "facts", "keys", "marks", "minutes", "problems", "projections",
    "quarantine", "readers", "settings", "shards", "standings",
)  # fmt: skip

# Each query names what is wrong; together they say that every event counts in exactly one place.
ODD = {
    "a fact without its key": "SELECT f.event_key FROM facts f LEFT JOIN keys k ON k.event_key = f.event_key AND "
    "k.content_hash = f.content_hash AND k.case_key = f.case_key WHERE k.event_key IS NULL",
    "a key without its fact": "SELECT k.event_key FROM keys k LEFT JOIN facts f ON f.case_key = k.case_key AND "
    "f.event_key = k.event_key WHERE k.content_hash IS NOT NULL AND f.event_key IS NULL",
    "an event in two cases": "SELECT event_key FROM facts GROUP BY event_key HAVING count(*) > 1",
    "a fact and its key disagree on retraction": "SELECT f.event_key FROM facts f JOIN keys k USING (event_key) "
    "WHERE f.is_retracted != k.retracted",
    "counts that do not add up": "SELECT shard FROM shards WHERE seen != accepted + duplicates + rejected + conflicts",
    "accepted is not the number of facts": "SELECT 1 WHERE (SELECT coalesce(sum(accepted), 0) FROM shards) != "
    "(SELECT count(*) FROM facts)",
    "a body that counts and waits": "SELECT event_key FROM conflicts JOIN facts USING (event_key, content_hash)",
}


def content(store: Store) -> dict[str, Any]:
    """Everything that must not depend on who wrote it: no batch numbers, no shards."""
    cases = store.all_cases()
    facts = {
        (case, fact.event_key, fact.content_hash, fact.is_retracted)
        for case, rows in store.find_facts(cases).items()
        for fact in rows
    }
    counts = store.progress().counts
    return {
        "facts": facts,
        "cells": dict(store.all_cells("0", "9")),
        "minutes": minutes_of(store),
        "problems": store.problems(),
        "published": store.projections_like(""),
        "conflicts": {(row.event_key, row.content_hash) for row in store.open_conflicts()},
        "counts": (counts.seen, counts.accepted, counts.rejected, counts.unaccounted),
        "watermarks": (store.progress().watermark_us, store.source_watermarks()),
    }


def minutes_of(store: Store) -> dict[Key, int]:
    """Every minute cell that no shard may have dropped yet, summed over the shards."""
    oldest = store.progress().watermark_us // MINUTE_US - KEPT_MINUTES
    totals: Counter[Key] = Counter()
    for _, key, value in store.shard_cells({store.kept_in(shard) for shard in (0, *store.shards())}, "9", oldest):
        totals[key] += value
    assert all(key[3].startswith(MINUTE_PREFIX) for key in totals)
    return {key: value for key, value in totals.items() if value}


def told_in_memory(definitions: Definitions, batches: Sequence[Sequence[Decoded]]) -> MemoryStore:
    """The store that one writer makes of these batches."""
    store = MemoryStore()
    engine = pipeline(store, definitions)
    for batch in batches:
        engine.apply(batch, [], None, NOW_US)
    return store


def oddities(watch: psycopg.Connection[Any]) -> dict[str, list[Any]]:
    """Every broken rule of the store with the rows that break it; the reading connection is a superuser's."""
    found = {name: watch.execute(query).fetchall() for name, query in ODD.items()}
    return {name: rows for name, rows in found.items() if rows}


def emptied(watch: psycopg.Connection[Any]) -> None:
    """Remove every row, much quicker than a new database."""
    watch.execute("; ".join(f"DELETE FROM {table}" for table in FILLED))


def engine_on(store: Store, definitions: Definitions) -> Pipeline:
    """A pipeline as another process has it."""
    return pipeline(store, definitions)
