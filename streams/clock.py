"""The wall clock, read in one place; everything that decides gets its time as an argument."""

from __future__ import annotations

import time
from typing import Protocol


class Clock(Protocol):
    """Tells the time in microseconds since the Unix epoch, UTC."""

    def now_us(self) -> int:
        """Now."""


class SystemClock:
    """The machine's clock."""

    def now_us(self) -> int:
        return time.time_ns() // 1000


class FrozenClock:
    """A clock that stands still until it is moved; for tests and replays."""

    def __init__(self, at_us: int) -> None:
        self.at_us = at_us

    def now_us(self) -> int:
        return self.at_us
