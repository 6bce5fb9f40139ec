"""`scoreline demo`: a shop's month from events to paid statements, with the board moving meanwhile."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import nullcontext
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any

import typer

from dashboards.alerts.duty import Duty
from dashboards.cli.boards import duty_of, settings_for
from dashboards.cli.closes import print_people
from dashboards.cli.home import Home, closing_of, pipeline_of, reader_of
from dashboards.cli.intake import print_summary, summary_json
from dashboards.cli.options import PortOption
from dashboards.cli.papers import latest_close, statements_of, write_statements
from dashboards.cli.screen import WRONG_USE, exits, fail, out, print_json, progress
from dashboards.renderers import RENDERERS, pdf_problem
from dashboards.web import create_app
from dashboards.web.serving import listening, running
from scoring.definitions import Definitions
from streams.clock import Clock, FrozenClock
from streams.closing import Draft
from streams.engines import EmbeddedEngine, Tally
from streams.folder import load_definitions
from streams.pipeline import Pipeline
from streams.sources.jsonl import JsonLines

MONTH, NEXT_MONTH = "2026-10", "2026-11"
SEED = 7
REQUESTED_BY, APPROVED_BY = "finance.li", "cfo.wang"
HOST = "127.0.0.1"
FAR_AHEAD_US = 1_893_456_000_000_000
BATCH_RECORDS = 2_000
PLAY_SECONDS = 90
LINGER_LINES = 20


def demo(
    once: Annotated[
        bool, typer.Option("--once", help="End after the statements instead of serving the board.")
    ] = False,
    port: PortOption = 8765,
    folder: Annotated[Path, typer.Option("--out", help="Home of the demo; made anew each time.")] = Path("demo"),
    scale: Annotated[str, typer.Option(help="Size of the month; 1 is about 259,000 events.")] = "1",
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON; implies --once.")] = False,
) -> None:
    """Play a month of an example shop, close it and write a statement for everybody."""
    with exits():
        once = once or as_json
        _scale(scale)
        started = time.monotonic()
        if not once:
            with listening(HOST, port):
                pass
        home, events = _prepare(folder, scale, quiet=as_json)
        definitions = home.definitions()
        pipeline = pipeline_of(home.open_to_write(), definitions)
        summary: dict[str, Any] = {"period": MONTH, "people": len(definitions.reference.people)}
        clock, board_clock = FrozenClock(FAR_AHEAD_US), FrozenClock(0)
        with nullcontext() if once else _board(home, definitions, port, board_clock) as url:
            if url and not as_json:
                out.print(f"[bold]The board is at {url}[/bold] - open it, it moves while the month plays.")
            playing = _Playing(pipeline, clock, board_clock)
            tally = playing.month(events, None if once else PLAY_SECONDS)
            summary["events"] = summary_json(events.name, tally)
            draft = _close(home, definitions, pipeline, quiet=as_json)
            papers = _papers(home, draft, quiet=as_json)
            summary |= {
                "digest": draft.digest,
                "total_paid": f"{draft.body['total']} {draft.body['currency']}",
                "paths": {
                    "home": str(home.folder),
                    "events": str(events),
                    "store": str(home.store_path),
                    "statements": str(home.statements_folder),
                },
                "statement_files": len(papers),
                "seconds": round(time.monotonic() - started),
            }
            if as_json:
                print_json(summary)
                return
            _tell(summary, draft, home)
            if not once:
                out.print(f"[bold]The board stays at {url}[/bold]; {NEXT_MONTH} goes on there. Ctrl-C ends the demo.")
                playing.linger(scale)


def _prepare(folder: Path, scale: str, quiet: bool) -> tuple[Home, Path]:
    example = Path(__file__).resolve().parents[2] / "examples" / "shop"
    if not example.is_dir():
        raise fail("the demo plays examples/shop of the repository: clone it and run `make demo` there", WRONG_USE)
    sys.path.insert(0, str(example.parents[1]))
    mark = folder / ".scoreline-demo"
    if folder.exists() and not mark.exists():
        raise fail(f"{folder} exists and is not a demo: name another folder with --out", WRONG_USE)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    mark.touch()
    shutil.copytree(example / "definitions", folder / "definitions")
    if _scale(scale) < 1:
        _decide_by_hand(folder / "definitions")
    events = folder / "events.jsonl"
    with progress("imagining the month", None, not quiet) as bar, events.open("wb") as file:
        for number, line in enumerate(_events(MONTH, scale), start=1):
            file.write(line.rstrip(b"\n") + b"\n")
            if number % 5_000 == 0:
                bar.update(bar.task_ids[0], completed=number)
    return Home(folder), events


def _scale(text: str) -> Fraction:
    try:
        scale = Fraction(text)
    except (ValueError, ZeroDivisionError) as error:
        raise fail(f"--scale {text!r} is no number: write one such as 1 or 1/10", WRONG_USE) from error
    if scale <= 0:
        raise fail(f"--scale {text} must be above 0, such as 1 or 1/10", WRONG_USE)
    return scale


def _decide_by_hand(definitions: Path) -> None:
    """A part of a month is too little to score everybody; then e01 decides, as a person would have to."""
    people = load_definitions(definitions).reference.people
    with (definitions / "points.toml").open("a", encoding="utf-8") as file:
        for person in people:
            file.write(
                f'\n[[manual]]\nperson = "{person.id}"\nperiod = "{MONTH}"\ncoefficient = "1"\n'
                'reason = { zh = "只播放部分月份，样本不足", en = "Only a part of the month is played" }\n'
                'decided_by = "e01"\n'
            )


def _events(month: str, scale: str) -> Iterator[bytes]:
    # The example is part of the repository, not of the installed product.
    from examples.shop.simulator import generate

    return generate(SEED, month, _scale(scale))


def _board(home: Home, definitions: Definitions, port: int, clock: FrozenClock) -> Any:
    reader = reader_of(home.open_to_read(), definitions)
    alerts: Duty = duty_of(home, definitions, reader)
    app = create_app(reader, settings_for(HOST, [], clock), alerts)
    return running(app, HOST, port)


class _Playing:
    """Feeds the example's events; the board's clock follows them, because the demo plays another month than today's."""

    def __init__(self, pipeline: Pipeline, clock: Clock, board_clock: FrozenClock) -> None:
        self._engine = EmbeddedEngine(pipeline, clock, BATCH_RECORDS)
        self._store = pipeline.store
        self._board_clock = board_clock

    def month(self, events: Path, seconds: int | None) -> Tally:
        """The whole month in equal batches, spread over `seconds` when somebody watches."""
        source = JsonLines(events)
        size, tally, start = events.stat().st_size, Tally(), time.monotonic()
        with progress("playing the month", size, True) as bar:
            for totals in self._engine.read(source):
                tally = totals
                position = int((self._store.standings()[source.name].position or "0").removeprefix("done:"))
                bar.update(bar.task_ids[0], completed=position)
                self._tick()
                if seconds is not None:
                    time.sleep(max(0.0, min(2.0, position / size * seconds - (time.monotonic() - start))))
        return tally

    def linger(self, scale: str) -> None:
        """Go on with the next month, slowly, so that the board keeps moving until Ctrl-C."""
        batch: list[bytes] = []
        try:
            for line in _events(NEXT_MONTH, scale):
                batch.append(line)
                if len(batch) == LINGER_LINES:
                    self._engine.feed(batch, NEXT_MONTH)
                    self._tick()
                    batch = []
                    time.sleep(0.5)
        except KeyboardInterrupt:
            out.print("Stopped.")

    def _tick(self) -> None:
        self._board_clock.at_us = self._store.progress().watermark_us


def _close(home: Home, definitions: Definitions, pipeline: Pipeline, quiet: bool) -> Draft:
    closing = closing_of(pipeline.store, definitions)
    with progress("closing the month", 3, not quiet) as bar:
        draft = closing.draft(
            MONTH, REQUESTED_BY, lambda step: bar.update(bar.task_ids[0], advance=1, description=step)
        )
        bar.update(bar.task_ids[0], description="approving")
        closing.approve(MONTH, draft.digest, APPROVED_BY)
    return draft


def _papers(home: Home, draft: Draft, quiet: bool) -> list[Path]:
    kinds = list(RENDERERS)
    problem = pdf_problem()
    if problem:
        kinds.remove("pdf")
        if not quiet:
            out.print(f"PDF statements are left out: {problem}", style="yellow", markup=False)
    papers = statements_of(latest_close(home, MONTH))
    return write_statements(papers, home.statements_folder, kinds, "both", not quiet)


def _tell(summary: dict[str, Any], draft: Draft, home: Home) -> None:
    out.print(f"\n[bold]Period {summary['period']}[/bold], {summary['people']} people")
    print_summary(summary["events"])
    print_people(draft.body)
    out.print(f"total paid {summary['total_paid']}")
    out.print(f"digest {summary['digest']}")
    out.print(f"statements ({summary['statement_files']} files) in {home.statements_folder}", markup=False)
    out.print(f"store {home.store_path}, events {home.folder / 'events.jsonl'}; {summary['seconds']} s", markup=False)
    command = os.path.relpath(sys.argv[0]) if sys.argv[0].startswith("/") else sys.argv[0]
    out.print(f"Try: {command} kpi net_sales --home {home.folder}", markup=False)
    out.print(f"     {command} explain cs_sales --owner e:e12 --period {MONTH} --home {home.folder}", markup=False)
    out.print(f"     {command} verify --period {MONTH} --home {home.folder}\n", markup=False)
