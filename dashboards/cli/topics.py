"""`scoreline topics create` and `scoreline topics check`: the topics of Kafka as they must be."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from dashboards.cli.options import JsonOption
from dashboards.cli.screen import FINDING, WRONG_USE, exits, fail, out, print_json
from streams.topics import KafkaSettings, declared
from streams.topics.declared import PARTITIONS

EXTRA = "this command needs the client of Kafka: pip install 'scoreline[kafka]'"

app = typer.Typer(no_args_is_help=True, help="The topics of Kafka: make them, and compare them with what is declared.")

DevOption = Annotated[bool, typer.Option("--dev", help="One copy is enough: for a machine to try things out on.")]


@contextmanager
def kafka_exits() -> Iterator[None]:
    """`exits` for commands that need Kafka's client; code 2 and how to install it when it is absent."""
    try:
        with exits():
            yield
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "kafka":
            raise
        raise fail(EXTRA, WRONG_USE) from error


@app.command()
def create(
    partitions: Annotated[
        int | None, typer.Option(min=1, max=10_000, help="Partitions of events; an existing topic grows to it.")
    ] = None,
    dev: DevOption = False,
    as_json: JsonOption = False,
) -> None:
    """Make the topics that are missing. Topics that are there keep their settings; `check` names what differs."""
    with kafka_exits():
        from streams.topics import administration

        settings = KafkaSettings.from_environment(os.environ)
        topics = declared(settings.topic, partitions or PARTITIONS)
        made = administration.create(settings, topics, dev, grow=partitions is not None)
        if as_json:
            print_json([{"topic": row.topic, "outcome": row.outcome, "partitions": row.partitions} for row in made])
            return
        for row in made:
            out.print(f"{row.topic}: {row.outcome}, {row.partitions} partition(s)", markup=False)
        out.print("Next: `scoreline topics check`" + (" --dev" if dev else "") + ".", markup=False)


@app.command()
def check(
    partitions: Annotated[int, typer.Option(min=1, max=10_000, help="Partitions that events must have.")] = PARTITIONS,
    dev: DevOption = False,
    as_json: JsonOption = False,
) -> None:
    """Compare the topics with what is declared, and list every difference. Exit code 1 when there is one."""
    with kafka_exits():
        from streams.topics import administration

        settings = KafkaSettings.from_environment(os.environ)
        topics = declared(settings.topic, partitions)
        findings = administration.check(settings, topics, dev)
        if as_json:
            rows = ({"topic": f.topic, "code": f.code, "detail": f.detail, "advice": f.advice} for f in findings)
            print_json({"topics": [topic.name for topic in topics.all()], "findings": list(rows)})
        elif not findings:
            out.print(f"No finding. {', '.join(topic.name for topic in topics.all())}", markup=False)
        for finding in () if as_json else findings:
            out.print(str(finding), markup=False)
        if findings:
            raise typer.Exit(FINDING)
