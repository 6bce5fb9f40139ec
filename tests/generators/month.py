"""Small nasty months for property tests: a seed gives definitions and 20 to 120 events that collide on purpose."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.generators import (
    content_stories,
    live_stories,
    organisation_stories,
    partner_stories,
    sales_stories,
    service_stories,
    stories,
    supply_stories,
)
from tests.generators.company import ZONES, company_texts

Wire = dict[str, Any]
SECOND = 1_000_000
MINUTE = 60 * SECOND
DAYS = ("2026-09-30", "2026-10-01", "2026-10-02", "2026-10-03", "2026-10-25", "2026-10-31", "2026-11-01")
CURRENCY_DECIMALS = {"CNY": 2, "USD": 2, "JPY": 0, "EUR": 2}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Month:
    """The events written so far, and chances that a story draws from."""

    def __init__(self, rng: random.Random, zone: str) -> None:
        self.rng = rng
        self.zone = ZoneInfo(zone)
        self.events: list[Wire] = []
        self.moments: dict[tuple[str, str], list[int]] = {}
        """Instants at which a customer of a shop wrote or bought, so that the next story falls close to them."""
        self.on_air: dict[tuple[str, str], list[int]] = {}
        """Instants at which something happened in a live session (shop, session)."""
        self.number = 0

    def chance(self, percent: int) -> bool:
        return self.rng.randrange(100) < percent

    def some_time(self) -> int:
        """An instant of a few days, often close to midnight or to the border of the service window."""
        day = datetime.fromisoformat(self.rng.choice(DAYS)).replace(tzinfo=self.zone)
        clock = self.rng.choice((0, 0, 8 * 60, 10 * 60, 12 * 60, 15 * 60, 15 * 60, 20 * 60, 23 * 60, 24 * 60))
        near = self.rng.choice((0, 0, -1, 1, -30, 45, -90, 200))
        local = day + timedelta(minutes=clock + near, seconds=self.rng.choice((0, 0, 1, 30, 59)))
        return (local - EPOCH) // timedelta(microseconds=1) + self.rng.choice((0, 0, 0, 500_000, 999_999))

    def near(self, instants: list[int]) -> int:
        """An instant shortly before or after one of these; any instant when there are none."""
        if not instants or self.chance(15):
            return self.some_time()
        steps = (0, 1, SECOND, 30 * SECOND, MINUTE, 20 * MINUTE, 60 * MINUTE, 5 * 60 * MINUTE, 24 * 60 * MINUTE)
        return self.rng.choice(instants) + self.rng.choice(steps) * self.rng.choice((1, 1, 1, -1))

    def text(self, us: int) -> str:
        """An instant as RFC 3339, in the local offset or in UTC."""
        moment = EPOCH + timedelta(microseconds=us)
        return (moment if self.chance(20) else moment.astimezone(self.zone)).isoformat()

    def money(self, low: int, high: int, currency: str = "CNY") -> str:
        """An amount between two numbers of minor units as a decimal text."""
        minor, places = self.rng.randint(low, high), CURRENCY_DECIMALS[currency]
        return f"{minor // 100}.{minor % 100:02}" if places else str(minor)

    def emit(self, event_type: str, at: int, shop: str, **fields: Any) -> Wire:
        """Write one event; None fields are left out, and ids sort in no order that means anything."""
        self.number += 1
        event = {
            "event_id": f"{self.rng.choice('abxyz')}{self.number}",
            "event_type": event_type,
            "occurred_at": self.text(at),
            "source": self.rng.choice(("douyin", "erp")),
            "shop_id": shop,
            **{name: value for name, value in fields.items() if value is not None},
        }
        self.events.append(event)
        return event


FAMILY_STORIES: tuple[Callable[[Month], None], ...] = (
    *content_stories.ALL,
    *live_stories.ALL,
    *supply_stories.ALL,
    *service_stories.ALL,
    *sales_stories.ALL,
    *organisation_stories.ALL,
    *partner_stories.ALL,
)
"""Tellers of the other families, from files of their own."""


def small_month(rng: random.Random, size: int) -> tuple[dict[str, str], list[Wire]]:
    """Definition texts by file name (without the catalogue) and about `size` wire events in the order of telling.

    The period of interest is 2026-10; some facts lie just before and after it. Equal seeds give equal months.
    """
    zone = rng.choice(ZONES)
    month = Month(rng, zone)
    texts = company_texts(rng, zone)
    # A session or a conversation first, so that orders can fall into them.
    tellers: list[Callable[[Month], None]] = [stories.live_session, stories.conversation]
    while len(month.events) < size:
        rng.choice(tellers)(month)
        tellers = [*stories.ALL, *FAMILY_STORIES]
    _retract_some(month)
    rng.shuffle(month.events)
    return texts, month.events


def _retract_some(month: Month) -> None:
    for target in list(month.events):
        if month.chance(3):
            month.emit(
                "event.retracted",
                month.some_time(),
                target["shop_id"],
                target_source=target["source"],
                target_event_id=target["event_id"],
                reason_code="brush",
            )
