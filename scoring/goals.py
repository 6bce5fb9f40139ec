"""The goal tree: strategy broken down into targets, how the parts cover the whole, what serves no goal (R24)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from scoring.kpi import Kpi
from scoring.plan import Plan, PlanItem
from scoring.proration import cascade_coverage
from scoring.reference import Label


@dataclass(frozen=True, slots=True)
class Goal:
    """A node: what an owner should reach in a KPI, by period; without an own target it is the one of targets.toml."""

    id: str
    name: Label
    parent: str
    kpi: str
    owner: str
    targets: tuple[tuple[str, Fraction], ...] = ()

    def target(self, period: str) -> Fraction | None:
        """The target that stands on the node itself."""
        return dict(self.targets).get(period)


TargetOf = Callable[[Goal, str], Fraction | None]
"""(node, period) -> its target."""


@dataclass(frozen=True, slots=True)
class GoalCoverage:
    """A node in a period: its target, the sum of its parts, what nobody has taken (0 or more), and the verdict.

    `verdict` is "gap" below 100 %, "padding" above 110 %, else "ok" (5-scoring.md §5.11).
    """

    goal: str
    period: str
    target: Fraction
    parts: Fraction
    unassigned: Fraction
    ratio: Fraction
    verdict: str


def coverages(goals: Sequence[Goal], periods: Collection[str], target_of: TargetOf) -> tuple[GoalCoverage, ...]:
    """Every node with parts in the same KPI: 10 000 000 in 5 000 000 + 3 200 000 + 2 300 000 is covered to 105 %.

    A part without a target in the period counts as not taken.
    """
    found = []
    for goal in goals:
        parts = [part for part in goals if (part.parent, part.kpi) == (goal.id, goal.kpi)]
        for period in sorted(periods):
            target = target_of(goal, period)
            if not parts or target is None or target <= 0:
                continue
            given = [value for part in parts if (value := target_of(part, period)) is not None]
            total = sum(given, Fraction(0))
            coverage = cascade_coverage(target, given)
            rest = max(Fraction(0), target - total)
            found.append(GoalCoverage(goal.id, period, target, total, rest, coverage.ratio, coverage.verdict))
    return tuple(found)


def path_of(goals: Sequence[Goal], goal_id: str) -> tuple[str, ...]:
    """The node and everything above it, up to the strategy it comes from."""
    by_id = {goal.id: goal for goal in goals}
    path: list[str] = []
    while goal_id in by_id and goal_id not in path:
        path.append(goal_id)
        goal_id = by_id[goal_id].parent
    return tuple(path)


def goal_of(item: PlanItem, kpi: Kpi, goals: Sequence[Goal]) -> str:
    """The node that an item serves: the named one, else the first for its KPI or the amount inside; "" for none."""
    if item.goal:
        return item.goal
    wanted = (kpi.id, kpi.of_target) if kpi.of_target else (kpi.id,)
    return next((goal.id for goal in goals if goal.kpi in wanted), "")


def orphans(plan: Plan, kpis: Mapping[str, Kpi], goals: Sequence[Goal]) -> tuple[str, ...]:
    """The KPIs of a plan that serve no goal (R92); reviews judge conduct and are left out."""
    items = (item for item in plan.items if item.kind != "V")
    return tuple(item.source.kpi for item in items if not goal_of(item, kpis[item.source.kpi], goals))


__all__ = ["Goal", "GoalCoverage", "coverages", "goal_of", "orphans", "path_of"]
