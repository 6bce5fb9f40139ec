"""FT: for ratios near their ceiling, the score starts at an unacceptable floor instead of at zero."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar, Self

from scoring.fields import Fields
from scoring.scales.base import Scored, checked, clamped, floor_attainment, floor_target_fault, read_cap


@dataclass(frozen=True, slots=True)
class FloorTarget:
    """s = 100 · clamp(A, 0, cap) with A = (actual - floor)/(target - floor) (5-scoring.md §5.2).

    Target 98 %, floor 85 %: an actual of 95 % is A 0.769, where plain division would give 0.969 to everybody.
    """

    code: ClassVar[str] = "FT"
    floor: Fraction
    cap: Fraction

    def score(self, actual: Fraction, target: Fraction | None) -> Scored:
        """The score of `actual`; ValueError when the target is missing or not above the floor."""
        return clamped(floor_attainment(actual, self.floor, checked(self, target)), self.cap)

    def target_fault(self, target: Fraction | None) -> str | None:
        """A target must be above the floor."""
        return floor_target_fault(target, self.floor)

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Keys: floor (required: the unacceptable level), cap (default 1.2)."""
        return cls(fields.number("floor"), read_cap(fields))
