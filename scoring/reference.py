"""Reference records: company, people, teams, assignments, rates, targets; effective-dated and immutable."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction

UNASSIGNED = "unassigned"
"""The pseudo-employee who is credited with work that maps to nobody; shown and counted, never dropped (G10)."""


@dataclass(frozen=True, slots=True)
class Label:
    """A name in the two languages of the product."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Company:
    """Who runs this installation; its zone defines days, its currency is the one that people are paid in."""

    id: str
    name: Label
    zone: str
    currency: str


@dataclass(frozen=True, slots=True)
class Shop:
    """A shop of the company."""

    id: str
    name: Label
    brand: str = ""
    service_window: tuple[str, str] | None = None
    """Service hours as local clock times; None: those of the policy."""
    stage: str = ""
    """How far the shop is (R6): a position in it takes the variant of its plan for this stage."""


@dataclass(frozen=True, slots=True)
class Policy:
    """Company-wide choices of 2-events.md; a changed policy re-evaluates all cases."""

    return_window_days: int = 7
    inquiry_window_days: int = 1
    inquiry_credit: str = "last_agent_before_order"
    bot_assist_counts: bool = False
    closing_turn_filter: bool = True
    rate_window: str = "exclude_if_started_outside"
    average_window: str = "pause_clock"
    live_payment_grace_minutes: int = 60
    live_heartbeat_gap_seconds: int = 300
    service_window: tuple[str, str] = ("08:00", "23:00")
    order_owner: str = "assignment"
    close_sources: tuple[str, ...] = ()
    host_credit: str = "on_air_at_placed"
    host_refund_responsible: tuple[str, ...] = ("content", "buyer")
    live_step_grace_seconds: int = 0
    hit_threshold_views: int = 0
    new_buyer_refund_days: int = 15
    gmv_basis: str = "merchant_receipts"
    turnover_leavers: str = "voluntary"
    new_product_units: int = 100
    new_product_margin: Fraction = Fraction(1, 5)
    force_majeure_days: tuple[str, ...] = ()
    judged_weight_limit: int = 45
    precedence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Position:
    """What somebody does from `from_day` until before `to_day` (None: open); pay in major units per month."""

    team: str
    role: str
    plan: str
    from_day: str
    to_day: str | None
    base_pay: Fraction = Fraction(0)
    performance_base: Fraction = Fraction(0)
    shop: str = ""

    def holds(self, day: str) -> bool:
        """Whether the position is held on a local day."""
        return self.from_day <= day and (self.to_day is None or day < self.to_day)


@dataclass(frozen=True, slots=True)
class Account:
    """A platform account used by a person from `from_day` until before `to_day`."""

    id: str
    from_day: str
    to_day: str | None


@dataclass(frozen=True, slots=True)
class Shift:
    """Who used a shared platform account from `start_at` until before `end_at`, UTC microseconds (G10)."""

    account: str
    person: str
    start_at: int
    end_at: int


@dataclass(frozen=True, slots=True)
class Person:
    """An employee."""

    id: str
    name: Label
    positions: tuple[Position, ...] = ()
    accounts: tuple[Account, ...] = ()

    def position(self, day: str) -> Position | None:
        """The position held on a local day, if any."""
        return next((position for position in self.positions if position.holds(day)), None)


@dataclass(frozen=True, slots=True)
class Team:
    """A group of people; teams form a tree."""

    id: str
    name: Label
    parent: str = ""
    lead: str = ""


@dataclass(frozen=True, slots=True)
class Assignment:
    """Somebody's share of the work in a scope; all keys of the scope must match."""

    person: str
    tag: str
    scope: tuple[tuple[str, str], ...]
    share: Fraction
    from_day: str
    to_day: str | None

    def holds(self, day: str) -> bool:
        """Whether the assignment is in force on a local day."""
        return self.from_day <= day and (self.to_day is None or day < self.to_day)


@dataclass(frozen=True, slots=True)
class Rate:
    """Company-currency units for one unit of `currency`, from `day` until the next row."""

    currency: str
    day: str
    rate: Fraction


@dataclass(frozen=True, slots=True)
class Target:
    """What an owner should reach in a period, in the KPI's natural unit, and where the number comes from (R91).

    `steps` are (first day, value): more than one when the target changed within the period; `value` is then blended by
    days. `history` are the values of comparable past periods, `approved_by` the second person where one is needed.
    """

    owner: str
    kpi: str
    period: str
    value: Fraction
    source: str
    reason: str = ""
    approved_by: str = ""
    set_by: str = ""
    history: tuple[Fraction, ...] = ()
    steps: tuple[tuple[str, Fraction], ...] = ()

    def over(self, first_day: str, last_day: str) -> Fraction:
        """The value over some days of the period: old x days + new x days over all days (5-scoring.md §5.11)."""
        if len(self.steps) < 2:
            return self.value
        first, after = date.fromisoformat(first_day), date.fromisoformat(last_day) + timedelta(days=1)
        begins = [date.fromisoformat(day) for day, _ in self.steps]
        total, ends = Fraction(0), [*begins[1:], after]
        # The first value also holds before its own first day: a change says from when on, not that nothing held before.
        for (_, value), start, end in zip(self.steps, [first, *begins[1:]], ends, strict=True):
            total += value * max(0, (min(end, after) - max(start, first)).days)
        return total / (after - first).days


@dataclass(frozen=True, slots=True)
class Point:
    """Bonus or penalty points of a person in a period, with evidence (5-scoring.md §5.8)."""

    person: str
    period: str
    points: Fraction
    reason: Label
    evidence: str


@dataclass(frozen=True, slots=True)
class RedLine:
    """A veto item; it acts only when a human has upheld it (5-scoring.md §5.7)."""

    person: str
    period: str
    effect: str
    state: str
    reason: Label
    decided_by: str


@dataclass(frozen=True, slots=True)
class Manual:
    """A coefficient that a human set because too little of a plan could be scored (5-scoring.md §5.5)."""

    person: str
    period: str
    coefficient: Fraction
    reason: Label
    decided_by: str


@dataclass(frozen=True, slots=True)
class Gap:
    """A value that is missing because the person caused it, as a human decided: `missing = "zero"` then scores 0."""

    person: str
    period: str
    kpi: str
    reason: Label
    decided_by: str


@dataclass(frozen=True, slots=True)
class Reference:
    """Everything about people and money that measures need besides the facts."""

    company: Company
    policy: Policy = Policy()
    shops: tuple[Shop, ...] = ()
    teams: tuple[Team, ...] = ()
    people: tuple[Person, ...] = ()
    assignments: tuple[Assignment, ...] = ()
    rates: tuple[Rate, ...] = ()
    shifts: tuple[Shift, ...] = ()
    targets: tuple[Target, ...] = field(default=(), compare=False)
    points: tuple[Point, ...] = field(default=(), compare=False)
    red_lines: tuple[RedLine, ...] = field(default=(), compare=False)
    manuals: tuple[Manual, ...] = field(default=(), compare=False)
    gaps: tuple[Gap, ...] = field(default=(), compare=False)
