"""`scoreline statement`: statements of a closed period as text, JSON, CSV, XLSX and PDF."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from dashboards.cli.home import Home, default_home, home_of
from dashboards.cli.options import HomeOption, JsonOption
from dashboards.cli.screen import WRONG_USE, exits, fail, out, print_json, progress, wants_progress
from dashboards.renderers import RENDERERS
from streams.closing import with_run
from streams.stores import Close

PeriodName = Annotated[str, typer.Option("--period", help="A period with a draft or a seal, such as 2026-10.")]


def statement(
    period: PeriodName,
    person: Annotated[str, typer.Option("--person", help="Only this person; default everybody.")] = "",
    formats: Annotated[str, typer.Option("--format", help="Comma-separated: text,json,csv,xlsx,pdf.")] = "text",
    language: Annotated[str, typer.Option("--language", help="zh, en or both.")] = "both",
    folder: Annotated[Path | None, typer.Option("--out", help="Write files here; default: print text.")] = None,
    home: HomeOption = default_home(),
    as_json: JsonOption = False,
) -> None:
    """Print or write the statements of a period."""
    with exits():
        kinds = [kind.strip() for kind in formats.split(",") if kind.strip()]
        unknown = [kind for kind in kinds if kind not in RENDERERS]
        if unknown or language not in ("zh", "en", "both"):
            raise fail(f"known formats: {', '.join(RENDERERS)}; known languages: zh, en, both", WRONG_USE)
        if kinds != ["text"] and folder is None and not as_json:
            raise fail(
                f"{formats or 'no format'} can not be printed: name a folder with --out, or use --json", WRONG_USE
            )
        papers = statements_of(latest_close(home_of(home), period), person)
        if not papers:
            raise fail(f"{person!r} has no statement in {period}", WRONG_USE)
        if as_json:
            print_json(papers)
            return
        if folder is None:
            for paper in papers:
                out.print(RENDERERS["text"].render(paper, language).decode(), markup=False)
            return
        written = write_statements(papers, folder, kinds, language, wants_progress(as_json))
        out.print(f"Wrote {len(written)} files to {folder}.", markup=False)


def latest_close(home: Home, period: str) -> Close:
    """The latest close of a period; exits with 2 when there is none."""
    closes = [close for close in home.open_to_read().closes() if close.period == period]
    if not closes:
        raise fail(f"{period} has no draft: run `scoreline close --period {period} --by NAME` first", WRONG_USE)
    return closes[-1]


def statements_of(close: Close, person: str = "") -> list[dict[str, Any]]:
    """The statements of a close, all or one person's."""
    papers = with_run(json.loads(close.body), close.run, close.digest, close.state)
    return [paper for paper in papers if person in ("", paper["person"]["id"])]


def write_statements(
    papers: list[dict[str, Any]], folder: Path, kinds: list[str], language: str, show: bool
) -> list[Path]:
    """Write one file a person and format; returns the paths."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    with progress("writing statements", len(papers) * len(kinds), show) as bar:
        for paper in papers:
            name = f"{paper['period']['key']}-{paper['person']['id']}"
            if paper["period"].get("share", "1") != "1":
                name += f"-from-{paper['period']['first_day']}"
            for kind in kinds:
                renderer = RENDERERS[kind]
                path = folder / f"{name}{renderer.suffix}"
                path.write_bytes(renderer.render(paper, language))
                written.append(path)
                bar.update(bar.task_ids[0], advance=1)
    return written
