"""How far back a live view goes, and how periods are put into buckets that age as a whole."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from scoring.contribution import MINUTE_PREFIX, MINUTE_US
from streams.pipeline import KEPT_MINUTES

KEPT_MONTHS = 4
"""The month of the latest event and those before it; boards look back at most a quarter."""
BUCKETS_AT_MOST = 72
DAY, MINUTE = "d", "m"
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_HOUR_MINUTES = 60


@dataclass(frozen=True, slots=True)
class Horizon:
    """The oldest that is kept: `month` counts months from year 0, `minute` minutes since the epoch."""

    month: int
    minute: int

    @classmethod
    def at(cls, watermark_us: int) -> Horizon:
        """What to keep when the latest event is of this instant."""
        latest = _EPOCH + timedelta(microseconds=watermark_us)
        month = latest.year * 12 + latest.month - 1
        return cls(month - KEPT_MONTHS + 1, max(watermark_us // MINUTE_US - KEPT_MINUTES, 0))

    @property
    def first_day(self) -> str:
        """The first day of the oldest month."""
        return f"{self.month // 12:04}-{self.month % 12 + 1:02}-01"

    @property
    def hour(self) -> int:
        """The hour since the epoch in which the oldest minute lies."""
        return self.minute // _HOUR_MINUTES

    def merged(self, other: Horizon) -> Horizon:
        """The later of both: what was let go does not come back."""
        return Horizon(max(self.month, other.month), max(self.minute, other.minute))

    def keeps(self, period: str) -> bool:
        """Whether a period is among those that are kept."""
        kind, at = when(period)
        return bucket(kind, at) >= self.month if kind == DAY else int(at) >= self.minute


@dataclass(frozen=True, slots=True)
class Span:
    """Periods of one kind from `first` to `last`, as they stand in a view, and the buckets that they lie in."""

    kind: str
    first: str
    last: str

    @classmethod
    def of(cls, first: str, last: str) -> Span | None:
        """From two periods of cells; None when they are no days or minutes, or too far from each other to be kept."""
        for prefix in ("", MINUTE_PREFIX):
            ends = [period.removeprefix(prefix) for period in (first, last) if period.startswith(prefix)]
            if len(ends) == 2 and all(end.isdigit() if prefix else _DAY.fullmatch(end) for end in ends):
                span = cls(MINUTE if prefix else DAY, *ends)
                return span if span.last_bucket - span.first_bucket < BUCKETS_AT_MOST else None
        return None

    @property
    def first_bucket(self) -> int:
        """The bucket of the first period."""
        return bucket(self.kind, self.first)

    @property
    def last_bucket(self) -> int:
        """The bucket of the last period."""
        return bucket(self.kind, self.last)

    def is_kept(self, horizon: Horizon) -> bool:
        """Whether a view with this horizon has every row of the span."""
        return self.first_bucket >= horizon.month if self.kind == DAY else int(self.first) >= horizon.minute

    def holds(self, period: str) -> bool:
        """Whether a period of cells lies in the span."""
        kind, at = when(period)
        if kind != self.kind:
            return False
        return self.first <= at <= self.last if kind == DAY else int(self.first) <= int(at) <= int(self.last)


def when(period: str) -> tuple[str, str]:
    """A period of cells as kind and text: a day as it is, a minute without its prefix."""
    if period.startswith(MINUTE_PREFIX):
        return MINUTE, period[len(MINUTE_PREFIX) :]
    return DAY, period


def bucket(kind: str, at: str) -> int:
    """The month of a day, or the hour of a minute, as a number that grows with time."""
    return int(at[:4]) * 12 + int(at[5:7]) - 1 if kind == DAY else int(at) // _HOUR_MINUTES
