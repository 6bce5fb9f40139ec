"""Lane "restart": from starting a worker to its first committed batch, beside a database that holds years of facts."""

from __future__ import annotations

import re
import signal
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from statistics import median

import psycopg

from benchmarks.kafka.events import SHOP_DEFINITIONS, within_the_month
from benchmarks.kafka.ground import Ground, Record, Site, looking, seen
from benchmarks.kafka.offering import Offering
from streams.stores.postgres_link import connect

FACTS = 5_000_000
REAL_EVENTS = 20_000
WAITING_EVENTS = 400
REPEATS = 5
TARGET_SECONDS = 3
LIMIT_SECONDS = 120
POLL_SECONDS = 0.005
_KEY = "decode(md5(event_key::text || n), 'hex')"
COPIES = {
    "facts": f"case_key || '~' || n, {_KEY}, content_hash, event_type, occurred_at, batch, body, is_retracted",
    "keys": f"{_KEY}, content_hash, case_key || '~' || n, retracted",
    "projections": "key || '~' || n, case_key || '~' || n, value",
    "readers": "key || '~' || n, case_key || '~' || n",
}
CELLS = "owner || '~' || n, dimension, measure, period, item, shard, value"
CELL_COPIES = 20
"""People and days are fewer than facts."""
_LINE = re.compile(r'\{"at": "([^"]+)".*"message": "(definitions|partitions)')


def restart(place: Ground, facts: int = FACTS, repeats: int = REPEATS) -> Iterator[str]:
    """Lines of figures."""
    events = within_the_month(1)
    with place.site(place.topic(islice(events, REAL_EVENTS)), SHOP_DEFINITIONS) as site:
        with looking(site.store_url) as store, site.running("worker") as worker:
            _wait(store, worker, REAL_EVENTS, site)
        started = time.monotonic()
        with connect(site.store_url) as connection:
            sizes = _copied(connection, facts)
        yield f"{sizes} (filled in {time.monotonic() - started:.0f} s); {WAITING_EVENTS} events wait on the topic"
        for how, name in ((signal.SIGTERM, "asked to end"), (signal.SIGKILL, "killed")):
            runs = [_timed(place, site, events, how) for _ in range(repeats)]
            whole = sorted(run[0] for run in runs)
            each = ", ".join(f"{one:.2f}" for one in whole)
            target = f", target {TARGET_SECONDS} s" if how == signal.SIGTERM else ""
            yield f"  restart after being {name}: median {median(whole):.2f} s ({each}){target}"
            yield "    of it (medians): " + ", ".join(
                f"{part} {median(run[1][part] for run in runs):.2f} s" for part in runs[0][1]
            )


def _copied(connection: psycopg.Connection[tuple[object, ...]], facts: int) -> str:
    """Multiply what the real events left, each copy with keys of its own; the tables keep the shape of real ones."""
    row = connection.execute("SELECT count(*) FROM facts").fetchone()
    copies = facts // int(str(row[0])) if row else 0
    connection.execute("SET synchronous_commit = off")
    connection.execute("SET maintenance_work_mem = '256MB'")
    for table, columns in COPIES.items():
        _multiplied(connection, table, columns, copies)
    _multiplied(connection, "cells", CELLS, CELL_COPIES)
    connection.execute("VACUUM ANALYZE")
    return ", ".join(
        f"{int(str(connection.execute(f'SELECT count(*) FROM {table}').fetchone()[0])):,} {table}"  # type: ignore[index]
        for table in ("facts", "keys", "cells")
    )


def _multiplied(connection: psycopg.Connection[tuple[object, ...]], table: str, columns: str, copies: int) -> None:
    # Without its key while it is filled: an index is built many times faster than it is added to.
    found = connection.execute(
        "SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid = %s::regclass AND contype = 'p'",
        (table,),
    ).fetchone()
    assert found is not None
    name, definition = found
    connection.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
    connection.execute(f"INSERT INTO {table} SELECT {columns} FROM {table}, generate_series(1, {copies}) AS n")
    connection.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")


def _timed(place: Ground, site: Site, events: Iterator[Record], how: signal.Signals) -> tuple[float, dict[str, float]]:
    """End one worker, let events wait, start another; seconds to its first batch, and how they split up."""
    with looking(site.store_url) as store:
        with site.running("worker") as former:
            _wait(store, former, seen(store) + _offered(place, site, events), site)
            former.send_signal(how)
            former.wait()
        before = seen(store)
        _offered(place, site, events)
        begin, wall = time.monotonic(), time.time()
        with site.running("worker") as worker:
            _wait(store, worker, before + 1, site)
            seconds = time.monotonic() - begin
            spans = _spans(site, wall)
    return seconds, {
        "imports, connecting and checks": spans["definitions"],
        "definitions, store, joining and claiming": spans["partitions"] - spans["definitions"],
        "first batch": seconds - spans["partitions"],
    }


def _offered(place: Ground, site: Site, events: Iterator[Record]) -> int:
    with Offering(place, site.topic, events) as offering:
        for record in islice(events, WAITING_EVENTS):
            offering.send(record)
    return WAITING_EVENTS


def _spans(site: Site, since: float) -> dict[str, float]:
    """Seconds after the start at which the worker said something for the last time."""
    spans: dict[str, float] = {}
    for at, what in _LINE.findall((site.home / "worker.log").read_text("utf-8", "replace")):
        instant = datetime.strptime(at, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=UTC)
        spans[what] = instant.timestamp() - since
    return spans


def _wait(
    store: psycopg.Connection[tuple[object, ...]], worker: subprocess.Popen[bytes], wanted: int, site: Site
) -> None:
    deadline = time.monotonic() + LIMIT_SECONDS
    while (found := seen(store)) < wanted:
        if worker.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"the worker stopped at {found} of {wanted} events:\n{site.last_words()}")
        time.sleep(POLL_SECONDS)
