"""LI: lower is better, inverse; gentler than LL above the target and never 0."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar, Self

from scoring.fields import Fields
from scoring.money import percent_text
from scoring.scales.base import HUNDRED, Scored, checked, clamped, positive_target_fault, read_cap


@dataclass(frozen=True, slots=True)
class InverseLower:
    """s = 100 · clamp(A, 0, cap) with A = target/actual; an actual of 0 or less scores the cap (5-scoring.md §5.2).

    Target 40 s, actual 50 s is A 0.80.
    """

    code: ClassVar[str] = "LI"
    cap: Fraction

    def score(self, actual: Fraction, target: Fraction | None) -> Scored:
        """The score of `actual`; A is None where it would divide by 0. ValueError on a target that is not above 0."""
        wanted = checked(self, target)
        if actual <= 0:
            return Scored(None, HUNDRED * self.cap, f"actual <= 0, A set to the cap {percent_text(self.cap)}")
        return clamped(wanted / actual, self.cap)

    def target_fault(self, target: Fraction | None) -> str | None:
        """A target must be above 0."""
        return positive_target_fault(target, "DED or PF when the target is no defect at all")

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Keys: cap (default 1.2)."""
        return cls(read_cap(fields))
