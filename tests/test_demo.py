"""The demo from outside: a small month is played, closed and paid, and twice gives the same to the last digit."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from dashboards.renderers import RENDERERS, pdf_problem
from tests.conftest import REPOSITORY

# The smallest month found in which everybody has enough to be scored; below, the close asks for people's decisions.
SCALE = "1/15"
PEOPLE = 18
TIMEOUT = 300


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """The summaries of two demos in processes and homes of their own, at the same time."""
    folder = tmp_path_factory.mktemp("demos")
    environment = {name: value for name, value in os.environ.items() if name != "SCORELINE_HOME"}
    words = [sys.executable, "-m", "dashboards", "demo", "--json", "--scale", SCALE, "--out"]
    running = [
        subprocess.Popen(
            [*words, folder / name],
            cwd=REPOSITORY,
            env=environment | {"PYTHONHASHSEED": seed},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for name, seed in (("one", "1"), ("two", "2"))
    ]
    found = []
    for process in running:
        try:
            out, err = process.communicate(timeout=TIMEOUT)
        finally:
            process.kill()
        assert process.returncode == 0, err
        found.append(json.loads(out))
    return found


def test_the_summary(runs: list[dict[str, Any]]) -> None:
    """It names the period, the people, what became of every event, the digest, what was paid and where things are."""
    for summary in runs:
        assert {"period", "people", "events", "digest", "total_paid", "paths", "statement_files", "seconds"} == set(
            summary
        )
        assert (summary["period"], summary["people"]) == ("2026-10", PEOPLE)
        events = summary["events"]
        parts = ("accepted", "duplicates", "rejected", "conflicts")
        assert sum(events[part] for part in parts) == events["in"] > 10_000
        assert sum(events["rejected_by_reason"].values()) == events["rejected"] > 0
        assert events["duplicates"] > 0
        assert len(summary["digest"]) == 64
        assert summary["total_paid"].endswith(" CNY")
        assert all(Path(path).exists() for path in summary["paths"].values())


def test_twice_gives_the_same(runs: list[dict[str, Any]]) -> None:
    """Digest, total and counts are equal, whatever Python's hash seed."""
    one, two = ({key: run[key] for key in ("digest", "total_paid", "events", "people")} for run in runs)
    assert one == two


def test_a_statement_for_everybody(runs: list[dict[str, Any]]) -> None:
    """Each of the 18 people has a file in each format; the totals of the JSON files add up to what was paid."""
    kinds = [kind for kind in RENDERERS if kind != "pdf" or pdf_problem() is None]
    folder = Path(runs[0]["paths"]["statements"])
    files = sorted(path.name for path in folder.iterdir())
    assert len(files) == runs[0]["statement_files"] == PEOPLE * len(kinds)
    people = {name.rsplit(".", 1)[0] for name in files}
    assert set(files) == {f"{person}{RENDERERS[kind].suffix}" for person in people for kind in kinds}
    papers = [json.loads(path.read_bytes()) for path in folder.glob("*.json")]
    assert {paper["digest"] for paper in papers} == {runs[0]["digest"]}
    assert {paper["run"]["status"] for paper in papers} == {"sealed"}
    cents = sum(int(paper["total"].replace(".", "")) for paper in papers)
    assert f"{cents // 100}.{cents % 100:02} CNY" == runs[0]["total_paid"]


def test_both_homes_have_the_same_papers(runs: list[dict[str, Any]]) -> None:
    """Every text, JSON, CSV and XLSX file is equal byte by byte."""
    one, two = (Path(run["paths"]["statements"]) for run in runs)
    names = [path.name for path in one.iterdir() if path.suffix != ".pdf"]
    assert len(names) == PEOPLE * 4
    assert [name for name in names if (one / name).read_bytes() != (two / name).read_bytes()] == []
