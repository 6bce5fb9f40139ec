"""The list of KPI ids is the dictionary's."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.dictionary.ids import ids_of, listed_ids


def test_there_are_169() -> None:
    """The list names 169 different KPIs."""
    ids = listed_ids()
    assert len(ids) == len(set(ids)) == 169


def test_rows_are_read() -> None:
    """An id is the code in the first cell of a row; headings and other code are none."""
    page = "| id | 中文 |\n|---|---|\n| `gmv` | 销售额 | uses `rev` |\n- `other` |\n| `cs_aov` | 客单价 |\n"
    assert ids_of(page) == ["gmv", "cs_aov"]


def test_the_list_is_the_specification_s(repository: Path) -> None:
    """Where the specification lies beside the repository, the list holds exactly its ids in its order."""
    page = repository.parent / "shared" / "spec" / "3-kpis.md"
    if not page.exists():
        pytest.skip("the specification is not here; the list was taken from it")
    assert listed_ids() == ids_of(page.read_text(encoding="utf-8"))
