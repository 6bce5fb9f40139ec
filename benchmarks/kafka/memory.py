"""Lane "memory": resident memory of a worker at a steady load of new facts, sampled every few seconds."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field

from benchmarks.kafka.events import MONTH_EVENTS, SHOP_DEFINITIONS, within_the_month
from benchmarks.kafka.ground import Ground, looking, resident_mb, seen
from benchmarks.kafka.offering import Offering
from tests.servers import Redis, ServerMissing

EVENTS_PER_SECOND = 500
MINUTES = 3
SAMPLE_SECONDS = 5
SETTLING_SHARE = 0.2
"""Of the time at the beginning: caches fill, so it does not count for the slope."""


@dataclass(slots=True)
class Memory:
    """Samples of one process: (seconds, MB)."""

    samples: list[tuple[float, float]] = field(default_factory=list)

    def sample(self, pid: int, over: threading.Event) -> None:
        """Look until told to stop, or the process is gone."""
        start = time.monotonic()
        while not over.wait(SAMPLE_SECONDS):
            try:
                self.samples.append((time.monotonic() - start, resident_mb(pid)))
            except OSError:
                return

    def slope_mb_hour(self) -> float:
        """Of the straight line through what follows the settling."""
        points = self.settled()
        middle = sum(at for at, _ in points) / len(points)
        spread = sum((at - middle) ** 2 for at, _ in points)
        return sum((at - middle) * mb for at, mb in points) / spread * 3600 if spread else 0.0

    def settled(self) -> list[tuple[float, float]]:
        """Samples after the settling."""
        return [row for row in self.samples if row[0] >= self.samples[-1][0] * SETTLING_SHARE]

    def quarters(self) -> str:
        """The highest value of each quarter of the settled time."""
        points = self.settled()
        size = max(1, len(points) // 4)
        return " ".join(f"{max(mb for _, mb in points[at : at + size]):.0f}" for at in range(0, size * 4, size))


def memory(place: Ground, minutes: float = MINUTES, per_second: int = EVENTS_PER_SECOND) -> Iterator[str]:
    """Lines of figures."""
    wanted = int(minutes * 60 * per_second)
    yield f"{per_second:,} events/s for {minutes:g} minutes, {wanted:,} new events"
    found, over = Memory(), threading.Event()
    with ExitStack() as stack:
        try:
            redis_url = stack.enter_context(Redis(place.folder / "redis-memory")).url
        except ServerMissing:
            redis_url = ""
        site = stack.enter_context(place.site(place.topic(), SHOP_DEFINITIONS, redis_url))
        store = stack.enter_context(looking(site.store_url))
        worker = stack.enter_context(site.running("worker"))
        records = within_the_month(wanted // MONTH_EVENTS + 2)
        offering = stack.enter_context(Offering(place, site.topic, records))
        watch = threading.Thread(target=found.sample, args=(worker.pid, over), daemon=True)
        watch.start()
        sent = offering.offer(minutes * 60, per_second)
        over.set()
        watch.join()
        behind = sent - seen(store)
        if worker.poll() is not None:
            raise RuntimeError(f"the worker ended:\n{site.last_words()}")
    points = found.settled()
    yield (
        f"  {'with' if redis_url else 'without'} a live view: {points[0][1]:.0f} MB at {points[0][0] / 60:.1f} min, "
        f"{points[-1][1]:.0f} MB at {points[-1][0] / 60:.1f} min, highest {max(mb for _, mb in points):.0f} MB "
        f"(by quarters {found.quarters()}); slope {found.slope_mb_hour():+.1f} MB/hour; {behind:,} events behind"
    )
