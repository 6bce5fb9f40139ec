"""The lanes of the benchmark: what each one reads and how it is timed."""

from __future__ import annotations

import csv
import gc
import gzip
import resource
import sqlite3
import time
from pathlib import Path

from examples.online_retail import adapter
from streams.clock import SystemClock
from streams.codec import Codec
from streams.engines import GC_THRESHOLDS, EmbeddedEngine, Tally
from streams.evidence import cells_digest
from streams.folder import load_definitions
from streams.pipeline import Pipeline
from streams.stores import SqliteStore

BATCH_RECORDS = 50_000


def run_lane(lane: str, work: Path, source: Path) -> dict[str, object]:
    """Figures of one lane."""
    gc.set_threshold(*GC_THRESHOLDS)
    started, cpu = time.perf_counter(), time.process_time()
    found = _bare(work, source) if lane == "bare" else _scoreline(work / _store_of(lane), source)
    seconds = time.perf_counter() - started
    seen = int(str(found["seen"]))
    return {
        **found,
        "seconds": seconds,
        "cpu": time.process_time() - cpu,
        "events_per_second": seen / seconds,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def _store_of(lane: str) -> str:
    return "shuffled.db" if lane == "shuffled" else "in_order.db"


def _scoreline(store_path: Path, source: Path) -> dict[str, object]:
    definitions = load_definitions(adapter.DEFINITIONS)
    store = SqliteStore(store_path)
    pipeline = Pipeline(store, Codec(), definitions.program(), definitions.program_fingerprint())
    pipeline.adopt()
    tally = Tally()
    engine = EmbeddedEngine(pipeline, SystemClock(), BATCH_RECORDS)
    for totals in engine.read(adapter.source(source)):
        tally = totals
    return {
        "seen": tally.seen,
        "accepted": tally.accepted,
        "duplicates": tally.duplicates,
        "rejected": tally.rejected,
        "digest": cells_digest(store, "", "9999"),
    }


def _bare(work: Path, source: Path) -> dict[str, object]:
    """The same rows into one table with the same durability, without any meaning: what the disk and parser allow."""
    connection = sqlite3.connect(work / "bare.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE rows(id INTEGER PRIMARY KEY, a, b, c, d, e, f, g, h)")
    path = next(source.glob("online_retail.csv*"))
    seen = 0
    with gzip.open(path, "rt", encoding="utf-8", newline="") if path.suffix == ".gz" else path.open(newline="") as file:
        reader = csv.reader(file)
        next(reader)
        batch: list[list[str]] = []
        for row in reader:
            batch.append(row)
            if len(batch) == BATCH_RECORDS:
                seen += _insert(connection, batch)
                batch = []
        seen += _insert(connection, batch)
    return {"seen": seen}


def _insert(connection: sqlite3.Connection, batch: list[list[str]]) -> int:
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany("INSERT INTO rows(a, b, c, d, e, f, g, h) VALUES(?,?,?,?,?,?,?,?)", batch)
    connection.execute("COMMIT")
    return len(batch)
