"""Instants, company days and half-open periods: every boundary of time is decided here."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ONE_DAY = timedelta(days=1)
_MICROSECOND = timedelta(microseconds=1)
_BUCKET_US = 15 * 60 * 1_000_000
_CACHED_BUCKETS = 65_536

_INSTANT = re.compile(
    r"\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d{1,6})?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)", re.ASCII
)
_is_instant = _INSTANT.fullmatch
_from_iso = datetime.fromisoformat
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def parse_instant(text: str) -> int:
    """Microseconds since the Unix epoch (UTC) of an RFC 3339 text; the offset (`Z` or `+08:00`) is mandatory.

    At most six decimals of a second, capital T and Z, no leap second. ValueError says which shape is expected.
    """
    if _is_instant(text) is None:
        raise ValueError(
            f"{text!r} is not an RFC 3339 instant: write it as 2026-11-01T08:00:00+08:00 or 2026-11-01T00:00:00.123Z, "
            "with an offset and at most 6 decimals"
        )
    try:
        since = _from_iso(text) - _EPOCH
    except ValueError as error:
        raise ValueError(f"{text!r} is not a point of the calendar: {error}") from error
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def instant_text(us: int) -> str:
    """RFC 3339 text in UTC of `us` microseconds since the epoch; decimals of a second only when there are any."""
    return _utc(us).replace(tzinfo=None).isoformat() + "Z"


class LocalDays:
    """The days of one time zone, as half-open stretches of UTC microseconds.

    A day starts at the first instant whose local date is that date or later, and ends where the next one starts. So
    days follow each other without gap or overlap even where a clock change removes midnight (America/Sao_Paulo
    2018-11-04), removes a whole date (Pacific/Apia 2011-12-30, an empty day) or goes back over midnight
    (America/St_Johns before 2011). ValueError when the zone is unknown.
    """

    __slots__ = ("_cached", "_clocks", "_days", "_zone_info", "zone")

    def __init__(self, zone: str) -> None:
        try:
            self._zone_info = ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError(f"unknown time zone {zone!r}: use an IANA name such as Asia/Shanghai") from error
        self.zone = zone
        self._days: dict[int, str] = {}
        self._clocks: dict[tuple[str, str], int] = {}
        self._cached = self._days.get

    def day(self, us: int) -> str:
        """The local day (`YYYY-MM-DD`) of an instant in UTC microseconds."""
        return self._cached(us // _BUCKET_US) or self._looked_up(us)

    def start_of_day_us(self, day: str) -> int:
        """The first instant of a local day, UTC microseconds; ValueError when `day` is not a date."""
        return self._kept(day, "start", lambda day, _: self._start_us(parse_day(day)))

    def end_of_day_us(self, day: str) -> int:
        """The first instant after a local day, UTC microseconds; ValueError when `day` is not a date."""
        return self._kept(day, "end", lambda day, _: self._start_us(parse_day(day) + _ONE_DAY))

    def _kept(self, day: str, what: str, find: Callable[[str, str], int]) -> int:
        found = self._clocks.get((day, what))
        if found is None:
            if len(self._clocks) >= _CACHED_BUCKETS:
                self._clocks.clear()
            found = self._clocks[day, what] = find(day, what)
        return found

    def clock_us(self, day: str, clock: str) -> int:
        """The instant at which clocks show `clock` ("HH:MM") on a local day, the earlier one when they do so twice."""
        return self._kept(day, clock, self._clock_us)

    def _clock_us(self, day: str, clock: str) -> int:
        on = parse_day(day)
        moment = datetime(on.year, on.month, on.day, int(clock[:2]), int(clock[3:]), tzinfo=self._zone_info)
        return _since_epoch_us(moment)

    def _looked_up(self, us: int) -> str:
        # A day is monotone in time: equal at both ends of a quarter hour means equal inside, whatever the offsets are.
        bucket = us // _BUCKET_US
        first, last = self._day_of(bucket * _BUCKET_US), self._day_of((bucket + 1) * _BUCKET_US - 1)
        if first != last:
            return self._day_of(us)
        if len(self._days) >= _CACHED_BUCKETS:
            self._days.clear()
        self._days[bucket] = first
        return first

    def _day_of(self, us: int) -> str:
        local_date = self._local_date(us)
        if us >= self._start_us(local_date + _ONE_DAY):
            local_date += _ONE_DAY
        return local_date.isoformat()

    def _local_date(self, us: int) -> date:
        return _utc(us).astimezone(self._zone_info).date()

    def _start_us(self, day: date) -> int:
        midnight = datetime(day.year, day.month, day.day, tzinfo=self._zone_info)
        before, after = _since_epoch_us(midnight), _since_epoch_us(midnight.replace(fold=1))
        if after >= before:
            return before
        # Midnight falls in a gap of the clock: the change happens after `after` and no later than `before`.
        while before - after > 1:
            middle = (before + after) // 2
            if self._local_date(middle) >= day:
                before = middle
            else:
                after = middle
        return before


@lru_cache(maxsize=64)
def local_days(zone: str) -> LocalDays:
    """The shared `LocalDays` of a zone, so that every caller profits from one cache."""
    return LocalDays(zone)


@dataclass(frozen=True, slots=True)
class Period:
    """A half-open stretch of time `[start_us, end_us)` that covers the days `first_day` to `last_day` of `zone`.

    `key` names it: "2026-10" month, "2026-Q4" quarter, "2026" year, "2026-W45" ISO week, "2026-11-24" day.
    """

    key: str
    start_us: int
    end_us: int
    first_day: str
    last_day: str
    zone: str

    def contains(self, us: int) -> bool:
        """Whether an instant (UTC microseconds) falls in the period."""
        return self.start_us <= us < self.end_us


@lru_cache(maxsize=8192)
def period_of(key: str, zone: str) -> Period:
    """The period named `key` in the days of `zone`; ValueError when the key names no period or the zone is unknown."""
    first, after = _bounds(key)
    last = after - _ONE_DAY
    calendar = local_days(zone)
    start_us, end_us = calendar.start_of_day_us(first.isoformat()), calendar.end_of_day_us(last.isoformat())
    return Period(key, start_us, end_us, first.isoformat(), last.isoformat(), zone)


def days(period: Period) -> tuple[str, ...]:
    """Every day of the period, ascending ISO texts."""
    first, last = date.fromisoformat(period.first_day), date.fromisoformat(period.last_day)
    return tuple((first + timedelta(days=ahead)).isoformat() for ahead in range((last - first).days + 1))


def days_in(first: str, last: str) -> int:
    """How many days there are from the first to the last, both included; ValueError when one is no day."""
    return (parse_day(last) - parse_day(first)).days + 1


def next_period(period: Period) -> Period:
    """The period of the same grain that starts where this one ends."""
    after = (date.fromisoformat(period.last_day) + _ONE_DAY).isoformat()
    return period_of(key_containing(after, grain_of(period.key)), period.zone)


def previous_period(period: Period) -> Period:
    """The period of the same grain that ends where this one starts."""
    before = (date.fromisoformat(period.first_day) - _ONE_DAY).isoformat()
    return period_of(key_containing(before, grain_of(period.key)), period.zone)


def grain_of(key: str) -> str:
    """The grain of a period key: "day", "week", "month", "quarter" or "year"; ValueError when it is none."""
    for grain, pattern in _GRAINS.items():
        if pattern.fullmatch(key):
            return grain
    raise ValueError(
        f"{key!r} names no period: write a month 2026-10, a quarter 2026-Q4, a year 2026, an ISO week 2026-W45 "
        "or a day 2026-11-24"
    )


def key_containing(day: str, grain: str) -> str:
    """The key of the period of `grain` that contains `day`: ("2026-11-24", "quarter") -> "2026-Q4"."""
    key_of = _KEYS.get(grain)
    if key_of is None:
        raise ValueError(f"unknown grain {grain!r}: use one of {', '.join(_KEYS)}")
    return key_of(parse_day(day))


def parse_day(text: str) -> date:
    """The date of a `YYYY-MM-DD` text; ValueError on any other shape and on days that the calendar lacks."""
    if _DAY.fullmatch(text) is None:
        raise ValueError(f"{text!r} is not a day: write it as 2026-11-24")
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ValueError(f"{text!r} is not a day of the calendar: {error}") from error


_GRAINS: dict[str, re.Pattern[str]] = {
    "day": _DAY,
    "week": re.compile(r"(\d{4})-W(\d\d)", re.ASCII),
    "month": re.compile(r"(\d{4})-(\d\d)", re.ASCII),
    "quarter": re.compile(r"(\d{4})-Q([1-4])", re.ASCII),
    "year": re.compile(r"\d{4}", re.ASCII),
}

_KEYS: dict[str, Callable[[date], str]] = {
    "day": date.isoformat,
    "week": lambda day: f"{day.isocalendar().year:04d}-W{day.isocalendar().week:02d}",
    "month": lambda day: f"{day.year:04d}-{day.month:02d}",
    "quarter": lambda day: f"{day.year:04d}-Q{(day.month + 2) // 3}",
    "year": lambda day: f"{day.year:04d}",
}


def _bounds(key: str) -> tuple[date, date]:
    grain = grain_of(key)
    try:
        if grain == "day":
            return parse_day(key), parse_day(key) + _ONE_DAY
        if grain == "week":
            monday = date.fromisocalendar(int(key[:4]), int(key[6:]), 1)
            return monday, monday + timedelta(days=7)
        if grain == "month":
            return _months(int(key[:4]), int(key[5:]), 1)
        if grain == "quarter":
            return _months(int(key[:4]), 3 * int(key[6]) - 2, 3)
        return _months(int(key), 1, 12)
    except (ValueError, OverflowError) as error:
        raise ValueError(f"{key!r} names no {grain} of the calendar: {error}") from error


def _months(year: int, month: int, count: int) -> tuple[date, date]:
    after = year * 12 + month - 1 + count
    return date(year, month, 1), date(after // 12, after % 12 + 1, 1)


def _utc(us: int) -> datetime:
    try:
        return _EPOCH + timedelta(microseconds=us)
    except OverflowError as error:
        raise ValueError(
            f"{us} microseconds lies outside the years 1 to 9999: check the unit of the instant"
        ) from error


def _since_epoch_us(moment: datetime) -> int:
    return (moment - _EPOCH) // _MICROSECOND
