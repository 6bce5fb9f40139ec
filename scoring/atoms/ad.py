"""One restated advertising row, cut at local midnights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from scoring.atoms.base import (
    SECOND,
    Atom,
    Case,
    Found,
    Problem,
    Setting,
    View,
    company_factor,
    latest_rows,
)
from scoring.attribution import Spread
from scoring.events.ad import AdReport
from scoring.events.base import Event
from scoring.money import largest_remainder, round_half_up
from scoring.period import LocalDays

CLICK_14D, DIRECT = "click_14d", "direct"
"""Two ways in which TikTok Shop attributes sales: within 14 days of a click, or to the content clicked last."""


@dataclass(frozen=True, slots=True)
class AdPiece:
    """The part of a report that lies on one local day; amounts in minor units of the company's currency."""

    shop: str
    credits: Mapping[str, Spread]
    start_at: int
    model: str
    cost: int
    impressions: int
    clicks: int
    orders: int
    gmv: int
    new_buyers: int
    budget: int

    @property
    def is_click_14d(self) -> bool:
        """Whether the platform attributed sales within 14 days of a click."""
        return self.model == CLICK_14D

    @property
    def is_direct(self) -> bool:
        """Whether the platform attributed sales to the content clicked last."""
        return self.model == DIRECT


def cut_at_midnights(start: int, end: int, days: LocalDays) -> list[tuple[int, int]]:
    """[start, end) as consecutive pieces that do not cross a local midnight."""
    pieces, at = [], start
    while at < end:
        stop = min(end, days.end_of_day_us(days.day(at)))
        pieces.append((at, stop))
        at = stop
    return pieces


class AdCase(Case):
    """The case of one campaign and interval."""

    def find(self, key: str, facts: Sequence[Event], view: View, setting: Setting) -> Found:
        rows = [fact for fact in latest_rows(facts) if isinstance(fact, AdReport)]
        if not rows:
            return Found()
        report = rows[0]
        start = report.interval_start
        factor = company_factor(report.currency, start, setting)
        if isinstance(factor, Problem):
            return Found(problems=(factor,))
        scope = {
            "brand": setting.attribution.brand(report.shop_id),
            "shop": report.shop_id,
            "channel": report.channel,
            "campaign": report.campaign_id,
        }
        credit = {"campaign": setting.attribution.of_tag("campaign", scope, start)}
        pieces = cut_at_midnights(start, start + report.interval_seconds * SECOND, setting.attribution.days)
        parts = [_parts(amount, pieces) for amount in _amounts(report, factor)]
        return Found(
            tuple(
                ("ad_piece", _atom(report, credit, piece[0], [part[place] for part in parts]))
                for place, piece in enumerate(pieces)
            )
        )


def _atom(report: AdReport, credit: Mapping[str, Spread], start: int, amounts: Sequence[int]) -> Atom:
    return AdPiece(report.shop_id, credit, start, report.attribution_model, *amounts)


def _amounts(report: AdReport, factor: Fraction) -> list[int]:
    money = (report.cost, report.attributed_gmv, report.budget)
    cost, gmv, budget = (round_half_up(amount * factor) for amount in money)
    counts = [report.impressions, report.clicks, report.attributed_orders]
    return [cost, *counts, gmv, report.attributed_new_buyers, budget]


def _parts(amount: int, pieces: Sequence[tuple[int, int]]) -> list[int]:
    if len(pieces) == 1:
        return [amount]
    return largest_remainder(amount, [stop - start for start, stop in pieces])
