"""Reads goals.toml, the goal tree, and receipts.toml, who has read and accepted which plan (R24, R31)."""

from __future__ import annotations

from fractions import Fraction

from scoring.definitions.table import Table, exact_number, nearest
from scoring.goals import Goal
from scoring.period import grain_of
from scoring.receipts import Receipt


def read_goals(root: Table, kpis: tuple[str, ...], owners: set[str]) -> tuple[Goal, ...]:
    """goals.toml: nodes with parent, KPI, owner, and targets by period."""
    goals: list[Goal] = []
    for table in root.tables("goal"):
        goal = Goal(
            id=table.text("id"),
            name=table.label("name"),
            parent=table.text("parent", ""),
            kpi=table.choice("kpi", kpis),
            owner=table.text("owner"),
            targets=_targets(table),
        )
        if goal.owner and goal.owner not in owners:
            table.fault("owner", f'{goal.owner!r} is nobody; write "e:<person>", "t:<team>", "s:<shop>" or "c:"')
        if goal.id in {known.id for known in goals}:
            table.fault("id", f"{goal.id!r} is defined twice; give each goal its own id")
        table.finish()
        goals.append(goal)
    root.finish()
    _check_tree(root, goals)
    return tuple(goals)


def _targets(table: Table) -> tuple[tuple[str, Fraction], ...]:
    values = table.table("targets")
    rows = []
    for period in values.values if values is not None else ():
        assert values is not None
        number = exact_number(values.raw(period))
        try:
            grain_of(period)
        except ValueError as error:
            table.fault(f"targets.{period}", str(error))
        if number is None:
            table.fault(f"targets.{period}", f'is {values.raw(period)!r}; write an exact number in quotes, "5000000"')
            continue
        rows.append((period, number))
    return tuple(rows)


def _check_tree(root: Table, goals: list[Goal]) -> None:
    parents = {goal.id: goal.parent for goal in goals}
    for goal in goals:
        if goal.parent and goal.parent not in parents:
            hint = nearest(goal.parent, tuple(parents))
            root.fault(f"goal {goal.id}", f"parent {goal.parent!r} is no goal; known: {', '.join(parents)}{hint}")
        seen, at = {goal.id}, goal.parent
        while at:
            if at in seen:
                root.fault(f"goal {goal.id}", "its parents form a circle; one goal must stand at the top")
                break
            seen.add(at)
            at = parents.get(at, "")


def read_receipts(root: Table, people: set[str], plans: tuple[str, ...]) -> tuple[Receipt, ...]:
    """receipts.toml: who acknowledged which version of a plan, and when."""
    receipts = []
    for table in root.tables("receipt"):
        receipt = Receipt(
            person=table.text("person"),
            plan=table.choice("plan", plans),
            version=table.whole("version", 1, 1),
            day=table.day("day"),
        )
        if receipt.person and receipt.person not in people:
            hint = nearest(receipt.person, tuple(people))
            table.fault("person", f"{receipt.person!r} is not a person of people.toml{hint}")
        table.finish()
        receipts.append(receipt)
    root.finish()
    return tuple(receipts)


__all__ = ["read_goals", "read_receipts"]
