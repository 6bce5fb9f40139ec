"""One restated advertising row, cut at local midnights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from scoring.atoms.base import SECOND, Atom, Found, Problem, Projection, Setting, View, latest_rows
from scoring.attribution import Spread
from scoring.events.ad import AdReport
from scoring.events.base import Event
from scoring.money import EXPONENTS, largest_remainder, round_half_up
from scoring.period import LocalDays


@dataclass(frozen=True, slots=True)
class AdPiece:
    """The part of a report that lies on one local day; amounts in minor units of the company's currency."""

    shop: str
    credits: Mapping[str, Spread]
    start_at: int
    cost: int
    impressions: int
    clicks: int
    orders: int
    gmv: int


def cut_at_midnights(start: int, end: int, days: LocalDays) -> list[tuple[int, int]]:
    """[start, end) as consecutive pieces that do not cross a local midnight."""
    pieces, at = [], start
    while at < end:
        stop = min(end, days.end_of_day_us(days.day(at)))
        pieces.append((at, stop))
        at = stop
    return pieces


class AdCase:
    """The case of one campaign and interval."""

    def publish(self, facts: Sequence[Event], setting: Setting) -> tuple[Projection, ...]:
        return ()

    def reads(self, key: str, facts: Sequence[Event]) -> tuple[str, ...]:
        return ()

    def find(self, key: str, facts: Sequence[Event], view: View, setting: Setting) -> Found:
        rows = [fact for fact in latest_rows(facts) if isinstance(fact, AdReport)]
        if not rows:
            return Found()
        report = rows[0]
        start = report.interval_start
        rate = setting.attribution.rate(report.currency, start)
        if rate is None:
            missing = f"no {report.currency} rate on {setting.attribution.days.day(start)}; add it to fx.toml"
            return Found(problems=(Problem("missing_fx", missing, blocks=True),))
        scope = {
            "brand": setting.attribution.brand(report.shop_id),
            "shop": report.shop_id,
            "channel": report.channel,
            "campaign": report.campaign_id,
        }
        credit = {"campaign": setting.attribution.of_tag("campaign", scope, start)}
        pieces = cut_at_midnights(start, start + report.interval_seconds * SECOND, setting.attribution.days)
        parts = [_parts(amount, pieces) for amount in _amounts(report, rate, setting)]
        return Found(
            tuple(
                ("ad_piece", _atom(report.shop_id, credit, piece[0], [part[place] for part in parts]))
                for place, piece in enumerate(pieces)
            )
        )


def _atom(shop: str, credit: Mapping[str, Spread], start: int, amounts: Sequence[int]) -> Atom:
    return AdPiece(shop, credit, start, *amounts)


def _amounts(report: AdReport, rate: Fraction, setting: Setting) -> list[int]:
    company = setting.attribution.reference.company.currency
    factor = rate * Fraction(10) ** (EXPONENTS[company] - EXPONENTS[report.currency])
    cost, gmv = (round_half_up(amount * factor) for amount in (report.cost, report.attributed_gmv))
    return [cost, report.impressions, report.clicks, report.attributed_orders, gmv]


def _parts(amount: int, pieces: Sequence[tuple[int, int]]) -> list[int]:
    if len(pieces) == 1:
        return [amount]
    return largest_remainder(amount, [stop - start for start, stop in pieces])
