"""Periods: days of 23 and 25 hours, days without midnight, keys, neighbours and instants."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.period import (
    LocalDays,
    days,
    grain_of,
    instant_text,
    key_containing,
    local_days,
    next_period,
    parse_day,
    parse_instant,
    period_of,
    previous_period,
)

HOUR_US = 3_600_000_000
ZONES = [
    "Asia/Shanghai",
    "UTC",
    "Europe/London",
    "America/New_York",
    "America/Sao_Paulo",
    "America/St_Johns",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Africa/Monrovia",
]
instants_us = st.integers(min_value=-2_000_000_000_000_000, max_value=4_000_000_000_000_000)


def hours(zone: str, day: str) -> int:
    """The length of a local day in whole hours."""
    calendar = local_days(zone)
    length_us = calendar.end_of_day_us(day) - calendar.start_of_day_us(day)
    assert length_us % HOUR_US == 0
    return length_us // HOUR_US


@pytest.mark.parametrize(
    ("zone", "day", "length"),
    [
        ("Europe/London", "2026-03-29", 23),
        ("Europe/London", "2026-10-25", 25),
        ("Europe/London", "2026-10-26", 24),
        ("America/New_York", "2026-03-08", 23),
        ("America/New_York", "2026-11-01", 25),
        ("America/Sao_Paulo", "2018-11-04", 23),
        ("Pacific/Apia", "2011-12-30", 0),
        ("Asia/Shanghai", "2026-11-11", 24),
    ],
)
def test_days_have_the_hours_of_their_clock(zone: str, day: str, length: int) -> None:
    """Clock changes give days of 23 and 25 hours, and a date that a zone skipped has none."""
    assert hours(zone, day) == length


def test_a_day_without_midnight_starts_at_its_first_instant() -> None:
    """Sao Paulo's 2018-11-04 has no 00:00; it starts at 01:00 local, 03:00 UTC, and the instant before is the 3rd."""
    calendar = local_days("America/Sao_Paulo")
    start = calendar.start_of_day_us("2018-11-04")
    assert instant_text(start) == "2018-11-04T03:00:00Z"
    assert (calendar.day(start), calendar.day(start - 1)) == ("2018-11-04", "2018-11-03")


def test_a_gap_around_midnight_starts_the_day_where_the_clock_lands() -> None:
    """Toronto 1919 went from 23:30 to 00:30: the day starts at that instant, not half an hour later."""
    start = local_days("America/Toronto").start_of_day_us("1919-03-31")
    assert instant_text(start) == "1919-03-31T04:30:00Z"


def test_a_clock_that_goes_back_over_midnight_does_not_return_to_yesterday() -> None:
    """In St. John's 2010 one minute after midnight became 23:01: the day that had begun goes on."""
    calendar = local_days("America/St_Johns")
    start = calendar.start_of_day_us("2010-11-07")
    repeated = start + 30 * 60 * 1_000_000
    assert datetime.fromisoformat(instant_text(repeated)).astimezone(ZoneInfo("America/St_Johns")).day == 6
    assert calendar.day(repeated) == "2010-11-07"
    assert hours("America/St_Johns", "2010-11-07") == 25


@given(instants_us, st.sampled_from(ZONES))
def test_every_instant_lies_in_its_day(us: int, zone: str) -> None:
    """An instant lies between the start and the end of the day that it is given."""
    calendar = local_days(zone)
    day = calendar.day(us)
    assert calendar.start_of_day_us(day) <= us < calendar.end_of_day_us(day)


@given(instants_us, st.sampled_from(["Asia/Shanghai", "Europe/London", "America/New_York", "Asia/Kathmandu"]))
def test_days_agree_with_the_calendar_of_the_zone(us: int, zone: str) -> None:
    """Where the clock never goes back over midnight, the day is simply the local date."""
    local = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=us)).astimezone(ZoneInfo(zone))
    assert local_days(zone).day(us) == local.date().isoformat()


@given(st.dates(min_value=date(1950, 1, 1), max_value=date(2090, 1, 1)), st.sampled_from(ZONES))
def test_days_follow_each_other_without_gap(day: date, zone: str) -> None:
    """A day ends exactly where the next one starts."""
    calendar = local_days(zone)
    assert calendar.end_of_day_us(day.isoformat()) == calendar.start_of_day_us((day + timedelta(days=1)).isoformat())


@given(st.lists(instants_us, max_size=30), st.sampled_from(ZONES))
def test_the_cache_changes_no_answer(instants: list[int], zone: str) -> None:
    """A calendar that has seen other instants answers like a fresh one."""
    warm = local_days(zone)
    assert [warm.day(us) for us in instants] == [LocalDays(zone).day(us) for us in instants]


def test_an_unknown_zone_is_refused() -> None:
    """A zone that does not exist, or a path, is an error that says what to write."""
    for zone in ("Asia/Peking", "../etc/passwd", ""):
        with pytest.raises(ValueError, match="use an IANA name such as Asia/Shanghai"):
            LocalDays(zone)


@pytest.mark.parametrize(
    ("key", "grain", "first_day", "last_day", "following", "preceding"),
    [
        ("2026-10", "month", "2026-10-01", "2026-10-31", "2026-11", "2026-09"),
        ("2026-12", "month", "2026-12-01", "2026-12-31", "2027-01", "2026-11"),
        ("2024-02", "month", "2024-02-01", "2024-02-29", "2024-03", "2024-01"),
        ("2026-Q4", "quarter", "2026-10-01", "2026-12-31", "2027-Q1", "2026-Q3"),
        ("2026", "year", "2026-01-01", "2026-12-31", "2027", "2025"),
        ("2026-W45", "week", "2026-11-02", "2026-11-08", "2026-W46", "2026-W44"),
        ("2026-W53", "week", "2026-12-28", "2027-01-03", "2027-W01", "2026-W52"),
        ("2026-11-24", "day", "2026-11-24", "2026-11-24", "2026-11-25", "2026-11-23"),
    ],
)
def test_keys_name_periods(key: str, grain: str, first_day: str, last_day: str, following: str, preceding: str) -> None:
    """Each kind of key gives its days and its neighbours, which share their boundaries with it."""
    period = period_of(key, "Europe/London")
    assert grain_of(key) == grain
    assert (period.first_day, period.last_day) == (first_day, last_day)
    after, before = next_period(period), previous_period(period)
    assert (after.key, before.key) == (following, preceding)
    assert after.start_us == period.end_us
    assert before.end_us == period.start_us
    assert key_containing(first_day, grain) == key_containing(last_day, grain) == key


@pytest.mark.parametrize(
    "key",
    ["2026-13", "2026-00", "2026-Q5", "2025-W53", "2026-W00", "2026-02-30", "26", "2026-1", "２０２６", "0000"],
)
def test_keys_of_no_period_are_refused(key: str) -> None:
    """A key outside the calendar, or of another shape, is an error."""
    with pytest.raises(ValueError, match=r"names no|is not a day"):
        period_of(key, "Asia/Shanghai")


def test_a_month_with_a_clock_change_is_an_hour_longer() -> None:
    """London's October 2026 has 31 days and one more hour, and each of its instants once."""
    period = period_of("2026-10", "Europe/London")
    assert period.end_us - period.start_us == (31 * 24 + 1) * HOUR_US
    assert len(days(period)) == 31
    assert period.contains(period.start_us)
    assert not period.contains(period.end_us)


def test_days_of_a_period_are_listed_in_order() -> None:
    """A week lists its seven days, ascending."""
    assert days(period_of("2027-W01", "UTC")) == tuple(f"2027-01-{day:02d}" for day in range(4, 11))


def test_an_unknown_grain_is_refused() -> None:
    """A grain that no key has is an error that lists the known ones."""
    with pytest.raises(ValueError, match="use one of day, week, month, quarter, year"):
        key_containing("2026-11-24", "decade")


@pytest.mark.parametrize(
    ("text", "us"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01T08:00:00+08:00", 0),
        ("1970-01-01T00:00:00.000001Z", 1),
        ("1970-01-01T00:00:00.5Z", 500_000),
        ("1969-12-31T23:59:59.999999Z", -1),
        ("2026-11-24T00:00:00-05:30", 1_795_498_200_000_000),
        ("2024-02-29T12:00:00-00:00", 1_709_208_000_000_000),
    ],
)
def test_instants_parse_to_microseconds(text: str, us: int) -> None:
    """Every RFC 3339 shape with an offset gives its exact microsecond."""
    assert parse_instant(text) == us


@pytest.mark.parametrize(
    "text",
    [
        "", "2026-11-01", "2026-11-01T08:00:00", "2026-11-01 08:00:00Z", "2026-11-01T08:00:00z", "20261101T080000Z",
        "2026-11-01T08:00Z", "2026-11-01T08:00:00.1234567Z", "2026-11-01T08:00:00.Z", "2026-11-01T08:00:00+0800",
        "2026-11-01T08:00:00+24:00", "2026-11-01T24:00:00Z", "2026-11-01T08:00:60Z", "２026-11-01T08:00:00Z",
        "2026-11-01T08:00:00Z\n", "2026-W45-1T08:00:00Z", " 2026-11-01T08:00:00Z", "1790809200",
    ],
)  # fmt: skip
def test_other_instants_are_refused(text: str) -> None:
    """A missing offset, seven decimals, a leap second and every other shape is refused with what to write."""
    with pytest.raises(ValueError, match="is not an RFC 3339 instant: write it as"):
        parse_instant(text)


def test_instants_outside_the_calendar_are_refused() -> None:
    """The 30th of February has the right shape and is refused all the same."""
    with pytest.raises(ValueError, match="is not a point of the calendar"):
        parse_instant("2026-02-30T00:00:00Z")
    with pytest.raises(ValueError, match="outside the years 1 to 9999"):
        instant_text(10**18)


@given(instants_us)
def test_instants_read_back(us: int) -> None:
    """The text of an instant parses to the instant."""
    assert parse_instant(instant_text(us)) == us


def test_days_are_dates() -> None:
    """A day is a date of the calendar in one shape."""
    assert parse_day("2024-02-29") == date(2024, 2, 29)
    for text in ("2023-02-29", "2024-2-9", "20240229", "2024-02-29T00:00"):
        with pytest.raises(ValueError, match="is not a day"):
            parse_day(text)
