"""Settled totals of people, as their managers are measured by them (3-kpis.md §3.8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scoring.atoms.base import Case, Found, Problem, Setting, View, latest_rows
from scoring.attribution import Spread
from scoring.events.base import Event
from scoring.events.review import ScoreSettled
from scoring.organisation.leads import lead_of
from scoring.period import Period, next_period, period_of

EXCELLENT = 90_000_000


@dataclass(frozen=True, slots=True)
class ReportScore:
    """A direct report's latest settled total: counted from the end of its period until the next one takes its place.

    At most until the end of the following period, so that somebody who has left does not count for ever.
    """

    shop: str
    credits: Mapping[str, Spread]
    at: int
    change: int
    is_excellent: bool


class ScoreCase(Case):
    """The case of one person's settled totals."""

    def find(self, key: str, facts: Sequence[Event], view: View, setting: Setting) -> Found:
        zone = setting.attribution.days.zone
        rows: list[tuple[Period, int, ScoreSettled]] = []
        problems: list[Problem] = []
        for fact in latest_rows(facts):
            if isinstance(fact, ScoreSettled):
                try:
                    period = period_of(fact.period, zone)
                    rows.append((period, next_period(period).end_us, fact))
                except ValueError as error:
                    problems.append(Problem("score_period", str(error), blocks=True))
        rows.sort(key=lambda row: _order(row[0]))
        atoms: list[tuple[str, ReportScore]] = []
        later = [period.end_us - 1 for period, _, _ in rows[1:]]
        for number, (period, end, fact) in enumerate(rows):
            at, gone = period.end_us - 1, min([*later[number : number + 1], end])
            credit, excellent = _manager(fact.subject_id, period, setting), fact.total >= EXCELLENT
            atoms.append(("report_score", ReportScore(fact.shop_id, credit, at, 1, excellent)))
            atoms.append(("report_score", ReportScore(fact.shop_id, credit, gone, -1, excellent)))
        return Found(tuple(atoms), tuple(problems))


def _order(period: Period) -> tuple[int, int]:
    return period.end_us, period.start_us


def _manager(subject: str, period: Period, setting: Setting) -> dict[str, Spread]:
    attribution, at = setting.attribution, period.end_us - 1
    lead = lead_of(attribution.reference, attribution.person(subject, at), period.last_day)
    return {"manager": attribution.of_people([lead] if lead else [], at)}
