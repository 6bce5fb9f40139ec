"""Development goals beside the KPIs and exams that show them (R38)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from scoring.organisation.records import DevelopmentGoal


@dataclass(frozen=True, slots=True)
class Progress:
    """A goal with where its KPI or exam stands; None while nothing is known."""

    goal: DevelopmentGoal
    stand: Fraction | None

    @property
    def reached(self) -> bool:
        """Whether what is wanted is there."""
        return self.stand is not None and self.stand >= self.goal.wanted


def progress(
    goals: Sequence[DevelopmentGoal], person: str, day: str, read: Callable[[DevelopmentGoal], Fraction | None]
) -> list[Progress]:
    """Somebody's goals that are in force on a day, with their state; they change no score."""
    own = [goal for goal in goals if goal.person == person]
    return [
        Progress(goal, read(goal))
        for goal in own
        if goal.from_day <= day and (goal.to_day is None or day < goal.to_day)
    ]
