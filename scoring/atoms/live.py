"""A livestream session: on-air time per host, counter deltas, audience over time, the session's peak."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from scoring.atoms.ad import cut_at_midnights
from scoring.atoms.airtime import OnAir, Span, airtime_key, union
from scoring.atoms.base import SECOND, Atom, Case, Found, Projection, Setting, View, effective
from scoring.atoms.live_moments import Scene, moments, plan_atoms, step_atoms
from scoring.atoms.room import Room, explained_key, host_spread, place_of
from scoring.attribution import Spread
from scoring.events.base import Event
from scoring.events.live import (
    LiveAudience,
    LiveCounters,
    LiveEnded,
    LiveEvent,
    LiveHostOff,
    LiveHostOn,
    LiveInteraction,
    LivePlanned,
    LiveProductExposed,
    LiveStarted,
    LiveStepPlanned,
)

COUNTERS = ("views_total", "viewers_total", "watch_seconds_total", "follower_viewers", "engaged_viewers")


@dataclass(frozen=True, slots=True)
class Minute:
    """What the counters grew by since the reading before; `session_at` is the start of the session.

    `engaged` counts only where no single interaction is known, so that nobody counts twice.
    """

    shop: str
    credits: Mapping[str, Spread]
    minute_at: int
    session_at: int
    views: int
    viewers: int
    watch_seconds: int
    followers: int
    engaged: int


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


def in_room(facts: Sequence[Event]) -> list[LiveEvent]:
    """What happened in the room itself: an announced plan alone makes no session."""
    return [
        fact for fact in facts if isinstance(fact, LiveEvent) and not isinstance(fact, LivePlanned | LiveStepPlanned)
    ]


def read_room_facts(facts: Sequence[Event], setting: Setting) -> Room:
    """The session's start, end (None while nobody said it ended) and host segments, clipped to the session.

    Where a shift roster hands a host's account over, a new segment begins.
    """
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
    kept = (piece for segment in clipped if segment[1] < segment[2] for piece in _by_shift(segment, setting))
    return Room(first, end, tuple(sorted(kept)), title)


def _by_shift(segment: tuple[str, int, int], setting: Setting) -> list[tuple[str, int, int]]:
    host, on, off = segment
    if not setting.attribution.is_rostered(host):
        return [segment]
    points = [on, *setting.attribution.handed_over(host, on, off), off]
    return [(host, start, stop) for start, stop in pairwise(points)]


class LiveCase(Case):
    """The case of one livestream session."""

    def publish(self, facts: Sequence[Event], setting: Setting) -> tuple[Projection, ...]:
        told = in_room(effective(facts))
        if not told:
            return ()
        room = read_room_facts(told, setting)
        own = Projection(told[0].case(), (room.start, room.end, room.segments, room.title))
        return (own, *_airtime(told, room, setting), *_explained(told, setting))

    def find(self, key: str, facts: Sequence[Event], view: View, setting: Setting) -> Found:
        standing = effective(facts)
        told = in_room(standing)
        room = read_room_facts(told, setting) if told else Room()
        atoms = [*plan_atoms(standing, room, setting), *step_atoms(standing, room, setting)]
        if told:
            atoms += _Evaluation(told, room, setting).atoms()
        return Found(tuple(atoms))


def _airtime(facts: Sequence[LiveEvent], room: Room, setting: Setting) -> Iterator[Projection]:
    """By host and local day when the host was on air here, for that host's day over all rooms."""
    spans: dict[str, list[Span]] = defaultdict(list)
    silent = _silent(facts, setting)
    for account, on, off in room.segments:
        person = setting.attribution.person(account, on)
        for start, stop in _pieces(_without([(on, off)], silent), setting):
            spans[airtime_key(person, account, setting.attribution.days.day(start))].append((start, stop))
    for key, found in spans.items():
        yield Projection(key, (tuple(sorted(found)),), wakes=(key,))


def _explained(facts: Sequence[LiveEvent], setting: Setting) -> Iterator[Projection]:
    if setting.policy.host_credit != "last_explained":
        return
    shown = [fact for fact in facts if isinstance(fact, LiveProductExposed) and fact.host_id]
    if shown:
        rows = tuple((fact.occurred_at, fact.sku, fact.host_id) for fact in shown)
        yield Projection(explained_key(shown[0].shop_id, shown[0].session_id), (rows,))


def _pieces(spans: Sequence[Span], setting: Setting) -> Iterator[Span]:
    for start, stop in spans:
        yield from cut_at_midnights(start, stop, setting.attribution.days)


def _silent(facts: Sequence[Event], setting: Setting) -> list[Span]:
    kinds = (LiveAudience, LiveCounters, LiveHostOn, LiveHostOff, LiveStarted, LiveEnded)
    beats = sorted(fact.occurred_at for fact in facts if isinstance(fact, kinds))
    longest = setting.policy.live_heartbeat_gap_seconds * SECOND
    return [(beat, after) for beat, after in pairwise(beats) if after - beat > longest]


class _Evaluation:
    """One evaluation of one session; holds what its steps share."""

    def __init__(self, facts: Sequence[LiveEvent], room: Room, setting: Setting) -> None:
        self.facts = facts
        self.setting = setting
        self.shop = facts[0].shop_id
        self.room = room
        assert room.start is not None
        self.start: int = room.start
        self.end = room.end if room.end is not None else max(fact.occurred_at for fact in facts)
        self.place = place_of(self.shop, facts[0].channel, facts[0].session_id, setting)
        self.operator = setting.attribution.of_tag("live_op", self.place, self.start)

    def atoms(self) -> Iterator[tuple[str, Atom]]:
        yield from self._on_air()
        yield from self._minutes()
        yield from self._audience()
        samples = [fact.concurrent for fact in self.facts if isinstance(fact, LiveAudience)]
        peak = Session(self.shop, {"live_op": self.operator}, self.start, max(samples, default=0))
        yield "live_session", peak
        controller = self.setting.attribution.of_tag("controller", self.place, self.start)
        yield from moments(self.facts, Scene(self.shop, self.start, self._credit, controller, self.setting))

    def _credit(self, at: int) -> dict[str, Spread]:
        hosts = host_spread(self.room.hosts(at, self.setting), self.place, at, self.setting)
        return {"host": hosts, "live_op": self.operator}

    def _on_air(self) -> Iterator[tuple[str, Atom]]:
        silent = _silent(self.facts, self.setting)
        for account, on, off in self.room.segments:
            host = self.setting.attribution.person(account, on)
            for start, stop in _pieces(_without([(on, off)], silent), self.setting):
                credit = {"host": self.setting.attribution.of_people([host], start)}
                yield "on_air", OnAir(self.shop, credit, start, (stop - start) // SECOND, False)
        room = union((on, off) for _, on, off in self.room.segments)
        for start, stop in _pieces(_without(room, silent), self.setting):
            yield "on_air", OnAir(self.shop, {"live_op": self.operator}, start, (stop - start) // SECOND, True)

    def _minutes(self) -> Iterator[tuple[str, Atom]]:
        rows = [fact for fact in self.facts if isinstance(fact, LiveCounters)]
        has_single_ones = any(isinstance(fact, LiveInteraction) for fact in self.facts)
        before = (0,) * len(COUNTERS)
        for row in sorted(rows, key=lambda row: row.minute_at):
            now = tuple(getattr(row, name) for name in COUNTERS)
            grown = [new - old if new >= old else new for new, old in zip(now, before, strict=True)]
            before = now
            if has_single_ones:
                grown[-1] = 0
            yield "live_minute", Minute(self.shop, self._credit(row.minute_at - 1), row.minute_at, self.start, *grown)

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
            for piece, piece_end in _pieces(_cut(max(at, self.start), min(after, self.end), edges), self.setting):
                seconds = (piece_end - piece) // SECOND
                yield "live_audience", Audience(self.shop, self._credit(piece), piece, viewers * seconds, seconds)


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
