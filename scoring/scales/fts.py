"""FTS: for amounts that may be negative (profit), measured from a floor so that a smaller loss scores more."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar, Self

from scoring.fields import Fields
from scoring.scales.base import Scored, checked, clamped, floor_attainment, floor_target_fault, read_cap


@dataclass(frozen=True, slots=True)
class FloorTargetSigned:
    """s = 100 · clamp(A, 0, cap) with A = (actual - floor)/(target - floor); all three may be negative.

    Target -100 000, floor -300 000: an actual of -80 000 is A 1.10 (5-scoring.md §5.2).
    """

    code: ClassVar[str] = "FTS"
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
        """Keys: floor (required: the worst result that still counts), cap (default 1.2)."""
        return cls(fields.number("floor"), read_cap(fields))
