"""Reads measures and KPIs, and checks that every name in them exists."""

from __future__ import annotations

from collections.abc import Mapping

from scoring.atoms import ATOMS
from scoring.definitions.table import Table, nearest
from scoring.formula import Formula, FormulaError, parse_formula
from scoring.kpi import DIRECTIONS, UNITS, Kpi
from scoring.measures import AGGREGATIONS, Measure

DIMENSIONS = ("agent", "campaign", "host", "live_op", "self", "shop", "warehouse")
MEASURE_UNITS = ("money", "count", "seconds", "points")
_NOTHING = parse_formula("0")


def read_measures(root: Table) -> dict[str, Measure]:
    """measures.toml: measures by name."""
    measures: dict[str, Measure] = {}
    section = root.table("measure")
    if section is not None:
        for name in section.values:
            table = section.table(name)
            if table is not None:
                measures[name] = _measure(name, table)
    root.finish()
    return measures


def _measure(name: str, table: Table) -> Measure:
    atom = table.choice("atom", tuple(ATOMS))
    fields = _fields(atom)
    value = table.text("value")
    if value != "1" and fields:
        _known_field(table, "value", value, fields)
    at = table.text("at")
    if fields:
        _known_field(table, "at", at, fields)
    where = table.texts("where")
    before = table.text("before", "")
    for flag in (*(entry.removeprefix("not ") for entry in where), *((before,) if before else ())):
        if fields:
            _known_field(table, "where", flag, fields)
    totals = table.text("totals", "always")
    if totals not in ("always", "never") and fields:
        _known_field(table, "totals", totals, fields)
    measure = Measure(
        name=name,
        version=table.whole("version", 1, 1),
        atom=atom,
        kind=table.choice("kind", tuple(AGGREGATIONS)),
        value=value,
        at=at,
        unit=table.choice("unit", MEASURE_UNITS),
        dimensions=_dimensions(table),
        where=where,
        before=before,
        rolling=table.flag("rolling", False),
        totals=totals,
    )
    table.finish()
    return measure


def _fields(atom: str) -> tuple[str, ...]:
    kind = ATOMS.get(atom)
    if kind is None:
        return ()
    properties = tuple(name for name, member in vars(kind).items() if isinstance(member, property))
    return tuple(getattr(kind, "__dataclass_fields__", ())) + properties


def _known_field(table: Table, name: str, field: str, fields: tuple[str, ...]) -> None:
    if field not in fields:
        table.fault(name, f"{field!r} is no field of this atom; known: {', '.join(fields)}{nearest(field, fields)}")


def _dimensions(table: Table) -> tuple[str, ...]:
    dimensions = table.texts("dimensions")
    for dimension in dimensions:
        if dimension not in DIMENSIONS:
            hint = nearest(dimension, DIMENSIONS)
            table.fault("dimensions", f"{dimension!r} is no credit dimension; known: {', '.join(DIMENSIONS)}{hint}")
    return dimensions


def read_kpis(root: Table, measures: Mapping[str, Measure]) -> dict[str, Kpi]:
    """kpis.toml: KPIs by id."""
    kpis: dict[str, Kpi] = {}
    section = root.table("kpi")
    if section is not None:
        known = tuple(section.values)
        for name in section.values:
            table = section.table(name)
            if table is not None:
                kpis[name] = _kpi(name, table, measures, known)
    root.finish()
    return kpis


def _kpi(name: str, table: Table, measures: Mapping[str, Measure], kpis: tuple[str, ...]) -> Kpi:
    kpi = Kpi(
        id=name,
        version=table.whole("version", 1, 1),
        name=table.label("name"),
        about=table.label("about"),
        unit=table.choice("unit", UNITS),
        direction=table.choice("direction", DIRECTIONS),
        numerator=_formula(table, "numerator", measures, kpis) or _NOTHING,
        denominator=_formula(table, "denominator", measures, kpis) if table.has("denominator") else None,
        dimensions=_dimensions(table),
        min_sample=table.whole("min_sample", 0),
        live=table.text("live", "RT"),
        time=table.text("time", ""),
        of_target=table.choice("of_target", kpis, "") if table.has("of_target") else "",
        additive_target=table.flag("additive_target", False),
        empty_scores_zero=table.flag("empty_scores_zero", False),
    )
    table.finish()
    return kpi


def _formula(table: Table, name: str, measures: Mapping[str, Measure], kpis: tuple[str, ...]) -> Formula | None:
    text = table.text(name)
    if not text:
        return None
    try:
        formula = parse_formula(text)
    except FormulaError as error:
        table.fault(name, str(error))
        return None
    for used in formula.names:
        target = used.removeprefix("target.")
        if (used != target and target in kpis) or used in measures:
            continue
        hint = nearest(used, (*measures, *(f"target.{kpi}" for kpi in kpis)))
        table.fault(name, f"{used!r} is no measure and no target{hint}")
    return formula
