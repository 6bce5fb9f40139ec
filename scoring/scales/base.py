"""What every scale shares: the scored result, the protocol of a scale, and the few formulas that several kinds use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import Field, dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any, ClassVar, Protocol, Self

from scoring.fields import Fields
from scoring.money import percent_text, plain_text

HUNDRED = Fraction(100)
DEFAULT_CAP = Fraction("1.2")
ATTAINMENTS = ("ratio", "lower", "value")
ROUNDINGS = ("floor", "ceil", "exact")
DIRECTIONS = ("higher", "lower")


@dataclass(frozen=True, slots=True)
class Scored:
    """A KPI score in points, the attainment A behind it (a ratio, None where the kind has none), and why."""

    attainment: Fraction | None
    score: Fraction
    reason: str


class Scale(Protocol):
    """A curve from a KPI's actual value to its score; frozen, exact, without rounding (5-scoring.md §5.2-5.3)."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    @property
    def code(self) -> str:
        """The kind, as written in definitions."""

    def score(self, actual: Fraction, target: Fraction | None) -> Scored:
        """The score of `actual` (natural units) against `target`; ValueError with the reason of `target_fault`."""

    def target_fault(self, target: Fraction | None) -> str | None:
        """What is wrong with a target for this scale, or None; checked before a plan is published."""

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """The scale of a definition table; faults are recorded in `fields`."""


def checked(scale: Scale, target: Fraction | None) -> Fraction:
    """The target of a scale that needs one; ValueError when `target_fault` finds something."""
    fault = scale.target_fault(target)
    if fault is not None or target is None:
        raise ValueError(f"scale {scale.code}: {fault or NO_TARGET}")
    return target


NO_TARGET = "the target is missing: set one, a KPI without a target cannot be scored"


def positive_target_fault(target: Fraction | None, instead: str) -> str | None:
    """The fault of a target that a scale divides by; `instead` names the kinds that take such a target."""
    if target is None:
        return NO_TARGET
    if target <= 0:
        return f"the target {plain_text(target)} is not above 0, so nothing can be divided by it: use {instead}"
    return None


def clamped(attainment: Fraction, cap: Fraction) -> Scored:
    """s = 100 · clamp(A, 0, cap) (5-scoring.md §5.3)."""
    if attainment < 0:
        return Scored(attainment, Fraction(0), "A < 0, A raised to 0")
    if attainment > cap:
        return Scored(attainment, HUNDRED * cap, f"A > {percent_text(cap)}, A capped at {percent_text(cap)}")
    return Scored(attainment, HUNDRED * attainment, f"0% <= A <= {percent_text(cap)}, score 100 x A")


def linear_lower(actual: Fraction, target: Fraction) -> Fraction:
    """A = 2 - actual/target: on target 1, at twice the target 0 (5-scoring.md §5.2 LL)."""
    return 2 - actual / target


def floor_attainment(actual: Fraction, floor: Fraction, target: Fraction) -> Fraction:
    """A = (actual - floor)/(target - floor) (5-scoring.md §5.2 FT, FTS)."""
    return (actual - floor) / (target - floor)


def floor_target_fault(target: Fraction | None, floor: Fraction) -> str | None:
    """The fault of a target that does not lie above the floor."""
    if target is None:
        return NO_TARGET
    if target <= floor:
        return f"the target {plain_text(target)} is not above the floor {plain_text(floor)}: lower the floor"
    return None


def attained(of: str, actual: Fraction, target: Fraction | None) -> Fraction:
    """The x of a table or a knot curve: "ratio" actual/target, "lower" 2 - actual/target, "value" the actual itself."""
    if of == "value":
        return actual
    if target is None:
        raise ValueError(NO_TARGET)
    return actual / target if of == "ratio" else linear_lower(actual, target)


def attained_target_fault(of: str, target: Fraction | None) -> str | None:
    """The fault of a target of a scale with an `of` key."""
    return None if of == "value" else positive_target_fault(target, 'of = "value", or FTS')


def interpolated(x: Fraction, knots: Sequence[tuple[Fraction, Fraction]]) -> Fraction:
    """Linear between knots (x ascending), flat outside them."""
    if x <= knots[0][0]:
        return knots[0][1]
    for (x0, y0), (x1, y1) in pairwise(knots):
        if x <= x1:
            return y0 + (y1 - y0) * (x - x0) / (x1 - x0)
    return knots[-1][1]


def steps_in(distance: Fraction, step: Fraction, rounding: str) -> Fraction:
    """How many steps fit in a distance (0 when negative): only full ones ("floor"), begun ones ("ceil"), "exact"."""
    exact = max(Fraction(0), distance) / step
    if rounding == "floor":
        return Fraction(exact.numerator // exact.denominator)
    if rounding == "ceil":
        return Fraction(-(-exact.numerator // exact.denominator))
    return exact


def read_cap(fields: Fields) -> Fraction:
    """The cap of A, default 1.2."""
    cap = fields.number("cap", DEFAULT_CAP)
    fields.require(
        "cap", cap > 0, f'the cap {plain_text(cap)} is not above 0: write a ratio of the target such as "1.2"'
    )
    return cap


def read_knots(
    fields: Fields, default: Sequence[tuple[Fraction, Fraction]] | None = None
) -> tuple[tuple[Fraction, Fraction], ...]:
    """Knots (x, y) with x strictly ascending, y monotone and never negative."""
    knots = fields.pairs("knots", default)
    xs, ys = [x for x, _ in knots], [y for _, y in knots]
    fields.require("knots", len(knots) >= 2, "a curve needs at least two knots")
    fields.require("knots", strictly_ascending(xs), "the x of the knots must ascend strictly: sort them, drop repeats")
    fields.require("knots", monotone(ys), "the y of the knots go up and down: a better result may not score less")
    fields.require("knots", all(y >= 0 for y in ys), "a knot has a negative y: use 0 or more")
    return knots


def strictly_ascending(values: Sequence[Fraction]) -> bool:
    """Whether each value is above the one before it."""
    return all(left < right for left, right in pairwise(values))


def monotone(values: Sequence[Fraction]) -> bool:
    """Whether the values never turn."""
    pairs = list(pairwise(values))
    return all(left <= right for left, right in pairs) or all(left >= right for left, right in pairs)
