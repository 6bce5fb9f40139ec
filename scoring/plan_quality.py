"""How good a plan is: what of it is counted and not judged, and whether its targets discourage (R34, R39, R93)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from scoring.plan import Plan

TOO_LOW, TOO_HIGH = Fraction("0.6"), Fraction("1.5")
DISCOURAGED_LIMIT = Fraction("0.2")


def weight_of(plan: Plan, kind: str) -> Fraction:
    """The weight of a plan's result, process or review items."""
    return sum((item.weight for item in plan.items if item.kind == kind), Fraction(0))


def quantified_share(plan: Plan) -> Fraction:
    """The weight out of 100 that events decide, without anybody's judgement (R39): everything but reviews and exams."""
    return weight_of(plan, "R") + weight_of(plan, "P")


@dataclass(frozen=True, slots=True)
class EarlySignal:
    """Who is heading for less than 60 % or more than 150 % of the targets, and whether these are too many."""

    too_low: tuple[str, ...]
    too_high: tuple[str, ...]
    share: Fraction | None
    is_alarming: bool


def projected(attainment: Fraction, days_passed: int, days: int) -> Fraction:
    """What an attainment of an amount comes to at the period's end when it goes on like this."""
    if not 0 < days_passed <= days:
        raise ValueError(f"{days_passed} of {days} days passed: nothing can be projected from that")
    return attainment * days / days_passed


def early_signal(attainments: Mapping[str, Fraction], limit: Fraction = DISCOURAGED_LIMIT) -> EarlySignal:
    """The signal of projected attainments by person; alarming when more than `limit` of the people are outside."""
    low = tuple(sorted(name for name, value in attainments.items() if value < TOO_LOW))
    high = tuple(sorted(name for name, value in attainments.items() if value > TOO_HIGH))
    share = None if not attainments else Fraction(len(low) + len(high), len(attainments))
    return EarlySignal(low, high, share, share is not None and share > limit)


__all__ = ["EarlySignal", "early_signal", "projected", "quantified_share", "weight_of"]
