"""quarter_bonus: a target bonus paid out by attainment, from a threshold to a cap."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import ClassVar, Self

from scoring.fields import Fields
from scoring.money import grouped_text, percent_text
from scoring.plans.base import ZERO, Computed, Detail, PayInputs, nothing, summed
from scoring.scales.base import interpolated, read_knots

#: Payout by attainment: nothing below 0.8, half at 0.8, all at 1.0, one and a half from 1.2 (6-pay.md §6.10 b).
DEFAULT_KNOTS: tuple[tuple[Fraction, Fraction], ...] = (
    (Fraction("0.8"), Fraction("0.5")),
    (Fraction("1.0"), Fraction("1.0")),
    (Fraction("1.2"), Fraction("1.5")),
)


@dataclass(frozen=True, slots=True)
class QuarterBonus:
    """bonus · payout(A): 0 below the first knot, linear between knots, flat above the last (6-pay.md §6.10 b).

    The base is the target bonus, A the extra value `attainment`. Bonus 15 000, A 0.9: payout 0.75, 11 250.
    """

    code: ClassVar[str] = "quarter_bonus"
    uses_coefficient: ClassVar[bool] = False
    knots: tuple[tuple[Fraction, Fraction], ...] = DEFAULT_KNOTS

    def needs(self) -> tuple[str, ...]:
        """The attainment of the quarter."""
        return ("attainment",)

    def payout(self, attainment: Fraction) -> Fraction:
        """The share of the bonus that is paid at an attainment."""
        return ZERO if attainment < self.knots[0][0] else interpolated(attainment, self.knots)

    def compute(self, inputs: PayInputs) -> Computed:
        """The bonus at its payout, or nothing below the threshold."""
        attainment = inputs.named("attainment")
        payout = self.payout(attainment)
        reached = f"attainment {percent_text(attainment, 2)}"
        if attainment < self.knots[0][0]:
            return nothing(f"{reached} is below the threshold {percent_text(self.knots[0][0])}", inputs.base)
        amount = inputs.base * payout
        text = f"{reached} pays {percent_text(payout)} of {grouped_text(inputs.base)} = {grouped_text(amount, 4)}"
        return summed(Detail("payout", text, inputs.base, payout, amount))

    def warnings(self) -> tuple[str, ...]:
        """None."""
        return ()

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Keys: knots (attainment, payout), default [0.8, 0.5], [1.0, 1.0], [1.2, 1.5]; payouts never fall."""
        knots = read_knots(fields, DEFAULT_KNOTS)
        rises = all(left <= right for (_, left), (_, right) in pairwise(knots))
        fields.require("knots", rises, "the payout falls: a better attainment may not pay less")
        return cls(knots)
