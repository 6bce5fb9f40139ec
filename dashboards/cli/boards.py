"""`scoreline run` and `scoreline board`: follow files and show the live board, or show it alone."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from dashboards.alerts.duty import Duty, on_duty
from dashboards.alerts.sqlite_book import SqliteBook
from dashboards.cli.home import Home, engine_of, home_of, pipeline_of, reader_of
from dashboards.cli.intake import rebuild
from dashboards.cli.options import HostOption, PortOption
from dashboards.cli.screen import DONE, INFRASTRUCTURE, err, exits, out, wants_progress
from dashboards.web import BoardSettings, create_app
from dashboards.web.serving import listening, running, serve
from dashboards.web.settings import LOOPBACK, Bell
from scoring.definitions import DefinitionError, Definitions, Fault
from streams.clock import Clock, SystemClock
from streams.live import DEFAULT_GROUP, open_bell, open_live_numbers
from streams.reading import Reader
from streams.settings import Settings
from streams.sources.follow import FollowedLines
from streams.stores import Store

HomeArgument = Annotated[Path, typer.Argument(help="Folder with definitions/ and scoreline.db.")]
NameOption = Annotated[list[str], typer.Option("--name", help="Further host name in the address bar that is answered.")]


class Outdated:
    """Ends a board whose definitions are not those of the cells any more; whoever supervises it starts it again."""

    def __init__(self) -> None:
        self.code = DONE

    def __call__(self, why: str) -> None:
        if self.code == DONE:
            self.code = INFRASTRUCTURE
            err.print(why, markup=False)
            os.kill(os.getpid(), signal.SIGTERM)


def settings_for(host: str, names: list[str], clock: Clock) -> BoardSettings:
    """Answer to loopback names, the address itself and the given names."""
    own = () if host in ("0.0.0.0", "::") else (host,)
    return BoardSettings(allowed_hosts=(*LOOPBACK, *own, *names), clock=clock)


def live_reader(store: Store, definitions: Definitions) -> tuple[Reader, Bell | None]:
    """Reads from the live view where SCORELINE_REDIS names one, else from the store, and what rings at a change."""
    settings = Settings.from_environment(os.environ)
    if not settings.redis_url:
        return Reader(store, definitions), None
    group = os.environ.get("SCORELINE_GROUP") or DEFAULT_GROUP
    return Reader(store, definitions, open_live_numbers(store, settings.redis_url, group)), open_bell(
        settings.redis_url, group
    )


def duty_of(home: Home, definitions: Definitions, reader: Reader) -> Duty:
    """Alerts kept beside the store and sent to the address of alerts.toml; DefinitionError when it is wrong."""
    try:
        return on_duty(reader, SqliteBook(home.folder / "alerts.db"), definitions.notify_url)
    except ValueError as error:
        raise DefinitionError((Fault("alerts.toml", "notify.url", str(error)),)) from error


def board(
    folder: HomeArgument = Path(),
    host: HostOption = "127.0.0.1",
    port: PortOption = 8765,
    names: NameOption = [],  # noqa: B006
    alerts: Annotated[bool, typer.Option("--alerts", help="Also send alerts; on one board of a company only.")] = False,
) -> None:
    """Show the board of a home that something else fills, such as workers."""
    with exits():
        home = home_of(folder)
        definitions = home.definitions()
        with listening(host, port):
            pass
        reader, bell = live_reader(home.open_current(definitions), definitions)
        duty = duty_of(home, definitions, reader) if alerts else None
        out.print(f"Board at http://{host}:{port} · Ctrl-C stops it")
        outdated = Outdated()
        settings = replace(settings_for(host, names, SystemClock()), bell=bell, outdated=outdated)
        serve(create_app(reader, settings, duty), host, port)
        raise typer.Exit(outdated.code)


def run(
    folder: HomeArgument = Path(),
    follow: Annotated[list[Path], typer.Option("--follow", help="Growing file of JSON lines; may be repeated.")] = [],  # noqa: B006
    host: HostOption = "127.0.0.1",
    port: PortOption = 8765,
    names: NameOption = [],  # noqa: B006
) -> None:
    """Follow growing files (default: events.jsonl of the home), show the board and send alerts, until Ctrl-C."""
    with exits():
        home = home_of(folder)
        definitions = home.definitions()
        files = follow or [home.folder / "events.jsonl"]
        if not follow:
            files[0].touch()
        with listening(host, port):
            pass
        pipeline = pipeline_of(home.open_to_write(), definitions)
        rebuild(pipeline, wants_progress(False))
        engine = engine_of(pipeline)
        sources = [FollowedLines(path) for path in files]
        reader = reader_of(home.open_to_read(), definitions)
        app = create_app(reader, settings_for(host, names, SystemClock()), duty_of(home, definitions, reader))
        with running(app, host, port) as url:
            out.print(f"Board at {url} · following {', '.join(map(str, files))} · Ctrl-C stops", markup=False)
            try:
                while True:
                    seen = sum(tally.seen for source in sources for tally in engine.poll(source))
                    if not seen:
                        time.sleep(0.1)
            except KeyboardInterrupt:
                out.print("Stopped.")
