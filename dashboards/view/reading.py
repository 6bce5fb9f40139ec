"""What boards read: ports that the reader of streams fills, so that no board knows a store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Protocol

from scoring.definitions import Definitions
from scoring.kpi import KpiValue


class Freshness(Protocol):
    """How far the numbers reach: instants are microseconds since the epoch, None before the first event."""

    @property
    def watermark_us(self) -> int | None:
        """Latest `occurred_at` of an accepted event."""

    @property
    def last_ingest_us(self) -> int | None:
        """When the latest batch was committed, by the machine's clock."""

    @property
    def batch(self) -> int:
        """Number of the latest batch."""

    @property
    def counts(self) -> Mapping[str, int]:
        """Lines by outcome: in, accepted, duplicates, rejected, conflicts."""


class LiveSessionView(Protocol):
    """One live session; instants are microseconds since the epoch."""

    @property
    def session_id(self) -> str:
        """Its id."""

    @property
    def shop(self) -> str:
        """Shop id."""

    @property
    def title(self) -> str:
        """Title as sent by the platform, possibly empty."""

    @property
    def start_us(self) -> int:
        """When it started."""

    @property
    def end_us(self) -> int | None:
        """When it ended; None while on air."""

    @property
    def segments(self) -> Sequence[tuple[str, int, int]]:
        """On-air segments (person id, from, until) in order of their start."""


class Reader(Protocol):
    """Consistent reads of committed numbers. All calls come from one thread, never two at once."""

    @property
    def definitions(self) -> Definitions:
        """The definitions that the numbers were computed with."""

    @property
    def source(self) -> str:
        """Where the latest numbers came from: "redis" or "store"; "" when there is no live view to choose."""

    def version(self) -> int:
        """A number that grows with every commit; cheap, asked five times a second."""

    def freshness(self) -> Freshness:
        """How far the numbers reach."""

    def counts(self) -> Mapping[str, int]:
        """Lines by outcome, for metrics."""

    def problems(self) -> Mapping[str, int]:
        """Open problems of cases by code."""

    def kpi(self, kpi_id: str, owner: str, period_key: str, dimension: str | None = None) -> KpiValue:
        """A KPI of an owner in a period; dimension None means the KPI's first."""

    def series(self, kpi_id: str, owner: str, days: Sequence[str], dimension: str | None = None) -> Sequence[KpiValue]:
        """The KPI on each of the given days (ISO texts), in their order."""

    def target(self, kpi_id: str, owner: str, period_key: str) -> Fraction | None:
        """The owner's target, or None."""

    def window(self, kpi_id: str, owner: str, minutes: int, dimension: str | None = None) -> KpiValue:
        """The KPI over the rolling minutes that end at the watermark."""

    def live_sessions(self, limit: int) -> Sequence[LiveSessionView]:
        """The latest sessions by start, newest first."""

    def live_series(self, shop: str, session_id: str) -> Sequence[tuple[int, int, int]]:
        """(instant, viewers, entries so far) of a session, ascending; one row per sample of the audience."""
