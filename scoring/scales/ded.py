"""DED 减分法: points off for each step short of the target ("每低1%扣2分"); also for targets of no defect at all."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar, Self

from scoring.fields import Fields
from scoring.money import plain_text
from scoring.scales.base import DIRECTIONS, HUNDRED, NO_TARGET, ROUNDINGS, Scored, checked, steps_in


@dataclass(frozen=True, slots=True)
class Deduction:
    """s = max(0, 100 - n · pts), n = shortfall / step under `rounding` (5-scoring.md §5.3).

    Target 90 %, actual 86.5 %, 2 points a percentage point: "floor" 94, "ceil" 92, "exact" 93. With `better` "lower"
    the shortfall is what lies above the target. `step` has the unit of the KPI: one percentage point is 0.01.
    """

    code: ClassVar[str] = "DED"
    step: Fraction
    pts: Fraction
    rounding: str
    better: str

    def score(self, actual: Fraction, target: Fraction | None) -> Scored:
        """The score of `actual`; ValueError when the target is missing (0 is a target)."""
        wanted = checked(self, target)
        shortfall = wanted - actual if self.better == "higher" else actual - wanted
        steps = steps_in(shortfall, self.step, self.rounding)
        left = HUNDRED - steps * self.pts
        reason = f"{plain_text(steps)} steps of {plain_text(self.step)} short x {plain_text(self.pts)} points off 100"
        return Scored(None, max(Fraction(0), left), reason if left >= 0 else f"{reason}, raised to 0")

    def target_fault(self, target: Fraction | None) -> str | None:
        """Any target is fine, but there must be one."""
        return NO_TARGET if target is None else None

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Keys: step, pts (both required, above 0), rounding (default "floor"), better (default "higher")."""
        step, pts = fields.number("step"), fields.number("pts")
        fields.require("step", step > 0, f"the step {plain_text(step)} is not above 0")
        fields.require("pts", pts > 0, f"the points {plain_text(pts)} are not above 0: write them without a minus sign")
        return cls(
            step, pts, fields.choice("rounding", ROUNDINGS, "floor"), fields.choice("better", DIRECTIONS, "higher")
        )
