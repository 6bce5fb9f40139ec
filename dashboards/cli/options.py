"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

HomeOption = Annotated[
    Path, typer.Option("--home", envvar="SCORELINE_HOME", help="Folder with definitions/, scoreline.db, statements/.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of text.")]
PeriodOption = Annotated[str, typer.Option("--period", help="2026-10, 2026-Q4, 2026, 2026-W45 or 2026-11-24.")]
ByOption = Annotated[str, typer.Option("--by", help="Who does this; kept in the audit log.")]
HostOption = Annotated[str, typer.Option("--host", help="Address to listen on.")]
PortOption = Annotated[int, typer.Option("--port", help="Port of the board.")]
