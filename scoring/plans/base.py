"""What every pay function shares: its inputs, its itemised result, rates and tiers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import Field, dataclass, field
from fractions import Fraction
from typing import Any, ClassVar, Protocol, Self

from scoring.fields import Fields
from scoring.money import grouped_text, percent_text, plain_text
from scoring.scales.base import strictly_ascending

ZERO = Fraction(0)
ONE = Fraction(1)


@dataclass(frozen=True, slots=True)
class PayInputs:
    """What a pay function reads, in major units (yuan) and ratios.

    `base` is the value of the component's base KPI, or the amount of a bonus or of performance pay. `coefficient` comes
    from the scorecard, `eligible_share` f from proration (0..1). `extra` holds what single functions need by name; the
    `needs` of a function lists the names.
    """

    base: Fraction
    coefficient: Fraction = ONE
    eligible_share: Fraction = ONE
    extra: Mapping[str, Fraction] = field(default_factory=dict)

    def named(self, name: str) -> Fraction:
        """The extra value `name`; ValueError when it has none, because a missing value is not 0."""
        value = self.extra.get(name)
        if value is None:
            raise ValueError(f"{name} has no value, so the amount cannot be computed: record it, or settle by hand")
        return value


@dataclass(frozen=True, slots=True)
class Detail:
    """One line of a computation, for a statement: "50 000-100 000 at 2% = 1 000".

    `amount` (major units, unrounded) is what this line adds: the details of a result sum to its amount. `base` is what
    the line applies to; where `rate` is not None, base · rate is the amount. `kind` is for programs, `text` for people.
    """

    kind: str
    text: str
    base: Fraction
    rate: Fraction | None
    amount: Fraction


@dataclass(frozen=True, slots=True)
class Computed:
    """The amount of a pay function, unrounded, in major units, and the lines that add up to it."""

    amount: Fraction
    details: tuple[Detail, ...]


class PlanFunction(Protocol):
    """From a base to an amount: frozen, exact, without rounding (6-pay.md §6.1-6.14)."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    @property
    def code(self) -> str:
        """The kind, as written in definitions."""

    @property
    def uses_coefficient(self) -> bool:
        """Whether the function itself multiplies by the coefficient, so that a component must not do it again."""

    def needs(self) -> tuple[str, ...]:
        """The names in `PayInputs.extra` that must have a value."""

    def compute(self, inputs: PayInputs) -> Computed:
        """The amount and its details; ValueError when a needed value is missing."""

    def warnings(self) -> tuple[str, ...]:
        """What is allowed but unusual, as sentences for whoever publishes the plan."""

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """The function of a definition table; faults are recorded in `fields`."""


def summed(*details: Detail) -> Computed:
    """The result that these lines add up to."""
    return Computed(sum((detail.amount for detail in details), ZERO), details)


def rated(kind: str, label: str, base: Fraction, rate: Fraction) -> Detail:
    """The line `base` at `rate`: "120 000 at 1.5% = 1 800"."""
    amount = base * rate
    return Detail(kind, f"{label} at {percent_text(rate)} = {grouped_text(amount, 4)}", base, rate, amount)


def nothing(text: str, base: Fraction) -> Computed:
    """A result of 0 with the reason."""
    return summed(Detail("nothing", text, base, None, ZERO))


def read_rate(fields: Fields, name: str = "rate") -> Fraction:
    """A rate of 0 or more."""
    rate = fields.number(name)
    fields.require(name, rate >= 0, f"the rate {plain_text(rate)} is negative: use 0 or more")
    return rate


def rate_warnings(*rates: Fraction) -> tuple[str, ...]:
    """A sentence for each rate above 1, which pays more than the base itself."""
    return tuple(
        f"the rate {plain_text(rate)} pays more than the base itself: 1.5% is written 0.015"
        for rate in rates
        if rate > 1
    )


@dataclass(frozen=True, slots=True)
class Tiers:
    """Rates by tier: (lower bound, rate), the first bound 0, bounds strictly ascending.

    `of` "amount" bounds are amounts; "attainment" bounds are ratios of the extra value `target`.
    """

    rows: tuple[tuple[Fraction, Fraction], ...]
    of: str

    def needs(self) -> tuple[str, ...]:
        """The extra values that the bounds need."""
        return ("target",) if self.of == "attainment" else ()

    def in_amounts(self, inputs: PayInputs) -> tuple[tuple[Fraction, Fraction], ...]:
        """The tiers with bounds as amounts; ValueError when they need a target that is missing or not above 0."""
        if self.of == "amount":
            return self.rows
        target = inputs.named("target")
        if target <= 0:
            raise ValueError(f"tiers keyed on attainment need a target above 0, not {plain_text(target)}")
        return tuple((bound * target, rate) for bound, rate in self.rows)


TIERS_OF = ("amount", "attainment")


def read_tiers(fields: Fields) -> Tiers:
    """Keys: tiers = [["0", "0.01"], ["50000", "0.02"]], tiers_of ("amount", the default, or "attainment")."""
    of = fields.choice("tiers_of", TIERS_OF, "amount")
    rows = fields.pairs("tiers")
    bounds = [bound for bound, _ in rows]
    faults = []
    if rows and rows[0][0] != 0:
        faults.append(
            f"the first tier starts at {plain_text(rows[0][0])}, not 0: add a tier from 0, at rate 0 if need be"
        )
    if not strictly_ascending(bounds):
        faults.append("the bounds of the tiers must ascend strictly: sort them and drop repeats")
    faults.extend(f"the rate {plain_text(rate)} is negative: use 0 or more" for _, rate in rows if rate < 0)
    fields.fault_each("tiers", faults)
    return Tiers(rows, of)


def bounds_text(low: Fraction, high: Fraction | None) -> str:
    """A bracket for people: "50 000-100 000", or "above 100 000"."""
    return f"above {grouped_text(low)}" if high is None else f"{grouped_text(low)}-{grouped_text(high)}"


def brackets(rows: Sequence[tuple[Fraction, Fraction]]) -> list[tuple[Fraction, Fraction | None, Fraction]]:
    """Tiers as (low, high or None, rate)."""
    highs = [bound for bound, _ in rows[1:]]
    return [(low, high, rate) for (low, rate), high in zip(rows, [*highs, None], strict=True)]
