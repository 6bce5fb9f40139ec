"""Traffic of a shop, restated by day or hour."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from scoring.events.base import Event, Instant, Write, case_key

TrafficOrigin = Literal["organic", "paid", "live", "content", "other"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrafficDay(Event):
    """Visitors and page views of one interval; a higher revision replaces a lower one."""

    EVENT_TYPE: ClassVar[str] = "traffic.day"
    WRITE: ClassVar[Write] = "upsert"

    interval_start: Instant
    interval_seconds: int = 86400
    origin: TrafficOrigin = "other"
    uv: int = 0
    pv: int = 0

    def case(self) -> str:
        start = f"{self.interval_start}+{self.interval_seconds}"
        return case_key("traffic", self.shop_id, self.channel, self.origin, start)

    def subject(self) -> str:
        return case_key("traffic", self.shop_id)

    def restates(self) -> str | None:
        return "row"

    def check(self) -> str | None:
        if self.uv < 0 or self.pv < 0:
            return "uv and pv must not be negative"
        return None
