"""Measures how long an event loop is held: a task that sleeps a little and notes how late it wakes."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path

SLEEP_SECONDS = 0.005
KEPT = 20


async def probe(path: Path) -> None:
    """For ever: keep the longest delays in a file, in milliseconds, longest first, each with when it was."""
    worst: list[tuple[float, float]] = []
    looks, written = 0, time.monotonic()
    while True:
        before = time.monotonic()
        await asyncio.sleep(SLEEP_SECONDS)
        now = time.monotonic()
        looks += 1
        worst.append(((now - before - SLEEP_SECONDS) * 1_000, time.time()))
        if len(worst) > KEPT * 10 or now - written > 0.5:
            worst = sorted(worst, reverse=True)[:KEPT]
            path.write_text(json.dumps({"looks": looks, "worst": worst}), "utf-8")
            written = now
