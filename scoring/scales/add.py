"""ADD 加分法: points on for each step beyond the target, from a base score up to a cap."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar, Self

from scoring.fields import Fields
from scoring.money import plain_text
from scoring.scales.base import DIRECTIONS, NO_TARGET, ROUNDINGS, Scored, checked, steps_in

DEFAULT_SCORE_CAP = Fraction(120)


@dataclass(frozen=True, slots=True)
class Addition:
    """s = min(cap, base + n · pts), n = excess / step under `rounding` (5-scoring.md §5.3); `cap` is a score.

    Base 60, 10 points for each accepted proposal beyond the target of 2: five proposals score 90.
    """

    code: ClassVar[str] = "ADD"
    base: Fraction
    step: Fraction
    pts: Fraction
    cap: Fraction
    rounding: str
    better: str

    def score(self, actual: Fraction, target: Fraction | None) -> Scored:
        """The score of `actual`; ValueError when the target is missing (0 is a target)."""
        wanted = checked(self, target)
        excess = actual - wanted if self.better == "higher" else wanted - actual
        steps = steps_in(excess, self.step, self.rounding)
        score = self.base + steps * self.pts
        reason = (
            f"{plain_text(steps)} steps of {plain_text(self.step)} beyond x {plain_text(self.pts)} points "
            f"on base {plain_text(self.base)}"
        )
        if score > self.cap:
            return Scored(None, self.cap, f"{reason}, capped at {plain_text(self.cap)}")
        return Scored(None, score, reason)

    def target_fault(self, target: Fraction | None) -> str | None:
        """Any target is fine, but there must be one."""
        return NO_TARGET if target is None else None

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Keys: base, step, pts (required), cap (score, default 120), rounding ("floor"), better ("higher")."""
        base, step, pts = fields.number("base"), fields.number("step"), fields.number("pts")
        cap = fields.number("cap", DEFAULT_SCORE_CAP)
        fields.require("base", base >= 0, f"the base score {plain_text(base)} is negative: use 0 or more")
        fields.require("step", step > 0, f"the step {plain_text(step)} is not above 0")
        fields.require("pts", pts > 0, f"the points {plain_text(pts)} are not above 0: to take points off use DED")
        fields.require("cap", cap > 0, f"the cap {plain_text(cap)} is not above 0: write a score such as 120")
        fields.require("cap", cap >= base, f"the cap {plain_text(cap)} lies below the base {plain_text(base)}", "base")
        rounding, better = fields.choice("rounding", ROUNDINGS, "floor"), fields.choice("better", DIRECTIONS, "higher")
        return cls(base, step, pts, cap, rounding, better)
