"""What a company has decided about itself: decisions with their expected effect, rights, careers."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from scoring.reference import Label

RIGHTS = ("plan", "suggest", "veto", "dispatch")
"""Set targets; propose changes; block a target, plan or pay run; reassign people and shifts (R19)."""


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision with the effect that is expected on one KPI of one owner; `end` is the last day, None while open."""

    id: str
    title: Label
    owner: str
    start: str
    end: str | None
    kpi: str
    measured_on: str
    expected: Fraction
    relative: bool


@dataclass(frozen=True, slots=True)
class Grant:
    """One right of one person within a scope, from a day until before another."""

    person: str
    right: str
    scope: str
    from_day: str
    to_day: str | None
    granted_by: str

    def holds(self, day: str) -> bool:
        """Whether the grant is in force on a local day."""
        return self.from_day <= day and (self.to_day is None or day < self.to_day)


@dataclass(frozen=True, slots=True)
class CareerStep:
    """What makes somebody eligible for the next role: good grades in most of the last quarters, and an exam passed."""

    from_role: str
    to_role: str
    quarters: int
    at_least: int
    total: Fraction
    exam: str
    pass_mark: Fraction


@dataclass(frozen=True, slots=True)
class DevelopmentGoal:
    """What somebody wants to learn, linked to the KPI or exam that shows it (R38); it carries no weight in a plan."""

    id: str
    person: str
    title: Label
    kpi: str
    exam: str
    wanted: Fraction
    from_day: str
    to_day: str | None


@dataclass(frozen=True, slots=True)
class Governance:
    """The files decisions.toml, grants.toml and careers.toml."""

    decisions: tuple[Decision, ...] = ()
    grants: tuple[Grant, ...] = ()
    steps: tuple[CareerStep, ...] = ()
    goals: tuple[DevelopmentGoal, ...] = ()
