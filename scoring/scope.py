"""The part of a period in which somebody held a position, and under which plan; a change cuts it in two (§5.11)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from scoring.definitions import Definitions
from scoring.period import Period, days_in, grain_of
from scoring.plan import Plan
from scoring.presence import Shares
from scoring.proration import is_short_stay
from scoring.reference import Person, Position


@dataclass(frozen=True, slots=True)
class Scope:
    """The part of a period in which somebody held a position.

    `share` is its share of the period in calendar days, `shares` what that and leave make of targets and pay.
    `is_short` says that the person was there for fewer than 5 workdays of the period in all.
    """

    person: Person
    position: Position
    plan: Plan
    period: Period
    first_day: str
    last_day: str
    share: Fraction
    shares: Shares
    is_short: bool = False

    @property
    def owner(self) -> str:
        """The person's owner key."""
        return f"e:{self.person.id}"


def scopes(definitions: Definitions, period: Period) -> list[Scope]:
    """Everybody who held a position with a plan of the period's grain, by person id and date."""
    found: list[Scope] = []
    for person in sorted(definitions.reference.people, key=lambda person: person.id):
        own = [scope for position in person.positions for scope in _scopes(definitions, person, position, period)]
        present = sum(scope.shares.workdays for scope in own)
        whole = definitions.presence.workdays(period.first_day, period.last_day)
        is_short = is_short_stay(present) and present < whole
        found.extend(replace(scope, is_short=is_short) for scope in own)
    return found


def _scopes(definitions: Definitions, person: Person, position: Position, period: Period) -> list[Scope]:
    plan = definitions.plan_of(position)
    if plan is None or plan.period != grain_of(period.key):
        return []
    first = max(position.from_day, period.first_day)
    last = period.last_day if position.to_day is None else min(_before(position.to_day), period.last_day)
    if first > last:
        return []
    whole = (period.first_day, period.last_day)
    share = Fraction(days_in(first, last), days_in(*whole))
    shares = definitions.presence.shares(person.id, (first, last), whole)
    return [Scope(person, position, plan, period, first, last, share, shares)]


def _before(day: str) -> str:
    return date.fromordinal(date.fromisoformat(day).toordinal() - 1).isoformat()


__all__ = ["Scope", "scopes"]
