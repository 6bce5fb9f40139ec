"""PROP 比率法: the score is proportional to attainment, nothing below a threshold, no more than a cap."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar, Self

from scoring.fields import Fields
from scoring.money import percent_text, plain_text
from scoring.scales.base import HUNDRED, Scored, checked, clamped, positive_target_fault, read_cap

DEFAULT_THRESHOLD = Fraction("0.6")


@dataclass(frozen=True, slots=True)
class Prop:
    """s = 100 · min(A, cap) with A = actual / target; A below the threshold scores 0 (5-scoring.md §5.3).

    560 000 of 500 000 with cap 1.2 is A 1.12 and scores 112.
    """

    code: ClassVar[str] = "PROP"
    cap: Fraction
    threshold: Fraction

    def score(self, actual: Fraction, target: Fraction | None) -> Scored:
        """The score of `actual`; ValueError when the target is missing or not above 0."""
        attainment = actual / checked(self, target)
        if attainment < self.threshold:
            return Scored(attainment, Fraction(0), f"A < threshold {percent_text(self.threshold)}, score 0")
        if attainment < 0:
            return clamped(attainment, self.cap)
        if attainment > self.cap:
            reason = f"{percent_text(self.threshold)} <= A, A capped at {percent_text(self.cap)}"
            return Scored(attainment, HUNDRED * self.cap, reason)
        reason = f"{percent_text(self.threshold)} <= A <= {percent_text(self.cap)}, score 100 x A"
        return Scored(attainment, HUNDRED * attainment, reason)

    def target_fault(self, target: Fraction | None) -> str | None:
        """A target must be above 0."""
        return positive_target_fault(target, "FTS with a floor, or DED or PF when the target is no defect at all")

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Keys: cap (default 1.2), threshold (default 0.6)."""
        cap, threshold = read_cap(fields), fields.number("threshold", DEFAULT_THRESHOLD)
        limits = f"the threshold {plain_text(threshold)} must lie between 0 and the cap {plain_text(cap)}"
        fields.require("threshold", 0 <= threshold <= cap, limits, "cap")
        return cls(cap, threshold)
