"""Measures how long an event loop is held: a task that sleeps a little and notes how late it wakes, and why.

A machine that is busy with other work wakes everything late. The kernel tells how long each thread stood in the queue
for a processor, so that can be told apart from a loop that was held by this process.
"""

from __future__ import annotations

import asyncio
import gc
import json
import time
from pathlib import Path

SLEEP_SECONDS = 0.005
WRITE_SECONDS = 0.5
KEPT = 20
NS_IN_MS = 1_000_000


def queued_ns() -> int:
    """How long the threads of this process have waited for a processor, all together."""
    total = 0
    for path in Path("/proc/self/task").iterdir():
        try:
            total += int((path / "schedstat").read_text().split()[1])
        except (OSError, IndexError):
            # A thread that has just ended.
            continue
    return total


async def probe(path: Path) -> None:
    """For ever: keep the longest delays in a file, longest first.

    Each as (milliseconds, milliseconds that threads of this process waited for a processor meanwhile, milliseconds of
    garbage collection meanwhile, when).
    """
    worst: list[tuple[float, float, float, float]] = []
    collecting = _Collecting()
    looks, written, queued = 0, time.monotonic(), queued_ns()
    while True:
        before, collected = time.monotonic(), collecting.seconds
        await asyncio.sleep(SLEEP_SECONDS)
        now, waited = time.monotonic(), queued_ns()
        looks += 1
        late_ms = (now - before - SLEEP_SECONDS) * 1_000
        worst.append((late_ms, (waited - queued) / NS_IN_MS, (collecting.seconds - collected) * 1_000, time.time()))
        queued = waited
        if now - written > WRITE_SECONDS:
            worst = sorted(worst, reverse=True)[:KEPT]
            path.write_text(json.dumps({"looks": looks, "worst": worst}), "utf-8")
            written = now


class _Collecting:
    """Adds up the time of garbage collection, during which no thread runs Python."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._began = 0.0
        gc.callbacks.append(self._called)

    def _called(self, phase: str, _: object) -> None:
        if phase == "start":
            self._began = time.monotonic()
        else:
            self.seconds += time.monotonic() - self._began
