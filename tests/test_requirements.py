"""Every requirement has a line, and what a line names is there: files, tests and KPIs."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from dashboards.requirements_page import Requirement, read_requirements
from scoring.faults import DefinitionError
from tests.dictionary.ids import listed_ids

REPOSITORY = Path(__file__).resolve().parents[1]
TEXT = (REPOSITORY / "docs" / "requirements.toml").read_text(encoding="utf-8")
ROWS = read_requirements(TEXT, "docs/requirements.toml")


def collected(path: Path) -> set[str]:
    """The names of the test functions that pytest collects from a file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")}


def test_there_are_94() -> None:
    """R1 to R94, each once, each met, met in part, or not yet with the reason."""
    assert [row.number for row in ROWS] == list(range(1, 95))
    with pytest.raises(DefinitionError, match=r"R2: is missing"):
        read_requirements(TEXT.replace("[R2]", "[R200]"), "docs/requirements.toml")


def test_the_numbers_are_the_specification_s() -> None:
    """Where the specification lies beside the repository, it has the same numbers."""
    page = REPOSITORY.parent / "shared" / "spec" / "1-requirements.md"
    if not page.exists():
        pytest.skip("the specification is not here")
    found = {int(number) for number in re.findall(r"^(?:\| )?R(\d+)\b", page.read_text(encoding="utf-8"), re.M)}
    assert found == {row.number for row in ROWS}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"R{row.number}")
def test_what_a_line_names_is_there(row: Requirement) -> None:
    """Each test is collected from a file under tests/, each place exists, and each KPI is one of the dictionary."""
    for test in row.tests:
        file, _, name = test.partition("::")
        path = REPOSITORY / file
        assert path.is_file() and path.name.startswith("test_") and file.startswith("tests/"), test
        assert not name or name in collected(path), test
        assert name or collected(path), test
    assert [place for place in row.where if not (REPOSITORY / place).exists()] == []
    assert [kpi for kpi in row.kpis if kpi not in listed_ids()] == []
