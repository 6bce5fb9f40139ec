"""How far back a view goes, and how periods fall into buckets."""

from __future__ import annotations

import pytest

from scoring.contribution import MINUTE_US
from scoring.period import parse_instant
from streams.live.spans import Horizon, Span


@pytest.mark.parametrize(
    ("latest", "first_day"),
    [
        ("2026-10-31T23:59:59Z", "2026-07-01"),
        ("2026-11-01T00:00:00Z", "2026-08-01"),
        ("2026-01-15T12:00:00Z", "2025-10-01"),
        ("2026-03-01T00:00:00Z", "2025-12-01"),
    ],
)
def test_four_months_are_kept(latest: str, first_day: str) -> None:
    """The month of the latest event and three before it, over the turn of the year."""
    horizon = Horizon.at(parse_instant(latest))
    assert horizon.first_day == first_day
    assert horizon.keeps(first_day)
    assert not horizon.keeps(f"{first_day[:5]}{int(first_day[5:7]) - 1:02}-30" if first_day[5:7] != "01" else "0")


def test_two_days_of_minutes_are_kept() -> None:
    """2,880 minutes before the one of the latest event; before there was one, everything from the epoch on."""
    horizon = Horizon.at(parse_instant("1970-01-03T00:05:30Z"))
    assert horizon.minute == 5
    assert (horizon.keeps("m:5"), horizon.keeps("m:4")) == (True, False)
    assert Horizon.at(0).minute == 0


def test_what_was_let_go_stays_away() -> None:
    """Of two horizons the later one counts, for months and for minutes."""
    assert Horizon(5, 900).merged(Horizon(7, 800)) == Horizon(7, 900)


def test_a_span_knows_its_buckets() -> None:
    """Days lie in months, minutes in hours, and neighbours over a border lie in neighbouring buckets."""
    days = Span.of("2025-12-31", "2026-01-01")
    minutes = Span.of("m:59", "m:60")
    assert days is not None
    assert minutes is not None
    assert days.last_bucket - days.first_bucket == 1
    assert (minutes.first_bucket, minutes.last_bucket) == (0, 1)
    assert days.holds("2025-12-31")
    assert not days.holds("2026-01-02")
    assert not days.holds("m:60")
    assert minutes.holds("m:60")
    assert not minutes.holds("m:600")


def test_a_span_is_kept_as_a_whole_or_not() -> None:
    """One minute or month too old makes the store answer for all of it."""
    horizon = Horizon.at(3_000 * MINUTE_US)
    assert [Span(*span).is_kept(horizon) for span in (("m", "120", "9"), ("m", "119", "900"))] == [True, False]
    late = Horizon.at(parse_instant("2026-10-05T00:00:00Z"))
    ends = ("2026-07-01", "2026-06-30")
    assert [Span("d", end, "2026-10-01").is_kept(late) for end in ends] == [True, False]
