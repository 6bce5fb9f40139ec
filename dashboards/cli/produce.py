"""`scoreline produce`: files onto the events topic of Kafka, resumed after what was acknowledged."""

from __future__ import annotations

import os
import zlib
from dataclasses import dataclass
from gzip import BadGzipFile
from pathlib import Path
from typing import Annotated, Any

import typer

from dashboards.cli.home import default_home
from dashboards.cli.options import HomeOption, JsonOption
from dashboards.cli.screen import FINDING, WRONG_USE, err, fail, out, print_json, progress, wants_progress
from dashboards.cli.topics import kafka_exits
from streams.clock import SystemClock
from streams.codec import Codec
from streams.column_map import load_column_map
from streams.producing import Progress, Reached, Sender, Sent, snapshot_of, start_of
from streams.producing import produce as send_records
from streams.record import Source, SourceError
from streams.sources import open_source
from streams.topics import KafkaSettings, KafkaUnavailable

PROGRESS_FILE = "produce.json"


@dataclass(frozen=True, slots=True)
class Job:
    """One file to send: `reading` is the text of its column map, `known` what was acknowledged of it before."""

    path: Path
    source: Source
    reading: bytes
    known: Reached | None


@dataclass(frozen=True, slots=True)
class Way:
    """The topic that is sent to, and where what was acknowledged is noted."""

    topic: str
    topic_id: str
    sender: Sender
    notes: Progress


def produce(
    files: Annotated[list[Path], typer.Argument(help="Files of JSON lines, CSV or XLSX; .gz is unpacked.")],
    home: HomeOption = default_home(),
    kind: Annotated[str | None, typer.Option(help="jsonl, csv or xlsx; default by the file's name.")] = None,
    columns: Annotated[Path | None, typer.Option("--map", help="Column map for CSV and XLSX.")] = None,
    as_json: JsonOption = False,
) -> None:
    """Send files to Kafka's events topic. The same command again sends only what was not acknowledged yet.

    Exit code 1 when the topic does not take a record, which is named by its place; the others are sent all the same.
    """
    with kafka_exits():
        from streams.producing.kafka_sender import KafkaSender
        from streams.topics.administration import target

        if kind == "follow":
            raise fail(
                "a growing file can not be sent while it is followed: send it again when it has grown", WRONG_USE
            )
        settings = KafkaSettings.from_environment(os.environ)
        if not home.is_dir():
            raise fail(f"{home} is no folder: name one with --home; it keeps {PROGRESS_FILE}", WRONG_USE)
        column_map = load_column_map(columns) if columns else None
        sources = [open_source(path, kind, column_map) for path in files]
        notes = Progress(home / PROGRESS_FILE)
        topic = target(settings)
        reading = columns.read_bytes() if columns else b""
        rows = []
        with KafkaSender(settings, topic.max_message_bytes) as sender:
            way = Way(settings.topic, topic.topic_id, sender, notes)
            for path, source in zip(files, sources, strict=True):
                job = Job(path, source, reading, notes.reached(source.name, topic.topic_id))
                rows.append(_summary(job, *_send(job, way, wants_progress(as_json))))
                if not as_json:
                    _print_summary(rows[-1])
        if as_json:
            print_json(rows)
        if any(row["refused"] for row in rows):
            raise typer.Exit(FINDING)


def _send(job: Job, way: Way, show: bool) -> tuple[int, Sent]:
    """Send one file and note the position after each acknowledged piece; gives where it began, and the totals."""
    now = snapshot_of(job.path, job.reading)
    start = start_of(job.known, job.path, job.reading)
    if job.known is not None and start < job.known.position:
        err.print(f"{job.path}: is not the file that was sent before, so all of it is sent", markup=False)
    total = Sent(start)
    with progress(f"sending {job.path.name}", None, show) as bar:
        try:
            for total in send_records(job.source, start, way.sender, Codec(), SystemClock()):
                for row in total.new:
                    err.print(f"refused {row.where}: {row.detail}", style="yellow", markup=False)
                reached = (total.position, now.size_bytes, now.digest)
                way.notes.keep(Reached(job.source.name, way.topic, way.topic_id, *reached))
                bar.update(bar.task_ids[0], completed=total.records)
        except (BadGzipFile, EOFError, zlib.error) as error:
            raise SourceError(f"{job.path}: the packed file is damaged ({error}); fetch it again") from error
        except KafkaUnavailable as error:
            done = f"{total.records:,} records of {job.path} were acknowledged; the same command goes on after them"
            raise KafkaUnavailable(f"{error}. {done}") from error
    return start, total


def _summary(job: Job, start: int, total: Sent) -> dict[str, Any]:
    """What became of every record: records = sent + refused."""
    return {
        "source": str(job.path),
        "from_position": start,
        "to_position": total.position,
        "records": total.records,
        "sent": total.sent,
        "undecodable": total.keyless,
        "refused": total.refused,
        "refused_places": [{"where": row.where, "detail": row.detail} for row in total.places],
    }


def _print_summary(row: dict[str, Any]) -> None:
    """The same for people; the places were printed when they were refused."""
    line = f"{row['source']}: {row['records']:,} records = {row['sent']:,} sent + {row['refused']:,} refused"
    out.print(line + (f" (from position {row['from_position']:,})" if row["from_position"] else ""), markup=False)
    if row["undecodable"]:
        out.print(f"  {row['undecodable']:,} of them do not decode: the worker keeps them in quarantine", markup=False)
