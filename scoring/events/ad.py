"""Advertising reports, restated by campaign and interval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from scoring.events.base import Event, Instant, Minor, Write, case_key


@dataclass(frozen=True, slots=True, kw_only=True)
class AdReport(Event):
    """What a campaign cost and brought in one interval; a higher revision replaces a lower one.

    `budget` is the part of the campaign's budget that was planned for this very interval.
    """

    EVENT_TYPE: ClassVar[str] = "ad.report"
    WRITE: ClassVar[Write] = "upsert"

    campaign_id: str
    interval_start: Instant
    interval_seconds: int = 3600
    impressions: int = 0
    clicks: int = 0
    cost: Minor = 0
    attributed_orders: int = 0
    attributed_gmv: Minor = 0
    attributed_new_buyers: int = 0
    attribution_model: str = "click_7d"
    budget: Minor = 0

    def case(self) -> str:
        start = f"{self.interval_start}+{self.interval_seconds}"
        return case_key("ad", self.shop_id, self.campaign_id, start)

    def subject(self) -> str:
        return case_key("campaign", self.campaign_id)

    def restates(self) -> str | None:
        return "row"

    def check(self) -> str | None:
        if not 1 <= self.interval_seconds <= 31 * 86400:
            return f"interval_seconds is {self.interval_seconds}; a report covers 1 second to 31 days"
        counts = ("impressions", "clicks", "attributed_orders", "attributed_new_buyers")
        for name in (*counts, "cost", "attributed_gmv", "budget"):
            if getattr(self, name) < 0:
                return f"{name} is negative; send the restated whole figure with a higher revision instead"
        return None
