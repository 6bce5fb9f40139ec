"""What the strip at the top says about the age and the origin of the numbers."""

from __future__ import annotations

import pytest

from dashboards.boards import History, Look, see
from dashboards.texts import Voice
from dashboards.view.freshness import Fresh, fresh
from tests.dashboards.company import company
from tests.dashboards.memory_reader import Fresh as Reached
from tests.dashboards.memory_reader import MemoryReader
from tests.dashboards.month import NOW_US


def strip(source: str, lang: str = "en", reached: Reached | None = None) -> Fresh:
    """The strip over a reader whose numbers come from there."""
    reader = MemoryReader(company())
    reader.source, reader.fresh = source, reached or Reached(NOW_US, NOW_US, 1)
    part = fresh(see(reader, Look(Voice(lang), NOW_US), History()))
    assert isinstance(part.model, Fresh)
    return part.model


@pytest.mark.parametrize(
    ("lang", "text"),
    [("en", "live view away, reading the store"), ("zh", "实时视图不可用，正在读取数据库")],
)
def test_a_live_view_that_is_away_is_told(lang: str, text: str) -> None:
    """In both languages, while the state stays what the age of the numbers says: they are not stale for that."""
    assert (strip("store", lang).notice, strip("store", lang).state) == (text, "live")


@pytest.mark.parametrize("source", ["", "redis"])
def test_nothing_is_told_else(source: str) -> None:
    """Neither where no live view is set up nor where it is read."""
    assert strip(source).notice == ""


def test_before_the_first_event_there_is_nothing_to_tell() -> None:
    """A board without numbers says only that."""
    empty = strip("store", reached=Reached())
    assert (empty.state, empty.notice) == ("empty", "")
