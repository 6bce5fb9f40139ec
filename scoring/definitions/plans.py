"""Reads a plan file: duties, scorecard items, pay components and bands, with every fault."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import TypeVar

from scoring.bands import DEFAULT_BANDS, Bands, read_bands
from scoring.component import NO_TERMS, Terms, read_terms
from scoring.definitions.table import Table, exact_number, nearest
from scoring.faults import DefinitionError
from scoring.kpi import Kpi
from scoring.money import plain_text
from scoring.plan import SELF, STAGES, Blend, Duty, Gate, Plan, PlanComponent, PlanItem, Source
from scoring.plans import PLANS, PlanFunction, read_plan_function
from scoring.scales import Scale, read_scale
from scoring.scales.rev import Rev
from scoring.schemes import SCHEMES, Scheme
from scoring.scorecard import MISSING_POLICIES, weight_faults

KINDS = ("R", "P", "V")
PAID_KINDS = ("fixed", "performance", "flat", "flat_excess", "flat_first_yuan", "slab", "whole", "fee_saving")
"""Kinds that a settlement feeds with what they need; a quarter's bonus and year-to-date pay come with the workflow."""
PERIODS = ("month", "quarter", "year")
OWN_KEYS = ("id", "name", "kind", "base", "owner", "dimension", "multiply_by_coefficient", "cap", "floor", "gate")
SPEND_KEYS = ("spend", "spend_owner", "spend_dimension")
_UNREADABLE: Scale = Rev(())
T = TypeVar("T")


def read_plan(root: Table, kpis: Mapping[str, Kpi], owners: set[str], goals: tuple[str, ...] = ()) -> Plan:
    """One file of plans/."""
    head = root.table("plan")
    if head is None:
        root.fault("plan", "is missing; a plan file starts with a [plan] table")
        head = Table(root.file, "plan", {}, [])
    duties = []
    for table in root.tables("duty"):
        duties.append(Duty(table.text("id"), table.label("text")))
        table.finish()
    known_duties = tuple(duty.id for duty in duties)
    scheme_name = head.choice("scheme", tuple(SCHEMES), "result/process/review")
    scheme = SCHEMES.get(scheme_name, SCHEMES["result/process/review"])
    items = tuple(_item(table, kpis, owners, known_duties) for table in root.tables("item"))
    for number, item in enumerate(items, start=1):
        if item.goal and item.goal not in goals:
            known = ", ".join(goals) or "none, there is no goals.toml"
            root.fault(f"item[{number}].goal", f"is {item.goal!r}; known: {known}{nearest(item.goal, goals)}")
    items = tuple(_placed(root, item, scheme, number) for number, item in enumerate(items, start=1))
    components = tuple(_component(table, kpis, owners) for table in root.tables("component"))
    bands_table = root.table("bands")
    default: Bands = DEFAULT_BANDS
    bands = adopt(root, lambda: read_bands(_plain(bands_table), root.file, "bands"), default)
    plan = Plan(
        id=head.text("id"),
        version=head.whole("version", 1, 1),
        role=head.text("role"),
        name=head.label("name"),
        purpose=head.label("purpose"),
        period=head.choice("period", PERIODS, "month"),
        scheme=scheme_name,
        points_cap=head.exact("points_cap", Fraction(10)),
        duties=tuple(duties),
        items=items,
        components=components,
        bands=bands,
        sections=_sections(head, scheme),
        stage=head.choice("stage", STAGES, ""),
        variant_of=head.text("variant_of", ""),
        blend=_blend(head.table("blend"), owners),
        applies_from=head.optional_day("applies_from") or "",
    )
    if bool(plan.stage) != bool(plan.variant_of):
        head.fault("stage", 'a variant names both the stage and the plan it stands for: variant_of = "<plan>"')
    head.finish()
    root.finish()
    _check_items(root, items, known_duties)
    _check_sections(root, plan)
    return plan


def _sections(head: Table, scheme: Scheme) -> tuple[tuple[str, Fraction], ...]:
    """The section weights: the scheme's, or the plan's own where the scheme lets it."""
    table = head.table("sections")
    if table is None:
        return scheme.sections
    if not scheme.adjustable:
        free = ", ".join(name for name, known in SCHEMES.items() if known.adjustable)
        head.fault("sections", f"the weights of this scheme are fixed; leave this out, or take one of {free}")
        return scheme.sections
    weights = {name: table.exact(name) for name in scheme.names}
    table.finish()
    head.faults.extend(weight_faults(weights, head.file, table.key))
    return tuple(weights.items())


def _placed(root: Table, item: PlanItem, scheme: Scheme, number: int) -> PlanItem:
    """The item with its section: the named one, else the home of its kind; free schemes keep what is written."""
    if not scheme.sections:
        return item
    section = item.section or scheme.homes.get(item.kind, "")
    if section not in scheme.names:
        known = ", ".join(scheme.names)
        what = f"is {section!r}" if section else f"is missing for {item.source.kpi}"
        root.fault(f"item[{number}].section", f"{what}; known: {known}{nearest(section, scheme.names)}")
        return item
    return replace(item, section=section)


def _check_sections(root: Table, plan: Plan) -> None:
    for name, weight in plan.sections:
        inside = sum((item.weight for item in plan.items if item.section == name), Fraction(0))
        if inside != weight:
            given, wanted = plain_text(inside), plain_text(weight)
            root.fault(f"section {name}", f"its items weigh {given}, the scheme {plan.scheme} wants {wanted}")


def _blend(table: Table | None, owners: set[str]) -> Blend | None:
    if table is None:
        return None
    blend = Blend(table.exact("alpha"), table.text("team", "team"))
    if not 0 <= blend.alpha <= 1:
        table.fault("alpha", f"is {plain_text(blend.alpha)}; the share of the person's own score lies between 0 and 1")
    if blend.team != "team" and (blend.team not in owners or not blend.team.startswith("t:")):
        table.fault("team", f'{blend.team!r} is no team; write "team" for the team of the position, or "t:<team>"')
    table.finish()
    return blend


def _check_items(root: Table, items: tuple[PlanItem, ...], duties: tuple[str, ...]) -> None:
    weights: dict[str, Fraction] = {}
    for item in items:
        if item.source.kpi in weights:
            root.fault("item", f"{item.source.kpi} stands twice on the plan; keep one")
        weights[item.source.kpi] = item.weight
    if not items:
        root.fault("item", "a plan needs at least one [[item]]")
    else:
        root.faults.extend(weight_faults(weights, root.file, "item"))
    named = {duty for item in items for duty in item.duties}
    for duty in duties:
        if duty not in named:
            root.fault(f"duty {duty}", "no item names this duty; link a KPI to it or drop it (R2)")


def _item(table: Table, kpis: Mapping[str, Kpi], owners: set[str], duties: tuple[str, ...]) -> PlanItem:
    source = _source(table, "kpi", kpis, owners)
    scale = adopt(
        table, lambda: read_scale(_plain(table.table("scale")), table.file, f"{table.key}.scale"), _UNREADABLE
    )
    target = _target(table, kpis.get(source.kpi))
    if target is not None and scale.target_fault(target):
        table.fault("target", scale.target_fault(target) or "")
    missing, neutral = _missing(table)
    linked = table.texts("duties")
    for duty in linked:
        if duty not in duties:
            table.fault("duties", f"{duty!r} is no duty of this plan; known: {', '.join(duties)}")
    item = PlanItem(
        source=source,
        kind=table.choice("kind", KINDS),
        section=table.text("section", ""),
        weight=table.exact("weight"),
        scale=scale,
        target=target,
        missing=missing,
        duties=linked,
        neutral=neutral,
        needs_review=table.flag("needs_review", False),
        reason=table.text("reason", ""),
        goal=table.text("goal", ""),
    )
    table.finish()
    return item


def _missing(table: Table) -> tuple[str, Fraction | None]:
    """What is done without a value: "redistribute", "neutral(80)", "carry_last" or "zero" (5-scoring.md §5.5)."""
    written = table.text("missing", "redistribute")
    name, bracket, rest = written.partition("(")
    if name not in MISSING_POLICIES or bool(bracket) != (name == "neutral") or (bracket and not rest.endswith(")")):
        known = ("redistribute", "neutral(80)", "carry_last", "zero")
        table.fault("missing", f"is {written!r}; known: {', '.join(known)}{nearest(name, MISSING_POLICIES)}")
        return "redistribute", None
    if not bracket:
        return name, None
    score = exact_number(rest.removesuffix(")"))
    if score is None or not 0 <= score <= 120:
        table.fault("missing", f"is {written!r}; the neutral score is a number from 0 to 120")
    return name, score


def _target(table: Table, kpi: Kpi | None) -> Fraction | None:
    """The target of an attainment KPI is 1: the amount's own target is inside the KPI (5-scoring.md §5.2)."""
    own = table.raw("target") in ("own", None)
    if kpi is not None and kpi.of_target:
        if not own and exact_number(table.raw("target")) != 1:
            table.fault(
                "target", "an attainment KPI holds its target inside; leave this out and set the amount's target"
            )
        return Fraction(1)
    return None if own else table.exact("target")


def _source(table: Table, name: str, kpis: Mapping[str, Kpi], owners: set[str], prefix: str = "") -> Source:
    kpi = table.choice(name, tuple(kpis))
    owner = table.text(f"{prefix}owner", SELF)
    if owner != SELF and owner not in owners:
        table.fault(
            f"{prefix}owner", f'{owner!r} is nobody; write "self", "e:<person>", "t:<team>", "s:<shop>" or "c:"'
        )
    dimension = table.text(f"{prefix}dimension", "")
    known = kpis[kpi].dimensions if kpi in kpis else ()
    if dimension and known and dimension not in known:
        table.fault(f"{prefix}dimension", f"{kpi} has no dimension {dimension!r}; known: {', '.join(known)}")
    return Source(kpi, owner, dimension)


def _component(table: Table, kpis: Mapping[str, Kpi], owners: set[str]) -> PlanComponent:
    kind = table.choice("kind", PAID_KINDS)
    function = _function(table, kind)
    terms_table = {key: table.values[key] for key in ("multiply_by_coefficient", "cap", "floor") if table.has(key)}
    terms: Terms = adopt(table, lambda: read_terms(terms_table, table.file, table.key, function), NO_TERMS)
    needs_base = kind not in ("fixed", "performance")
    source = _source(table, "base", kpis, owners) if needs_base else None
    if not needs_base and table.has("base"):
        table.fault("base", f"{kind} pay takes its base from the position; leave it out")
    component = PlanComponent(
        id=table.text("id"),
        name=table.label("name"),
        kind=kind,
        function=function,
        source=source,
        terms=terms,
        gate=_gate(table, kpis, owners),
        extra=_extra(table, kind, kpis, owners, source),
    )
    table.finish()
    return component


def _function(table: Table, kind: str) -> PlanFunction | None:
    if kind not in PLANS:
        return None
    own = {*OWN_KEYS, *SPEND_KEYS} - {"kind"}
    values = {key: value for key, value in table.values.items() if key not in own}
    if kind == "fee_saving" and not isinstance(table.values.get("gate"), Mapping) and "gate" in table.values:
        values["gate"] = table.values["gate"]
    for key in values:
        table.has(key)
    return adopt(table, lambda: read_plan_function(values, table.file, table.key), None)


def _gate(table: Table, kpis: Mapping[str, Kpi], owners: set[str]) -> Gate | None:
    if not isinstance(table.raw("gate"), Mapping):
        return None
    gate = table.table("gate")
    assert gate is not None
    found = Gate(_source(gate, "kpi", kpis, owners), gate.exact("at_least"))
    gate.finish()
    return found


def _extra(
    table: Table, kind: str, kpis: Mapping[str, Kpi], owners: set[str], source: Source | None
) -> tuple[tuple[str, Source], ...]:
    if kind != "fee_saving" or source is None:
        return ()
    if not table.has("spend"):
        return (
            ("spend", Source("ad_spend", table.text("spend_owner", SELF), table.text("spend_dimension", "campaign"))),
        )
    return (("spend", _source(table, "spend", kpis, owners, "spend_")),)


def _plain(table: Table | None) -> Mapping[str, object]:
    return table.values if table is not None else {}


def adopt(table: Table, read: Callable[[], T], instead: T) -> T:
    """What `read` gives; its faults go to the table, and `instead` stands in for it."""
    try:
        return read()
    except DefinitionError as error:
        table.faults.extend(error.faults)
        return instead


__all__ = ["KINDS", "PERIODS", "adopt", "read_plan"]
