"""`python -m benchmarks.kafka`: the lanes of the Kafka engine, on servers of their own; each ends by itself."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from benchmarks.kafka.ground import Ground

NAMES = ("throughput", "visible", "restart", "memory")
Lane = Callable[["Ground"], Iterator[str]]


def main(words: Sequence[str] | None = None) -> None:
    """Run the chosen lanes one after the other; one that can not run says NOT RUN and why."""
    given = arguments(words)
    try:
        from benchmarks.kafka.ground import ground
        from tests.servers import ServerMissing
    except ModuleNotFoundError as error:
        print(f"NOT RUN: {', '.join(given.lanes)}: no {error.name} here; `make test` installs it", flush=True)
        return
    try:
        with ground() as place:
            for name, lane in _lanes(given).items():
                _run(name, lane, place)
    except ServerMissing as missing:
        print(f"NOT RUN: {', '.join(given.lanes)}: {missing}", flush=True)


def arguments(words: Sequence[str] | None) -> argparse.Namespace:
    """The options; their defaults take some twelve minutes."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.kafka", description=__doc__)
    parser.add_argument("lanes", nargs="*", type=_known, default=NAMES, metavar="LANE", help=", ".join(NAMES))
    parser.add_argument("--repeats", type=int, default=3, help="rounds of the lane throughput")
    parser.add_argument("--seconds", type=float, default=60, help="of the lane visible")
    parser.add_argument("--facts", type=int, default=5_000_000, help="of the lane restart")
    parser.add_argument("--minutes", type=float, default=3, help="of the lane memory")
    return parser.parse_args(words)


def _known(name: str) -> str:
    if name not in NAMES:
        raise argparse.ArgumentTypeError(f"{name!r} is none of {', '.join(NAMES)}")
    return name


def _lanes(given: argparse.Namespace) -> Mapping[str, Lane]:
    from benchmarks.kafka import memory, restart, throughput, visible

    every: dict[str, Lane] = {
        "throughput": lambda place: throughput.throughput(place, given.repeats),
        "visible": lambda place: visible.visible(place, given.seconds),
        "restart": lambda place: restart.restart(place, given.facts),
        "memory": lambda place: memory.memory(place, given.minutes),
    }
    return {name: every[name] for name in NAMES if name in given.lanes}


def _run(name: str, lane: Lane, place: Ground) -> None:
    at = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    # Other programs on the machine are in every figure that is not a ratio.
    print(f"{name}: {at}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}", flush=True)
    try:
        for line in lane(place):
            print(f"  {line}", flush=True)
    except RuntimeError as error:
        print(f"NOT RUN to its end: {name}: {error}", flush=True)
    print(f"  load at the end {os.getloadavg()[0]:.1f}", flush=True)


if __name__ == "__main__":
    main()
