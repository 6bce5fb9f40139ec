"""`scoreline organisation`: leavings, decisions, departments, careers, check-ins, proposals, rights, trainings."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from rich.table import Table

from dashboards.cli.home import default_home, home_of, reader_of
from dashboards.cli.options import HomeOption, JsonOption
from dashboards.cli.papers import latest_close, statements_of
from dashboards.cli.screen import FINDING, WRONG_USE, exits, fail, out, print_json
from dashboards.view.organisation import Organisation
from dashboards.view.settled_scores import settled_scores
from scoring.definitions.table import nearest
from scoring.organisation.records import RIGHTS
from streams.closing import SEALED

app = typer.Typer(
    no_args_is_help=True,
    help="People and decisions: turnover, decisions, departments, promotion, check-ins, proposals, rights, trainings.",
)

PeriodArgument = Annotated[str, typer.Option("--period", help="2026-10, 2026-Q4 or 2026.")]
QuarterOption = Annotated[str, typer.Option("--quarter", help="Such as 2026-Q4.")]
PersonOption = Annotated[str, typer.Option("--person", help="Person id.")]


@contextmanager
def _opened(home: HomeOption) -> Iterator[Organisation]:
    with exits():
        place = home_of(home)
        definitions = place.definitions()
        try:
            yield Organisation(reader_of(place.open_current(definitions), definitions))
        except ValueError as error:
            raise fail(str(error), WRONG_USE) from error


def _known(organisation: Organisation, kpis: Sequence[str]) -> None:
    known = tuple(organisation.definitions.kpis)
    for kpi in kpis:
        if kpi not in known:
            raise fail(f"{kpi!r} is no KPI{nearest(kpi, known)}", WRONG_USE)


def _show(rows: Sequence[dict[str, Any]], as_json: bool) -> None:
    if as_json:
        print_json(list(rows))
        return
    if not rows:
        out.print("Nothing to show.")
        return
    table = Table(*(name.replace("_", " ") for name in rows[0]), box=None)
    for row in rows:
        table.add_row(*(_text(value) for value in row.values()))
    out.print(table)


def _text(value: object) -> str:
    if value is None:
        return "not known"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


@app.command()
def turnover(
    period: PeriodArgument,
    kpi: Annotated[list[str] | None, typer.Option("--kpi", help="KPI of the team; may be given again.")] = None,
    home: HomeOption = default_home(),
    as_json: JsonOption = False,
) -> None:
    """List who left in a period, with the KPIs of their team in the 30 days before and after."""
    with _opened(home) as organisation:
        kpis = kpi or ["net_sales"]
        _known(organisation, kpis)
        _show(organisation.turnover(period, kpis), as_json)


@app.command()
def decisions(
    owner: Annotated[str, typer.Option("--owner", help="Person id; default: everybody.")] = "",
    period: Annotated[str, typer.Option("--period", help="Decisions in force in it; default: all.")] = "",
    home: HomeOption = default_home(),
    as_json: JsonOption = False,
) -> None:
    """Compare the effect that each decision was expected to have with the one observed."""
    with _opened(home) as organisation:
        _show(organisation.decisions(owner, period), as_json)


@app.command()
def quarters(
    kpi: Annotated[str, typer.Argument(help="KPI id.")],
    quarter: QuarterOption,
    owner: Annotated[str, typer.Option("--owner", help="e:, t:, s: or c:.")] = "c:",
    number: Annotated[int, typer.Option(min=1, max=40, help="How many quarters.")] = 4,
    home: HomeOption = default_home(),
    as_json: JsonOption = False,
) -> None:
    """Compare a KPI quarter over quarter."""
    with _opened(home) as organisation:
        _known(organisation, [kpi])
        _show(organisation.quarters(kpi, owner, quarter, number), as_json)


@app.command()
def departments(
    period: PeriodArgument,
    output: Annotated[str, typer.Option("--output", help="KPI that counts a team's output, such as task_count.")] = "",
    home: HomeOption = default_home(),
    as_json: JsonOption = False,
) -> None:
    """Show what each team contributes and costs, and the cost of a unit of its output."""
    with _opened(home) as organisation:
        _known(organisation, [output] if output else [])
        _show(organisation.departments(period, output), as_json)


@app.command()
def promotion(quarter: QuarterOption, home: HomeOption = default_home(), as_json: JsonOption = False) -> None:
    """List who fulfils what the next role asks for, with the evidence; the decision stays a person's."""
    with _opened(home) as organisation:
        _show(organisation.promotion(quarter), as_json)


@app.command()
def checkins(
    person: PersonOption, period: PeriodArgument, home: HomeOption = default_home(), as_json: JsonOption = False
) -> None:
    """Show somebody's weekly check-ins of a period, as evidence for a reviewer."""
    with _opened(home) as organisation:
        found = organisation.checkins(person, period)
        if as_json:
            print_json(found)
            return
        _show(found["weeks"], as_json)
        out.print(f"average {_text(found['average'])}, {found['blockers']} blockers", markup=False)


@app.command("proposals")
def proposals_(home: HomeOption = default_home(), as_json: JsonOption = False) -> None:
    """List proposals with what became of them, open ones first."""
    with _opened(home) as organisation:
        _show(organisation.proposals(), as_json)


@app.command()
def may(
    person: PersonOption,
    right: Annotated[str, typer.Option("--right", help="plan, suggest, veto or dispatch.")],
    owner: Annotated[str, typer.Option("--owner", help="About whom: e:, t:, s: or c:.")],
    day: Annotated[str, typer.Option("--day", help="Default: the day of the latest event.")] = "",
    home: HomeOption = default_home(),
    as_json: JsonOption = False,
) -> None:
    """Say whether somebody has a right about somebody, and by which grant; ends with 1 when not."""
    with _opened(home) as organisation:
        if right not in RIGHTS:
            raise fail(f"{right!r} is no right; known: {', '.join(RIGHTS)}{nearest(right, RIGHTS)}", WRONG_USE)
        found = organisation.right(person, right, owner, day or organisation.reader.today())
        if as_json:
            print_json(found)
        else:
            by = f"by the grant over {found['by']['scope']}, from {found['by']['granted_by']}" if found["by"] else ""
            out.print(f"{person} may {'' if found['may'] else 'NOT '}{right} {owner} {by}".rstrip(), markup=False)
        if not found["may"]:
            raise typer.Exit(FINDING)


@app.command()
def development(
    person: PersonOption, period: PeriodArgument, home: HomeOption = default_home(), as_json: JsonOption = False
) -> None:
    """Show somebody's development goals beside the KPIs and exams that show them; they change no score."""
    with _opened(home) as organisation:
        _show(organisation.development(person, period), as_json)


@app.command("raters")
def raters_(period: PeriodArgument, home: HomeOption = default_home(), as_json: JsonOption = False) -> None:
    """Show the mean and spread of everybody who reviewed others for a period; it changes no score."""
    with _opened(home) as organisation:
        _show(organisation.raters(period), as_json)


@app.command()
def scores(period: PeriodArgument, home: HomeOption = default_home()) -> None:
    """Print a score.settled event for every total of a sealed period; ingest them before managers' plans close."""
    with _opened(home) as organisation:
        close = latest_close(home_of(home), period)
        if close.state != SEALED:
            raise fail(f"{period} is not sealed yet: approve it first", WRONG_USE)
        shop = next((shop.id for shop in organisation.definitions.reference.shops), "company")
        at = organisation.reader.freshness().watermark_us or 0
        for event in settled_scores(statements_of(close), shop, at):
            sys.stdout.write(json.dumps(event, ensure_ascii=False) + "\n")


@app.command()
def training(
    kpi: Annotated[str, typer.Argument(help="KPI that the trainings should raise.")], home: HomeOption = default_home()
) -> None:
    """Print a training.effect event for every attendance whose 30 days after are over; ingest them."""
    with _opened(home) as organisation:
        _known(organisation, [kpi])
        for event in organisation.training_effects(kpi):
            sys.stdout.write(json.dumps(event, ensure_ascii=False) + "\n")
