"""A worker as a function: checks what it needs, rebuilds cells when definitions changed, reads until a signal."""

from __future__ import annotations

import json
import logging
import sys
import time

from scoring.definitions import Definitions
from streams.clock import SystemClock
from streams.engines.kafka.application import Application, Ending, Parts, build, run
from streams.engines.kafka.ledger import serve
from streams.folder import load_definitions
from streams.settings import Settings, pipeline_of
from streams.topics.administration import topic_id
from streams.topics.settings import KafkaSettings

log = logging.getLogger("scoreline.worker")


class JsonLines(logging.Formatter):
    """One JSON object a line: time, level, logger, message; never an event's content."""

    def format(self, record: logging.LogRecord) -> str:
        at = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(record.created)) + f".{int(record.msecs):03}Z"
        row = {"at": at, "level": record.levelname.lower(), "logger": record.name, "message": record.getMessage()}
        if record.exc_info:
            row["error"] = self.formatException(record.exc_info)
        return json.dumps(row, ensure_ascii=False)


def set_up_logging() -> None:
    """JSON lines on standard error; libraries only from warnings on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    logging.root.handlers[:] = [handler]
    logging.root.setLevel(logging.WARNING)
    logging.getLogger("scoreline").setLevel(logging.INFO)


def application(settings: Settings, kafka: KafkaSettings) -> tuple[Application, Ending]:
    """Everything wired, cells rebuilt if need be; StoreError, KafkaUnavailable or DefinitionError when it can not."""
    definitions: Definitions = load_definitions(settings.definitions_folder)
    topic_id(kafka)
    pipeline = pipeline_of(settings.open_store(), definitions)
    if pipeline.rebuild_needed():
        log.info("the definitions changed: recomputing cells")
        for done in pipeline.rebuild():
            log.info("recomputed %d cases", done)
    ending = Ending()
    return build(Parts(kafka, pipeline, SystemClock(), ending)), ending


def work(settings: Settings, kafka: KafkaSettings) -> int:
    """Read until a signal; returns the exit code."""
    set_up_logging()
    app, ending = application(settings, kafka)
    if settings.metrics_port:
        serve(app.ledger, settings.metrics_port)
    return run(app, ending, set_up_logging)
