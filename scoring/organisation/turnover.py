"""The turnover card: everybody who left, with the KPIs of their team before and after (R14)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scoring.attribution import Attribution
from scoring.events.people import HrEvent
from scoring.organisation.effects import Effect, ReadKpi, across, later
from scoring.organisation.leads import last_position, person_of
from scoring.organisation.stays import stays_of


@dataclass(frozen=True, slots=True)
class Leaving:
    """Somebody left on a day, out of a team ("" when none is known)."""

    person: str
    day: str
    team: str
    voluntary: bool


@dataclass(frozen=True, slots=True)
class CardRow:
    """A leaving with what became of the team's KPIs: the 30 days up to it against the 30 days after."""

    leaving: Leaving
    effects: tuple[Effect, ...]


def leavings(facts: Iterable[HrEvent], attribution: Attribution, first_day: str, last_day: str) -> list[Leaving]:
    """Who left on the days from the first to the last, in order of time; `facts` are in total order."""
    by_employee: dict[str, list[HrEvent]] = {}
    for fact in facts:
        by_employee.setdefault(fact.employee_id, []).append(fact)
    found = []
    for employee, own in by_employee.items():
        for stay in stays_of(own):
            if stay.left is None:
                continue
            day = attribution.days.day(stay.left.occurred_at)
            if first_day <= day <= last_day:
                head = stay.joined or stay.left
                person = attribution.person(employee, head.occurred_at)
                position = last_position(person_of(attribution.reference, person), later(day, -1))
                found.append(Leaving(person, day, position.team if position else "", stay.left.voluntary))
    return sorted(found, key=lambda row: (row.day, row.person))


def turnover_card(left: Sequence[Leaving], kpis: Sequence[str], read: ReadKpi) -> list[CardRow]:
    """Each leaving with the effect on its team; without a team there is nothing to compare."""
    return [
        CardRow(row, tuple(across(read, kpi, f"t:{row.team}", row.day, later(row.day, 1)) for kpi in kpis))
        if row.team
        else CardRow(row, ())
        for row in left
    ]
