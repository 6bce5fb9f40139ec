"""Where people are heading by the middle of a period: attainments so far, projected to the period's end (R93)."""

from __future__ import annotations

from fractions import Fraction

from scoring.period import days_in
from scoring.plan_quality import projected
from scoring.settlement import ItemResult, PersonResult

ZERO = Fraction(0)


def heading(result: PersonResult, as_of: str) -> Fraction | None:
    """The attainment that somebody is heading for on a day, by weight; None when no KPI has one.

    Amounts and counts decide, projected over the days of the position; a plan without any goes by its ratios as they
    stand, each at most what its scale can score. Reviews do not enter.
    """
    scope = result.scope
    if as_of < scope.first_day:
        return None
    passed = days_in(scope.first_day, min(as_of, scope.last_day))
    whole = days_in(scope.first_day, scope.last_day)
    amounts = [
        (row.item.weight, projected(row.scored.attainment, passed, whole))
        for row in result.items
        if row.scored is not None and row.scored.attainment is not None and _grows(row)
    ]
    ratios = [
        (row.item.weight, row.scored.score / 100)
        for row in result.items
        if row.scored is not None and row.scored.attainment is not None and not _grows(row)
    ]
    known = amounts or ratios
    total = sum((weight for weight, _ in known), ZERO)
    return sum((weight * value for weight, value in known), ZERO) / total if total else None


def is_mid_period(result: PersonResult, as_of: str) -> bool:
    """Whether half of the period has passed: before that a projection says little."""
    period = result.scope.period
    if as_of < period.first_day:
        return False
    passed = days_in(period.first_day, min(as_of, period.last_day))
    return 2 * passed >= days_in(period.first_day, period.last_day)


def _grows(row: ItemResult) -> bool:
    """Whether the KPI adds up over time, so that half of a period gives half of it."""
    return (row.kpi.additive_target or bool(row.kpi.of_target)) and row.kpi.direction == "up"


__all__ = ["heading", "is_mid_period"]
