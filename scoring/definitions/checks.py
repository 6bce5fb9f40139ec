"""What is allowed but unwise in definitions, and what must be settled before they are published (R2, R24, R28-R94)."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Iterator
from fractions import Fraction

from scoring.definitions import Definitions
from scoring.definitions.precedence import pays_twice
from scoring.faults import Fault
from scoring.goals import Goal, GoalCoverage, coverages, orphans
from scoring.money import grouped_text, percent_text, plain_text
from scoring.plan import Plan, PlanItem
from scoring.plan_quality import quantified_share, weight_of
from scoring.plans import plan_warnings
from scoring.proration import check_target
from scoring.receipts import Acknowledged, Due, Receipt, acknowledged
from scoring.reference import Target
from scoring.schemes import SCHEMES
from scoring.scorecard import weight_warnings

VERDICTS = {
    "likely_unreachable": "fewer than one in five past periods reached it: likely unreachable",
    "too_easy": "more than nine in ten past periods reached it: too easy",
    "no_history": "fewer than three past periods are known: no history, use ramp targets",
}


def warnings_of(definitions: Definitions) -> tuple[Fault, ...]:
    """Everything unusual at once, with file and key; nothing of it keeps definitions from being used."""
    files = _plan_files(definitions)
    found: list[Fault] = []
    for plan in definitions.plans.values():
        found.extend(_plan(plan, definitions, files[plan.id]))
    found.extend(_goals(definitions))
    found.extend(_target_warnings(definitions))
    found.extend(_receipts(definitions))
    return tuple(found)


def blockers_of(definitions: Definitions) -> tuple[Fault, ...]:
    """What keeps definitions from being published: targets that are open, unlooked-at, unexplained or unapproved."""
    files = _plan_files(definitions)
    found = [
        Fault("targets.toml", f"{row.owner} {row.kpi} {row.period}", 'is still "?": fill it in from your own history')
        for row in definitions.unfilled
    ]
    for plan in definitions.plans.values():
        for number, item in enumerate(plan.items, start=1):
            if item.needs_review and not item.reason:
                message = f"{item.source.kpi} has a starter value: set your own, or give a reason to keep it (R91)"
                found.append(Fault(files[plan.id], f"item[{number}].target", message))
    found.extend(_missing_targets(definitions))
    for row in definitions.reference.targets:
        told = _unapproved(row, definitions)
        if told:
            found.append(Fault("targets.toml", f"{row.owner} {row.kpi} {row.period}", told))
    return tuple(found)


def goal_coverages(definitions: Definitions) -> tuple[GoalCoverage, ...]:
    """How the goal tree adds up, in every period that it names."""
    goals = definitions.goals
    periods = {period for goal in goals for period, _ in goal.targets}
    periods |= {row.period for row in definitions.reference.targets if goals}

    def target_of(goal: Goal, period: str) -> Fraction | None:
        own = goal.target(period)
        row = definitions.target(goal.owner, goal.kpi, period) if own is None else None
        return row.value if row else own

    additive = [goal for goal in goals if definitions.kpis[goal.kpi].denominator is None]
    return coverages(additive, periods, target_of)


def receipts_of(definitions: Definitions, told: Iterable[Receipt] = ()) -> Acknowledged:
    """Which plans in force, or to come, their holders have acknowledged in time; `told` are receipts by events."""
    due = []
    for person in definitions.reference.people:
        for position in person.positions:
            plan = definitions.plan_of(position)
            if plan is not None and position.to_day is None:
                due.append(Due(person.id, plan.id, plan.version, max(position.from_day, plan.applies_from)))
    return acknowledged(due, (*definitions.receipts, *told))


def _plan_files(definitions: Definitions) -> dict[str, str]:
    names = {}
    for name, text in definitions.texts.items():
        if name.startswith("plans/"):
            names[str(tomllib.loads(text)["plan"]["id"])] = name
    return names


def _plan(plan: Plan, definitions: Definitions, file: str) -> Iterator[Fault]:
    yield from weight_warnings({item.source.kpi: item.weight for item in plan.items}, file, "item")
    if not plan.duties:
        yield Fault(file, "duty", "the plan names no duties; KPIs come from what the role is there for (R2)")
    for number, item in enumerate(plan.items, start=1):
        if plan.duties and not item.duties:
            yield Fault(file, f"item[{number}].duties", f"{item.source.kpi} serves no duty of the plan (R2)")
    reviewed, limit = weight_of(plan, "V"), SCHEMES[plan.scheme].review_limit
    if reviewed > limit:
        said = f"reviews weigh {plain_text(reviewed)}, above {plain_text(limit)} for {plan.scheme} (R28)"
        yield Fault(file, "item", f"{said}: count more and judge less")
    counted = quantified_share(plan)
    allowed = definitions.reference.policy.judged_weight_limit
    if 100 - counted > allowed:
        least = 100 - allowed
        yield Fault(file, "item", f"only {plain_text(counted)} of 100 is counted from events; {least} at least (R34)")
    for component in plan.components:
        if component.function is not None:
            yield from plan_warnings(component.function, file, f"component {component.id}")
    precedence = definitions.reference.policy.precedence
    yield from pays_twice(plan, definitions.kpis, definitions.measures, precedence, file)
    if definitions.goals:
        for kpi in orphans(plan, definitions.kpis, definitions.goals):
            yield Fault(file, "item", f'{kpi} serves no goal of goals.toml (R92): name one with goal = "<id>"')


def _goals(definitions: Definitions) -> Iterator[Fault]:
    for row in goal_coverages(definitions):
        if row.verdict != "ok":
            what = (
                f"{grouped_text(row.unassigned)} is nobody's"
                if row.verdict == "gap"
                else "more is asked for than the goal needs"
            )
            said = f"its parts cover {percent_text(row.ratio)} of {grouped_text(row.target)} in {row.period}: {what}"
            yield Fault("goals.toml", f"goal {row.goal}", said)


def _target_warnings(definitions: Definitions) -> Iterator[Fault]:
    for row in definitions.reference.targets:
        if row.history:
            verdict = _verdict(row, definitions)
            if verdict in VERDICTS:
                yield Fault("targets.toml", f"{row.owner} {row.kpi} {row.period}", VERDICTS[verdict])


def _receipts(definitions: Definitions) -> Iterator[Fault]:
    if not definitions.receipts:
        return
    state = receipts_of(definitions)
    for row in state.open:
        said = f"version {row.version} of {row.plan} was not acknowledged before {row.from_day} (R31)"
        yield Fault("receipts.toml", row.person, said)


def _verdict(row: Target, definitions: Definitions) -> str:
    lower = definitions.kpis[row.kpi].direction == "down"
    return check_target(row.history, row.value, lower_is_better=lower).verdict


def _unapproved(row: Target, definitions: Definitions) -> str:
    """Why a target that lies far from its history may not be published yet, or nothing."""
    if not row.history or _verdict(row, definitions) != "needs_second_approver":
        return ""
    mean = sum(row.history, Fraction(0)) / len(row.history)
    wanted = [name for name, given in (("reason", row.reason), ("approved_by", row.approved_by)) if not given]
    far = f"{grouped_text(row.value)} lies far from the mean {grouped_text(mean)} of its history (R90)"
    return f"{far}: add {' and '.join(wanted)}" if wanted else ""


def _missing_targets(definitions: Definitions) -> Iterator[Fault]:
    """Own targets of people in office that no period has: such a plan can not be scored (5-scoring.md §5.2)."""
    known = {(row.owner, row.kpi) for row in (*definitions.reference.targets, *definitions.unfilled)}
    asked: set[tuple[str, str]] = set()
    for person in definitions.reference.people:
        for position in person.positions:
            plan = definitions.plan_of(position) if position.to_day is None else None
            for item in plan.items if plan else ():
                wanted = _wanted(item, definitions)
                key = (item.source.of(f"e:{person.id}"), wanted)
                if wanted and key not in known and key not in asked:
                    asked.add(key)
                    yield Fault("targets.toml", f"{key[0]} {key[1]}", "has no target in any period: add one")


def _wanted(item: PlanItem, definitions: Definitions) -> str:
    """The KPI whose target an item needs from targets.toml; "" for none."""
    kpi = definitions.kpis[item.source.kpi]
    if kpi.of_target:
        return kpi.of_target
    return kpi.id if item.target is None and item.scale.target_fault(None) else ""


__all__ = ["blockers_of", "goal_coverages", "receipts_of", "warnings_of"]
