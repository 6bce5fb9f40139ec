"""Figures that finance posts: costs of cost centres, operating profit, own sales and the market's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

from scoring.atoms.base import Case, Found, Problem, Setting, View, company_factor, latest_rows
from scoring.attribution import Spread
from scoring.events.base import Event
from scoring.events.finance import CostPosted, FinanceEvent, MarketPosted, ProfitPosted
from scoring.money import round_half_up
from scoring.period import grain_of, period_of

FinanceT = TypeVar("FinanceT", bound=FinanceEvent)
GRAINS = ("day", "week", "month", "quarter", "year")


@dataclass(frozen=True, slots=True)
class Cost:
    """A posted cost in company minor units, dated when it occurred; credited to the owners of the cost centre."""

    shop: str
    credits: Mapping[str, Spread]
    occurred_at: int
    amount: int


@dataclass(frozen=True, slots=True)
class Profit:
    """Posted operating profit in company minor units, dated at the last instant of its period; may be negative."""

    shop: str
    credits: Mapping[str, Spread]
    ended_at: int
    amount: int


@dataclass(frozen=True, slots=True)
class Market:
    """Own sales and the estimated market of a category, dated at the end of the period.

    Both are items of the kind `standing`: of each category the figure that ends last counts. Of a month and a quarter
    that end together the month does, for which the quarter's instant lies some microseconds earlier.
    """

    shop: str
    credits: Mapping[str, Spread]
    ended_at: int
    own: str
    total: str


class CostCase(Case):
    """The case of one cost centre, account and period."""

    def find(self, key: str, facts: Sequence[Event], view: View, setting: Setting) -> Found:
        row = _posted(facts, CostPosted)
        if row is None:
            return Found()
        factor = company_factor(row.currency, row.occurred_at, setting)
        if isinstance(factor, Problem):
            return Found(problems=(factor,))
        scope = _scope(row, setting) | {"cost_centre": row.cost_centre}
        credit = {"cost_centre": setting.attribution.of_tag("cost_centre", scope, row.occurred_at)}
        return Found((("cost", Cost(row.shop_id, credit, row.occurred_at, round_half_up(row.amount * factor))),))


class ProfitCase(Case):
    """The case of one unit's operating profit in a period."""

    def find(self, key: str, facts: Sequence[Event], view: View, setting: Setting) -> Found:
        row = _posted(facts, ProfitPosted)
        if row is None:
            return Found()
        dated = _dated(row, setting)
        if isinstance(dated, Problem):
            return Found(problems=(dated,))
        at, factor = dated
        scope = _scope(row, setting) | {"cost_centre": row.cost_centre}
        credit = {"shop": setting.attribution.of_tag("owner", scope, at)}
        return Found((("profit", Profit(row.shop_id, credit, at, round_half_up(row.amount * factor))),))


class MarketCase(Case):
    """The case of one category's market in a period."""

    def find(self, key: str, facts: Sequence[Event], view: View, setting: Setting) -> Found:
        row = _posted(facts, MarketPosted)
        if row is None:
            return Found()
        dated = _dated(row, setting)
        if isinstance(dated, Problem):
            return Found(problems=(dated,))
        at, factor = dated
        credit = {"shop": setting.attribution.of_tag("owner", _scope(row, setting) | {"category": row.category}, at)}
        at -= GRAINS.index(grain_of(row.period))
        amounts = [round_half_up(amount * factor) for amount in (row.own_share_num, row.market_total)]
        own, total = (f"stock:{at}:{amount}:0:{row.shop_id}|{row.category}" for amount in amounts)
        return Found((("market", Market(row.shop_id, credit, at, own, total)),))


def _scope(row: FinanceEvent, setting: Setting) -> dict[str, str]:
    return {"brand": setting.attribution.brand(row.shop_id), "shop": row.shop_id, "channel": row.channel}


def _posted(facts: Sequence[Event], kind: type[FinanceT]) -> FinanceT | None:
    """The figure of a case as it was restated last."""
    return next((fact for fact in latest_rows(facts) if isinstance(fact, kind)), None)


def _dated(row: FinanceEvent, setting: Setting) -> tuple[int, Fraction] | Problem:
    """The last instant of the period that a figure is for, and the factor into company minor units on that day."""
    try:
        at = period_of(row.period, setting.attribution.days.zone).end_us - 1
    except ValueError as error:
        return Problem("finance_period", str(error), blocks=True)
    factor = company_factor(row.currency, at, setting)
    return factor if isinstance(factor, Problem) else (at, factor)
