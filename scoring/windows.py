"""Windows: which days a formula means by `name@window`, given the days of the question."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

from scoring.period import grain_of, key_containing, parse_day, period_of

Span = tuple[str, str]
"""First and last local day, both included; the first after the last is an empty span."""

BEGINNING = "0001-01-01"
_ONE_DAY = timedelta(days=1)
_TRAILING = re.compile(r"trailing([1-9][0-9]{0,3})", re.ASCII)


def window_fault(window: str) -> str | None:
    """What is wrong with the name of a window; None when it is one."""
    if window in _WINDOWS or _TRAILING.fullmatch(window):
        return None
    return f"{window!r} is no window; known: {', '.join(_WINDOWS)}, trailing<days> such as trailing90"


def span_of(window: str, first_day: str, last_day: str) -> Span:
    """The days that a window means for the days `first_day` to `last_day`.

    previous: the calendar period of the same grain before, when the days are a whole period; else as many days before.
    yearago: the same days one year earlier. asof: everything up to the last day. opening: everything before the first.
    beforeyearago: everything before the days of yearago. trailing90: the 90 days that end with the last.
    ValueError when there is no such window.
    """
    trailing = _TRAILING.fullmatch(window)
    if trailing:
        days = int(trailing[1])
        return (parse_day(last_day) - timedelta(days=days - 1)).isoformat(), last_day
    read = _WINDOWS.get(window)
    if read is None:
        raise ValueError(window_fault(window))
    return read(parse_day(first_day), parse_day(last_day))


def _previous(first: date, last: date) -> Span:
    before = first - _ONE_DAY
    for grain in ("month", "quarter", "year", "week", "day"):
        whole = period_of(key_containing(first.isoformat(), grain), "UTC")
        if (whole.first_day, whole.last_day) == (first.isoformat(), last.isoformat()):
            earlier = period_of(key_containing(before.isoformat(), grain_of(whole.key)), "UTC")
            return earlier.first_day, earlier.last_day
    return (before - (last - first)).isoformat(), before.isoformat()


def _year_ago(first: date, last: date) -> Span:
    return _a_year_before(first).isoformat(), _a_year_before(last).isoformat()


def _a_year_before(day: date) -> date:
    # 29 February has no counterpart: the last day of its month stands for it, and for the last day of a February.
    is_last = (day + _ONE_DAY).month != day.month
    if day.month == 2 and is_last:
        return date(day.year - 1, 3, 1) - _ONE_DAY
    return day.replace(year=day.year - 1)


_WINDOWS: dict[str, Callable[[date, date], Span]] = {
    "previous": _previous,
    "yearago": _year_ago,
    "asof": lambda first, last: (BEGINNING, last.isoformat()),
    "opening": lambda first, last: (BEGINNING, (first - _ONE_DAY).isoformat()),
    "beforeyearago": lambda first, last: (BEGINNING, (_a_year_before(first) - _ONE_DAY).isoformat()),
}
