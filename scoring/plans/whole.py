"""whole 全额累进: the rate of the highest tier reached, on everything; it has cliffs."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import ClassVar, Self

from scoring.fields import Fields
from scoring.money import grouped_text, percent_text
from scoring.plans.base import Computed, PayInputs, Tiers, nothing, rate_warnings, rated, read_tiers, summed


@dataclass(frozen=True, slots=True)
class Cliff:
    """Reaching `at` changes the amount by `jump` at once (major units; of the target when tiers are attainment)."""

    at: Fraction
    jump: Fraction


@dataclass(frozen=True, slots=True)
class Whole:
    """g(x) = x · rate of the highest tier whose bound x reaches; g(x <= 0) = 0 (6-pay.md §6.3).

    0-50 000 at 1 %, to 100 000 at 2 %, above at 3 %: 99 999.99 earns 2 000 and 100 000 earns 3 000.
    """

    code: ClassVar[str] = "whole"
    uses_coefficient: ClassVar[bool] = False
    tiers: tuple[tuple[Fraction, Fraction], ...]
    tiers_of: str = "amount"

    def needs(self) -> tuple[str, ...]:
        """The target, when tiers are keyed on attainment."""
        return Tiers(self.tiers, self.tiers_of).needs()

    def compute(self, inputs: PayInputs) -> Computed:
        """The whole base at one rate."""
        if inputs.base <= 0:
            return nothing(f"{grouped_text(inputs.base)} is not above 0", inputs.base)
        reached = [tier for tier in Tiers(self.tiers, self.tiers_of).in_amounts(inputs) if inputs.base >= tier[0]]
        bound, rate = reached[-1]
        return summed(
            rated("whole", f"{grouped_text(inputs.base)} (tier from {grouped_text(bound)})", inputs.base, rate)
        )

    def cliffs(self) -> tuple[Cliff, ...]:
        """Each bound at which the rate changes, with the jump there."""
        return tuple(
            Cliff(bound, (rate - before) * bound)
            for (_, before), (bound, rate) in pairwise(self.tiers)
            if rate != before
        )

    def warnings(self) -> tuple[str, ...]:
        """Rates above 1, and every cliff; slab has none."""
        of_target = " of the target" if self.tiers_of == "attainment" else ""
        text = percent_text if of_target else grouped_text
        cliffs = (
            f"cliff at {text(cliff.at)}{of_target}: reaching it changes the pay by {text(cliff.jump)}{of_target} "
            "at once; slab has no cliffs"
            for cliff in self.cliffs()
        )
        return (*rate_warnings(*(rate for _, rate in self.tiers)), *cliffs)

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Keys: tiers (required), tiers_of (default "amount")."""
        tiers = read_tiers(fields)
        return cls(tiers.rows, tiers.of)
