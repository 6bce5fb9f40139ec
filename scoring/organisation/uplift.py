"""What a training changed: the daily mean of an attendee's KPI in the 30 days before and after (3-kpis.md §3.8)."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from scoring.organisation.effects import WINDOW_DAYS, Effect, ReadKpi, later


def mean(values: Sequence[Fraction | None]) -> Fraction | None:
    """The mean of the days on which the KPI is known; None when it never is."""
    known = [value for value in values if value is not None]
    return sum(known, Fraction(0)) / len(known) if known else None


def training_effect(person: str, kpi: str, day: str, read: ReadKpi) -> Effect:
    """The means around the day of a training, which itself counts on neither side."""

    def over(first: str) -> Fraction | None:
        days = [later(first, number) for number in range(WINDOW_DAYS)]
        return mean([read(kpi, f"e:{person}", one, one) for one in days])

    return Effect(kpi, over(later(day, -WINDOW_DAYS)), over(later(day, 1)))
