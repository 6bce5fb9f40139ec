"""Reads measures and KPIs, and checks that every name in them exists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from scoring.atoms import ATOMS
from scoring.definitions.table import Table, nearest
from scoring.formula import Formula, FormulaError, parse_formula
from scoring.kpi import DIRECTIONS, PLATFORMS, UNITS, Kpi
from scoring.measures import AGGREGATIONS, Measure
from scoring.windows import window_fault

DIMENSIONS = (
    "agent",
    "assignee",
    "author",
    "bd",
    "campaign",
    "controller",
    "cost_centre",
    "exclusive",
    "host",
    "live_op",
    "manager",
    "publisher",
    "purchaser",
    "rep",
    "self",
    "shop",
    "trainer",
    "warehouse",
)
MEASURE_UNITS = ("money", "count", "seconds", "points")
_NOTHING = parse_formula("0")


def read_measures(roots: Sequence[Table]) -> dict[str, Measure]:
    """The files of catalogue/measures: measures by name."""
    return {name: _measure(name, table) for name, table in _entries(roots, "measure").items()}


def _entries(roots: Sequence[Table], kind: str) -> dict[str, Table]:
    """The tables [kind.<name>] of all files; a name that stands in two files is a fault."""
    found: dict[str, Table] = {}
    for root in roots:
        section = root.table(kind)
        for name in section.values if section is not None else ():
            table = section.table(name) if section is not None else None
            if table is None:
                continue
            if name in found:
                table.fault("", f"stands in {found[name].file} too; keep one, or give this one another name")
            else:
                found[name] = table
        root.finish()
    return found


def _measure(name: str, table: Table) -> Measure:
    atoms = _atoms(table)
    fields = _common_fields(atoms)
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
        atoms=atoms,
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


def _atoms(table: Table) -> tuple[str, ...]:
    """One kind of atom, or a list of kinds that all have the fields that the measure reads."""
    if not isinstance(table.raw("atom"), list):
        return (table.choice("atom", tuple(ATOMS)),)
    atoms = table.texts("atom")
    for atom in atoms:
        if atom not in ATOMS:
            table.fault("atom", f"{atom!r} is no kind of atom; known: {', '.join(ATOMS)}{nearest(atom, tuple(ATOMS))}")
    return atoms


def _common_fields(atoms: tuple[str, ...]) -> tuple[str, ...]:
    fields = [_fields(atom) for atom in atoms]
    return tuple(name for name in fields[0] if all(name in more for more in fields)) if fields else ()


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


def read_kpis(roots: Sequence[Table], measures: Mapping[str, Measure]) -> dict[str, Kpi]:
    """The files of catalogue/kpis: KPIs by id."""
    entries = _entries(roots, "kpi")
    kpis = {name: _kpi(name, table, measures, tuple(entries)) for name, table in entries.items()}
    for name, kpi in kpis.items():
        circle = _circle(kpi, kpis, (name,))
        if circle:
            entries[name].fault("numerator", f"reads itself: {' -> '.join(circle)}; spell the measures out")
    return kpis


def _circle(kpi: Kpi, kpis: Mapping[str, Kpi], path: tuple[str, ...]) -> tuple[str, ...] | None:
    names = (*kpi.numerator.names, *(kpi.denominator.names if kpi.denominator and len(path) == 1 else ()))
    for other in (name.partition("@")[0].removeprefix("kpi.") for name in names if name.startswith("kpi.")):
        if other in path:
            return (*path, other)
        found = _circle(kpis[other], kpis, (*path, other)) if other in kpis else None
        if found:
            return found
    return None


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
        aliases=_aliases(table),
        of=table.choice("of", kpis, "") if table.has("of") else "",
        platform=table.choice("platform", PLATFORMS, "") if table.has("platform") else "",
        mode=table.text("mode", ""),
        limit=table.exact("limit") if table.has("limit") else None,
    )
    if "@" in name or kpi.of or kpi.platform:
        _check_variant(table, kpi)
    table.finish()
    return kpi


def _aliases(table: Table) -> tuple[tuple[str, str], ...]:
    names = table.table("aliases")
    if names is None:
        return ()
    for platform in names.values:
        if platform not in PLATFORMS:
            names.fault(platform, f"is no platform; known: {', '.join(PLATFORMS)}{nearest(platform, PLATFORMS)}")
    return tuple((platform, names.text(platform)) for platform in names.values)


def _check_variant(table: Table, kpi: Kpi) -> None:
    """A variant says in its id whose rule it follows, so that nobody takes it for the KPI itself."""
    base, _, rest = kpi.id.partition("@")
    if not kpi.of or not kpi.platform:
        table.fault("of", 'and platform stand together; write both, as in of = "reply_rate_3min", platform = "douyin"')
    elif base != kpi.of or rest.partition("_")[0] != kpi.platform:
        table.fault(
            "of", f'makes the id "{kpi.of}@{kpi.platform}"; a second reading is "{kpi.of}@{kpi.platform}_<mode>"'
        )


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
        named, at, window = used.partition("@")
        fault = window_fault(window) if at else None
        if fault:
            table.fault(name, f"{used!r}: {fault}")
        kind, _, other = named.rpartition(".")
        if at and kind == "target":
            table.fault(name, f"{used!r}: a target belongs to its own period; leave the window out")
        if named in measures or named == "period.days" or (kind in ("target", "kpi") and other in kpis):
            continue
        hint = nearest(named, (*measures, *(f"{kind}.{kpi}" for kpi in kpis if kind)))
        table.fault(name, f"{named!r} is no measure, no target.<kpi>, no kpi.<kpi> and not period.days{hint}")
    return formula
