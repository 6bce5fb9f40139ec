"""`make bench`: Online Retail end to end, next to a bare copy into SQLite; the dictionary; the Kafka engine."""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import os
import random
import subprocess
import sys
import tempfile
from pathlib import Path

from examples.inputs import input_folder

LANES = ("bare", "in_order", "again", "shuffled")
PARTS = ("embedded", "dictionary", "kafka")


def main() -> None:
    """Run each lane in a process of its own, so that memory figures do not mix."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--only", choices=PARTS, help="one part; `python -m benchmarks.kafka` has more options")
    arguments.add_argument("--lane", choices=LANES)
    arguments.add_argument("--work", type=Path)
    arguments.add_argument("--source", type=Path)
    given = arguments.parse_args()
    if given.lane:
        from benchmarks.lanes import run_lane

        print(json.dumps(run_lane(given.lane, given.work, given.source)))
        return
    if given.only in (None, "embedded"):
        embedded()
    if given.only in (None, "dictionary"):
        from benchmarks.dictionary import main as dictionary

        dictionary([])
    if given.only in (None, "kafka"):
        from benchmarks.kafka.__main__ import main as kafka

        kafka([])


def embedded() -> None:
    """The embedded engine and SQLite."""
    folder = input_folder("online_retail")
    if not any(folder.glob("online_retail.csv*")) or "fixture" in folder.parts:
        print(f"NOT RUN: the whole Online Retail file is not beside the repository; only the slice in {folder.name}/")
    with tempfile.TemporaryDirectory(prefix="scoreline-bench-") as work:
        _compare(Path(work), folder)


def _compare(work: Path, folder: Path) -> None:
    shuffled = work / "shuffled"
    rows = _shuffle(next(folder.glob("online_retail.csv*")), shuffled)
    found = {}
    for lane in LANES:
        found[lane] = _lane(lane, work, shuffled if lane == "shuffled" else folder)
        print(_line(lane, found[lane]))
    print(f"rows in the file: {rows:,}")
    whole = found["in_order"]
    print(f"accepted + duplicates + rejected = {whole['accepted'] + whole['duplicates'] + whole['rejected']:,}")
    print(f"second reading accepted: {found['again']['accepted']:,} (duplicates {found['again']['duplicates']:,})")
    same = found["shuffled"]["digest"] == whole["digest"] == found["again"]["digest"]
    print(f"one digest for in order, again and shuffled: {'yes' if same else 'NO'} {whole['digest']}")
    print(
        f"events/s as a share of the bare copy: {whole['events_per_second'] / found['bare']['events_per_second']:.2f}"
    )


def _lane(lane: str, work: Path, source: Path) -> dict[str, object]:
    command = [sys.executable, "-m", "benchmarks", "--lane", lane, "--work", str(work), "--source", str(source)]
    core = max(os.sched_getaffinity(0))
    done = subprocess.run(
        command, check=True, stdout=subprocess.PIPE, preexec_fn=lambda: os.sched_setaffinity(0, {core})
    )
    return dict(json.loads(done.stdout))


def _line(lane: str, found: dict[str, object]) -> str:
    rate, seconds, memory = found["events_per_second"], found["seconds"], found["peak_mb"]
    return (
        f"{lane:<9} {rate:>9,.0f} events/s  {seconds:>6.1f} s wall  {found['cpu']:>6.1f} s cpu  {memory:>5,.0f} MB peak"
    )


def _shuffle(path: Path, folder: Path) -> int:
    folder.mkdir()
    with gzip.open(path, "rt", encoding="utf-8", newline="") if path.suffix == ".gz" else path.open(newline="") as file:
        rows = list(csv.reader(file))
    head, body = rows[0], rows[1:]
    random.Random(11).shuffle(body)
    with (folder / "online_retail.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(head)
        writer.writerows(body)
    return len(body)


if __name__ == "__main__":
    main()
