"""The `scoreline` command: one file a group of commands."""

from __future__ import annotations

import gc
from collections.abc import Callable

import typer

from dashboards.cli import (
    boards,
    closes,
    compare,
    database,
    demo,
    intake,
    numbers,
    organisation,
    papers,
    produce,
    published,
    quarantine,
    receipts,
    setup,
    targets,
    topics,
    worker,
)
from streams.engines import GC_THRESHOLDS
from streams.guard import stop_on_name_clash

ABOUT = "Scoreline: live KPIs, and pay that explains itself down to the events."
CODES = "Exit codes: 0 done, 1 a finding such as a digest difference, 2 wrong use or definitions, 3 infrastructure."
app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=ABOUT, epilog=CODES)
app.add_typer(organisation.app, name="organisation")
app.add_typer(quarantine.app, name="quarantine")
app.add_typer(topics.app, name="topics")

COMMANDS: dict[str, Callable[..., None]] = {
    "demo": demo.demo,
    "init": setup.init,
    "check": setup.check,
    "ingest": intake.ingest,
    "run": boards.run,
    "board": boards.board,
    "kpi": numbers.kpi,
    "explain": numbers.explain,
    "close": closes.close,
    "approve": closes.approve,
    "receipts": receipts.receipts,
    "compare": compare.compare,
    "targets": targets.targets,
    "signal": targets.signal,
    "verify": closes.verify,
    "statement": papers.statement,
    "migrate": database.migrate,
    "preflight": database.preflight,
    "produce": produce.produce,
    "worker": worker.worker,
}
for name, command in COMMANDS.items():
    app.command(name)(command)
topics.app.command("publish")(published.publish)
topics.app.command("accept-gap")(published.accept_gap)


def main() -> None:
    """Entry point of the `scoreline` command."""
    stop_on_name_clash()
    gc.set_threshold(*GC_THRESHOLDS)
    app()
