"""LL: lower is better, linear; the usual scale of times, rates of refund and rates of cost."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar, Self

from scoring.fields import Fields
from scoring.scales.base import Scored, checked, clamped, linear_lower, positive_target_fault, read_cap


@dataclass(frozen=True, slots=True)
class LinearLower:
    """s = 100 · clamp(A, 0, cap) with A = 2 - actual/target (5-scoring.md §5.2).

    Target 40 s: 50 s is A 0.75, 80 s or more is 0, and 0 s is A 2, capped.
    """

    code: ClassVar[str] = "LL"
    cap: Fraction

    def score(self, actual: Fraction, target: Fraction | None) -> Scored:
        """The score of `actual`; ValueError when the target is missing or not above 0."""
        return clamped(linear_lower(actual, checked(self, target)), self.cap)

    def target_fault(self, target: Fraction | None) -> str | None:
        """A target must be above 0."""
        return positive_target_fault(target, "DED or PF when the target is no defect at all")

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Keys: cap (default 1.2)."""
        return cls(read_cap(fields))
