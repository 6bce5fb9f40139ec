"""BAND 区间法: full score near the target, less on both sides; for budgets that should be used, not saved."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar, Self

from scoring.fields import Fields
from scoring.money import percent_text
from scoring.scales.base import HUNDRED, Scored, checked, positive_target_fault


@dataclass(frozen=True, slots=True)
class Band:
    """100 within ± tol of the target, linear to 0 at ± zero, with d = |actual/target - 1| (5-scoring.md §5.2).

    Tolerance 5 %, zero at 20 %: 1.10 of the target scores 66.67, 0.96 scores 100.
    """

    code: ClassVar[str] = "BAND"
    tol: Fraction
    zero: Fraction

    def score(self, actual: Fraction, target: Fraction | None) -> Scored:
        """The score of `actual`; ValueError when the target is missing or not above 0."""
        attainment = actual / checked(self, target)
        off = abs(attainment - 1)
        if off <= self.tol:
            return Scored(attainment, HUNDRED, f"within {percent_text(self.tol)} of the target, score 100")
        if off >= self.zero:
            return Scored(attainment, Fraction(0), f"{percent_text(self.zero)} or more off the target, score 0")
        score = HUNDRED * (self.zero - off) / (self.zero - self.tol)
        reason = f"{percent_text(self.tol)} < distance < {percent_text(self.zero)}, score falls from 100 to 0"
        return Scored(attainment, score, reason)

    def target_fault(self, target: Fraction | None) -> str | None:
        """A target must be above 0."""
        return positive_target_fault(target, "FTS with a floor, or PF")

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Keys: tol, zero (both required, as ratios of the target, 0 <= tol < zero)."""
        tol, zero = fields.number("tol"), fields.number("zero")
        fields.require("tol", tol >= 0, f"the tolerance {percent_text(tol)} is negative")
        limits = f"zero {percent_text(zero)} must lie above the tolerance {percent_text(tol)}"
        fields.require("zero", zero > tol, limits, "tol")
        return cls(tol, zero)
