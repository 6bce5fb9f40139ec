"""A worker that a test can arm: the same wiring as `scoreline worker`, then traps, small batches, short sessions.

Beside scoreline's own variables it reads (all optional):
TEST_TRAP "add_cells:before:2", TEST_POISON bytes of an event that ends the process, TEST_BATCH records a transaction,
TEST_SESSION seconds until the group misses a dead worker, TEST_MEMBER a name by which the group knows it again after a
death without waiting for that, TEST_PASSED a file for the steps that were passed,
TEST_LAG a file for the worst delays of the event loop.
"""

from __future__ import annotations

import gc
import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path

import typer

from dashboards.cli.screen import WRONG_USE, exits, fail
from streams.engines import GC_THRESHOLDS
from streams.engines.kafka.application import Application, run
from streams.engines.kafka.partition import PartitionReader
from streams.settings import Settings, SettingsError
from streams.topics.settings import KafkaSettings
from streams.worker import application, published_live, set_up_logging
from tests.cluster.failing import CrashingCodec, FailingStore, Trap
from tests.cluster.lag import probe

HEARTBEATS_A_SESSION = 4


def arm(app: Application, given: Mapping[str, str], trap: Trap) -> None:
    """Make a built application fail where it is told to."""
    opened = app.member.open_reader

    def open_reader(number: int) -> PartitionReader:
        reader = opened(number)
        pipeline = reader.pipeline
        if not isinstance(pipeline.store, FailingStore):
            pipeline.store = FailingStore(pipeline.store, trap)
            if given.get("TEST_POISON"):
                pipeline.codec = CrashingCodec(given["TEST_POISON"].encode())
        reader.batch_records = int(given.get("TEST_BATCH") or reader.batch_records)
        return reader

    app.member.open_reader = open_reader
    if given.get("TEST_SESSION"):
        seconds = float(given["TEST_SESSION"])
        app.conf.broker_session_timeout = seconds
        app.conf.broker_heartbeat_interval = seconds / HEARTBEATS_A_SESSION
    if given.get("TEST_MEMBER"):
        app.conf.consumer_group_instance_id = given["TEST_MEMBER"]
    if given.get("TEST_LAG"):
        app.task(lambda: probe(Path(given["TEST_LAG"])))


def main() -> int:
    """Work until a signal; returns the exit code."""
    trap = Trap.parse(os.environ.get("TEST_TRAP", ""))
    gc.set_threshold(*GC_THRESHOLDS)
    try:
        with exits():
            try:
                settings, kafka = Settings.from_environment(os.environ), KafkaSettings.from_environment(os.environ)
            except SettingsError as error:
                raise fail(str(error), WRONG_USE) from error
            set_up_logging()
            app, ending = application(settings, kafka)
            arm(app, os.environ, trap)
            with published_live(app, settings, kafka):
                code = run(app, ending, set_up_logging)
    except typer.Exit as ended:
        code = ended.exit_code
    if os.environ.get("TEST_PASSED"):
        passed = sorted({step for step, _ in trap.passed})
        Path(os.environ["TEST_PASSED"]).write_text(json.dumps(passed), "utf-8")
    return code


if __name__ == "__main__":
    sys.exit(main())
