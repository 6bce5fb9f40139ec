"""slab 超额累进: each tier's rate on what falls into the tier; the default of tiered plans."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar, Self

from scoring.fields import Fields
from scoring.money import grouped_text
from scoring.plans.base import (
    Computed,
    PayInputs,
    Tiers,
    bounds_text,
    brackets,
    nothing,
    rate_warnings,
    rated,
    read_tiers,
    summed,
)


@dataclass(frozen=True, slots=True)
class Slab:
    """f(x) = Σ rate · part of x in the tier; continuous, never falling, f(x <= 0) = 0 (6-pay.md §6.2).

    0-50 000 at 1 %, to 100 000 at 2 %, above at 3 %: 120 000 earns 500 + 1 000 + 600 = 2 100.
    """

    code: ClassVar[str] = "slab"
    uses_coefficient: ClassVar[bool] = False
    tiers: tuple[tuple[Fraction, Fraction], ...]
    tiers_of: str = "amount"

    @property
    def max_rate(self) -> Fraction:
        """The highest rate: f(x) <= max_rate · x."""
        return max(rate for _, rate in self.tiers)

    def needs(self) -> tuple[str, ...]:
        """The target, when tiers are keyed on attainment."""
        return Tiers(self.tiers, self.tiers_of).needs()

    def compute(self, inputs: PayInputs) -> Computed:
        """One detail for each tier that the base enters."""
        if inputs.base <= 0:
            return nothing(f"{grouped_text(inputs.base)} is not above 0", inputs.base)
        details = []
        for low, high, rate in brackets(Tiers(self.tiers, self.tiers_of).in_amounts(inputs)):
            if inputs.base > low:
                part = (inputs.base if high is None else min(inputs.base, high)) - low
                label = bounds_text(low, high)
                if high is None or inputs.base < high:
                    label = f"{label}: {grouped_text(part)}"
                details.append(rated("bracket", label, part, rate))
        return summed(*details)

    def warnings(self) -> tuple[str, ...]:
        """Rates above 1."""
        return rate_warnings(*(rate for _, rate in self.tiers))

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Keys: tiers (required), tiers_of (default "amount")."""
        tiers = read_tiers(fields)
        return cls(tiers.rows, tiers.of)
