"""The page of docs/ that says where each requirement is met and which test shows it."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from scoring.definitions.table import Table
from scoring.faults import DefinitionError, Fault

STATES = ("done", "partly", "not yet")
NUMBERS = range(1, 95)


@dataclass(frozen=True, slots=True)
class Requirement:
    """One line of the specification's list; `tests` are "<file>" or "<file>::<test>"."""

    number: int
    title: str
    state: str
    where: tuple[str, ...]
    tests: tuple[str, ...]
    kpis: tuple[str, ...]
    missing: str


def read_requirements(text: str, file: str) -> tuple[Requirement, ...]:
    """R1 to R94 in order; DefinitionError lists what is missing or wrong."""
    faults: list[Fault] = []
    root = Table(file, "", tomllib.loads(text), faults)
    found = tuple(_requirement(number, root) for number in NUMBERS)
    root.finish()
    if faults:
        raise DefinitionError(tuple(faults))
    return found


def _requirement(number: int, root: Table) -> Requirement:
    table = root.table(f"R{number}")
    if table is None:
        root.fault(f"R{number}", "is missing; every requirement has a line")
        table = Table(root.file, f"R{number}", {}, [])
    row = Requirement(
        number=number,
        title=table.text("title"),
        state=table.choice("state", STATES),
        where=table.texts("where"),
        tests=table.texts("tests"),
        kpis=table.texts("kpis"),
        missing=table.text("missing", ""),
    )
    if (row.state == "done") == bool(row.missing):
        table.fault("missing", "stands where a requirement is met partly or not yet, and only there")
    if row.state != "not yet" and not (row.tests and row.where):
        table.fault("tests", "is missing; name where it is and what shows it, or say that it is not there yet")
    table.finish()
    return row


def requirements_page(folder: Path, notice: str) -> str:
    """docs/requirements.md from docs/requirements.toml."""
    rows = read_requirements((folder / "requirements.toml").read_text("utf-8"), "docs/requirements.toml")
    counts = Counter(row.state for row in rows)
    head = [
        f"# Requirements\n\n{notice}\n",
        f"Of the {len(rows)} requirements of the specification {counts['done']} are met, {counts['partly']} in part",
        f"and {counts['not yet']} not yet. The lines come from `docs/requirements.toml`; a test checks that every",
        "test, file and KPI named here exists.\n",
        "| | requirement | state | where | shown by | what is missing |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    return "\n".join([*head, *(_row(row) for row in rows), ""])


def _row(row: Requirement) -> str:
    where = "<br>".join([*(f"`{place}`" for place in row.where), *_kpis(row)])
    tests = "<br>".join(f"`{test}`" for test in row.tests)
    return f"| R{row.number} | {row.title} | {row.state} | {where} | {tests} | {row.missing} |"


def _kpis(row: Requirement) -> Iterator[str]:
    for kpi in row.kpis:
        yield f"[`{kpi}`](kpis/{kpi}.md)"


__all__ = ["Requirement", "read_requirements", "requirements_page"]
