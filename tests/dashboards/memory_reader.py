"""A second reader: plain values kept by hand, so that boards are tested without a store."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from scoring.definitions import Definitions
from scoring.kpi import KpiValue

Parts = tuple[Fraction, Fraction | None]


@dataclass(frozen=True, slots=True)
class Fresh:
    """How far the values reach."""

    watermark_us: int | None = None
    last_ingest_us: int | None = None
    batch: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Session:
    """A live session."""

    session_id: str
    shop: str
    title: str
    start_us: int
    end_us: int | None
    segments: tuple[tuple[str, int, int], ...] = ()


class MemoryReader:
    """Answers from what was put in; every put is a new version."""

    def __init__(self, definitions: Definitions) -> None:
        self.definitions = definitions
        self.fresh = Fresh()
        self.sessions: list[Session] = []
        self.samples: dict[str, list[tuple[int, int, int]]] = {}
        self.found_problems: dict[str, int] = {}
        self.values: dict[tuple[str, str, str], Parts] = {}
        self.windows: dict[tuple[str, str], Parts] = {}
        self.calls = 0
        self.looks = 0
        self.source = ""

    def put(self, kpi: str, owner: str, period: str, numerator: Fraction | int, denominator: int | None = None) -> None:
        """Set a value: an amount, or the two parts of a ratio."""
        below = None if denominator is None else Fraction(denominator)
        self.values[kpi, owner, period] = (Fraction(numerator), below)

    def advance(self, watermark_us: int, ingest_us: int, accepted: int = 1) -> None:
        """Commit a batch: the watermark moves, the version grows."""
        counts = dict(self.fresh.counts)
        counts["accepted"] = counts.get("accepted", 0) + accepted
        counts["in"] = counts.get("in", 0) + accepted
        self.fresh = Fresh(watermark_us, ingest_us, self.fresh.batch + 1, counts)

    def version(self) -> int:
        self.looks += 1
        return self.fresh.batch

    def freshness(self) -> Fresh:
        return self.fresh

    def counts(self) -> Mapping[str, int]:
        return self.fresh.counts

    def problems(self) -> Mapping[str, int]:
        return self.found_problems

    def kpi(self, kpi_id: str, owner: str, period_key: str, dimension: str | None = None) -> KpiValue:
        self.calls += 1
        return self._value(kpi_id, owner, period_key, dimension, self.values.get((kpi_id, owner, period_key)))

    def series(self, kpi_id: str, owner: str, days: Sequence[str], dimension: str | None = None) -> list[KpiValue]:
        return [self.kpi(kpi_id, owner, day, dimension) for day in days]

    def target(self, kpi_id: str, owner: str, period_key: str) -> Fraction | None:
        found = self.definitions.target(owner, kpi_id, period_key)
        return None if found is None else found.value

    def window(self, kpi_id: str, owner: str, minutes: int, dimension: str | None = None) -> KpiValue:
        return self._value(kpi_id, owner, f"last {minutes} min", dimension, self.windows.get((kpi_id, owner)))

    def live_sessions(self, limit: int) -> list[Session]:
        return sorted(self.sessions, key=lambda one: -one.start_us)[:limit]

    def live_series(self, shop: str, session_id: str) -> list[tuple[int, int, int]]:
        return self.samples.get(session_id, [])

    def _value(self, kpi_id: str, owner: str, period: str, dimension: str | None, parts: Parts | None) -> KpiValue:
        kpi = self.definitions.kpis[kpi_id]
        used = "" if owner[:2] in ("s:", "c:") else dimension or (kpi.dimensions[0] if kpi.dimensions else "")
        if parts is None:
            is_sum = kpi.denominator is None
            none = Fraction(0) if is_sum else None
            status = "ok" if is_sum else "empty"
            return KpiValue(kpi_id, owner, used, period, none, none, none, None if is_sum else 0, status)
        numerator, denominator = parts
        value = numerator if denominator is None else numerator / denominator
        sample = None if denominator is None else int(denominator)
        is_small = sample is not None and sample < kpi.min_sample
        return KpiValue(
            kpi_id, owner, used, period, value, numerator, denominator, sample, "insufficient" if is_small else "ok"
        )
