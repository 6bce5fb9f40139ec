"""The picture of a live session's audience."""

from __future__ import annotations

import json

from dashboards.boards import History, Look, see
from dashboards.texts import Voice
from dashboards.view.audience import Audience, audience
from tests.dashboards.memory_reader import Session
from tests.dashboards.month import NOW_US, month_reader

MINUTE = 60_000_000


def picture(series: list[tuple[int, int, int]], *segments: tuple[str, int, int]) -> Audience:
    """The picture of a session that starts at zero."""
    scene = see(month_reader(), Look(Voice("en"), NOW_US), History())
    return audience(scene, Session("s", "hf", "", 0, None, segments), series)


def test_the_last_sample_of_a_minute_is_drawn() -> None:
    """Samples every few seconds become one point per minute."""
    wire = json.loads(picture([(0, 10, 0), (30_000_000, 12, 4), (MINUTE, 20, 9)]).series)
    assert wire["viewers"] == [12, 20]
    assert wire["minutes"] == [0, 60]


def test_entries_are_differences_of_the_counter() -> None:
    """The bars show how many came in since the minute before, also after the platform's counter starts again."""
    wire = json.loads(picture([(0, 1, 5), (MINUTE, 1, 12), (2 * MINUTE, 1, 3)]).series)
    assert wire["entries"] == [5, 7, 3]


def test_a_host_keeps_one_colour() -> None:
    """A host's second shift has the colour of the first one."""
    series = [(at * MINUTE, 1, 1) for at in range(31)]
    bands = picture(
        series, ("e05", 0, 10 * MINUTE), ("e06", 10 * MINUTE, 20 * MINUTE), ("e05", 20 * MINUTE, 30 * MINUTE)
    ).bands
    assert [(band.name, band.band, band.x, band.width) for band in bands] == [
        ("Liu Yang", 0, 0, 200), ("Zhao Min", 1, 200, 200), ("Liu Yang", 0, 400, 200)
    ]  # fmt: skip


def test_no_sample_says_what_is_missing() -> None:
    """Without a sample there is a sentence that names the event to wait for."""
    assert "live.audience" in picture([]).empty
