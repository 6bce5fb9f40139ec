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
    """One KPI on a scorecard; `target` None means the owner's own target of the period."""

    source: Source
    kind: str
    section: str
    weight: Fraction
    scale: Scale
    target: Fraction | None
    missing: str
    duties: tuple[str, ...]


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
class Plan:
    """A plan as data."""

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
