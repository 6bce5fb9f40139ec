"""Reads KPIs, targets, sessions and the state of intake from a store; boards, exports and closes share it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce

import msgspec

from scoring.atoms.room import Room, read_room
from scoring.attribution import Attribution
from scoring.contribution import MINUTE_PREFIX, MINUTE_US
from scoring.definitions import Definitions
from scoring.events.base import Event, case_key, split_key
from scoring.events.live import LiveAudience, LiveCounters
from scoring.kpi import Evaluator, KpiValue, Question
from scoring.measures import Rows
from scoring.period import LocalDays, period_of
from streams.codec import Codec
from streams.live.numbers import Numbers, StoreNumbers
from streams.stores.base import OtherDefinitions, Progress, Store

_decode = msgspec.msgpack.Decoder().decode


@dataclass(frozen=True, slots=True)
class Freshness:
    """How far the store is: event time, wall time of the last batch, batch number and running totals."""

    watermark_us: int | None
    last_ingest_us: int | None
    batch: int
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class LiveSessionView:
    """A livestream session for boards; `end_us` None while it is on air, segments are (person, on, off)."""

    session_id: str
    shop: str
    title: str
    start_us: int
    end_us: int | None
    segments: tuple[tuple[str, int, int], ...]


class Reader:
    """Answers questions about one store under one set of definitions; `numbers` may give its cells faster."""

    def __init__(self, store: Store, definitions: Definitions, numbers: Numbers | None = None) -> None:
        self.store = store
        self.definitions = definitions
        self._numbers = numbers or StoreNumbers(store)
        self.days = LocalDays(definitions.reference.company.zone)
        self._program = definitions.program_fingerprint()
        self._codec = Codec()
        self._attribution = Attribution(definitions.reference, self.days)
        currency = definitions.reference.company.currency
        self._evaluator = Evaluator(definitions.kpis, definitions.measures, currency)

    def version(self) -> int:
        """A number that grows with every batch of every shard; equal numbers mean equal answers.

        OtherDefinitions when the cells were recomputed with other definitions than this reader has.
        """
        if self.store.settings().get("program") not in (None, self._program):
            raise OtherDefinitions("the cells were recomputed with other definitions; start again to read them")
        return sum(progress.batch for progress in self._numbers.shards().values())

    @property
    def source(self) -> str:
        """Where the latest numbers came from: "redis" or "store", or "" when there is no live view."""
        return self._numbers.source

    def freshness(self) -> Freshness:
        """How far the numbers are."""
        progress = reduce(Progress.plus, self._numbers.shards().values(), Progress())
        counts = progress.counts
        return Freshness(
            progress.watermark_us or None,
            progress.ingested_us or None,
            progress.batch,
            {
                "in": counts.seen,
                "accepted": counts.accepted,
                "duplicates": counts.duplicates,
                "rejected": counts.rejected,
                "conflicts": counts.conflicts,
            },
        )

    def kpi(self, kpi_id: str, owner: str, period_key: str, dimension: str | None = None) -> KpiValue:
        """A KPI of an owner in a period; KeyError when the KPI is not defined."""
        period = period_of(period_key, self.days.zone)
        return self._value(kpi_id, owner, period_key, (period.first_day, period.last_day), dimension)

    def between(
        self, kpi_id: str, owner: str, days: tuple[str, str], period_key: str, dimension: str | None = None
    ) -> KpiValue:
        """A KPI over the local days from the first to the last, with the targets of `period_key`."""
        return self._value(kpi_id, owner, period_key, days, dimension)

    def window(self, kpi_id: str, owner: str, minutes: int, dimension: str | None = None) -> KpiValue:
        """A KPI over the last minutes before the watermark; only measures that are `rolling` have minute cells."""
        now = (self.freshness().watermark_us or 0) // MINUTE_US
        span = (f"{MINUTE_PREFIX}{now - minutes + 1}", f"{MINUTE_PREFIX}{now}")
        return self._value(kpi_id, owner, f"last {minutes} min", span, dimension)

    def series(self, kpi_id: str, owner: str, days: Sequence[str], dimension: str | None = None) -> list[KpiValue]:
        """A KPI day by day."""
        if not days:
            return []
        kpi = self.definitions.kpis[kpi_id]
        used = self._evaluator.dimension(kpi, owner, dimension)
        cache: dict[tuple[str, str, str], dict[str, list[tuple[str, str, int]]]] = {}

        def rows_of(who: str, where: str, measure: str, first: str, last: str) -> Rows:
            key, day = (who, where, measure), first
            if first != last or not min(days) <= day <= max(days):
                return self._numbers.cells(who, where, measure, first, last)
            if key not in cache:
                by_day: dict[str, list[tuple[str, str, int]]] = {}
                for row in self._numbers.cells(who, where, measure, min(days), max(days)):
                    by_day.setdefault(row[0], []).append(row)
                cache[key] = by_day
            return cache[key].get(day, [])

        return [
            self._evaluator.evaluate(
                kpi,
                Question(owner, used, day, day, day),
                rows_of,
                lambda target, day=day: self.target(target, owner, day),  # type: ignore[misc]
            )
            for day in days
        ]

    def target(self, kpi_id: str, owner: str, period_key: str) -> Fraction | None:
        """The owner's target, in the KPI's natural unit."""
        target = self.definitions.target(owner, kpi_id, period_key)
        return None if target is None else target.value

    def _value(
        self, kpi_id: str, owner: str, period_key: str, span: tuple[str, str], dimension: str | None
    ) -> KpiValue:
        kpi = self.definitions.kpis[kpi_id]
        used = self._evaluator.dimension(kpi, owner, dimension)
        first, last = span

        question = Question(owner, used, period_key, first, last)
        return self._evaluator.evaluate(
            kpi, question, self._numbers.cells, lambda name: self.target(name, owner, period_key)
        )

    def counts(self) -> Mapping[str, int]:
        """in = accepted + duplicates + rejected + conflicts."""
        return self.freshness().counts

    def problems(self) -> dict[str, int]:
        """Open problems of cases, by code, and open conflicts."""
        found: dict[str, int] = {}
        for row in self.store.problems():
            found[row.code] = found.get(row.code, 0) + 1
        conflicts = len(self.store.open_conflicts())
        if conflicts:
            found["conflict"] = conflicts
        return found

    def today(self) -> str:
        """The local day of the watermark."""
        return self.days.day(self.freshness().watermark_us or 0)

    def month(self) -> str:
        """The month of the watermark."""
        return self.today()[:7]

    def live_sessions(self, limit: int) -> list[LiveSessionView]:
        """The latest livestream sessions, newest first."""
        rooms = []
        for key, values in self.store.projections_like("live|").items():
            for value in values:
                rooms.append((key, read_room([_decode(value)])))
        rooms.sort(key=lambda pair: (pair[1].start or 0, pair[0]), reverse=True)
        return [self._session(key, room) for key, room in rooms[:limit]]

    def _session(self, key: str, room: Room) -> LiveSessionView:
        _, shop, session = split_key(key)
        segments = tuple((self._attribution.person(host, on), on, off) for host, on, off in room.segments)
        return LiveSessionView(session, shop, room.title, room.start or 0, room.end, segments)

    def live_series(self, shop: str, session_id: str) -> list[tuple[int, int, int]]:
        """(instant, viewers, views so far) of a session, ascending; empty when the session is not known."""
        viewers: dict[int, int] = {}
        views: dict[int, int] = {}
        for fact in self._case_events(case_key("live", shop, session_id)):
            if isinstance(fact, LiveAudience):
                viewers[fact.occurred_at] = fact.concurrent
            elif isinstance(fact, LiveCounters):
                views[fact.minute_at] = max(views.get(fact.minute_at, 0), fact.views_total)
        rows, total = [], 0
        for at in sorted({*viewers, *views}):
            total = views.get(at, total)
            if at in viewers:
                rows.append((at, viewers[at], total))
        return rows

    def _case_events(self, case: str) -> list[Event]:
        facts = self.store.find_facts([case]).get(case, [])
        return [self._codec.restore(fact.event_type, fact.body) for fact in facts if not fact.is_retracted]
