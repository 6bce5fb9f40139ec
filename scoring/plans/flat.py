"""flat: one rate on everything."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar, Self

from scoring.fields import Fields
from scoring.money import grouped_text
from scoring.plans.base import Computed, PayInputs, rate_warnings, rated, read_rate, summed


@dataclass(frozen=True, slots=True)
class Flat:
    """c = r · x (6-pay.md §6.1); negative when refunds exceed sales, so that a full refund nets to zero.

    1.5 % of 320 000 is 4 800.
    """

    code: ClassVar[str] = "flat"
    uses_coefficient: ClassVar[bool] = False
    rate: Fraction

    def needs(self) -> tuple[str, ...]:
        """Nothing beside the base."""
        return ()

    def compute(self, inputs: PayInputs) -> Computed:
        """The base at the rate."""
        return summed(rated("rate", grouped_text(inputs.base), inputs.base, self.rate))

    def warnings(self) -> tuple[str, ...]:
        """A rate above 1."""
        return rate_warnings(self.rate)

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Keys: rate (required, 0 or more)."""
        return cls(read_rate(fields))
