"""Who was there when: workdays, leave by type, and the shares of a period that follow (5-scoring.md §5.11)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

PRORATIONS = ("calendar", "workdays")
SATURDAY = 5


@dataclass(frozen=True, slots=True)
class LeaveType:
    """What a leave does to the target and to the performance base; up to `free_days` in a period it does nothing."""

    prorates_target: bool
    prorates_base: bool
    free_days: int = 0


_PROTECTED = LeaveType(True, False)
LEAVE_TYPES: dict[str, LeaveType] = {
    "annual": LeaveType(True, False, 3),
    "sick": _PROTECTED,
    "marriage": _PROTECTED,
    "maternity": _PROTECTED,
    "paternity": _PROTECTED,
    "bereavement": _PROTECTED,
    "work_injury": _PROTECTED,
    "union_duty": _PROTECTED,
    "unpaid": LeaveType(True, True),
}
"""The defaults: leave that the law protects lowers targets and not pay; calendar.toml may change and add types."""


@dataclass(frozen=True, slots=True)
class Leave:
    """An absence on the local days from `from_day` until before `to_day`."""

    person: str
    type: str
    from_day: str
    to_day: str

    def holds(self, day: str) -> bool:
        """Whether somebody was away on a local day."""
        return self.from_day <= day < self.to_day


@dataclass(frozen=True, slots=True)
class Shares:
    """Parts of a period, 0 to 1: of an additive target, of the performance base; and the workdays behind them."""

    target: Fraction
    base: Fraction
    workdays: int


@dataclass(frozen=True, slots=True)
class Presence:
    """The company's calendar and absences. Workdays are Monday to Friday, but for `holidays` and `extra_workdays`."""

    proration: str = "calendar"
    holidays: frozenset[str] = frozenset()
    extra_workdays: frozenset[str] = frozenset()
    types: tuple[tuple[str, LeaveType], ...] = tuple(LEAVE_TYPES.items())
    leaves: tuple[Leave, ...] = ()

    def is_workday(self, day: str) -> bool:
        """Whether people work on a local day."""
        if day in self.extra_workdays:
            return True
        return day not in self.holidays and date.fromisoformat(day).weekday() < SATURDAY

    def workdays(self, first_day: str, last_day: str) -> int:
        """How many workdays there are, both ends included."""
        return sum(1 for day in days_between(first_day, last_day) if self.is_workday(day))

    def shares(self, person: str, part: tuple[str, str], whole: tuple[str, str]) -> Shares:
        """What somebody answers for of a period (`whole`, first and last day) in a part of it."""
        for_target = self._away(person, whole, lambda kind: kind.prorates_target)
        for_base = self._away(person, whole, lambda kind: kind.prorates_base)
        counted = [day for day in days_between(*part) if self._counts(day)]
        period = sum(1 for day in days_between(*whole) if self._counts(day)) or 1
        present = [day for day in days_between(*part) if day not in for_target and self.is_workday(day)]
        return Shares(
            target=Fraction(sum(1 for day in counted if day not in for_target), period),
            base=Fraction(sum(1 for day in counted if day not in for_base), period),
            workdays=len(present),
        )

    def _counts(self, day: str) -> bool:
        return self.proration == "calendar" or self.is_workday(day)

    def _away(self, person: str, whole: tuple[str, str], acts: Callable[[LeaveType], bool]) -> frozenset[str]:
        """The days of leave that act; a type within its free days of the period does not."""
        found: set[str] = set()
        for name, kind in self.types:
            own = [leave for leave in self.leaves if (leave.person, leave.type) == (person, name)]
            days = {day for day in days_between(*whole) if any(leave.holds(day) for leave in own)}
            if acts(kind) and len(days) > kind.free_days:
                found |= days
        return frozenset(found)


def days_between(first_day: str, last_day: str) -> Iterator[str]:
    """Every day, both ends included."""
    at, last = date.fromisoformat(first_day), date.fromisoformat(last_day)
    while at <= last:
        yield at.isoformat()
        at += timedelta(days=1)


__all__ = ["LEAVE_TYPES", "PRORATIONS", "Leave", "LeaveType", "Presence", "Shares", "days_between"]
