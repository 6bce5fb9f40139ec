"""A livestream session: on-air time per host, counter deltas, audience over time, the session's peak."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from scoring.atoms.ad import cut_at_midnights
from scoring.atoms.base import SECOND, Atom, Found, Projection, Setting, View, effective
from scoring.atoms.credit import Room
from scoring.attribution import Spread
from scoring.events.base import Event
from scoring.events.live import LiveAudience, LiveCounters, LiveEnded, LiveHostOff, LiveHostOn, LiveStarted

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class OnAir:
    """Seconds on air on one local day: of one host (dimension host) or of the room (live_op and totals)."""

    shop: str
    credits: Mapping[str, Spread]
    start_at: int
    seconds: int
    of_room: bool


@dataclass(frozen=True, slots=True)
class Minute:
    """What the counters grew by since the reading before; `session_at` is the start of the session."""

    shop: str
    credits: Mapping[str, Spread]
    minute_at: int
    session_at: int
    views: int
    viewers: int
    watch_seconds: int


@dataclass(frozen=True, slots=True)
class Audience:
    """A stretch with a constant number of viewers and constant hosts."""

    shop: str
    credits: Mapping[str, Spread]
    start_at: int
    viewer_seconds: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Session:
    """A session as a whole."""

    shop: str
    credits: Mapping[str, Spread]
    start_at: int
    peak: int


def read_room_facts(facts: Sequence[Event]) -> Room:
    """The session's start, end (None while nobody said it ended) and host segments, clipped to the session."""
    start = next((fact.occurred_at for fact in facts if isinstance(fact, LiveStarted)), None)
    end = next((fact.occurred_at for fact in facts if isinstance(fact, LiveEnded)), None)
    first = start if start is not None else min(fact.occurred_at for fact in facts)
    last = end if end is not None else max(fact.occurred_at for fact in facts)
    open_since: dict[str, int] = {}
    segments: list[tuple[str, int, int]] = []
    for fact in facts:
        if isinstance(fact, LiveHostOn):
            open_since.setdefault(fact.host_id, fact.occurred_at)
        elif isinstance(fact, LiveHostOff) and fact.host_id in open_since:
            segments.append((fact.host_id, open_since.pop(fact.host_id), fact.occurred_at))
    segments.extend((host, on, last) for host, on in open_since.items())
    clipped = ((host, max(on, first), min(off, last)) for host, on, off in segments)
    title = next((fact.title for fact in facts if isinstance(fact, LiveStarted) and fact.title), "")
    return Room(first, end, tuple(sorted(segment for segment in clipped if segment[1] < segment[2])), title)


class LiveCase:
    """The case of one livestream session."""

    def publish(self, facts: Sequence[Event], setting: Setting) -> tuple[Projection, ...]:
        if not facts:
            return ()
        room = read_room_facts(effective(facts))
        return (Projection(facts[0].case(), (room.start, room.end, room.segments, room.title)),)

    def reads(self, key: str, facts: Sequence[Event]) -> tuple[str, ...]:
        return ()

    def find(self, key: str, facts: Sequence[Event], view: View, setting: Setting) -> Found:
        if not facts:
            return Found()
        return Found(tuple(_Evaluation(effective(facts), setting).atoms()))


class _Evaluation:
    """One evaluation of one session; holds what its steps share."""

    def __init__(self, facts: Sequence[Event], setting: Setting) -> None:
        self.facts = facts
        self.setting = setting
        self.shop = facts[0].shop_id
        self.room = read_room_facts(facts)
        assert self.room.start is not None
        self.start: int = self.room.start
        self.end = self.room.end if self.room.end is not None else max(fact.occurred_at for fact in facts)
        brand = setting.attribution.brand(self.shop)
        scope = {"brand": brand, "shop": self.shop, "channel": facts[0].channel}
        self.operator = setting.attribution.of_tag("live_op", scope, self.start)

    def atoms(self) -> Iterator[tuple[str, Atom]]:
        yield from self._on_air()
        yield from self._minutes()
        yield from self._audience()
        samples = [fact.concurrent for fact in self.facts if isinstance(fact, LiveAudience)]
        peak = Session(self.shop, {"live_op": self.operator}, self.start, max(samples, default=0))
        yield "live_session", peak

    def _credit(self, at: int) -> dict[str, Spread]:
        hosts = self.setting.attribution.of_people(self.room.hosts(at, self.setting), at)
        return {"host": hosts, "live_op": self.operator}

    def _on_air(self) -> Iterator[tuple[str, Atom]]:
        silent = self._silent()
        for account, on, off in self.room.segments:
            host = self.setting.attribution.person(account, on)
            for start, stop in self._pieces(_without([(on, off)], silent)):
                credit = {"host": self.setting.attribution.of_people([host], start)}
                yield "on_air", OnAir(self.shop, credit, start, (stop - start) // SECOND, False)
        room = _union([(on, off) for _, on, off in self.room.segments])
        for start, stop in self._pieces(_without(room, silent)):
            yield "on_air", OnAir(self.shop, {"live_op": self.operator}, start, (stop - start) // SECOND, True)

    def _pieces(self, spans: Sequence[Span]) -> Iterator[Span]:
        for start, stop in spans:
            yield from cut_at_midnights(start, stop, self.setting.attribution.days)

    def _silent(self) -> list[Span]:
        kinds = (LiveAudience, LiveCounters, LiveHostOn, LiveHostOff, LiveStarted, LiveEnded)
        beats = sorted(fact.occurred_at for fact in self.facts if isinstance(fact, kinds))
        longest = self.setting.policy.live_heartbeat_gap_seconds * SECOND
        return [(beat, after) for beat, after in pairwise(beats) if after - beat > longest]

    def _minutes(self) -> Iterator[tuple[str, Atom]]:
        rows = [fact for fact in self.facts if isinstance(fact, LiveCounters)]
        before = (0, 0, 0)
        for row in sorted(rows, key=lambda row: row.minute_at):
            now = (row.views_total, row.viewers_total, row.watch_seconds_total)
            views, viewers, watched = (new - old if new >= old else new for new, old in zip(now, before, strict=True))
            before = now
            credit = self._credit(row.minute_at - 1)
            yield "live_minute", Minute(self.shop, credit, row.minute_at, self.start, views, viewers, watched)

    def _audience(self) -> Iterator[tuple[str, Atom]]:
        samples = [(fact.occurred_at, fact.concurrent) for fact in self.facts if isinstance(fact, LiveAudience)]
        if not samples:
            return
        times = [at for at, _ in samples]
        gaps = sorted(after - at for at, after in pairwise(times))
        longest = 3 * gaps[(len(gaps) - 1) // 2] if len(gaps) >= 2 else None
        edges = sorted({edge for _, on, off in self.room.segments for edge in (on, off)})
        for (at, viewers), after in zip(samples, [*times[1:], self.end], strict=True):
            if after <= at or (longest is not None and after - at > longest):
                continue
            for start, stop in _cut(max(at, self.start), min(after, self.end), edges):
                for piece, piece_end in self._pieces([(start, stop)]):
                    seconds = (piece_end - piece) // SECOND
                    yield (
                        "live_audience",
                        Audience(self.shop, self._credit(piece), piece, viewers * seconds, seconds),
                    )


def _union(spans: Sequence[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, stop in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(stop, merged[-1][1]))
        else:
            merged.append((start, stop))
    return merged


def _without(spans: Sequence[Span], holes: Sequence[Span]) -> list[Span]:
    left = list(spans)
    for hole_start, hole_stop in holes:
        cut: list[Span] = []
        for start, stop in left:
            cut.extend(
                piece
                for piece in ((start, min(stop, hole_start)), (max(start, hole_stop), stop))
                if piece[0] < piece[1]
            )
        left = cut
    return left


def _cut(start: int, stop: int, edges: Sequence[int]) -> list[Span]:
    if start >= stop:
        return []
    points = [start, *(edge for edge in edges if start < edge < stop), stop]
    return list(pairwise(points))
