"""Weekly check-ins as reviewers see them: the weeks of a period, their average and what blocked (R36)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction

from scoring.events.organisation import CheckinSubmitted
from scoring.measures.base import MICRO
from scoring.period import grain_of, parse_day, period_of

_TO_THURSDAY = timedelta(days=3)


@dataclass(frozen=True, slots=True)
class Week:
    """One check-in."""

    week: str
    rating: Fraction
    blockers: int


@dataclass(frozen=True, slots=True)
class Notes:
    """The check-ins of one person in a period, in order; the average is evidence for a reviewer, never a score."""

    weeks: tuple[Week, ...]

    @property
    def average(self) -> Fraction | None:
        """The mean rating; None without a check-in."""
        return sum((week.rating for week in self.weeks), Fraction(0)) / len(self.weeks) if self.weeks else None

    @property
    def blockers(self) -> int:
        """How many things blocked, over all weeks."""
        return sum(week.blockers for week in self.weeks)


def notes(facts: Iterable[CheckinSubmitted], first_day: str, last_day: str) -> Notes:
    """One person's check-ins of the weeks whose Thursday lies in the period: 4 or 5 in a month, none in two months.

    A check-in about something that is no week is about none of them.
    """
    newest: dict[str, CheckinSubmitted] = {}
    for fact in facts:
        kept = newest.get(fact.week)
        if kept is None or fact.revision > kept.revision:
            newest[fact.week] = fact
    weeks = []
    for key, fact in sorted(newest.items()):
        thursday = _thursday(key)
        if thursday is not None and first_day <= thursday <= last_day:
            weeks.append(Week(key, Fraction(fact.rating, MICRO), fact.blockers))
    return Notes(tuple(weeks))


def _thursday(week: str) -> str | None:
    try:
        if grain_of(week) == "week":
            return (parse_day(period_of(week, "UTC").first_day) + _TO_THURSDAY).isoformat()
    except ValueError:
        pass
    return None
