"""`scoreline init` and `scoreline check`: a home to start from, and what is wrong with definitions."""

from __future__ import annotations

from importlib.resources import as_file, files
from pathlib import Path
from typing import Annotated

import typer

from dashboards.cli.home import Home
from dashboards.cli.options import JsonOption
from dashboards.cli.role_files import Wanted, more_roles, new_home, write
from dashboards.cli.screen import WRONG_USE, exits, fail, out, print_json
from scoring.definitions import Definitions
from scoring.definitions.checks import blockers_of, warnings_of
from scoring.faults import DefinitionError, Fault
from scoring.money import plain_text
from scoring.plan_quality import quantified_share
from streams.clock import SystemClock

RoleOption = Annotated[
    list[str] | None, typer.Option("--role", help="A role of the catalogue to make a plan of; may be repeated.")
]
EmployeeOption = Annotated[
    list[str] | None, typer.Option("--employee", help="Id of who has the role; in the order of --role.")
]
FirstPeriodOption = Annotated[str, typer.Option("--period", help="Period of the first targets; default the next one.")]


def init(
    folder: Annotated[Path, typer.Argument(help="Folder to create the home in.")],
    role: RoleOption = None,
    employee: EmployeeOption = None,
    period: FirstPeriodOption = "",
    as_json: JsonOption = False,
) -> None:
    """Create a home with small example definitions to edit, or with a plan for each --role. Nothing is overwritten."""
    with exits():
        home = Home(folder)
        if role:
            wanted = Wanted(tuple(role), tuple(employee or ()), period)
            _init_roles(home, wanted, as_json)
            return
        if home.definitions_folder.exists():
            raise fail(f"{home.definitions_folder} exists already: edit it, or name another folder", WRONG_USE)
        home.definitions_folder.mkdir(parents=True)
        written = []
        with as_file(files("dashboards") / "starter") as starter:
            for source in sorted(starter.rglob("*.toml")):
                target = home.definitions_folder / source.relative_to(starter)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(source.read_bytes())
                written.append(str(target))
        if as_json:
            print_json({"home": str(folder), "written": written})
            return
        out.print(f"Created {len(written)} files in {home.definitions_folder}.", markup=False)
        out.print(f"Next: edit them, then `scoreline check {folder}`.", markup=False)


def _init_roles(home: Home, wanted: Wanted, as_json: bool) -> None:
    """Plans for roles: a new home, or further files in one that exists."""
    if home.definitions_folder.exists():
        texts = more_roles(home, wanted, SystemClock())
    else:
        with as_file(files("dashboards") / "starter" / "company.toml") as company:
            texts = new_home(company.read_text("utf-8"), wanted, SystemClock())
    is_new = not home.definitions_folder.exists()
    written = write(home.definitions_folder, texts)
    unfilled = sum(text.count('value = "?"') for text in texts.values())
    reviews = sum(text.count("needs_review = true") for text in texts.values())
    if as_json:
        print_json({"home": str(home.folder), "written": written, "unfilled": unfilled, "needs_review": reviews})
        return
    out.print(f"Wrote {len(written)} files in {home.definitions_folder}.", markup=False)
    out.print(f'{unfilled} targets are yours to fill in (targets.toml, value = "?").', markup=False)
    out.print(f"{reviews} starter values to look at (plans, needs_review = true).", markup=False)
    if is_new:
        out.print("Name the people and their pay in people.toml.")
    else:
        out.print('Give the positions in people.toml their plan = "<role>".', markup=False)
    out.print("Pay beyond base and performance stands in each plan as a comment: add components with your own rates.")
    out.print(f"Next: `scoreline check {home.folder}` lists what is still open.", markup=False)


def check(
    folder: Annotated[Path, typer.Argument(help="A home, or its definitions folder.")] = Path(),
    as_json: JsonOption = False,
) -> None:
    """List every fault at once (exit code 2), else every warning and what keeps them from being published."""
    home = Home(folder.parent if folder.name == "definitions" else folder)
    try:
        definitions = home.definitions()
    except DefinitionError as error:
        if as_json:
            print_json({"faults": _listed(error.faults)})
            raise typer.Exit(WRONG_USE) from error
        raise fail(f"{len(error.faults)} fault(s):\n{error}", WRONG_USE) from error
    warnings, blockers = warnings_of(definitions), blockers_of(definitions)
    counts = _counts(definitions)
    quantified = {plan.id: plain_text(quantified_share(plan)) for plan in definitions.plans.values()}
    if as_json:
        told = {"warnings": _listed(warnings), "blockers": _listed(blockers), "quantified": quantified}
        print_json({"faults": [], "fingerprint": definitions.fingerprint(), **counts, **told})
        return
    out.print("No fault. " + ", ".join(f"{amount} {name.replace('_', ' ')}" for name, amount in counts.items()))
    for plan, share in quantified.items():
        out.print(f"{plan}: {share} of 100 is counted from events, the rest is judged.", markup=False)
    for title, rows in (("warning(s)", warnings), ("to settle before publishing", blockers)):
        if rows:
            out.print(f"{len(rows)} {title}:\n" + "\n".join(str(row) for row in rows), markup=False)


def _counts(definitions: Definitions) -> dict[str, int]:
    reference = definitions.reference
    return {
        "people": len(reference.people),
        "teams": len(reference.teams),
        "assignments": len(reference.assignments),
        "targets": len(reference.targets),
        "plans": len(definitions.plans),
        "kpis": len(definitions.kpis),
        "measures": len(definitions.measures),
        "alert_rules": len(definitions.alerts),
    }


def _listed(rows: tuple[Fault, ...]) -> list[dict[str, str]]:
    return [{"file": row.file, "key": row.key, "message": row.message} for row in rows]
