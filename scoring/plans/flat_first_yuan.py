"""flat_first_yuan: one rate on everything, once a threshold is reached (起提点, from the first yuan)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar, Self

from scoring.fields import Fields
from scoring.money import grouped_text
from scoring.plans.base import Computed, PayInputs, nothing, rate_warnings, rated, read_rate, summed


@dataclass(frozen=True, slots=True)
class FlatFirstYuan:
    """c = r · x when x >= t, else 0 (6-pay.md §6.1).

    1.5 % once 50 000 is reached: 120 000 earns 1 800, 49 999 earns nothing.
    """

    code: ClassVar[str] = "flat_first_yuan"
    uses_coefficient: ClassVar[bool] = False
    rate: Fraction
    threshold: Fraction

    def needs(self) -> tuple[str, ...]:
        """Nothing beside the base."""
        return ()

    def compute(self, inputs: PayInputs) -> Computed:
        """The whole base at the rate, or nothing."""
        if inputs.base < self.threshold:
            return nothing(f"{grouped_text(inputs.base)} does not reach {grouped_text(self.threshold)}", inputs.base)
        label = f"{grouped_text(inputs.base)} (reaches {grouped_text(self.threshold)})"
        return summed(rated("first_yuan", label, inputs.base, self.rate))

    def warnings(self) -> tuple[str, ...]:
        """A rate above 1, and the cliff at the threshold."""
        jump = grouped_text(self.rate * self.threshold)
        cliff = f"cliff at {grouped_text(self.threshold)}: reaching it is worth {jump} at once; flat_excess has none"
        return (*rate_warnings(self.rate), cliff)

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Keys: rate (required, 0 or more), threshold (required, above 0)."""
        rate, threshold = read_rate(fields), fields.number("threshold")
        fields.require("threshold", threshold > 0, "the threshold is not above 0: without a threshold use flat")
        return cls(rate, threshold)
