"""A scoreline service as a process: a command, its environment, and the compose file's health check as its answer."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from tests.servers.base import Server

HEALTH_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Plan:
    """What a service runs: the words of its command, its variables and, if it has one, its health check's words."""

    words: tuple[str, ...]
    variables: Mapping[str, str]
    health: tuple[str, ...] = ()


class Program(Server):
    """One `scoreline ...` process that goes on until it is ended."""

    poll_seconds: ClassVar[float] = 0.3

    def __init__(self, name: str, folder: Path, plan: Plan) -> None:
        super().__init__(folder)
        self.name = name
        self.plan = plan

    def prepare(self) -> None:
        """Nothing: the stack laid its home."""

    def command(self) -> Sequence[str]:
        """The words, by this Python's own programs."""
        return own_programs(self.plan.words)

    def environment(self) -> Mapping[str, str]:
        """The service's variables and none of scoreline's from outside: what the compose file lacks is missed."""
        return bare_environment() | dict(self.plan.variables)

    def answers(self) -> bool:
        """Whether the health check succeeds; without one, whether the process is there."""
        if not self.plan.health:
            return self.running
        words = own_programs(self.plan.health)
        run = subprocess.run(words, env=bare_environment(), capture_output=True, timeout=HEALTH_SECONDS, check=False)
        return run.returncode == 0


def own_programs(words: Sequence[str]) -> list[str]:
    """A command with `scoreline` and `python` being those of this virtual environment."""
    folder = Path(sys.executable).parent
    own = {"scoreline": str(folder / "scoreline"), "python": sys.executable}
    return [own.get(words[0], words[0]), *words[1:]]


def bare_environment() -> dict[str, str]:
    """What a container has too."""
    return {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL", "HOME") if name in os.environ}
