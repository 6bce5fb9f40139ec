"""A worker as a function: checks what it needs, rebuilds cells when definitions changed, reads until a signal."""

from __future__ import annotations

import json
import logging
import sys
import time

from scoring.definitions import read_definitions
from streams.clock import SystemClock
from streams.engines.kafka.application import Application, Ending, Parts, build, run
from streams.engines.kafka.burial import burial
from streams.engines.kafka.identity import other_topic, remembered, watch_of
from streams.engines.kafka.ledger import serve
from streams.folder import load_definitions
from streams.settings import Settings, pipeline_of
from streams.topics.administration import topic_id
from streams.topics.faults import TopicMissing
from streams.topics.reference import Published, latest, newest_version
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


def _published(kafka: KafkaSettings) -> Published | None:
    try:
        return latest(kafka)
    except TopicMissing as missing:
        log.warning("%s; using the definitions of the home's folder", missing)
        return None


def application(settings: Settings, kafka: KafkaSettings) -> tuple[Application, Ending]:
    """Everything wired, cells rebuilt if need be; StoreError, KafkaUnavailable or DefinitionError when it can not."""
    known_topic = topic_id(kafka)
    published = _published(kafka)
    definitions = read_definitions(published.texts) if published else load_definitions(settings.definitions_folder)
    version = published.version if published else -1
    log.info("definitions: %s", f"published, version {version}" if published else "those of the home's folder")
    store = settings.open_store()
    pipeline = pipeline_of(store, definitions, version)
    if pipeline.rebuild_needed():
        log.info("the definitions changed: recomputing cells")
        for done in pipeline.rebuild():
            log.info("recomputed %d cases", done)
    ending = Ending()

    def look_for_definitions() -> None:
        if published is not None and newest_version(kafka) > version:
            ending("new definitions were published: the worker starts again with them")

    known = remembered(kafka, store)
    watch = watch_of(kafka, known, look_for_definitions)
    app = build(Parts(kafka, pipeline, SystemClock(), ending, watch, burial(kafka)))
    if known != known_topic:
        app.member.fault = other_topic(kafka.topic)
    return app, ending


def work(settings: Settings, kafka: KafkaSettings) -> int:
    """Read until a signal; returns the exit code."""
    set_up_logging()
    app, ending = application(settings, kafka)
    if settings.metrics_port:
        serve(app.ledger, settings.metrics_port, settings.metrics_host)
    return run(app, ending, set_up_logging)
