"""The items of reviews are those of the catalogue, and the rubric covers every score."""

from __future__ import annotations

import pytest

from scoring.definitions import read_definitions
from scoring.reviewing import FEWEST, ITEMS, RUBRIC, level
from tests.scenarios.shop import shop_texts


def test_every_item_is_a_kpi_of_the_same_name() -> None:
    """The 13 items of 3-kpis.md §3.8 are KPIs, whose labels begin with the item's name in both languages."""
    kpis = {name: kpi for name, kpi in read_definitions(shop_texts()).kpis.items() if name.startswith("review_")}
    assert kpis.keys() == ITEMS.keys()
    assert len(ITEMS) == 13
    for name, item in ITEMS.items():
        assert kpis[name].name.zh == item.name.zh
        assert kpis[name].name.en == f"{item.name.en} (review)"


def test_weights() -> None:
    """Every item asks the manager; weights sum to 100, and to 120 where a survey comes on top."""
    for name, item in ITEMS.items():
        assert item.weights["manager"] > 0
        assert sum(item.weights.values()) == (120 if name == "review_team_management" else 100)
        assert item.fewest == FEWEST == {"peer": 3, "report": 3}


@pytest.mark.parametrize(("score", "lowest"), [(0, 0), (19, 0), (20, 20), (59, 40), (60, 60), (80, 80), (100, 80)])
def test_levels(score: int, lowest: int) -> None:
    """A level begins at its lowest score; 0 and 100 are in the first and the last."""
    assert level(score) == dict(RUBRIC)[lowest]
