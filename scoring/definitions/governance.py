"""Reads decisions.toml, grants.toml and careers.toml into records."""

from __future__ import annotations

from collections.abc import Callable, Collection
from fractions import Fraction

from scoring.definitions.table import Table, nearest
from scoring.organisation.records import RIGHTS, CareerStep, Decision, DevelopmentGoal, Governance, Grant

GOVERNANCE_FILES = ("decisions.toml", "grants.toml", "careers.toml")


def read_governance(root: Callable[[str], Table], kpis: Collection[str], owners: Collection[str]) -> Governance:
    """The three files; `root` gives a file's table by name, empty when there is none."""
    decisions, grants, careers = (root(name) for name in GOVERNANCE_FILES)
    found = Governance(
        decisions=tuple(_decision(table, kpis, owners) for table in decisions.tables("decision")),
        grants=tuple(_grant(table, owners) for table in grants.tables("grant")),
        steps=tuple(_step(table) for table in careers.tables("step")),
        goals=tuple(_goal(table, kpis, owners) for table in careers.tables("goal")),
    )
    for file in (decisions, grants, careers):
        file.finish()
    _unique(decisions, "decision", [row.id for row in found.decisions])
    _unique(careers, "goal", [row.id for row in found.goals])
    return found


def _decision(table: Table, kpis: Collection[str], owners: Collection[str]) -> Decision:
    start, end = table.day("start"), table.optional_day("end")
    if end is not None and end < start:
        table.fault("end", f"is {end}, before start = {start}; 'end' is the last day of the decision")
    decision = Decision(
        id=table.text("id"),
        title=table.label("title"),
        owner=_person(table, "owner", owners),
        start=start,
        end=end,
        kpi=table.choice("kpi", tuple(kpis)),
        measured_on=_owner(table, "measured_on", owners),
        expected=table.exact("expected"),
        relative=table.flag("relative", False),
    )
    table.finish()
    return decision


def _grant(table: Table, owners: Collection[str]) -> Grant:
    from_day, to_day = table.span()
    grant = Grant(
        person=_person(table, "person", owners),
        right=table.choice("right", RIGHTS),
        scope=_owner(table, "scope", owners),
        from_day=from_day,
        to_day=to_day,
        granted_by=table.text("granted_by"),
    )
    table.finish()
    return grant


def _step(table: Table) -> CareerStep:
    step = CareerStep(
        from_role=table.text("from_role"),
        to_role=table.text("to_role"),
        quarters=table.whole("quarters", 4, 1),
        at_least=table.whole("at_least", 3, 1),
        total=table.exact("total", Fraction(90)),
        exam=table.text("exam", ""),
        pass_mark=table.exact("pass_mark", Fraction(60)),
    )
    if step.at_least > step.quarters:
        table.fault("at_least", f"is {step.at_least}, more than the {step.quarters} quarters that are looked at")
    table.finish()
    return step


def _goal(table: Table, kpis: Collection[str], owners: Collection[str]) -> DevelopmentGoal:
    from_day, to_day = table.span()
    goal = DevelopmentGoal(
        id=table.text("id"),
        person=_person(table, "person", owners),
        title=table.label("title"),
        kpi=table.choice("kpi", tuple(kpis)) if table.has("kpi") else "",
        exam=table.text("exam", ""),
        wanted=table.exact("wanted"),
        from_day=from_day,
        to_day=to_day,
    )
    if bool(goal.kpi) == bool(goal.exam):
        table.fault("kpi", "a goal is shown by either a kpi or an exam; name one of them")
    table.finish()
    return goal


def _person(table: Table, name: str, owners: Collection[str]) -> str:
    person = table.text(name)
    if person and f"e:{person}" not in owners:
        table.fault(name, f"{person!r} is not a person of people.toml")
    return person


def _owner(table: Table, name: str, owners: Collection[str]) -> str:
    owner = table.text(name)
    if owner and owner not in owners:
        hint = nearest(owner, tuple(sorted(owners)))
        table.fault(name, f'{owner!r} is nobody; write "e:<person>", "t:<team>", "s:<shop>" or "c:"{hint}')
    return owner


def _unique(root: Table, what: str, names: list[str]) -> None:
    for name in sorted({name for name in names if names.count(name) > 1}):
        root.fault(f"{what} {name}", "is defined twice; give each its own id")
