"""Figures posted by finance, restated by key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from scoring.events.base import Event, Micro, Minor, Write, case_key


@dataclass(frozen=True, slots=True, kw_only=True)
class FinanceEvent(Event):
    """What all posted figures share; a higher revision replaces a lower one."""

    WRITE: ClassVar[Write] = "upsert"
    period: str

    def subject(self) -> str:
        return case_key("finance", self.shop_id)

    def restates(self) -> str | None:
        return "row"


@dataclass(frozen=True, slots=True, kw_only=True)
class CostPosted(FinanceEvent):
    """A cost of a cost centre."""

    EVENT_TYPE: ClassVar[str] = "cost.posted"
    cost_centre: str
    amount: Minor
    account: str = ""

    def case(self) -> str:
        return case_key("cost", self.shop_id, self.cost_centre, self.account, self.period)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfitPosted(FinanceEvent):
    """Operating profit of a unit."""

    EVENT_TYPE: ClassVar[str] = "profit.posted"
    cost_centre: str
    amount: Minor

    def case(self) -> str:
        return case_key("profit", self.shop_id, self.cost_centre, self.period)


@dataclass(frozen=True, slots=True, kw_only=True)
class MarketPosted(FinanceEvent):
    """Own sales and the estimated market of a category."""

    EVENT_TYPE: ClassVar[str] = "market.posted"
    category: str
    own_share_num: Minor
    market_total: Minor

    def case(self) -> str:
        return case_key("market", self.shop_id, self.category, self.period)


@dataclass(frozen=True, slots=True, kw_only=True)
class FxPosted(FinanceEvent):
    """Units of the company's currency for one unit of `currency` on the day `period`."""

    EVENT_TYPE: ClassVar[str] = "fx.posted"
    rate: Micro

    def case(self) -> str:
        return case_key("fx", self.currency, self.period)

    def check(self) -> str | None:
        return "rate must be above 0" if self.rate <= 0 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class CogsAdjusted(FinanceEvent):
    """The real cost of an order line, known later than the standard cost."""

    EVENT_TYPE: ClassVar[str] = "cogs.adjusted"
    order_id: str
    line_id: str
    amount: Minor

    def case(self) -> str:
        return case_key("order", self.shop_id, self.order_id)

    def restates(self) -> str | None:
        return f"cogs:{self.line_id}"
