"""Lane "throughput": events per CPU-second of the worker process, ours next to stock Faust on the same topic."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import median
from typing import IO

from benchmarks.kafka.events import Load, counters_an_event, online_retail, shop_month
from benchmarks.kafka.ground import PARTITIONS, REPOSITORY, Cpu, Ground, ended, looking, seen
from tests.servers.processes import guarded

REPEATS = 3
LIMIT_SECONDS = 300
POLL_SECONDS = 0.01
TARGET = 5
PLANS = ("one", "board", "as many")
"""Plans of benchmarks/kafka/stock.py; the last one updates as many counters an event as Scoreline changes cells."""
SHORT_SHARE = 5
"""Of the load, the plan "as many" reads one part in so many: it is slow."""


@dataclass(frozen=True, slots=True)
class Run:
    """One program over one topic, from the first event on: events, wall seconds, CPU, counters written an event."""

    program: str
    events: int
    seconds: float
    cpu: Cpu
    counters: float

    @property
    def rate(self) -> float:
        """Events per CPU-second of the worker."""
        return self.events / self.cpu.worker


def throughput(place: Ground, repeats: int = REPEATS) -> Iterator[str]:
    """Lines of figures for both loads."""
    for load in (shop_month(), online_retail()):
        topic = place.topic(load.records)
        counters = counters_an_event(load)
        yield f"{load.name}: {len(load.records):,} events, {PARTITIONS} partitions, one worker process a run"
        runs: dict[str, list[Run]] = {}
        for _ in range(repeats):
            for found in _round(place, load, topic, counters):
                runs.setdefault(found.program, []).append(found)
                yield f"  {_line(found)}"
        yield from _verdict(runs)


def _round(place: Ground, load: Load, topic: str, counters: float) -> Iterator[Run]:
    yield scoreline(place, load, topic, counters)
    for plan in PLANS:
        yield stock(place, load, topic, (plan, counters))


def scoreline(place: Ground, load: Load, topic: str, counters: float) -> Run:
    """Our worker, from its first committed batch to its last."""
    with (
        place.site(topic, load.definitions) as site,
        looking(site.store_url) as store,
        site.running("worker") as worker,
    ):

        def reached(wanted: int) -> int:
            deadline = time.monotonic() + LIMIT_SECONDS
            while (found := seen(store)) < wanted:
                if worker.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"the worker stopped at {found} of {wanted} events:\n{site.last_words()}")
                time.sleep(POLL_SECONDS)
            return found

        first = reached(1)
        start, before = time.monotonic(), place.cpu(worker.pid)
        last = reached(len(load.records))
        spent = place.cpu(worker.pid).since(before)
        return Run("scoreline", last - first, time.monotonic() - start, spent, counters)


def stock(place: Ground, load: Load, topic: str, wanted: tuple[str, float]) -> Run:
    """Stock Faust, from its first event until the last one and the changelog are written."""
    plan, cells = wanted
    is_short = plan == PLANS[-1]
    events = len(load.records) // (SHORT_SHARE if is_short else 1)
    words = [place.kafka.brokers, topic, str(PARTITIONS), str(events), str(round(cells)) if is_short else plan]
    with (place.folder / "stock.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.kafka.stock", *words],
            cwd=REPOSITORY, stdout=subprocess.PIPE, stderr=log, start_new_session=True,
        )  # fmt: skip
    guard = guarded(process.pid)
    assert process.stdout is not None
    try:
        first = _mark(process.stdout)
        before = place.cpu(process.pid)
        last = _mark(process.stdout)
        after = place.cpu(process.pid)
    finally:
        ended(process)
        guard.communicate(b"ended\n")
    spent = after.since(before)
    own = Cpu(last["cpu"] - first["cpu"], spent.postgres, spent.kafka)
    return Run(
        f"stock, {plan}", int(last["events"]) - 1, last["at"] - first["at"], own, last["updates"] / last["events"]
    )


def _mark(output: IO[bytes]) -> dict[str, float]:
    """The next line of figures; Faust's own lines, such as its banner, are passed over."""
    for line in output:
        if line.startswith(b"{"):
            return dict(json.loads(line))
    raise RuntimeError("stock Faust ended before its last event; what it said is in the benchmark's folder")


def _line(run: Run) -> str:
    return (
        f"{run.program:<13}{run.rate:>8,.0f} events/CPU-s  worker {run.cpu.worker:>6.2f} s  PostgreSQL "
        f"{run.cpu.postgres:>5.2f} s  Kafka {run.cpu.kafka:>5.2f} s  wall {run.seconds:>6.1f} s  "
        f"{run.counters:>4.1f} counters/event"
    )


def _verdict(runs: dict[str, list[Run]]) -> Iterator[str]:
    """Medians, and ours as a multiple of stock in the same round."""
    ours = runs["scoreline"]
    yield f"  median scoreline {median(run.rate for run in ours):,.0f} events/CPU-s"
    for plan in PLANS:
        theirs = runs[f"stock, {plan}"]
        ratios = sorted(mine.rate / other.rate for mine, other in zip(ours, theirs, strict=True))
        rounds = ", ".join(f"{ratio:.2f}" for ratio in ratios)
        yield f"  scoreline / stock, {plan}: {median(ratios):.2f} (rounds {rounds}; target {TARGET})"
        both = [
            (other.cpu.worker / other.events) / ((mine.cpu.worker + mine.cpu.postgres) / mine.events)
            for mine, other in zip(ours, theirs, strict=True)
        ]
        yield f"  the same with PostgreSQL's CPU added to ours: {median(both):.2f}"
