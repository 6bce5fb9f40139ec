"""`scoreline ingest`: files into the store, resumable, with counts by outcome."""

from __future__ import annotations

import zlib
from gzip import BadGzipFile
from pathlib import Path
from typing import Annotated, Any

import typer

from dashboards.cli.home import default_home, engine_of, home_of, pipeline_of
from dashboards.cli.options import HomeOption, JsonOption
from dashboards.cli.screen import WRONG_USE, exits, fail, out, print_json, progress, wants_progress
from streams.column_map import load_column_map
from streams.engines import Tally
from streams.pipeline import Pipeline
from streams.record import Source, SourceError
from streams.sources import open_source


def ingest(
    files: Annotated[list[Path], typer.Argument(help="Files of JSON lines, CSV or XLSX; .gz is unpacked.")] = [],  # noqa: B006
    home: HomeOption = default_home(),
    kind: Annotated[str | None, typer.Option(help="jsonl, csv or xlsx; default by the file's name.")] = None,
    columns: Annotated[Path | None, typer.Option("--map", help="Column map for CSV and XLSX.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Read files into the store. An interrupted reading goes on where it stopped; nothing counts twice.

    Without a file only the cells are recomputed, when the definitions have changed.
    """
    with exits():
        place = home_of(home)
        definitions = place.definitions()
        if kind == "follow":
            raise fail("a growing file is followed by `scoreline run --follow FILE`", WRONG_USE)
        column_map = load_column_map(columns) if columns else None
        sources = [open_source(path, kind, column_map) for path in files]
        store = place.open_to_write() if files else place.open_to_change()
        pipeline = pipeline_of(store, definitions)
        rebuild(pipeline, wants_progress(as_json))
        rows = [read_source(pipeline, source, wants_progress(as_json)) for source in sources]
        summary = [summary_json(str(path), tally) for path, tally in zip(files, rows, strict=True)]
        if as_json:
            print_json(summary)
            return
        for row in summary:
            print_summary(row)
        if not files:
            out.print("No file was named; the cells follow the definitions.")


def rebuild(pipeline: Pipeline, show: bool) -> None:
    """Recompute the cells when the definitions have changed since they were filled."""
    if not pipeline.rebuild_needed():
        return
    with progress("definitions changed: recomputing cases", None, show) as bar:
        for done in pipeline.rebuild():
            bar.update(bar.task_ids[0], completed=done)


def read_source(pipeline: Pipeline, source: Source, show: bool, batch_records: int = 10_000) -> Tally:
    """Read one source to its end with a progress bar; returns its totals."""
    tally = Tally()
    with progress(f"reading {Path(source.name).name}", None, show) as bar:
        try:
            for tally in engine_of(pipeline, batch_records=batch_records).read(source):
                bar.update(bar.task_ids[0], completed=tally.seen)
        except (BadGzipFile, EOFError, zlib.error) as error:
            raise SourceError(f"{source.name}: the packed file is damaged ({error}); fetch it again") from error
    return tally


def summary_json(name: str, tally: Tally) -> dict[str, Any]:
    """What became of every record: in = accepted + duplicates + rejected + conflicts."""
    return {
        "source": name,
        "in": tally.seen,
        "accepted": tally.accepted,
        "duplicates": tally.duplicates,
        "rejected": tally.rejected,
        "conflicts": tally.conflicts,
        "rejected_by_reason": dict(sorted(tally.by_reason.items())),
    }


def print_summary(row: dict[str, Any]) -> None:
    """The same for people."""
    line = f"{row['source']}: {row['in']:,} in = {row['accepted']:,} accepted + {row['duplicates']:,} duplicates"
    out.print(f"{line} + {row['rejected']:,} rejected + {row['conflicts']:,} conflicts", markup=False)
    for reason, count in row["rejected_by_reason"].items():
        out.print(f"  rejected {reason}: {count:,}", markup=False)
    if row["rejected"]:
        out.print("  See them with `scoreline quarantine list`.")
