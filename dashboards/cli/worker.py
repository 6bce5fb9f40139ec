"""`scoreline worker`: reads a topic's partitions into the store, together with the other workers of its group."""

from __future__ import annotations

import os

import typer

from dashboards.cli.screen import WRONG_USE, exits, fail
from streams.settings import Settings


def worker() -> None:
    """Read the events topic into the store until Ctrl-C or SIGTERM; start as many as there are partitions at most.

    Everything is told by environment variables: SCORELINE_BROKERS, SCORELINE_TOPIC, SCORELINE_GROUP, SCORELINE_STORE,
    SCORELINE_HOME (definitions), SCORELINE_REDIS, SCORELINE_METRICS_PORT.
    """
    try:
        from streams.topics.settings import KafkaSettings
        from streams.worker import work
    except ModuleNotFoundError as error:
        raise fail("the worker needs more packages: pip install 'scoreline[kafka,postgres]'", WRONG_USE) from error
    with exits():
        raise typer.Exit(work(Settings.from_environment(os.environ), KafkaSettings.from_environment(os.environ)))
