"""What the whole dictionary costs: one month of all departments under the first release's measures and under all.

`python -m benchmarks.dictionary --scale 1` writes the month once and reads it twice, each time in a process of its own.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from fractions import Fraction
from pathlib import Path

from examples.shop.simulator import generate
from scoring.contribution import Program
from streams.clock import SystemClock
from streams.codec import Codec
from streams.engines import EmbeddedEngine, Tally
from streams.folder import load_definitions
from streams.pipeline import Pipeline
from streams.sources import open_source
from streams.stores import SqliteStore

LANES = ("narrow", "dictionary")
SEED = 7
DEFINITIONS = Path(__file__).resolve().parents[1] / "examples" / "shop" / "definitions"
FIRST_RELEASE = Path(__file__).with_name("first_release.txt")


def first_release() -> tuple[str, ...]:
    """The measures of the first release."""
    return tuple(line for line in FIRST_RELEASE.read_text("utf-8").splitlines() if not line.startswith("#"))


def read_month(month: Path, store_path: Path, names: tuple[str, ...] | None) -> dict[str, object]:
    """Read a month into a fresh store under the named measures (None: all) and say how fast and how much."""
    definitions = load_definitions(DEFINITIONS)
    measures = definitions.measures
    kept = tuple(measures.values()) if names is None else tuple(measures[name] for name in names)
    program = Program(kept, definitions.reference)
    store = SqliteStore(store_path)
    pipeline = Pipeline(store, Codec(), program, f"benchmark of {len(kept)} measures")
    pipeline.adopt()
    tally, started, cpu = Tally(), time.perf_counter(), time.process_time()
    for totals in EmbeddedEngine(pipeline, SystemClock()).read(open_source(month)):
        tally = totals
    seconds, used = time.perf_counter() - started, time.process_time() - cpu
    cells = sum(1 for _ in store.all_cells("0", "9"))
    store.close()
    return {
        "measures": len(kept),
        "accepted": tally.accepted,
        "events_per_second": tally.seen / seconds,
        "events_per_cpu_second": tally.seen / used,
        "cells": cells,
        "cells_per_event": cells / tally.accepted,
    }


def main(arguments: list[str] | None = None) -> None:
    """Both lanes on the same month in one run, or one of them (which the run itself asks for)."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.dictionary", description=__doc__)
    parser.add_argument("--scale", default="1", help="1 is about 250,000 events")
    parser.add_argument("--lane", choices=LANES, help="one lane on an existing --month")
    parser.add_argument("--month", type=Path)
    given = parser.parse_args(arguments)
    if given.lane:
        names = first_release() if given.lane == "narrow" else None
        print(json.dumps(read_month(given.month, given.month.with_name(f"{given.lane}.db"), names)))
        return
    with tempfile.TemporaryDirectory(prefix="scoreline-bench-") as work:
        month = Path(work) / "month.jsonl"
        with month.open("wb") as file:
            file.writelines(raw + b"\n" for raw in generate(SEED, scale=Fraction(given.scale), families="all"))
        found = {lane: _lane(lane, month) for lane in LANES}
    for lane, figures in found.items():
        print(_line(lane, figures))
    # On a shared machine the wall clock measures the neighbours.
    share = found["dictionary"]["events_per_cpu_second"] / found["narrow"]["events_per_cpu_second"]
    print(f"the whole dictionary at {share:.2f} of the narrow set's speed, by CPU")


def _lane(lane: str, month: Path) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.dictionary", "--lane", lane, "--month", str(month)]
    core = max(os.sched_getaffinity(0))
    done = subprocess.run(
        command, check=True, stdout=subprocess.PIPE, preexec_fn=lambda: os.sched_setaffinity(0, {core})
    )
    return dict(json.loads(done.stdout))


def _line(lane: str, found: dict[str, float]) -> str:
    return (
        f"{lane:<11} {found['measures']:>4.0f} measures  {found['events_per_second']:>8,.0f} events/s  "
        f"{found['events_per_cpu_second']:>8,.0f} a CPU-second  {found['cells_per_event']:>5.2f} cells an event"
    )


if __name__ == "__main__":
    main()
