"""`scoreline init` and `scoreline check`: a home to start from, and what is wrong with definitions."""

from __future__ import annotations

from importlib.resources import as_file, files
from pathlib import Path
from typing import Annotated

import typer

from dashboards.cli.home import Home
from dashboards.cli.options import JsonOption
from dashboards.cli.screen import WRONG_USE, exits, fail, out, print_json
from scoring.faults import DefinitionError


def init(
    folder: Annotated[Path, typer.Argument(help="Folder to create the home in.")],
    as_json: JsonOption = False,
) -> None:
    """Create a home with small example definitions to edit. Existing files are never overwritten."""
    with exits():
        home = Home(folder)
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


def check(
    folder: Annotated[Path, typer.Argument(help="A home, or its definitions folder.")] = Path(),
    as_json: JsonOption = False,
) -> None:
    """Read the definitions and list every fault at once. Exit code 2 when there is one."""
    home = Home(folder.parent if folder.name == "definitions" else folder)
    try:
        definitions = home.definitions()
    except DefinitionError as error:
        if as_json:
            print_json({"faults": [{"file": f.file, "key": f.key, "message": f.message} for f in error.faults]})
            raise typer.Exit(WRONG_USE) from error
        raise fail(f"{len(error.faults)} fault(s):\n{error}", WRONG_USE) from error
    reference = definitions.reference
    counts = {
        "people": len(reference.people),
        "teams": len(reference.teams),
        "assignments": len(reference.assignments),
        "targets": len(reference.targets),
        "plans": len(definitions.plans),
        "kpis": len(definitions.kpis),
        "measures": len(definitions.measures),
        "alert_rules": len(definitions.alerts),
    }
    if as_json:
        print_json({"faults": [], "fingerprint": definitions.fingerprint(), **counts})
        return
    out.print("No fault. " + ", ".join(f"{amount} {name.replace('_', ' ')}" for name, amount in counts.items()))
