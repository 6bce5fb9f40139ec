"""Prometheus and Alertmanager on given configurations, with the few questions that tests ask them."""

from __future__ import annotations

import json
import shutil
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.servers.base import HINT, Server, ServerMissing


class Prometheus(Server):
    """One Prometheus on the configuration file at `configuration` (rule files are found relative to it)."""

    name = "Prometheus"

    def __init__(self, folder: Path, configuration: Path) -> None:
        super().__init__(folder)
        self.configuration = configuration

    @property
    def url(self) -> str:
        """http://host:port."""
        return f"http://127.0.0.1:{self.port}"

    def prepare(self) -> None:
        """Look for the program."""
        found("prometheus")

    def command(self) -> Sequence[str]:
        """The server with its own storage folder."""
        return [
            found("prometheus"),
            f"--config.file={self.configuration}",
            f"--storage.tsdb.path={self.folder / 'series'}",
            f"--web.listen-address=127.0.0.1:{self.port}",
            "--storage.tsdb.retention.time=1d",
            "--log.level=warn",
        ]

    def answers(self) -> bool:
        """Whether it says that it is ready."""
        return says_ready(f"{self.url}/-/ready")

    def query(self, expression: str) -> list[dict[str, Any]]:
        """The vector that an instant query gives; urllib's HTTPError for an expression it refuses."""
        question = urllib.parse.urlencode({"query": expression})
        answer: list[dict[str, Any]] = asked(f"{self.url}/api/v1/query?{question}")["data"]["result"]
        return answer

    def targets(self) -> list[dict[str, Any]]:
        """The active scrape targets."""
        answer: list[dict[str, Any]] = asked(f"{self.url}/api/v1/targets?state=active")["data"]["activeTargets"]
        return answer

    def alerts(self) -> list[dict[str, Any]]:
        """The alerts that are pending or firing."""
        answer: list[dict[str, Any]] = asked(f"{self.url}/api/v1/alerts")["data"]["alerts"]
        return answer


class Alertmanager(Server):
    """One Alertmanager on the configuration file at `configuration`, alone (no cluster)."""

    name = "Alertmanager"

    def __init__(self, folder: Path, configuration: Path) -> None:
        super().__init__(folder)
        self.configuration = configuration

    @property
    def url(self) -> str:
        """http://host:port."""
        return f"http://127.0.0.1:{self.port}"

    def prepare(self) -> None:
        """Look for the program."""
        found("alertmanager", "prometheus-alertmanager")

    def command(self) -> Sequence[str]:
        """The server with its own storage folder."""
        return [
            found("alertmanager", "prometheus-alertmanager"),
            f"--config.file={self.configuration}",
            f"--storage.path={self.folder / 'silences'}",
            f"--web.listen-address=127.0.0.1:{self.port}",
            "--cluster.listen-address=",
            "--log.level=warn",
        ]

    def answers(self) -> bool:
        """Whether it says that it is ready."""
        return says_ready(f"{self.url}/-/ready")

    def alerts(self) -> list[dict[str, Any]]:
        """The alerts that it holds."""
        answer: list[dict[str, Any]] = asked(f"{self.url}/api/v2/alerts")
        return answer


def found(*names: str) -> str:
    """The path of the first program that is there; raises ServerMissing."""
    for name in names:
        if path := shutil.which(name):
            return path
    raise ServerMissing(f"no {names[0]} on the path: {HINT}")


def says_ready(url: str) -> bool:
    """Whether an address answers with 200."""
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def asked(url: str) -> Any:
    """The JSON at an address."""
    with urllib.request.urlopen(url, timeout=10) as answer:
        return json.load(answer)
