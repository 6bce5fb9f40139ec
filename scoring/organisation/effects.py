"""What changed: a KPI over the days before and after something happened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction

from scoring.period import parse_day

ReadKpi = Callable[[str, str, str, str], Fraction | None]
"""(KPI, owner, first day, last day) -> the value over these days, or None when it is not known."""

WINDOW_DAYS = 30


@dataclass(frozen=True, slots=True)
class Effect:
    """A KPI before and after; None is not known, and makes the change not known."""

    kpi: str
    before: Fraction | None
    after: Fraction | None

    @property
    def change(self) -> Fraction | None:
        """after - before."""
        return None if self.before is None or self.after is None else self.after - self.before

    @property
    def share(self) -> Fraction | None:
        """The change as a share of what was before; None where that is 0 or less."""
        change = self.change
        return change / self.before if change is not None and self.before is not None and self.before > 0 else None


def later(day: str, days: int) -> str:
    """The day so many days later, or earlier when negative."""
    return (parse_day(day) + timedelta(days=days)).isoformat()


def across(read: ReadKpi, kpi: str, owner: str, last_before: str, first_after: str) -> Effect:
    """The 30 days that end with one day against the 30 days that begin with another."""
    before = read(kpi, owner, later(last_before, 1 - WINDOW_DAYS), last_before)
    after = read(kpi, owner, first_after, later(first_after, WINDOW_DAYS - 1))
    return Effect(kpi, before, after)
