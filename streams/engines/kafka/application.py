"""The Faust application: one agent that takes buffers, signals that release partitions, a way to end."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import ssl
import tempfile
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import faust
from faust.tables.manager import TableManager
from faust.types.auth import SASLMechanism

from streams.clock import Clock
from streams.engines.kafka.ledger import Ledger
from streams.engines.kafka.member import DEADLINE_SECONDS, Member
from streams.engines.kafka.partition import BATCH_RECORDS, PartitionReader
from streams.engines.kafka.transport import SCHEME
from streams.pipeline import Pipeline
from streams.topics.deadletters import DeadLetter
from streams.topics.settings import KafkaSettings

log = logging.getLogger("scoreline.worker")

SESSION_SECONDS = 10
HEARTBEAT_SECONDS = 3
POLL_RECORDS = 2_000
WAITING_BUFFERS = 4
"""Buffers that wait for the agent, over all partitions; memory is bounded by this and POLL_RECORDS."""
METADATA_AGE_MS = 10_000
LOOK_SECONDS = 2.0
WATCH_SECONDS = 15.0
EXIT_INFRASTRUCTURE = 3
STOP_SECONDS = 15


class Ending:
    """Ends the process in an orderly way when something it needs is gone; whoever started it starts it again."""

    def __init__(self) -> None:
        self.code = 0

    def __call__(self, why: str) -> None:
        if self.code:
            return
        self.code = EXIT_INFRASTRUCTURE
        log.critical("%s", why)
        os.kill(os.getpid(), signal.SIGTERM)
        # What hangs must not keep the partitions: every commit was durable, so nothing is lost by force.
        timer = threading.Timer(STOP_SECONDS, os._exit, [EXIT_INFRASTRUCTURE])
        timer.daemon = True
        timer.start()


@dataclass(frozen=True, slots=True)
class Parts:
    """What a worker is made of.

    `watch` is called now and then in a thread of its own and returns why nothing more may be read, "" when all is well;
    `bury` gets rejected records before they are committed.
    """

    kafka: KafkaSettings
    pipeline: Pipeline
    clock: Clock
    ending: Ending
    watch: Callable[[], str]
    bury: Callable[[Sequence[DeadLetter]], None] | None = None
    batch_records: int = BATCH_RECORDS
    deadline_seconds: float = DEADLINE_SECONDS


class NoTables(TableManager):
    """Begins at once; Faust's own waits a second for tables to be declared, and here there are none."""

    async def on_start(self) -> None:
        """Tell those who wait that all tables are known."""
        await self._update_channels()
        await self.recovery.start()


class Application(faust.App):
    """Faust's app with its member of the group."""

    member: Member
    ledger: Ledger


def build(parts: Parts) -> Application:
    """The application; nothing is connected yet."""
    kafka = parts.kafka
    app = Application(
        kafka.group,
        broker=[f"{SCHEME}://{broker}" for broker in kafka.brokers],
        broker_credentials=_credentials(kafka),
        broker_session_timeout=SESSION_SECONDS,
        broker_heartbeat_interval=HEARTBEAT_SECONDS,
        broker_request_timeout=20,
        broker_max_poll_records=POLL_RECORDS,
        consumer_auto_offset_reset="earliest",
        consumer_metadata_max_age_ms=METADATA_AGE_MS,
        stream_buffer_maxsize=WAITING_BUFFERS,
        stream_wait_empty=False,
        topic_allow_declare=False,
        topic_disable_leader=True,
        web_enabled=False,
        store="memory://",
        datadir=tempfile.gettempdir(),
        autodiscover=False,
        TableManager=NoTables,
    )
    app.member = Member(kafka.topic, lambda number: _reader(parts, number), parts.ending)
    app.member.deadline_seconds = parts.deadline_seconds
    app.ledger = Ledger(app.member)
    topic = app.topic(kafka.topic, value_type=bytes, value_serializer="raw", key_type=bytes, key_serializer="raw")

    @app.agent(topic, name="scoreline.events")
    async def take(buffers: Any) -> None:
        async for buffer in buffers:
            await app.member.take(app.consumer, buffer)

    async def release(_: Any, revoked: set[Any], **kwargs: Any) -> None:
        app.member.release({tp.partition for tp in revoked if tp.topic == kafka.topic})

    async def rest(_: Any, assigned: set[Any], **kwargs: Any) -> None:
        # Faust does not seek, and so does not seat, when nothing is assigned.
        if not assigned:
            app.member.rest()

    app.on_partitions_revoked.connect(release)  # type: ignore[arg-type]
    app.on_partitions_assigned.connect(rest)  # type: ignore[arg-type]

    app.timer(LOOK_SECONDS)(lambda: _look(app))
    app.timer(WATCH_SECONDS)(lambda: _watch(app, parts.watch))
    return app


async def _look(app: Application) -> None:
    """Every moment: the loop is alive, and how the partitions are."""
    app.ledger.beat()
    await app.member.look(app.consumer, app.rebalancing)


async def _watch(app: Application, watch: Callable[[], str]) -> None:
    """Now and then: is it still the same topic?"""
    why = await asyncio.to_thread(watch)
    if why:
        app.member.halt_all(why)


def _reader(parts: Parts, number: int) -> PartitionReader:
    reader = PartitionReader(parts.pipeline, parts.clock, parts.kafka.topic, number)
    reader.batch_records = parts.batch_records
    if parts.bury is not None:
        reader.bury = parts.bury
    return reader


def _credentials(kafka: KafkaSettings) -> Any:
    if kafka.uses_password:
        return faust.SASLCredentials(
            username=kafka.username, password=kafka.password, mechanism=SASLMechanism(kafka.mechanism),
            ssl_context=_tls(kafka),
        )  # fmt: skip
    return faust.SSLCredentials(_tls(kafka)) if kafka.uses_tls else None


def _tls(kafka: KafkaSettings) -> Any:
    if not kafka.uses_tls:
        return None
    return ssl.create_default_context()


def run(app: Application, ending: Ending, set_up_logging: Callable[[], None]) -> int:
    """Work until a signal; returns the exit code."""
    set_up_logging()
    # What is loaded by now stays; looking through it for garbage would hold the event loop for a tenth of a second.
    gc.freeze()
    worker = faust.Worker(app, override_logging=False, loglevel=None, quiet=True)
    # It would put codes for a terminal in front of a log line.
    worker.spinner = None
    try:
        worker.execute_from_commandline()
    except SystemExit as stopped:
        return ending.code or int(stopped.code or 0)
