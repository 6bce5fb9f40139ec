"""How fast a live view comes back after FLUSHALL, and how fast a batch and a board's read go through it.

`python -m benchmarks.live_view` starts a PostgreSQL and a Redis of its own. It prints figures and asserts nothing.
"""

from __future__ import annotations

import argparse
import logging
import resource
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import redis

from dashboards.web import BoardSettings
from scoring.contribution import Key
from streams.live import LiveNumbers, Publisher, open_live_numbers, open_publisher
from streams.pipeline import Outcome
from streams.stores import Progress, Store, open_postgres
from streams.stores.migration import migrate
from tests.servers import Postgres, Redis

SHARDS = (1, 2, 3, 4)
WATERMARK_US = 1_793_400_000_000_000
LAST_DAY = date(2026, 10, 30)
ROWS_A_UNIT = 20_000
BATCHES, BATCH_CELLS, READS = 300, 1_000, 2_000


@dataclass(frozen=True, slots=True)
class Size:
    """How large the company is."""

    employees: int
    kpis: int
    days: int

    def keys(self) -> Iterator[Key]:
        """One cell for each employee, KPI and day."""
        for back in range(self.days):
            day = (LAST_DAY - timedelta(days=back)).isoformat()
            for employee in range(self.employees):
                for kpi in range(self.kpis):
                    yield (f"e:{employee:05}", "shop", f"measure_{kpi:02}", day, "")


def main() -> None:
    """Start the servers, fill the store, measure."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--employees", type=int, default=10_000)
    arguments.add_argument("--kpis", type=int, default=20)
    arguments.add_argument("--days", type=int, default=1)
    given = arguments.parse_args()
    logging.getLogger("scoreline").setLevel(logging.ERROR)
    size = Size(given.employees, given.kpis, given.days)
    with tempfile.TemporaryDirectory(prefix="scoreline-bench-") as folder:
        Path(folder).chmod(0o755)
        places = [Path(folder, name) for name in ("postgres", "redis")]
        for place in places:
            place.mkdir(mode=0o755)
        with Postgres(places[0]) as postgres, Redis(places[1]) as server, postgres.fresh_database() as url:
            migrate(url)
            store = open_postgres(url)
            print(f"{size.employees:,} employees x {size.kpis} KPIs x {size.days} days: {_filled(store, size):,} cells")
            publisher, numbers = (
                open_publisher(lambda: open_postgres(url), server.url),
                open_live_numbers(store, server.url),
            )
            _time_fill(publisher, numbers, redis.Redis.from_url(server.url))
            _time_batches(store, publisher, numbers, size)
            _time_reads(store, numbers, size)
            publisher.stop()
            store.close()


def _filled(store: Store, size: Size) -> int:
    rows = dict.fromkeys(size.keys(), 123_456)
    keys = list(rows)
    for number, start in enumerate(range(0, len(keys), ROWS_A_UNIT)):
        with store.unit(SHARDS[number % len(SHARDS)]) as unit:
            unit.add_cells({key: rows[key] for key in keys[start : start + ROWS_A_UNIT]})
            unit.advance(Progress(unit.begin_batch(), WATERMARK_US, WATERMARK_US))
    return len(keys)


def _until(is_so: Callable[[], bool], pause_seconds: float) -> float:
    began = time.perf_counter()
    while not is_so():
        time.sleep(pause_seconds)
    return time.perf_counter() - began


def _time_fill(publisher: Publisher, numbers: LiveNumbers, client: redis.Redis) -> None:
    def is_read() -> bool:
        numbers.shards()
        return numbers.source == "redis"

    publisher.step()
    _until(is_read, 0.1)
    publisher.start()
    took = []
    for _ in range(3):
        numbers.shards()
        client.flushall()
        numbers.shards()
        took.append(_until(is_read, BoardSettings().poll_seconds))
    figures, memory = publisher.figures, client.info("memory")["used_memory"]
    filled = figures.filled_rows // figures.fills
    shown, rate = ", ".join(f"{seconds:.2f}" for seconds in took), filled / figures.fill_seconds
    print(f"FLUSHALL until boards read Redis again: {shown} s ({filled:,} rows, {rate:,.0f} rows/s)")
    print(f"Redis {memory / 1e6:,.0f} MB; this process {_peak_mb():,.0f} MB at most")


def _time_batches(store: Store, publisher: Publisher, numbers: LiveNumbers, size: Size) -> None:
    """From the commit of a batch until a reader of Redis has its number."""
    cells = [key for key, _ in zip(size.keys(), range(BATCH_CELLS), strict=False)]
    shard, took = SHARDS[0], []
    for _ in range(BATCHES):
        with store.unit(shard) as unit:
            before = unit.progress()
            number = unit.begin_batch()
            after = Progress(number, WATERMARK_US, WATERMARK_US)
            unit.add_cells(dict.fromkeys(cells, 1))
            unit.advance(after)
        publisher.note(shard, Outcome(1, 0, 0, 0, number, before.batch, after, frozenset(cells)))
        took.append(_until(lambda number=number: numbers.shards()[shard].batch >= number, 0.001))  # type: ignore[misc]
    assert numbers.source == "redis"
    print(f"commit to shown, {BATCH_CELLS:,} cells a batch: {_percentiles(took)}")


def _time_reads(store: Store, numbers: LiveNumbers, size: Size) -> None:
    first = f"{LAST_DAY.isoformat()[:7]}-01"
    numbers.shards()
    for name, source in (("Redis", numbers), ("PostgreSQL", store)):
        took = []
        for number in range(READS):
            cell = (f"e:{number % size.employees:05}", "shop", f"measure_{number % size.kpis:02}")
            began = time.perf_counter()
            source.cells(*cell, first, LAST_DAY.isoformat())
            took.append(time.perf_counter() - began)
        print(f"a month of one cell from {name}: {_percentiles(took)}")


def _percentiles(took: list[float]) -> str:
    ranks = statistics.quantiles(took, n=100)
    return f"p50 {ranks[49] * 1e3:.2f} ms, p99 {ranks[98] * 1e3:.2f} ms"


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
