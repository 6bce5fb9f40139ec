"""`scoreline kpi` and `scoreline explain`: a number, and the events behind it."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from dashboards.boards import Missing, kpi_json
from dashboards.cli.home import Home, default_home, home_of, reader_of
from dashboards.cli.options import HomeOption, JsonOption, PeriodOption
from dashboards.cli.screen import WRONG_USE, exits, fail, out, print_json
from dashboards.texts import Voice
from dashboards.view.owners import owner_name
from scoring.definitions import Definitions
from scoring.definitions.table import nearest
from scoring.kpi import KpiValue
from scoring.period import instant_text, period_of
from scoring.statement import exact_text
from streams.codec import Codec
from streams.evidence import Extent, Groups, cells_of, walk
from streams.reading import Reader

KpiArgument = Annotated[str, typer.Argument(help="KPI id, such as net_sales.")]
OwnerOption = Annotated[str, typer.Option("--owner", help="e:<person>, t:<team>, s:<shop> or c: for the company.")]
DimensionOption = Annotated[str | None, typer.Option("--dimension", help="Credit dimension; default: the KPI's first.")]


def _asked(home: Home, kpi_id: str, owner: str, period: str, dimension: str | None) -> tuple[Reader, KpiValue]:
    """The value asked for; a wrong name exits with 2 and says which there are."""
    definitions = home.definitions()
    if kpi_id not in definitions.kpis:
        hint = nearest(kpi_id, tuple(definitions.kpis))
        raise fail(f"{kpi_id!r} is no KPI{hint}; known: {', '.join(sorted(definitions.kpis))}", WRONG_USE)
    dimensions = definitions.kpis[kpi_id].dimensions
    if dimension is not None and dimension not in dimensions:
        raise fail(f"{kpi_id} has no dimension {dimension!r}; it has {', '.join(dimensions) or 'none'}", WRONG_USE)
    try:
        owner_name(definitions, owner, Voice("en"))
    except Missing as error:
        raise fail(f"{error}; owners are e:<person>, t:<team>, s:<shop> and c:", WRONG_USE) from error
    reader = reader_of(home.open_current(definitions), definitions)
    if not period and reader.freshness().watermark_us is None:
        raise fail(f"{home.store_name} holds no event yet: ingest some, or name a --period", WRONG_USE)
    try:
        return reader, reader.kpi(kpi_id, owner, period or reader.month(), dimension)
    except ValueError as error:
        raise fail(str(error), WRONG_USE) from error


def kpi(
    kpi_id: KpiArgument,
    owner: OwnerOption = "c:",
    period: PeriodOption = "",
    dimension: DimensionOption = None,
    home: HomeOption = default_home(),
    as_json: JsonOption = False,
) -> None:
    """Print a KPI of an owner in a period (default: the current month of the events)."""
    with exits():
        reader, value = _asked(home_of(home), kpi_id, owner, period, dimension)
        definitions, period = reader.definitions, value.period
        row = kpi_json(value, definitions, reader.target(kpi_id, owner, period), reader.freshness())
        if as_json:
            print_json(row)
            return
        name = definitions.kpis[kpi_id].name
        shown = "no value yet" if row["value"] is None else f"{row['value']} {row['currency'] or row['unit']}"
        out.print(f"{name.zh} / {name.en} · {owner} · {period}: {shown} ({row['status']})", markup=False)
        if row["denominator"] is not None:
            out.print(f"  = {row['numerator']} / {row['denominator']}", markup=False)
        if row["target"] is not None:
            out.print(f"  target {row['target']}", markup=False)


def explain(
    kpi_id: KpiArgument,
    owner: OwnerOption = "c:",
    period: PeriodOption = "",
    dimension: DimensionOption = None,
    limit: Annotated[int, typer.Option(min=0, help="How many cases to list; 0 lists all.")] = 20,
    home: HomeOption = default_home(),
    as_json: JsonOption = False,
) -> None:
    """List the events behind a KPI, case by case, with what each case adds to which measure."""
    with exits():
        reader, value = _asked(home_of(home), kpi_id, owner, period, dimension)
        definitions, period = reader.definitions, value.period
        rows = _cases(reader, definitions, value, period)
        shown = rows if limit == 0 else rows[:limit]
        kpi_ = definitions.kpis[kpi_id]
        head = {
            "kpi": kpi_id,
            "owner": owner,
            "dimension": value.dimension,
            "period": period,
            "value": exact_text(value.value),
            "numerator": {"formula": kpi_.numerator.text, "value": exact_text(value.numerator)},
            "denominator": None
            if kpi_.denominator is None
            else {"formula": kpi_.denominator.text, "value": exact_text(value.denominator)},
            "cases": len(rows),
            "listed": shown,
        }
        if as_json:
            print_json(head)
            return
        _print_explained(head, definitions)


def _cases(reader: Reader, definitions: Definitions, value: KpiValue, period: str) -> list[dict[str, Any]]:
    span = period_of(period, definitions.reference.company.zone)
    extent = Extent(span.first_day, span.last_day, 0)
    wanted = Groups([cells_of(value, definitions)], extent)
    rows = []
    program = definitions.program()
    cases = sorted({*reader.store.all_cases(), *reader.store.derived_cases()})
    for behind in walk(reader.store, Codec(), program, cases):
        adds: dict[str, int] = {}
        for key, amount in behind.contributions.items():
            if wanted.hit([key]):
                _, _, measure, _, item = key
                name = f"{measure} {item}".strip()
                adds[name] = adds.get(name, 0) + amount
        if adds:
            events = [
                {
                    "event_type": e.EVENT_TYPE,
                    "source": e.source,
                    "event_id": e.event_id,
                    "at": instant_text(e.occurred_at),
                }
                for e in behind.events
            ]
            rows.append({"case": behind.case, "adds": adds, "events": events})
    return rows


def _print_explained(head: dict[str, Any], definitions: Definitions) -> None:
    name = definitions.kpis[head["kpi"]].name
    out.print(f"{name.zh} / {name.en} · {head['owner']} · {head['period']} = {head['value']}", markup=False)
    out.print(f"  {head['numerator']['formula']} = {head['numerator']['value']}", markup=False)
    if head["denominator"]:
        out.print(f"  / {head['denominator']['formula']} = {head['denominator']['value']}", markup=False)
    out.print(f"  {head['cases']:,} cases; money in minor units, counts and seconds in millionths:", markup=False)
    for row in head["listed"]:
        adds = ", ".join(f"{measure} {amount:+,}" for measure, amount in row["adds"].items())
        out.print(f"  {row['case']}: {adds}", markup=False)
        for event in row["events"]:
            line = f"      {event['at']} {event['event_type']} {event['source']} {event['event_id']}"
            out.print(line, style="dim", markup=False)
    if len(head["listed"]) < head["cases"]:
        out.print(f"  ... {head['cases'] - len(head['listed']):,} more; --limit 0 lists all")
