"""Service hours of a shop by the clock on the wall, and how much of a wait lies inside them (2-events.md §2.6-6)."""

from __future__ import annotations

from collections.abc import Iterable

from scoring.atoms.base import SECOND, Setting
from scoring.period import LocalDays

Piece = tuple[int, int]
"""A half-open stretch of time in microseconds."""
_MONTH = 31 * 86_400 * SECOND


class ServiceWindow:
    """Service hours as local times; the end is exclusive."""

    def __init__(self, window: tuple[str, str], days: LocalDays) -> None:
        self.days = days
        self.opens, self.closes = window

    def contains(self, at: int) -> bool:
        """Whether an instant lies inside the service hours of its local day."""
        opens, closes = self._bounds(at)
        return opens <= at < closes

    def seconds(self, pieces: Iterable[Piece]) -> int:
        """Whole seconds of all pieces together that lie inside service hours."""
        inside = 0
        for start, stop in pieces:
            at = start
            while at < stop:
                opens, closes = self._bounds(at)
                inside += max(0, min(stop, closes) - max(start, opens))
                at = self.days.end_of_day_us(self.days.day(at))
        return inside // SECOND

    def next_open(self, at: int) -> int:
        """The instant itself inside service hours, else when they begin next."""
        day = at
        while day < at + _MONTH:
            opens, closes = self._bounds(day)
            if at < closes:
                return max(at, opens)
            day = self.days.end_of_day_us(self.days.day(day))
        return at

    def _bounds(self, at: int) -> Piece:
        day = self.days.day(at)
        return self.days.clock_us(day, self.opens), self.days.clock_us(day, self.closes)


def window_of(shop: str, setting: Setting) -> ServiceWindow:
    """The service hours of a shop: its own, else those of the company."""
    own = next((one.service_window for one in setting.attribution.reference.shops if one.id == shop), None)
    return ServiceWindow(own or setting.policy.service_window, setting.attribution.days)
