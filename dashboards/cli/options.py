"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def _name(text: str) -> str:
    # A space more or less makes nobody a second person.
    name = " ".join(text.split())
    if not name:
        raise typer.BadParameter("write the name of the person who does this")
    return name


HomeOption = Annotated[
    Path, typer.Option("--home", envvar="SCORELINE_HOME", help="Folder with definitions/, scoreline.db, statements/.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of text.")]
PeriodOption = Annotated[str, typer.Option("--period", help="2026-10, 2026-Q4, 2026, 2026-W45 or 2026-11-24.")]
ByOption = Annotated[str, typer.Option("--by", callback=_name, help="Who does this; kept in the audit log.")]
HostOption = Annotated[str, typer.Option("--host", help="Address to listen on.")]
PortOption = Annotated[int, typer.Option("--port", min=0, max=65_535, help="Port of the board.")]
