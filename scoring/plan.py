"""A plan: how a role is scored and paid; a settlement pins the version that it used."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from scoring.bands import Bands
from scoring.component import Terms
from scoring.plans import PlanFunction
from scoring.reference import Label
from scoring.scales import Scale

SELF = "self"
STAGES = ("launch", "growth", "mature")
"""How far a shop is (R6)."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where a plan takes a KPI from: the person herself ("self") or another owner, in a credit dimension."""

    kpi: str
    owner: str = SELF
    dimension: str = ""

    def of(self, person_owner: str) -> str:
        """The owner key for a person."""
        return person_owner if self.owner == SELF else self.owner


@dataclass(frozen=True, slots=True)
class PlanItem:
    """One KPI on a scorecard; `target` None means the owner's own target of the period.

    `missing` says what a KPI without a value does, `neutral` the score that "neutral" takes. `needs_review` marks a
    starter value of the catalogue that nobody has looked at; `reason` says why it may stay as it is (R91). `goal` is
    the node of the goal tree that the item serves, "" for the one that has its KPI.
    """

    source: Source
    kind: str
    section: str
    weight: Fraction
    scale: Scale
    target: Fraction | None
    missing: str
    duties: tuple[str, ...]
    neutral: Fraction | None = None
    needs_review: bool = False
    reason: str = ""
    goal: str = ""


@dataclass(frozen=True, slots=True)
class Gate:
    """A component is paid only when the KPI reaches this value."""

    source: Source
    at_least: Fraction


@dataclass(frozen=True, slots=True)
class PlanComponent:
    """One part of the pay. `function` None is fixed pay; `source` None takes the position's amount as the base.

    `extra` are further KPI values that the function needs by name, such as the spend of a fee-saving share.
    """

    id: str
    name: Label
    kind: str
    function: PlanFunction | None
    source: Source | None
    terms: Terms
    gate: Gate | None = None
    extra: tuple[tuple[str, Source], ...] = ()


@dataclass(frozen=True, slots=True)
class Duty:
    """What the role is there for; KPIs are derived from duties (R2)."""

    id: str
    text: Label


@dataclass(frozen=True, slots=True)
class Blend:
    """A share of the total comes from a team: alpha x individual + (1 - alpha) x team (5-scoring.md §5.11).

    `team` is its owner key, or "team" for the team of the position.
    """

    alpha: Fraction
    team: str = "team"


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan as data.

    `sections` are the section weights of the scheme, none when it has no sections. A variant says which plan it stands
    for (`variant_of`) in shops at which `stage` (R6). `applies_from` is the first day of this version, by which it is
    to be acknowledged (R31); "" for the first day of a position.
    """

    id: str
    version: int
    role: str
    name: Label
    purpose: Label
    period: str
    scheme: str
    points_cap: Fraction
    duties: tuple[Duty, ...]
    items: tuple[PlanItem, ...]
    components: tuple[PlanComponent, ...]
    bands: Bands
    sections: tuple[tuple[str, Fraction], ...] = ()
    stage: str = ""
    variant_of: str = ""
    blend: Blend | None = None
    applies_from: str = ""

    def kpis(self) -> tuple[str, ...]:
        """Every KPI that the plan scores by, pays on, or makes a condition of pay, each once."""
        sources = [item.source for item in self.items]
        for part in self.components:
            sources.extend(source for source in (part.source, part.gate and part.gate.source) if source)
            sources.extend(source for _, source in part.extra)
        return tuple(dict.fromkeys(source.kpi for source in sources))
