"""Whether decisions did what was expected of them, and how quarters compare (R15)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from scoring.organisation.effects import WINDOW_DAYS, Effect, ReadKpi, later
from scoring.organisation.records import Decision
from scoring.period import days_in, period_of


@dataclass(frozen=True, slots=True)
class Outcome:
    """A decision with what was observed; `observed` is a change or a share as the decision expects, None: not known."""

    decision: Decision
    effect: Effect
    observed: Fraction | None

    @property
    def reached(self) -> bool | None:
        """Whether the observed effect is at least as far in the expected direction; None while it is not known."""
        if self.observed is None:
            return None
        expected = self.decision.expected
        return self.observed >= expected if expected >= 0 else self.observed <= expected


def outcome(decision: Decision, read: ReadKpi, known_until: str) -> Outcome:
    """The days of the decision so far against as many days before it.

    A decision without an end is judged over its first 30 days; nothing is known before they have begun.
    """
    last = decision.end or later(decision.start, WINDOW_DAYS - 1)
    last = min(last, known_until)
    if last < decision.start:
        return Outcome(decision, Effect(decision.kpi, None, None), None)
    length = days_in(decision.start, last)
    before = read(decision.kpi, decision.measured_on, later(decision.start, -length), later(decision.start, -1))
    after = read(decision.kpi, decision.measured_on, decision.start, last)
    effect = Effect(decision.kpi, before, after)
    return Outcome(decision, effect, effect.share if decision.relative else effect.change)


def log_of(decisions: Sequence[Decision], owner: str, first_day: str, last_day: str) -> tuple[Decision, ...]:
    """Somebody's decisions that were in force in a period: what reviewers of `review_decision_quality` see."""
    return tuple(
        decision
        for decision in decisions
        if decision.owner == owner
        and decision.start <= last_day
        and (decision.end is None or first_day <= decision.end)
    )


def quarters(kpi: str, owner: str, keys: Sequence[str], read: ReadKpi) -> list[tuple[str, Effect]]:
    """Each period of a list with its KPI, against the one before it in the list."""
    values = []
    for key in keys:
        period = period_of(key, "UTC")
        values.append((key, read(kpi, owner, period.first_day, period.last_day)))
    earlier: list[Fraction | None] = [None, *(value for _, value in values)]
    return [(key, Effect(kpi, before, value)) for (key, value), before in zip(values, earlier, strict=False)]
