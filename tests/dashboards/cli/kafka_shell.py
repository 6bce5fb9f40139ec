"""Commands that need Kafka, run as `scoreline` runs them, with the environment of a test's own topic."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

from typer.testing import CliRunner

from dashboards.cli import app
from tests.dashboards.cli.shell import MINUTE, REPOSITORY, Ended


@dataclass(frozen=True, slots=True)
class KafkaShell:
    """Runs commands with these environment variables; others of ours are not seen."""

    environment: dict[str, str]

    def run(self, *words: object, **changes: str) -> Ended:
        """A command in this process; `changes` are variables that differ."""
        unset = {name: None for name in os.environ if name.startswith("SCORELINE_")}
        environment = {**unset, **self.environment, **changes}
        result = CliRunner().invoke(app, [str(word) for word in words], env=environment)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Ended(result.exit_code, result.stdout, result.stderr)

    def json(self, *words: object, code: int = 0) -> Any:
        """What a command prints with --json, ending with this code."""
        ended = self.run(*words, "--json")
        assert ended.code == code, ended.err
        return json.loads(ended.out)


def without_client(*words: str) -> Ended:
    """A command in a process of its own, on a machine where the extra `kafka` is not installed."""
    program = f"""
import sys
sys.modules["kafka"] = None
sys.argv = {["scoreline", *words]!r}
from dashboards.cli import main
main()
"""
    environment = {**os.environ, "SCORELINE_BROKERS": "127.0.0.1:1"}
    ended = subprocess.run(
        [sys.executable, "-c", program],
        cwd=REPOSITORY,
        env=environment,
        capture_output=True,
        text=True,
        timeout=MINUTE,
        check=False,
    )
    return Ended(ended.returncode, ended.stdout, ended.stderr)
