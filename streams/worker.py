"""A worker as a function: checks what it needs, rebuilds cells when definitions changed, reads until a signal."""

from __future__ import annotations

import json
import logging
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from scoring.definitions import read_definitions
from streams.clock import SystemClock
from streams.engines.kafka.application import Application, Ending, Parts, build, run
from streams.engines.kafka.burial import burial
from streams.engines.kafka.identity import other_topic, remembered, watch_of
from streams.engines.kafka.ledger import serve
from streams.engines.kafka.partition import shard_of
from streams.folder import load_definitions
from streams.live import open_publisher
from streams.settings import Settings, SettingsError, pipeline_of
from streams.stores.preflight import findings
from streams.topics.administration import check, topic_id
from streams.topics.declared import declared
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


def refuse_unsafe(settings: Settings, kafka: KafkaSettings) -> None:
    """SettingsError names every unsafe setting of PostgreSQL and the topics; on a `dev` machine they are warnings."""
    found = [f"{f.topic}: {f.detail}. {f.advice}" for f in check(kafka, declared(kafka.topic), settings.dev)]
    if settings.store_url:
        unsafe = [f for f in findings(settings.store_url, settings.dev) if f.blocks]
        found += [f"PostgreSQL: {f.detail}. {f.advice}" for f in unsafe]
    for sentence in found:
        log.warning("unsafe: %s", sentence)
    if found and not settings.dev:
        listed = "\n".join(f"  - {sentence}" for sentence in found)
        raise SettingsError(f"not safe to run (set SCORELINE_DEV=1 to run all the same):\n{listed}")


def _published(kafka: KafkaSettings) -> Published | None:
    try:
        return latest(kafka)
    except TopicMissing as missing:
        log.warning("%s; using the definitions of the home's folder", missing)
        return None


def application(settings: Settings, kafka: KafkaSettings) -> tuple[Application, Ending]:
    """Everything wired, cells rebuilt if need be; StoreError, KafkaUnavailable or DefinitionError when it can not."""
    known_topic = topic_id(kafka)
    refuse_unsafe(settings, kafka)
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
    parts = Parts(
        kafka, pipeline, SystemClock(), ending, watch, burial(kafka), deadline_seconds=settings.deadline_seconds
    )
    app = build(parts)
    if known != known_topic:
        app.member.fault = other_topic(kafka.topic)
    return app, ending


@contextmanager
def published_live(app: Application, settings: Settings, kafka: KafkaSettings) -> Iterator[None]:
    """A live view follows what the worker commits, where SCORELINE_REDIS names one; its last batch too."""
    if not settings.redis_url:
        yield
        return
    publisher = open_publisher(settings.open_beside, settings.redis_url, kafka.group)
    app.member.applied = lambda partition, taken: publisher.note(shard_of(partition), taken.outcome)
    app.member.view_is_up = lambda: publisher.figures.is_up
    publisher.start()
    try:
        yield
    finally:
        publisher.stop()


def work(settings: Settings, kafka: KafkaSettings) -> int:
    """Read until a signal; returns the exit code."""
    set_up_logging()
    app, ending = application(settings, kafka)
    if settings.metrics_port:
        serve(app.ledger, settings.metrics_port, settings.metrics_host)
    with published_live(app, settings, kafka):
        return run(app, ending, set_up_logging)
