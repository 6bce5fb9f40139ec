"""`make stack`: the wiring of docker-compose.yml works for real, with the commands and variables that it gives."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import absent
from tests.servers import Prometheus, ServerMissing
from tests.servers.base import REPOSITORY
from tests.servers.fixtures import short_folder
from tests.servers.processes import gone_within, process_tree
from tests.servers.stack import Stack

pytestmark = pytest.mark.slow

SLICE = REPOSITORY / "examples" / "shop" / "slice.jsonl"
PERIOD = "2026-10"


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    """The whole set, with the example shop's slice produced and counted."""
    said: list[str] = []
    try:
        with short_folder() as folder:
            made = Stack(folder, REPOSITORY / "docker-compose.yml", {}, said.append)
            made.scrape_seconds = 1
            with made.started():
                produced = made.run("worker", "produce", str(SLICE))
                assert produced.returncode == 0, produced.stdout + produced.stderr
                yield made
    except ServerMissing as missing:
        absent(str(missing))


@pytest.fixture(scope="module")
def prometheus(stack: Stack) -> Prometheus:
    """The stack's Prometheus."""
    found = stack.servers["prometheus"]
    assert isinstance(found, Prometheus)
    return found


def wait_for(what: str, seconds: float, came: Callable[[], Any]) -> Any:
    """The first true answer; a failure that says what did not come."""
    deadline = time.monotonic() + seconds
    while not (answer := came()):
        assert time.monotonic() < deadline, f"{what} did not come within {seconds:g} s"
        time.sleep(0.2)
    return answer


def total(prometheus: Prometheus, expression: str) -> int:
    """One whole number that an expression gives, 0 for none."""
    found = prometheus.query(expression)
    return int(found[0]["value"][1]) if found else 0


def test_everything_that_is_scraped_answers(stack: Stack, prometheus: Prometheus) -> None:
    """Both workers, the board and Prometheus itself are up, by the jobs of deploy/prometheus.yml."""

    def up() -> bool:
        found = sorted(target["labels"]["job"] for target in prometheus.targets() if target["health"] == "up")
        return found == ["board", "prometheus", "worker", "worker"]

    wait_for("every target", 20, up)


def test_what_was_produced_is_counted_once(prometheus: Prometheus) -> None:
    """Over both workers, the counted records are the produced ones; nothing lags and the identity holds."""
    lines = len(SLICE.read_bytes().splitlines())
    wait_for("every record", 30, lambda: total(prometheus, "sum(scoreline_records_total)") == lines)
    wait_for("no lag", 30, lambda: total(prometheus, "sum(scoreline_partition_lag_records) == 0 or vector(1)") == 0)
    assert total(prometheus, "sum(abs(scoreline_identity_difference_records))") == 0


def test_the_metrics_of_the_alerts_exist(prometheus: Prometheus) -> None:
    """Every metric that an alert reads is given by the running set: an alert on a misspelt name would never fire."""
    rules = yaml.safe_load((REPOSITORY / "deploy" / "rules" / "scoreline.yml").read_text("utf-8"))["groups"][0]["rules"]
    names = sorted({name for rule in rules for name in re.findall(r"\bscoreline_\w+", rule["expr"])})
    assert names
    for name in names:
        wait_for(name, 20, partial(prometheus.query, name))


def test_no_alert_while_all_is_well(stack: Stack, prometheus: Prometheus) -> None:
    """With everything running, no alert is pending or firing."""
    wait_for("silence", 30, lambda: prometheus.alerts() == [])


def test_numbers_are_those_of_one_machine(stack: Stack, tmp_path: Path) -> None:
    """A KPI read by the board's service equals the one of the embedded engine with SQLite over the same file."""
    command = Path(sys.executable).parent / "scoreline"
    (tmp_path / "definitions").symlink_to(REPOSITORY / "examples" / "shop" / "definitions")
    subprocess.run([command, "ingest", SLICE, "--home", tmp_path], check=True, capture_output=True)
    question = ("kpi", "net_sales", "--owner", "c:", "--period", PERIOD, "--json")
    embedded = subprocess.run([command, *question, "--home", tmp_path], check=True, capture_output=True, text=True)
    expected = json.loads(embedded.stdout)["value"]
    assert expected is not None

    def same() -> bool:
        ended = stack.run("board", *question)
        assert ended.returncode == 0, ended.stderr
        return bool(json.loads(ended.stdout)["value"] == expected)

    wait_for("the same net_sales", 30, same)


def test_passwords_are_printed_nowhere(stack: Stack) -> None:
    """No log of a scoreline service holds one of the passwords that it was given."""
    variables = [pair for service in stack.compose.services.values() for pair in service.get("environment", {}).items()]
    secrets = {value for name, value in variables if "PASSWORD" in name}
    assert len(secrets) == 7
    for name in ("worker-1", "worker-2", "board"):
        log = stack.servers[name].log.read_text("utf-8")
        assert log
        assert not any(secret in log for secret in secrets), name


def test_a_service_that_ended_is_started_again(stack: Stack) -> None:
    """What `restart: unless-stopped` promises: a killed worker comes back with the same plan and is healthy."""
    worker = stack.servers["worker-1"]
    before = worker.pid
    worker.kill()
    stack.supervise()
    assert worker.running
    assert worker.pid != before
    assert worker.answers()


def test_redis_away_is_told(stack: Stack, prometheus: Prometheus) -> None:
    """A killed Redis makes the alert pending, and its return makes it go."""

    def alerts() -> set[str]:
        return {alert["labels"]["alertname"] for alert in prometheus.alerts()}

    stack.servers["redis"].kill()
    wait_for("ScorelineLiveViewDown", 30, lambda: "ScorelineLiveViewDown" in alerts())
    stack.servers["redis"].start()
    wait_for("the end of ScorelineLiveViewDown", 30, lambda: "ScorelineLiveViewDown" not in alerts())


def test_ctrl_c_ends_everything() -> None:
    """`make stack` says where things are, ends with code 0 on Ctrl-C, and leaves no process and no folder."""
    program = subprocess.Popen(
        [sys.executable, "-u", "-m", "tests.servers.stack"],
        cwd=REPOSITORY,
        env=os.environ | {"PYTHONPATH": str(REPOSITORY)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert program.stdout is not None
    said = []
    for line in program.stdout:
        said.append(line)
        if line.startswith("Ctrl-C"):
            break
    processes = process_tree(program.pid)
    program.send_signal(signal.SIGINT)
    try:
        rest = program.communicate(timeout=90)[0]
    finally:
        # A stack that does not end must not outlive the test; asked this way it takes its servers along.
        program.terminate()
        program.wait(60)
    text = "".join(said) + rest
    assert program.returncode == 0, text
    assert len(processes) > 8, text
    assert gone_within(processes, 5), text
    (folder,) = re.findall(r"Logs\s+(\S+)/\*/server\.log", text)
    assert not Path(folder).exists()
