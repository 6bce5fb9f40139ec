"""A role of the catalogue: duties, entry, pay, appraisal and the KPIs that a plan for it starts from (R8, R9)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from scoring.reference import Label
from scoring.scales import Scale

PAY_CODES = (
    "PAY-SALES",
    "PAY-FEE-SAVE",
    "PAY-PERF",
    "PAY-DIRECTOR",
    "PAY-DIVIDEND",
    "PAY-HOST",
    "PAY-POOL",
    "PAY-PIECE",
)
"""The pay structures of 6-pay.md."""
ORIGINS = ("named", "inferred")
GENERAL_MANAGER = "general_manager"
"""Stands above the directors and is no role of the catalogue."""


@dataclass(frozen=True, slots=True)
class RoleItem:
    """One KPI of a role; `target` None is the company's own to set (R91), a number is a starter value to look at.

    `whose` is "team" when the figure of the lead's team counts, else "own".
    """

    kpi: str
    kind: str
    weight: Fraction
    scale: Scale
    section: str
    target: Fraction | None
    needs_review: bool
    note: str
    duties: tuple[str, ...]
    whose: str


@dataclass(frozen=True, slots=True)
class RoleDuty:
    """What the role is there for."""

    id: str
    text: Label


@dataclass(frozen=True, slots=True)
class RolePay:
    """One part of the pay structure, without any rate."""

    code: str
    text: Label
    optional: bool


@dataclass(frozen=True, slots=True)
class RoleRedLine:
    """What a human may decide to be a veto item; `effect` is empty where the company chooses."""

    text: Label
    effect: str


@dataclass(frozen=True, slots=True)
class Role:
    """A role as data.

    `figures` is "team" for those who answer for a team's figures; `credit` are the dimensions preferred where a KPI is
    credited in several; `also` are further periods in which something is settled.
    """

    id: str
    name: Label
    origin: str
    reports_to: tuple[str, ...]
    period: str
    also: tuple[str, ...]
    scheme: str
    purpose: Label
    entry: Label
    process: Label
    figures: str
    credit: tuple[str, ...]
    duties: tuple[RoleDuty, ...]
    items: tuple[RoleItem, ...]
    pay: tuple[RolePay, ...]
    red_lines: tuple[RoleRedLine, ...]

    def weight(self, kind: str) -> Fraction:
        """The weight of the result, process or review KPIs."""
        return sum((item.weight for item in self.items if item.kind == kind), Fraction(0))
