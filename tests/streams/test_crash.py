"""Killed a hundred times at random moments of intake and close, the result is that of an undisturbed run."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest

from streams.evidence import cells_digest
from streams.stores import Progress, SqliteStore
from tests.scenarios.small_month import small_month
from tests.streams.crash_runner import STAGES

REPOSITORY = Path(__file__).resolve().parents[2]
KILLS = 100
SCALE = Fraction(1, 120)
UNDISTURBED_PERCENT = 10
"""So many starts are left alone, so that every life comes to its end however slow the machine is."""


@dataclass(frozen=True, slots=True)
class End:
    """What a finished run leaves: everything that must not depend on how often it was killed."""

    cells: str
    settlement: str
    facts: int
    progress: Progress
    positions: dict[str, str | None]
    quarantine: list[tuple[str, bytes]]
    conflicts: int
    seals: int


def end_of(path: Path) -> End:
    """The end that a store shows."""
    store = SqliteStore(path, writes=False)
    (close,) = store.closes()
    assert close.state == "sealed"
    found = End(
        cells_digest(store, "0", "9"),
        close.digest,
        sum(1 for _ in store.all_facts()),
        store.progress(),
        {name: standing.position for name, standing in store.standings().items()},
        [(row.reason, row.raw) for row in store.quarantined(None)],
        len(store.open_conflicts()),
        [row[2] for row in store.audit()].count("close.sealed"),
    )
    store.close()
    return found


def started(store: Path, place: Path) -> subprocess.Popen[str]:
    """A process that does what is left."""
    command = [
        sys.executable,
        "-m",
        "tests.streams.crash_runner",
        str(store),
        str(place / "events.jsonl"),
        str(place / "d"),
    ]
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    return subprocess.Popen(command, cwd=REPOSITORY, env=environment, stdout=subprocess.PIPE, text=True)


def reached(process: subprocess.Popen[str], stage: str) -> str:
    """Wait until the process begins a stage or a later one; the stage it has reached, "" when it ended before."""
    assert process.stdout is not None
    for line in process.stdout:
        if STAGES.index(line.strip()) >= STAGES.index(stage):
            return line.strip()
    return ""


def undisturbed(store: Path, place: Path) -> dict[str, float]:
    """Run to the end once; the seconds that each stage took."""
    begins: dict[str, float] = {}
    with started(store, place) as process:
        for stage in STAGES:
            assert reached(process, stage) == stage
            begins[stage] = time.monotonic()
        assert process.wait() == 0
    return {stage: begins[after] - begins[stage] for stage, after in pairwise(STAGES)}


def killed_somewhere(rng: random.Random, store: Path, place: Path, seconds: dict[str, float]) -> bool:
    """Start the process and kill it at a random moment of a random stage; False when it came to its end."""
    with started(store, place) as process:
        stage = reached(process, rng.choice(("ingest", "ingest", "draft", "approve")))
        if stage in seconds and rng.randrange(100) >= UNDISTURBED_PERCENT:
            time.sleep(rng.random() * seconds[stage] * 1.1)
            process.send_signal(signal.SIGKILL)
        code = process.wait()
        assert code in (0, -signal.SIGKILL), f"ended with {code} after the stage {stage}"
        return code == -signal.SIGKILL


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A slice of the simulated month, and the shop's definitions with a coefficient for whoever can not be scored."""
    return small_month(tmp_path_factory.mktemp("crash"), SCALE)


@pytest.mark.slow
def test_a_hundred_kills_change_nothing(place: Path) -> None:
    """100 SIGKILLs during intake, draft and approval: each time the next process goes on, and the end is the same."""
    seconds = undisturbed(place / "undisturbed.db", place)
    expected = end_of(place / "undisturbed.db")
    assert expected.seals == 1
    assert expected.facts > 1500
    rng, kills, lives, most = random.Random("kill"), 0, 0, 0
    while kills < KILLS:
        lives += 1
        store, before = place / f"life-{lives}.db", kills
        while kills < KILLS and killed_somewhere(rng, store, place, seconds):
            kills += 1
        with started(store, place) as process:
            assert process.wait() == 0
        most = max(most, kills - before)
        assert end_of(store) == expected, f"life {lives} with {kills - before} kills"
        store.unlink()
    assert most > 3, "no life was killed often enough to prove anything"
    print(f"{kills} kills in {lives} lives")
