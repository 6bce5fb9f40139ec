"""The operator's alerts, Grafana panels and Alertmanager routes in deploy/, judged by Prometheus's own programs."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.conftest import absent
from tests.servers import Prometheus
from tests.servers.fixtures import lent

# The metrics that workers and boards give, as agreed; `up` is Prometheus's own.
METRICS = {
    "scoreline_identity_difference_records",
    "scoreline_last_commit_timestamp_seconds",
    "scoreline_live_view_up",
    "scoreline_partition_halted",
    "scoreline_partition_lag_records",
    "scoreline_records_total",
    "up",
}
# A rule that is weakened like this must be caught by the played histories, else they prove nothing.
WEAKENED = {
    "a difference of one sign only": (
        "abs(scoreline_identity_difference_records)",
        "(scoreline_identity_difference_records)",
    ),
    "a halt that waits": ("(scoreline_partition_halted) > 0", "(scoreline_partition_halted) > 1"),
    "a higher limit of lag": ("> 50000", "> 50001"),
    "a peak that is lag": ("for: 5m", "for: 1m"),
    "stale while nothing waits": (
        "(scoreline_partition_lag_records) > 0\n",
        "(scoreline_partition_lag_records) >= 0\n",
    ),
    "another partition's lag": ("on (partition) max by (partition) (scoreline_p", "on () max(scoreline_p"),
    "a partition behind a busy one": ("by (partition) (scoreline_last", "by () (scoreline_last"),
    "no worker known": ('(count(up{job="worker"} == 1) or vector(0)) == 0', 'count(up{job="worker"} == 1) == 0'),
    "one process without Redis": ("min(scoreline_live_view_up)", "max(scoreline_live_view_up)"),
}


def tool(name: str) -> str:
    """One of Prometheus's programs."""
    found = shutil.which(name)
    if found is None:
        absent(f"no {name}: run scripts/system-packages.sh test")
    return found


def run(*words: str | Path) -> subprocess.CompletedProcess[str]:
    """A program's end and output."""
    return subprocess.run(words, capture_output=True, text=True, check=False)


@pytest.fixture
def deploy(repository: Path) -> Path:
    """The folder of the operator's files."""
    return repository / "deploy"


@pytest.fixture
def rules(deploy: Path) -> list[dict[str, Any]]:
    """The alert rules."""
    (group,) = yaml.safe_load((deploy / "rules" / "scoreline.yml").read_text("utf-8"))["groups"]
    found: list[dict[str, Any]] = group["rules"]
    return found


@pytest.fixture
def panels(deploy: Path) -> list[dict[str, Any]]:
    """The panels of the operation dashboard."""
    found: list[dict[str, Any]] = json.loads((deploy / "grafana/dashboards/operation.json").read_text("utf-8"))[
        "panels"
    ]
    return found


def metrics(expression: str) -> set[str]:
    """The metrics that an expression reads."""
    return set(re.findall(r"\bscoreline_\w+|\bup\b", expression))


def test_alerts_fire_when_they_must_and_only_then(deploy: Path) -> None:
    """promtool plays every history of rules-played.yml."""
    played = run(tool("promtool"), "test", "rules", deploy / "rules-played.yml")
    assert played.returncode == 0, played.stdout + played.stderr


def test_every_alert_is_played_both_ways(deploy: Path, rules: list[dict[str, Any]]) -> None:
    """Each alert has a history in which it fires and one in which it stays silent."""
    histories = yaml.safe_load((deploy / "rules-played.yml").read_text("utf-8"))["tests"]
    asked = [(case["alertname"], bool(case["exp_alerts"])) for h in histories for case in h["alert_rule_test"]]
    for rule in rules:
        assert {(rule["alert"], True), (rule["alert"], False)} <= set(asked), rule["alert"]


@pytest.mark.parametrize("name", WEAKENED)
def test_the_histories_see_a_weakened_rule(deploy: Path, tmp_path: Path, name: str) -> None:
    """Each of these changes to a rule makes promtool fail."""
    before, after = WEAKENED[name]
    text = (deploy / "rules" / "scoreline.yml").read_text("utf-8")
    assert before in text
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "scoreline.yml").write_text(text.replace(before, after), "utf-8")
    assert run(tool("promtool"), "check", "rules", tmp_path / "rules" / "scoreline.yml").returncode == 0
    shutil.copy(deploy / "rules-played.yml", tmp_path)
    assert run(tool("promtool"), "test", "rules", tmp_path / "rules-played.yml").returncode == 1


def test_alerts_say_how_urgent_and_what_to_do(rules: list[dict[str, Any]]) -> None:
    """Severity page or ticket, a summary and a description, and only metrics that exist."""
    for rule in rules:
        assert rule["labels"]["severity"] in {"page", "ticket"}, rule["alert"]
        assert rule["annotations"]["summary"].endswith("."), rule["alert"]
        assert rule["annotations"]["description"].endswith("."), rule["alert"]
        assert metrics(rule["expr"]), rule["alert"]
        assert metrics(rule["expr"]) <= METRICS, rule["alert"]


def test_configurations_are_accepted(deploy: Path) -> None:
    """promtool and amtool take the configurations as they are."""
    checked = run(tool("promtool"), "check", "config", deploy / "prometheus.yml")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "1 rule files found" in checked.stdout
    checked = run(tool("amtool"), "check-config", deploy / "alertmanager.yml")
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_inhibitions_name_alerts_that_exist(deploy: Path, rules: list[dict[str, Any]]) -> None:
    """An inhibition of an alert that was renamed would be dead."""
    names = {rule["alert"] for rule in rules}
    text = (deploy / "alertmanager.yml").read_text("utf-8")
    named = set(re.findall(r"Scoreline[A-Z]\w+", text))
    assert named
    assert named <= names


def test_every_address_in_prometheus_is_a_service(deploy: Path, repository: Path) -> None:
    """Prometheus scrapes and alerts by the names that docker-compose.yml gives, on ports that those services have."""
    services = yaml.safe_load((repository / "docker-compose.yml").read_text("utf-8"))["services"]
    text = (deploy / "prometheus.yml").read_text("utf-8")
    for name, port in re.findall(r'"([a-z]+):(\d+)"', text):
        assert port in str(services[name]), f"{name}:{port}"
    (workers,) = re.findall(r"names: \[(\w+)\]\n\s+type: A\n\s+port: (\d+)", text)
    assert services[workers[0]]["environment"]["SCORELINE_METRICS_PORT"] == workers[1]


def test_panels_are_complete(panels: list[dict[str, Any]]) -> None:
    """Each panel has title, unit and description, the chosen data source, and only metrics that exist."""
    assert len({panel["id"] for panel in panels}) == len(panels)
    for panel in panels:
        assert panel["title"], panel["id"]
        assert panel["description"].endswith("."), panel["title"]
        assert panel["fieldConfig"]["defaults"]["unit"], panel["title"]
        for target in panel["targets"]:
            assert target["datasource"]["uid"] == panel["datasource"]["uid"] == "${source}"
            assert metrics(target["expr"]), panel["title"]
            assert metrics(target["expr"]) <= METRICS, panel["title"]


def test_prometheus_takes_every_panels_query(panels: list[dict[str, Any]], server_folder: Path) -> None:
    """A real Prometheus parses and runs each expression."""
    (server_folder / "prometheus.yml").write_text("{}\n", "utf-8")
    with lent(Prometheus(server_folder / "series", server_folder / "prometheus.yml")) as prometheus:
        for panel in panels:
            for target in panel["targets"]:
                prometheus.query(target["expr"].replace("$__rate_interval", "1m"))
