"""`ingest` interrupted by the system or by a person goes on where it stopped, and ends where it would have ended."""

from __future__ import annotations

import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from streams.evidence import cells_digest
from streams.stores import SqliteStore
from tests.dashboards.cli.shell import MINUTE, MONTH, REPOSITORY, Shell, lines_of, november, paid

MANY = 21_000


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """21,000 orders of one yuan in November, which is three batches, and one of December."""
    path = tmp_path_factory.mktemp("many") / "many.jsonl"
    orders = [paid(f"m{n}", f"2025-11-{n % 28 + 1:02}T10:00:00", "1.00") for n in range(MANY)]
    path.write_text(lines_of(*orders, november()[2]))
    return path


def batches(home: Path) -> int:
    """How many batches the store has committed; 0 while there is no store."""
    try:
        connection = sqlite3.connect(f"file:{home / 'scoreline.db'}?mode=ro", uri=True)
        try:
            row = connection.execute("SELECT max(batch) FROM shards").fetchone()
        finally:
            connection.close()
    except sqlite3.OperationalError:
        return 0
    return int(row[0] or 0)


def interrupt(home: Path, file: Path, how: signal.Signals) -> int:
    """Ingest in a process of its own and stop it after its first batch; its exit code."""
    words = [sys.executable, "-m", "dashboards", "ingest", file, "--home", home]
    running = subprocess.Popen(words, cwd=REPOSITORY, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        end = time.monotonic() + MINUTE
        while not batches(home) and running.poll() is None:
            assert time.monotonic() < end, "waited in vain"
            time.sleep(0.01)
        running.send_signal(how)
        return running.wait(MINUTE)
    finally:
        running.kill()
        running.wait()


def test_an_interrupted_reading_goes_on(shell: Shell, many: Path, tmp_path: Path) -> None:
    """Killed after the first of three batches, the second call reads only the rest; the cells are the same."""
    undisturbed = Shell(tmp_path / "undisturbed")
    shutil.copytree(shell.home, undisturbed.home)
    (whole,) = undisturbed.json("ingest", many)
    assert (whole["in"], whole["accepted"]) == (MANY + 1, MANY + 1)
    assert interrupt(shell.home, many, signal.SIGKILL) == -signal.SIGKILL
    after_kill = batches(shell.home)
    assert 1 <= after_kill < 3
    (row,) = shell.json("ingest", many)
    assert 0 < row["in"] < MANY
    assert (row["accepted"], row["duplicates"]) == (row["in"], 0)
    assert shell.value("net_sales", "c:") == str(MANY)
    digests = {
        cells_digest(SqliteStore(one.home / "scoreline.db", writes=False), "", "9999") for one in (shell, undisturbed)
    }
    assert len(digests) == 1
    assert shell.json("quarantine", "list") == {"rejected": [], "conflicts": []}


def test_ctrl_c(shell: Shell, many: Path) -> None:
    """Ctrl-C ends with 130, which no documented code is; what was committed stays and nothing counts twice."""
    assert interrupt(shell.home, many, signal.SIGINT) == 130
    assert batches(shell.home) >= 1
    (row,) = shell.json("ingest", many)
    assert row["duplicates"] == 0
    assert shell.json("kpi", "orders_paid", "--period", MONTH)["value"] == str(MANY)
