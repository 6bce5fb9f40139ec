"""flat_excess: one rate on what exceeds a threshold (起提点, excess only)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar, Self

from scoring.fields import Fields
from scoring.money import grouped_text
from scoring.plans.base import Computed, PayInputs, nothing, rate_warnings, rated, read_rate, summed


@dataclass(frozen=True, slots=True)
class FlatExcess:
    """c = r · max(0, x - t) (6-pay.md §6.1).

    1.5 % above 50 000: 120 000 earns 1 050.
    """

    code: ClassVar[str] = "flat_excess"
    uses_coefficient: ClassVar[bool] = False
    rate: Fraction
    threshold: Fraction

    def needs(self) -> tuple[str, ...]:
        """Nothing beside the base."""
        return ()

    def compute(self, inputs: PayInputs) -> Computed:
        """What exceeds the threshold, at the rate."""
        excess = inputs.base - self.threshold
        if excess <= 0:
            return nothing(f"{grouped_text(inputs.base)} does not exceed {grouped_text(self.threshold)}", inputs.base)
        label = f"{grouped_text(inputs.base)} - {grouped_text(self.threshold)} = {grouped_text(excess)}"
        return summed(rated("excess", label, excess, self.rate))

    def warnings(self) -> tuple[str, ...]:
        """A rate above 1."""
        return rate_warnings(self.rate)

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Keys: rate, threshold (both required, 0 or more)."""
        rate, threshold = read_rate(fields), fields.number("threshold")
        fields.require("threshold", threshold >= 0, "the threshold is negative: use 0 or more")
        return cls(rate, threshold)
