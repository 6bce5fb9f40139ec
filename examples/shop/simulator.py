"""A seeded month of the Hanfeng shop as JSON lines in arrival order: the same seed gives the same bytes."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from pathlib import Path
from typing import BinaryIO

from examples.shop.chats import Chats
from examples.shop.departments import Departments
from examples.shop.live import Live
from examples.shop.office import Office
from examples.shop.orders import Orders
from examples.shop.outbox import Line, Outbox, yuan
from examples.shop.staff import Staff
from examples.shop.world import (
    CAMPAIGNS,
    CHATS_A_DAY,
    DAY,
    HOUR,
    HOUR_PULL,
    ORDERS_A_DAY,
    demand_percent,
)

FIRST_DAY = -1  # the last two days of the month before: their returns come back in this month
DAYS_AFTER = 2
LATE_REFUNDS = 20
FAMILIES = ("demo", "all")


def generate(
    seed: int, month: str = "2026-10", scale: Fraction | int | str = 1, families: str = "demo"
) -> Iterator[bytes]:
    """The month's lines (no line breaks) in arrival order, from two days before it to ten days after it.

    `scale` multiplies orders and conversations; below 1 it thins the reports, sessions and shifts too. `families`
    "all" adds the departments that the demo leaves out, day by day, and changes no line of the demo. ValueError when
    the scale is not above 0, the month is not YYYY-MM, or families is neither "demo" nor "all".
    """
    return (line.raw for line in lines(seed, month, scale, families))


def lines(seed: int, month: str = "2026-10", scale: Fraction | int | str = 1, families: str = "demo") -> Iterator[Line]:
    """As `generate`, each line with the name of the damage done to it on purpose ("" when sound)."""
    if families not in FAMILIES:
        raise ValueError(f"families is {families!r}; known: {', '.join(FAMILIES)}")
    box = _box(seed, month, scale)
    more = _departments(seed, month, box.scale) if families == "all" else None
    yield from _played(box, more)
    yield from box.arrived(before=box.horizon)
    if more is not None:
        yield from more.box.arrived(before=box.horizon)


def late(seed: int, month: str = "2026-10", scale: Fraction | int | str = 1) -> Iterator[bytes]:
    """What arrives after the close: refunds and completions of the month's orders, and one restated ad figure."""
    box = _box(seed, month, scale)
    for _ in _played(box):
        pass
    for _ in box.arrived(before=box.horizon):
        pass
    yield from _late_refunds(box)
    yield _restated_ad(box)


def _box(seed: int, month: str, scale: Fraction | int | str) -> Outbox:
    exact = Fraction(scale)
    if exact <= 0:
        raise ValueError(f"scale is {exact}; it must be above 0")
    return Outbox(seed, month, exact)


@dataclass(frozen=True, slots=True)
class _More:
    """The departments on an outbox of their own, so that they draw no chance away from the demo's lines."""

    box: Outbox
    departments: Departments
    staff: Staff

    def day(self, day: int) -> Iterator[Line]:
        """One day of the month and what arrives on it."""
        if day == FIRST_DAY:
            self.departments.before()
            self.staff.before()
        if 1 <= day <= self.box.days_in_month:
            self.departments.day(day)
            self.staff.day(day)
        yield from self.box.arrived(before=day * DAY)


def _departments(seed: int, month: str, scale: Fraction) -> _More:
    # A text as a seed is read by its bytes, the same on every machine, and never equals a number's stream.
    box = Outbox(f"departments {seed}", month, Fraction(1))
    return _More(box, Departments(box, scale >= 1), Staff(box, scale >= 1))


def _played(box: Outbox, more: _More | None = None) -> Iterator[Line]:
    orders = Orders(box)
    chats, live, office = Chats(box, orders), Live(box, orders), Office(box)
    for day in range(FIRST_DAY, box.days_in_month + DAYS_AFTER + 1):
        weekday = (box.first + timedelta(days=day - 1)).weekday()
        demand = demand_percent(day, weekday, box.days_in_month)
        _shoppers(box, orders, day, box.count("order", Fraction(ORDERS_A_DAY * demand, 100) * box.scale))
        talks = demand if demand < 200 else demand * 3 // 4
        chats.day(day, box.count("chat", Fraction(CHATS_A_DAY * talks, 100) * box.scale))
        if 1 <= day <= box.days_in_month:
            live.day(day)
            office.day(day, demand)
        yield from box.arrived(before=day * DAY)
        if more is not None:
            yield from more.day(day)


def _shoppers(box: Outbox, orders: Orders, day: int, count: int) -> None:
    """Orders that nobody talked about first."""
    hours = box.rng.choices(range(24), cum_weights=HOUR_PULL, k=count)
    for t in sorted((day - 1) * DAY + hour * HOUR + box.rng.randrange(HOUR) for hour in hours):
        orders.place(t, orders.buyer())


def _late_refunds(box: Outbox) -> Iterator[bytes]:
    month, found = box.month, 0
    for line in box.arrived():
        event = {} if line.fault else json.loads(line.raw)
        kind = event.get("event_type", "")
        if not event.get("order_id", "").startswith(f"o{month[2:4]}{month[5:]}"):
            continue
        if kind == "refund.completed":
            of_the_month = event["completed_at"].startswith(month)
            found += not of_the_month
            if of_the_month or found <= LATE_REFUNDS:
                yield line.raw
        elif kind == "order.completed" and found < LATE_REFUNDS // 4:
            yield line.raw


def _restated_ad(box: Outbox) -> bytes:
    campaign, start = CAMPAIGNS[0], 0
    box.send(
        start + HOUR, "ad.report", "qianchuan", f"{campaign.id}-{start // HOUR + 100:04d}-9", campaign_id=campaign.id,
        interval_start=box.stamp(start), revision=9, impressions=1_900, clicks=61, cost=yuan(5_840),
        attributed_orders=1, attributed_gmv=yuan(31_900), budget=yuan(campaign.spend * 24),
    )  # fmt: skip
    return next(line.raw for line in box.arrived() if not line.fault)


def main(arguments: list[str] | None = None) -> int:
    """Write a month, or what arrives after its close, to a file."""
    parser = argparse.ArgumentParser(prog="python -m examples.shop.simulator", description=__doc__)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--month", default="2026-10", help="YYYY-MM")
    parser.add_argument("--scale", default="1", help="1 is about 240,000 lines; 1/800 is a few hundred")
    parser.add_argument("--families", default="demo", choices=FAMILIES, help="all adds the departments")
    parser.add_argument("--late", action="store_true", help="only what arrives after the close")
    parser.add_argument("--out", required=True, help="file to write, - for standard output")
    chosen = parser.parse_args(arguments)
    seed, month, scale = chosen.seed, chosen.month, chosen.scale
    stream = late(seed, month, scale) if chosen.late else generate(seed, month, scale, chosen.families)
    if chosen.out == "-":
        written = _written(sys.stdout.buffer, stream)
    else:
        with Path(chosen.out).open("wb") as file:
            written = _written(file, stream)
    print(f"{written} lines", file=sys.stderr)
    return 0


def _written(file: BinaryIO, stream: Iterator[bytes]) -> int:
    count = 0
    for raw in stream:
        file.write(raw + b"\n")
        count += 1
    return count


if __name__ == "__main__":
    sys.exit(main())
