"""`scoreline compare`: what a draft of the definitions would change, before anybody puts it into force."""

from __future__ import annotations

from fractions import Fraction
from itertools import groupby
from pathlib import Path
from typing import Annotated, Any

import typer

from dashboards.cli.home import default_home, home_of
from dashboards.cli.options import HomeOption, JsonOption, PeriodOption
from dashboards.cli.screen import WRONG_USE, exits, fail, out, print_json, progress, wants_progress
from dashboards.texts import Voice
from dashboards.view.owners import Missing, owner_name
from scoring.definitions import Definitions
from scoring.definitions.table import nearest
from scoring.faults import DefinitionError
from scoring.kpi import Kpi
from scoring.money import percent_text, plain_text
from scoring.statement import exact_text
from streams.comparing import COMPANY, Asked, Comparison, Figure, Moved, kpis_on_plans
from streams.comparing import compare as compared
from streams.folder import load_definitions

LISTED_PROBLEMS = 20
Sides = tuple[Definitions, Definitions]
"""The definitions of the home and the draft."""

DraftArgument = Annotated[Path, typer.Argument(help="Folder of the draft: a definitions folder, or a home.")]
KpiOption = Annotated[
    list[str] | None,
    typer.Option("--kpi", help="A KPI to compare; may be repeated. Default: those of plans, net_sales."),
]


def compare(
    draft: DraftArgument,
    period: PeriodOption,
    kpi: KpiOption = None,
    home: HomeOption = default_home(),
    as_json: JsonOption = False,
) -> None:
    """Replay the facts under a draft of the definitions and list every number that differs. Nothing is changed."""
    with exits():
        place = home_of(home)
        current, wanted = place.definitions(), _draft(draft, as_json)
        asked = Asked(period, _asked_kpis(kpi, (current, wanted)))
        store = place.open_current(current)
        try:
            with progress("replaying cases under the draft", None, wants_progress(as_json)) as bar:
                found = compared(
                    store, current, wanted, asked, lambda done: bar.update(bar.task_ids[0], completed=done)
                )
        except ValueError as error:
            raise fail(str(error), WRONG_USE) from error
        finally:
            store.close()
        if as_json:
            print_json(_json(found, (current, wanted)))
        else:
            _print(found, (current, wanted))


def _draft(folder: Path, as_json: bool) -> Definitions:
    """The definitions of the draft; every fault is listed as by `check`."""
    inner = folder / "definitions"
    try:
        return load_definitions(inner if inner.is_dir() else folder)
    except DefinitionError as error:
        if as_json:
            rows = [{"file": row.file, "key": row.key, "message": row.message} for row in error.faults]
            print_json({"faults": rows})
            raise typer.Exit(WRONG_USE) from error
        raise fail(f"{len(error.faults)} fault(s):\n{error}", WRONG_USE) from error


def _asked_kpis(named: list[str] | None, sides: Sides) -> tuple[str, ...]:
    if not named:
        return kpis_on_plans(*sides)
    known = tuple(sorted({name for definitions in sides for name in definitions.kpis}))
    for name in named:
        if name not in known:
            raise fail(f"{name!r} is no KPI{nearest(name, known)}; known: {', '.join(known)}", WRONG_USE)
    return tuple(dict.fromkeys(named))


def _name(owner: str, sides: Sides) -> str:
    """The owner's name in both languages, by the draft if it has one."""
    for definitions in reversed(sides):
        try:
            names = [owner_name(definitions, owner, Voice(language)) for language in ("zh", "en")]
        except Missing:
            continue
        return " / ".join(dict.fromkeys(names))
    return ""


def _kpi(kpi_id: str, sides: Sides) -> Kpi:
    """The KPI, by the draft if it has it."""
    return next(definitions.kpis[kpi_id] for definitions in reversed(sides) if kpi_id in definitions.kpis)


def _kpi_name(kpi_id: str, sides: Sides) -> str:
    name = _kpi(kpi_id, sides).name
    return f"{name.zh} / {name.en} ({kpi_id})"


def _unmoved(found: Comparison) -> list[str]:
    moved = {row.kpi for row in found.company}
    return [name for name in found.asked.kpis if name not in moved]


def _json(found: Comparison, sides: Sides) -> dict[str, Any]:
    before, after = found.fingerprints
    return {
        "period": found.asked.period,
        "before": before,
        "after": after,
        "facts": found.facts,
        "kpis": list(found.asked.kpis),
        "company": {"unchanged": _unmoved(found), "moved": [row.kpi for row in found.company]},
        "rows": [_row_json(row, sides) for row in found.rows],
        "problems": [{"case": row.case, "code": row.code, "detail": row.detail} for row in found.problems],
    }


def _row_json(row: Moved, sides: Sides) -> dict[str, Any]:
    return {
        "owner": row.owner,
        "name": _name(row.owner, sides),
        "kpi": row.kpi,
        "dimension": row.dimension,
        "before": exact_text(row.before.value),
        "after": exact_text(row.after.value),
        "difference": exact_text(row.difference),
        "before_status": row.before.status,
        "after_status": row.after.status,
    }


def _print(found: Comparison, sides: Sides) -> None:
    period, kpis = found.asked.period, found.asked.kpis
    head = f"{period}: {found.facts:,} facts replayed under the draft, {len(kpis)} KPIs compared; nothing was changed."
    out.print(head, markup=False)
    for title, fingerprint in zip(("before", "after"), found.fingerprints, strict=True):
        out.print(f"  definitions {title:6} {fingerprint}", markup=False)
    _print_company(found, sides)
    others = [row for row in found.rows if row.owner != COMPANY]
    if not found.rows:
        out.print("Nothing differs.")
    elif others:
        out.print(f"{len(others)} value(s) of shops, teams and people differ:")
    for owner, rows in groupby(others, key=lambda row: row.owner):
        out.print(f"{owner} {_name(owner, sides)}".rstrip(), markup=False)
        for row in rows:
            out.print(f"  {_told(row, sides)}", markup=False)
    _print_problems(found)


def _print_company(found: Comparison, sides: Sides) -> None:
    """The totals of the company: a rule that only moves credit leaves them as they are."""
    unmoved = _unmoved(found)
    if not found.company:
        out.print(f"Company totals are unchanged: {', '.join(unmoved)}.", markup=False)
        return
    out.print(f"{len(found.company)} total(s) of the company moved:")
    for row in found.company:
        out.print(f"  {_told(row, sides)}", markup=False)
    if unmoved:
        out.print(f"The others are unchanged: {', '.join(unmoved)}.", markup=False)


def _print_problems(found: Comparison) -> None:
    if not found.problems:
        return
    out.print(f"{len(found.problems)} problem(s) would block a close under the draft and do not now:")
    for problem in found.problems[:LISTED_PROBLEMS]:
        out.print(f"  {problem.case}: {problem.detail}", markup=False)
    if len(found.problems) > LISTED_PROBLEMS:
        out.print(f"  ... {len(found.problems) - LISTED_PROBLEMS:,} more; --json lists all")


def _told(row: Moved, sides: Sides) -> str:
    unit = _kpi(row.kpi, sides).unit
    by = f" by {row.dimension}" if row.dimension else ""
    text = f"{_kpi_name(row.kpi, sides)}{by}: {_figure_text(row.before, unit)} -> {_figure_text(row.after, unit)}"
    difference = row.difference
    if not difference:
        return text
    shown = _rounded(difference, unit).replace("%", " pp")
    return f"{text} ({'+' if difference > 0 else ''}{shown})"


def _figure_text(figure: Figure, unit: str) -> str:
    if figure.value is None:
        return f"no value ({figure.status})"
    value = _rounded(figure.value, unit)
    return value if figure.status == "ok" else f"{value} ({figure.status})"


def _rounded(value: Fraction, unit: str) -> str:
    """For people: a fraction of long numbers says nothing. What would be rounded to nothing stays exact."""
    text = percent_text(value) if unit == "ratio" else plain_text(value)
    return text if text.rstrip("%") != "0" or not value else str(value)
