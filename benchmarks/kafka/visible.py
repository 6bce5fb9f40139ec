"""Lane "visible": from producing an event until the board shows it, at a steady load.

Among the load, an order is paid in one of four shops of the benchmark's own every few milliseconds. For each of these
shops an event stream of the board is open; the number of paid orders that it shows says which of them are visible. The
orders of a shop have one buyer, so they arrive in order and the n-th is visible when the number reaches n.
"""

from __future__ import annotations

import itertools
import json
import re
import shutil
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from statistics import quantiles
from typing import Any

import psycopg

from benchmarks.kafka.events import SHOP_DEFINITIONS, sound, within_the_month
from benchmarks.kafka.ground import Ground, Record, Site, cpu_seconds, looking
from benchmarks.kafka.offering import Offering
from scoring.measures import MICRO
from tests.servers import Redis, ServerMissing
from tests.servers.base import free_ports

EVENTS_PER_SECOND = 2_000
SECONDS = 60
TARGET_SECONDS = 1
SHOPS = ("bench-0", "bench-1", "bench-2", "bench-3")
MARKS_PER_SECOND = 20
SCALE = 1
"""Of the simulated shop: some 230,000 events."""
WARM_UP_SECONDS = 5
START_SECONDS = 30
LOOK_SECONDS = 0.02
LAST_SECONDS = 15
_EXACT = re.compile(r'data-exact="(\d+)"')


@dataclass(slots=True)
class Shop:
    """One shop's paid orders: when each was produced, seen in the database, and seen on the board."""

    name: str
    produced: list[float] = field(default_factory=list)
    committed: list[float] = field(default_factory=list)
    shown: list[float] = field(default_factory=list)

    def record(self) -> Record:
        """The next paid order."""
        number, buyer = len(self.produced), f"buyer-{self.name}"
        at = f"2026-10-15T12:{number // 60 % 60:02}:{number % 60:02}+08:00"
        event: dict[str, Any] = {
            "event_id": f"{self.name}-{number}", "event_type": "order.paid", "source": "bench", "shop_id": self.name,
            "occurred_at": at, "placed_at": at, "paid_at": at, "order_id": f"{self.name}-{number}", "buyer_id": buyer,
            "lines": [{"line_id": "1", "sku": "TP-01", "category": "tops", "qty": 1, "paid_amt": "1.00"}],
        }  # fmt: skip
        return next(sound([json.dumps(event).encode()]))

    def watch(self, address: str, over: threading.Event) -> None:
        """Read the board's stream until told to stop."""
        url = f"{address}/events?board=kpi&lang=en&arg=orders_paid&arg=s:{self.name}&arg="
        with urllib.request.urlopen(url, timeout=START_SECONDS) as stream:
            for line in stream:
                if over.is_set():
                    return
                if line.startswith(b"data: "):
                    self._saw(json.loads(line[6:]), time.monotonic())

    def _saw(self, event: dict[str, Any], at: float) -> None:
        for html in (html for key, html in event.get("parts", {}).items() if key.startswith("orders_paid|")):
            exact = _EXACT.search(html)
            missing = int(exact[1]) - len(self.shown) if exact else 0
            self.shown.extend([at] * missing)

    def look(self, store: psycopg.Connection[tuple[object, ...]]) -> None:
        """Ask the database how many there are."""
        query = "SELECT coalesce(sum(value), 0)::bigint FROM cells WHERE owner = %s AND measure = %s AND dimension = ''"
        rows = store.execute(query, (f"s:{self.name}", "orders_paid")).fetchall()
        self.committed.extend([time.monotonic()] * (int(str(rows[0][0])) // MICRO - len(self.committed)))

    def delays(self, seen: Sequence[float]) -> list[float]:
        """Seconds from producing to `committed` or `shown`, for those that were."""
        return [at - produced for produced, at in zip(self.produced, seen, strict=False)]


@dataclass(frozen=True, slots=True)
class Figures:
    """What a run of the lane gave."""

    shown: list[float]
    committed: list[float]
    hidden: int
    per_second: float
    shares: str

    def line(self) -> str:
        """For people."""
        return (
            f"{_spread(self.shown)}, target p99 {TARGET_SECONDS} s; of it until committed {_spread(self.committed)} "
            f"({len(self.shown):,} marked, {self.hidden} never shown; {self.per_second:,.0f} events/s sent; "
            f"{self.shares})"
        )


def _spread(seconds: Sequence[float]) -> str:
    cuts = quantiles(seconds, n=100)
    return f"p50 {cuts[49] * 1000:,.0f} ms, p99 {cuts[98] * 1000:,.0f} ms, longest {max(seconds) * 1000:,.0f} ms"


def visible(place: Ground, seconds: float = SECONDS, per_second: int = EVENTS_PER_SECOND) -> Iterator[str]:
    """Lines of figures, with the live view and without."""
    yield f"{per_second:,} events/s for {seconds:.0f} s, of them {MARKS_PER_SECOND} a second marked"
    try:
        with Redis(place.folder / "redis") as redis:
            yield f"  board reads Redis: {_measured(place, seconds, per_second, redis.url).line()}"
    except ServerMissing as missing:
        yield f"  board reads Redis: NOT RUN: {missing}"
    yield f"  board reads PostgreSQL: {_measured(place, seconds, per_second, '').line()}"


def _measured(place: Ground, seconds: float, per_second: int, redis_url: str) -> Figures:
    # Made beforehand: making them takes a good part of a core.
    records = [*itertools.islice(within_the_month(SCALE), int((seconds + WARM_UP_SECONDS) * per_second))]
    shops, over = [Shop(name) for name in SHOPS], threading.Event()
    (port,) = free_ports(1)
    with (
        place.site(place.topic(), _definitions(place), redis_url) as site,
        looking(site.store_url) as store,
        site.running("worker") as worker,
        site.running("board", str(site.home), "--port", str(port)) as board,
        Offering(place, site.topic, iter(records)) as offering,
    ):
        _wait_ready(site, f"http://127.0.0.1:{port}")
        for shop in shops:
            threading.Thread(target=shop.watch, args=(f"http://127.0.0.1:{port}", over), daemon=True).start()
        offering.offer(WARM_UP_SECONDS, per_second, _marker(offering, [Shop(f"{shop.name}-warm") for shop in shops]))
        threading.Thread(target=_looked, args=(shops, store, over), daemon=True).start()
        start, before, drawn = time.monotonic(), place.cpu(worker.pid), cpu_seconds(board.pid)
        sent = offering.offer(seconds, per_second, _marker(offering, shops))
        lasted = time.monotonic() - start
        spent, drawing = place.cpu(worker.pid).since(before), cpu_seconds(board.pid) - drawn
        _wait_shown(shops)
        over.set()
        time.sleep(LOOK_SECONDS * 4)
    shares = (
        f"CPU: worker {spent.worker / lasted:.0%}, board {drawing / lasted:.0%}, PostgreSQL "
        f"{spent.postgres / lasted:.0%}, Kafka {spent.kafka / lasted:.0%} of a core"
    )
    hidden = sum(len(shop.produced) - len(shop.shown) for shop in shops)
    shown = [delay for shop in shops for delay in shop.delays(shop.shown)]
    committed = [delay for shop in shops for delay in shop.delays(shop.committed)]
    return Figures(shown, committed, hidden, sent / lasted, shares)


def _looked(shops: Sequence[Shop], store: psycopg.Connection[tuple[object, ...]], over: threading.Event) -> None:
    while not over.wait(LOOK_SECONDS):
        for shop in shops:
            shop.look(store)


def _marker(offering: Offering, shops: Sequence[Shop]) -> Callable[[float], int]:
    """Produces the marked orders that are due, the shops in turn."""
    turn = itertools.cycle(shops)
    made = 0

    def mark(at: float) -> int:
        nonlocal made
        due = int(at * MARKS_PER_SECOND) - made
        for _ in range(due):
            shop = next(turn)
            record = shop.record()
            shop.produced.append(time.monotonic())
            offering.send(record)
        made += due
        return due

    return mark


def _definitions(place: Ground) -> Path:
    """The shop's definitions, with the marked shops."""
    folder = place.folder / "marked"
    if not folder.exists():
        shutil.copytree(SHOP_DEFINITIONS, folder)
        with (folder / "company.toml").open("a", encoding="utf-8") as file:
            for name in (name for shop in SHOPS for name in (shop, f"{shop}-warm")):
                file.write(f'\n[[shop]]\nid = "{name}"\nname = {{ zh = "{name}", en = "{name}" }}\nbrand = "bench"\n')
    return folder


def _wait_ready(site: Site, address: str) -> None:
    """Until the board answers and the worker has its partitions."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        with suppress(OSError), urllib.request.urlopen(f"{address}/-/ready", timeout=1):
            if "from" in site.last_words().rpartition('"partitions')[2]:
                return
        time.sleep(0.1)
    raise RuntimeError(f"not ready:\n{site.last_words()}\n{site.last_words('board')}")


def _wait_shown(shops: Sequence[Shop]) -> None:
    deadline = time.monotonic() + LAST_SECONDS
    while any(len(shop.shown) < len(shop.produced) for shop in shops) and time.monotonic() < deadline:
        time.sleep(0.05)
