"""Reads a plan file: duties, scorecard items, pay components and bands, with every fault."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import TypeVar

from scoring.bands import DEFAULT_BANDS, Bands, read_bands
from scoring.component import NO_TERMS, Terms, read_terms
from scoring.definitions.table import Table
from scoring.faults import DefinitionError
from scoring.kpi import Kpi
from scoring.plan import SELF, Duty, Gate, Plan, PlanComponent, PlanItem, Source
from scoring.plans import PLANS, PlanFunction, read_plan_function
from scoring.scales import Scale, read_scale
from scoring.scales.rev import Rev
from scoring.scorecard import weight_faults

KINDS = ("R", "P", "V")
PAID_KINDS = ("fixed", "performance", "flat", "flat_excess", "flat_first_yuan", "slab", "whole", "fee_saving")
"""Kinds that a settlement feeds with what they need; a quarter's bonus and year-to-date pay come with the workflow."""
PERIODS = ("month", "quarter", "year")
OWN_KEYS = ("id", "name", "kind", "base", "owner", "dimension", "multiply_by_coefficient", "cap", "floor", "gate")
SPEND_KEYS = ("spend", "spend_owner", "spend_dimension")
_UNREADABLE: Scale = Rev(())
T = TypeVar("T")


def read_plan(root: Table, kpis: Mapping[str, Kpi], owners: set[str]) -> Plan:
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
    items = tuple(_item(table, kpis, owners, known_duties) for table in root.tables("item"))
    components = tuple(_component(table, kpis, owners) for table in root.tables("component"))
    bands_table = root.table("bands")
    default: Bands = DEFAULT_BANDS
    bands = _adopt(root, lambda: read_bands(_plain(bands_table), root.file, "bands"), default)
    plan = Plan(
        id=head.text("id"),
        version=head.whole("version", 1, 1),
        role=head.text("role"),
        name=head.label("name"),
        purpose=head.label("purpose"),
        period=head.choice("period", PERIODS, "month"),
        scheme=head.text("scheme", "result/process/review"),
        points_cap=head.exact("points_cap", Fraction(10)),
        duties=tuple(duties),
        items=items,
        components=components,
        bands=bands,
    )
    head.finish()
    root.finish()
    _check_items(root, items, known_duties)
    return plan


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
    scale = _adopt(
        table, lambda: read_scale(_plain(table.table("scale")), table.file, f"{table.key}.scale"), _UNREADABLE
    )
    target = _target(table, kpis.get(source.kpi))
    if target is not None and scale.target_fault(target):
        table.fault("target", scale.target_fault(target) or "")
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
        missing=table.choice("missing", ("redistribute",), "redistribute"),
        duties=linked,
    )
    table.finish()
    return item


def _target(table: Table, kpi: Kpi | None) -> Fraction | None:
    """The target of an attainment KPI is 1: the amount's own target is inside the KPI (5-scoring.md §5.2)."""
    own = table.raw("target") in ("own", None)
    if kpi is not None and kpi.of_target:
        if not own:
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
    terms: Terms = _adopt(table, lambda: read_terms(terms_table, table.file, table.key, function), NO_TERMS)
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
    return _adopt(table, lambda: read_plan_function(values, table.file, table.key), None)


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


def _adopt(table: Table, read: Callable[[], T], instead: T) -> T:
    try:
        return read()
    except DefinitionError as error:
        table.faults.extend(error.faults)
        return instead


__all__ = ["read_plan"]
