"""A material (main picture, video of an advertisement) and its first fourteen days."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scoring.atoms.base import Case, Found, Setting, View, latest_rows
from scoring.attribution import Spread
from scoring.events.base import Event
from scoring.events.content import CreativeReport
from scoring.period import parse_day

FIGURE_DAYS = 14


@dataclass(frozen=True, slots=True)
class CreativeDay:
    """Figures of one day among the first fourteen local days of a material; the first day is its earliest report's."""

    shop: str
    credits: Mapping[str, Spread]
    day_at: int
    impressions: int
    clicks: int


class CreativeCase(Case):
    """The case of one material."""

    def find(self, key: str, facts: Sequence[Event], view: View, setting: Setting) -> Found:
        rows = [fact for fact in latest_rows(facts) if isinstance(fact, CreativeReport)]
        if not rows:
            return Found()
        days = setting.attribution.days
        first = parse_day(days.day(min(row.day_at for row in rows)))
        early = [row for row in rows if (parse_day(days.day(row.day_at)) - first).days < FIGURE_DAYS]
        return Found(tuple(("creative_day", _atom(row, setting)) for row in early))


def _atom(row: CreativeReport, setting: Setting) -> CreativeDay:
    author = setting.attribution.person(row.author_id, row.day_at)
    credit = {"author": setting.attribution.of_people([author], row.day_at)}
    return CreativeDay(row.shop_id, credit, row.day_at, row.impressions, row.clicks)
