"""The homes that the command line's tests work on."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.dashboards.cli.shell import Shell, november


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """The starter home, told of 2025 instead of 2026 so that its month is over on every machine's clock."""
    shell = Shell(tmp_path / "home")
    ended = shell.run("init", shell.home)
    assert ended.code == 0, ended.err
    for path in (shell.home / "definitions").rglob("*.toml"):
        path.write_text(path.read_text("utf-8").replace("2026", "2025"), "utf-8")
    return shell


@pytest.fixture
def full(shell: Shell) -> Shell:
    """The starter home with November in it."""
    summary = shell.ingest(*november())
    assert summary["accepted"] == 3
    return shell
