"""`scoreline demo`: a small month twice from nothing gives the same digest, and a paper for everybody."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from dashboards.renderers import pdf_problem
from streams.folder import load_definitions
from tests.conftest import absent
from tests.dashboards.cli.shell import Shell, process

SCALE = "1/40"
SUFFIXES = ("txt", "json", "csv", "xlsx", "pdf")


@dataclass(frozen=True, slots=True)
class Demo:
    """Where two demos of the same month were made, and what each printed."""

    folder: Path
    first: dict[str, Any]
    second: dict[str, Any]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """The demo in a process of its own, twice into the same folder."""
    if pdf_problem():
        absent(str(pdf_problem()))
    folder = tmp_path_factory.mktemp("demo") / "out"
    first, second = (process("demo", "--json", "--scale", SCALE, "--out", folder).json() for _ in range(2))
    yield Demo(folder, first, second)


def test_the_same_digest_again(demo: Demo) -> None:
    """Two plays of a seeded month differ in nothing but the seconds they took."""
    first, second = ({**summary, "seconds": 0} for summary in (demo.first, demo.second))
    assert first == second
    assert len(first["digest"]) == 64


def test_the_summary_names_everything(demo: Demo) -> None:
    """Period, people, events by outcome, digest, total and paths; no event is lost between the lines."""
    summary, events = demo.first, demo.first["events"]
    people = load_definitions(demo.folder / "definitions").reference.people
    assert (summary["period"], summary["people"]) == ("2026-10", len(people))
    outcomes = ("accepted", "duplicates", "rejected", "conflicts")
    lines = (demo.folder / "events.jsonl").read_bytes().count(b"\n")
    assert events["in"] == lines == sum(events[outcome] for outcome in outcomes)
    assert min(events["accepted"], events["duplicates"], events["rejected"]) > 0
    assert sum(events["rejected_by_reason"].values()) == events["rejected"]
    assert {name: Path(path).exists() for name, path in summary["paths"].items()} == dict.fromkeys(
        ("home", "events", "store", "statements"), True
    )


def test_a_paper_for_everybody_in_every_format(demo: Demo) -> None:
    """Each person with a plan has five files for each position, and all papers add up to the total of the summary."""
    people = load_definitions(demo.folder / "definitions").reference.people
    held = {
        person.id: sum(1 for row in person.positions if row.plan and row.from_day < "2026-11-01") for person in people
    }
    assert sum(1 for count in held.values() if count) >= 14
    files = [path for path in (demo.folder / "statements").iterdir() if path.stat().st_size]
    found = {(path.name[8:11], path.suffix[1:]): 0 for path in files}
    for path in files:
        found[path.name[8:11], path.suffix[1:]] += 1
    assert found == {(person, suffix): count for person, count in held.items() if count for suffix in SUFFIXES}
    assert demo.first["statement_files"] == len(files)
    papers = [json.loads(path.read_bytes()) for path in (demo.folder / "statements").glob("*.json")]
    assert {paper["digest"] for paper in papers} == {demo.first["digest"]}
    assert f"{sum(Decimal(paper['total']) for paper in papers)} CNY" == demo.first["total_paid"]


def test_what_the_demo_closed_verifies(demo: Demo) -> None:
    """`scoreline verify` on the demo's home finds the digest and the recount in agreement."""
    row = Shell(demo.folder).json("verify", "--period", "2026-10")
    assert (row["state"], row["digest"]) == ("sealed", demo.first["digest"])
    assert (row["body_matches"], row["recount_differences"]) == (True, [])


@pytest.mark.parametrize("scale", ["abc", "0", "-1", "1/0"])
def test_a_wrong_scale(tmp_path: Path, scale: str) -> None:
    """A scale that is no number above 0 is wrong use, said before anything is made."""
    ended = Shell(tmp_path).run("demo", "--once", f"--scale={scale}", "--out", tmp_path / "out")
    assert ended.code == 2
    assert f"--scale {scale}" in ended.err.replace("'", "")
    assert "such as 1 or 1/10" in ended.err
    assert not (tmp_path / "out").exists()
