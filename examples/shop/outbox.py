"""Lines on their way: every event gets an arrival, and some get lost in the usual ways (late, twice, damaged)."""

from __future__ import annotations

import heapq
import json
from collections.abc import Iterator
from datetime import date, timedelta
from fractions import Fraction
from random import Random
from typing import Any, NamedTuple

from examples.shop.damage import damaged
from examples.shop.world import DAY, HOUR, MINUTE, SHOP, TAIL_DAYS

DUPLICATE_EVERY = 100
DAMAGE_EVERY = 1_150
DELAYED_PERCENT = 3


class Line(NamedTuple):
    """One line of the stream; `fault` names how it was damaged on purpose, "" for a sound one."""

    raw: bytes
    fault: str


class Outbox:
    """Collects events by arrival time. Times are whole seconds since the local start of the month (+08:00)."""

    def __init__(self, seed: int | str, month: str, scale: Fraction) -> None:
        self.rng = Random(seed)
        self.month = month
        self.scale = scale
        self.first = date.fromisoformat(f"{month}-01")
        after = (self.first + timedelta(days=32)).replace(day=1)
        self.days_in_month = (after - self.first).days
        self.month_end = self.days_in_month * DAY
        self.horizon = self.month_end + TAIL_DAYS * DAY
        self._heap: list[tuple[int, int, bytes, str]] = []
        self._sent = 0
        self._queued = 0
        self._kept: dict[str, Fraction] = {}

    def keep(self, what: str) -> bool:
        """Thin rows that do not come from customers: all at scale 1, evenly fewer below; the first one always."""
        before = self._kept.get(what)
        if before is None:
            self._kept[what] = Fraction(0)
            return True
        after = before + min(self.scale, Fraction(1))
        self._kept[what] = after - (after >= 1)
        return after >= 1

    def count(self, what: str, amount: Fraction) -> int:
        """A whole number out of a fractional `amount`; what is left over is carried to the next call."""
        total = self._kept.get(f"#{what}", Fraction(0)) + amount
        whole = total.numerator // total.denominator
        self._kept[f"#{what}"] = total - whole
        return whole

    def iso_day(self, t: int) -> str:
        """The local day of `t`."""
        return (self.first + timedelta(days=t // DAY)).isoformat()

    def stamp(self, t: int) -> str:
        """`t` as RFC 3339 text."""
        second = t % DAY
        return f"{self.iso_day(t)}T{second // HOUR:02d}:{second // MINUTE % 60:02d}:{second % 60:02d}+08:00"

    def soon(self, most: int) -> int:
        """A skewed wait of 0 to `most` seconds: short ones are common. No logarithm, so the same on every machine."""
        share = self.rng.random()
        return int(share * share * most)

    def send(self, when: int | tuple[int, int], kind: str, source: str, event_id: str, /, **fields: Any) -> None:
        """Queue one event that occurred at `when`, or a pair (occurred, arrives) where a report comes by schedule."""
        t, due = when if isinstance(when, tuple) else (when, self._arrival(when))
        event = {
            "event_id": event_id,
            "event_type": kind,
            "occurred_at": self.stamp(t),
            "source": source,
            "shop_id": SHOP,
            **fields,
        }
        raw = encoded(event)
        self._queue(due, raw, "")
        self._sent += 1
        if self._sent % DUPLICATE_EVERY == 37:
            twice = raw if self._sent % (10 * DUPLICATE_EVERY) > 100 else encoded(dict(reversed(event.items())))
            again = due + self.soon(6 * HOUR)
            self._queue(again if due >= self.horizon else min(again, self.horizon - 1), twice, "")
        if self._sent % DAMAGE_EVERY == 100:
            self._queue(due, *damaged(event, self._sent // DAMAGE_EVERY))

    def arrived(self, before: int | None = None) -> Iterator[Line]:
        """Take out, in order, what arrives before `before` (None: everything)."""
        while self._heap and (before is None or self._heap[0][0] < before):
            _, _, raw, fault = heapq.heappop(self._heap)
            yield Line(raw, fault)

    def _arrival(self, t: int) -> int:
        draw = self.rng.randrange(1_000)
        if draw >= 10 * DELAYED_PERCENT:
            return t + draw % 4
        return t + 5 * MINUTE + self.soon(2 * HOUR if draw < 7 * DELAYED_PERCENT else 2 * DAY)

    def _queue(self, due: int, raw: bytes, fault: str) -> None:
        self._queued += 1
        heapq.heappush(self._heap, (due, self._queued, raw, fault))


def encoded(event: dict[str, Any]) -> bytes:
    """One event as a JSON line without its line break."""
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()


def yuan(fen: int) -> str:
    """Fen as the decimal text of the wire."""
    return f"{fen // 100}.{fen % 100:02d}"
