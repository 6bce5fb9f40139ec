"""A scoreboard as faust-streaming's documentation teaches it: one agent, JSON, a table with its changelog on Kafka.

    python -m benchmarks.kafka.stock BROKERS TOPIC PARTITIONS EVENTS PLAN

PLAN "one" adds one to one counter an event: (employee or shop, type, day). PLAN "board" keeps the counts and sums that
can be read off the event alone, for the shop and for whoever the event names; no attribution, no teams, no minutes, no
corrections, and an event that comes twice counts twice. A number as PLAN updates so many counters an event, which is
only there to compare like with like: as many as Scoreline changes cells.

The transport, the table and all settings are Faust's own, except where a start needs them. Prints a line of JSON when
it has seen the first event, and when the last one and the changelog are written.
"""

from __future__ import annotations

import json
import os
import resource
import secrets
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import faust

Event = Mapping[str, Any]
Counter = tuple[str, str, int]
"""(owner, measure, amount)."""

NAMES = ("agent_id", "host_id", "employee_id", "assignee_id", "author_id", "controller_id")


def minor(text: object) -> int:
    """Minor units of an amount such as "12.50"; 0 when it is left out."""
    whole, _, part = str(text or "0").partition(".")
    return int(whole) * 100 + int(part.ljust(2, "0"))


def paid_minor(event: Event) -> int:
    """What an order brought."""
    return sum(minor(line["paid_amt"]) for line in event["lines"])


def qty(event: Event) -> int:
    """How many pieces an order has."""
    return sum(int(line["qty"]) for line in event["lines"])


def field(name: str) -> Callable[[Event], int]:
    """A whole number of the event."""
    return lambda event: int(event.get(name) or 0)


def amount(name: str) -> Callable[[Event], int]:
    """An amount of the event."""
    return lambda event: minor(event.get(name))


SUMS: Mapping[str, tuple[tuple[str, Callable[[Event], int]], ...]] = {
    "order.paid": (("gmv", paid_minor), ("qty", qty)),
    "refund.completed": (("refunded", amount("refund_amt")),),
    "chat.rated": (("stars", field("rating")),),
    "ad.report": (
        ("cost", amount("cost")), ("clicks", field("clicks")), ("impressions", field("impressions")),
        ("ad_orders", field("attributed_orders")),
    ),
    "traffic.day": (("uv", field("uv")), ("pv", field("pv"))),
}  # fmt: skip


def one(event: Event) -> Iterator[Counter]:
    """The least that is a table: one counter."""
    yield _named(event) or event["shop_id"], event["event_type"], 1


def board(event: Event) -> Iterator[Counter]:
    """Counts and sums for the shop, for whoever is named, and for the desk (category) of an order."""
    kind = event["event_type"]
    sums = [(name, read(event)) for name, read in SUMS.get(kind, ())]
    for owner in {event["shop_id"], _named(event), _desk(event)} - {""}:
        yield owner, kind, 1
        for name, value in sums:
            yield owner, name, value


def _named(event: Event) -> str:
    return next((str(event[name]) for name in NAMES if event.get(name)), "")


def _desk(event: Event) -> str:
    return str(event["lines"][0].get("category", "")) if event["event_type"] == "order.paid" else ""


def several(count: int) -> Callable[[Event], Iterator[Counter]]:
    """So many counters of whoever is named."""
    measures = [f"measure {number}" for number in range(count)]
    return lambda event: ((_named(event) or event["shop_id"], measure, 1) for measure in measures)


PLANS: Mapping[str, Callable[[Event], Iterator[Counter]]] = {"one": one, "board": board}


class Tally:
    """Counts events and updates, and reports at the first and the last event."""

    def __init__(self, wanted: int) -> None:
        self.wanted = wanted
        self.events = 0
        self.updates = 0

    def report(self) -> None:
        """Write a line of figures; standard output itself is in Faust's hands."""
        used = resource.getrusage(resource.RUSAGE_SELF)
        row = {
            "events": self.events,
            "updates": self.updates,
            "cpu": used.ru_utime + used.ru_stime,
            "at": time.monotonic(),
        }
        assert sys.__stdout__ is not None
        print(json.dumps(row), file=sys.__stdout__, flush=True)


def application(brokers: str, topic: str, partitions: int, tally: Tally, plan: str) -> faust.App:
    """The app; nothing is connected yet."""
    app = faust.App(
        f"stock.{secrets.token_hex(4)}",
        broker=f"kafka://{brokers}",
        consumer_auto_offset_reset="earliest",
        topic_replication_factor=1,
        datadir=tempfile.mkdtemp(prefix="scoreline-stock-"),
    )
    counters_of = PLANS[plan] if plan in PLANS else several(int(plan))
    scores = app.Table("scores", default=int, partitions=partitions)

    @app.agent(app.topic(topic))
    async def score(events: Any) -> None:
        async for event in events:
            day = event["occurred_at"][:10]
            for owner, measure, value in counters_of(event):
                scores[f"{owner}|{measure}|{day}"] += value
                tally.updates += 1
            tally.events += 1
            if tally.events == 1:
                tally.report()
            elif tally.events == tally.wanted:
                await app.producer.flush()
                tally.report()
                os._exit(0)

    return app


def main(arguments: list[str]) -> None:
    """Run until the wanted number of events is counted."""
    brokers, topic, partitions, wanted, plan = arguments
    app = application(brokers, topic, int(partitions), Tally(int(wanted)), plan)
    sys.argv = ["stock", "worker", "--loglevel=error", "--without-web"]
    app.main()


if __name__ == "__main__":
    main(sys.argv[1:])
