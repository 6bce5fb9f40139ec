"""The process dies before and after every step of the transaction, once each; what it leaves is that of a quiet run."""

from __future__ import annotations

import contextlib
import json
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cluster.cluster import Cluster, Row, wait_until
from tests.cluster.evidence import Evidence
from tests.cluster.failing import SPRUNG, STEPS
from tests.cluster.fixtures import ClusterOf
from tests.cluster.supervisor import Supervisor

pytest_plugins = ["tests.cluster.fixtures"]
pytestmark = pytest.mark.slow

BATCH = "10"
READING = {"hold", "setting", "progress", "retractions", "conflicts", "facts", "published", "readers"}
READING |= {"projections"}
"""Steps that only read: what was written before them is the same as before the next of the others."""
FIRST = {"claim", "note", "prune_minutes"}
"""Steps that are not in every transaction; at the others the process dies in its second one, so that it gets on."""


def traps() -> list[str]:
    """One for each step and moment."""
    return [f"{step}:{moment}:{1 if step in FIRST else 2}" for step in STEPS for moment in ("before", "after")]


def test_every_step_is_known(cluster_of: ClusterOf, slice_rows: list[Row], tmp_path: Path) -> None:
    """The list of steps is that of a real run: a step that is added to the transaction can not be forgotten here."""
    cluster = cluster_of(1, environment={"TEST_BATCH": BATCH, "TEST_PASSED": str(tmp_path / "passed")})
    cluster.feed(slice_rows)
    worker = cluster.start()
    cluster.wait_read()
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(30) == 0
    assert set(json.loads((tmp_path / "passed").read_text("utf-8"))) == {*STEPS} | READING


def test_death_at_every_step(cluster_of: ClusterOf, slice_rows: list[Row], slice_evidence: Evidence) -> None:
    """The k-th process dies at the k-th failpoint and the next one goes on; half of them each in two clusters."""
    halves = traps()[::2], traps()[1::2]
    with contextlib.ExitStack() as stack:
        running = [stack.enter_context(dying(cluster_of(1), slice_rows, half)) for half in halves]
        for cluster, supervisor, half in running:
            wait_until(lambda s=supervisor, h=half: len(s.codes()) >= len(h), "not every trap sprang")  # type: ignore[misc]
            cluster.wait_read()
    for cluster, supervisor, half in running:
        assert cluster.evidence().differences(slice_evidence) == []
        assert supervisor.codes()[: len(half)] == [-signal.SIGKILL] * len(half)
        logs = [cluster.log(life.process) for life in supervisor.lives]
        sprang = [found for log in logs for found in re.findall(rf"{SPRUNG} (\w+) (\w+), time (\d+)", log)]
        assert [f"{step}:{moment}:{time}" for moment, step, time in sprang] == half


@contextlib.contextmanager
def dying(cluster: Cluster, rows: list[Row], half: list[str]) -> Iterator[tuple[Cluster, Supervisor, list[str]]]:
    """A cluster whose workers die one after the other at these failpoints."""
    cluster.environment = {"TEST_BATCH": BATCH, "TEST_MEMBER": "only"}
    cluster.feed(rows)
    supervisor = Supervisor(cluster, 1, plans={0: [{"TEST_TRAP": trap} for trap in half]})
    with supervisor.watching():
        yield cluster, supervisor, half
