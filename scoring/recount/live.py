"""Livestream sessions recounted: hosts on air, audience, counters."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from scoring.events.base import Event
from scoring.events.live import LiveAudience, LiveCounters, LiveEnded, LiveHostOff, LiveHostOn, LiveStarted
from scoring.recount.book import MICRO, SECOND_US, Book, Credit, equally, in_order, newest

Span = tuple[int, int]
HEARTBEATS = (LiveStarted, LiveEnded, LiveHostOn, LiveHostOff, LiveAudience, LiveCounters)


@dataclass(frozen=True, slots=True)
class Room:
    """One session: the facts that count in order, and when which person was on air."""

    shop: str
    channel: str
    start: int
    end: int
    ended_at: int | None
    on_air: list[tuple[int, int, str]]
    facts: list[Event]

    def hosts(self, at: int) -> list[str]:
        """The person of each host account on air at an instant."""
        return [person for on, off, person in self.on_air if on <= at < off]


def read_room(book: Book, facts: list[Event]) -> Room:
    """The session that these facts tell of."""
    rows = newest((fact for fact in facts if isinstance(fact, LiveCounters)), lambda fact: fact.minute_at)
    facts = in_order([*rows, *(fact for fact in facts if not isinstance(fact, LiveCounters))])
    start = next((fact.occurred_at for fact in facts if isinstance(fact, LiveStarted)), facts[0].occurred_at)
    ended_at = next((fact.occurred_at for fact in facts if isinstance(fact, LiveEnded)), None)
    end = facts[-1].occurred_at if ended_at is None else ended_at
    opened: dict[str, int] = {}
    spans: list[tuple[int, int, str]] = []
    for fact in facts:
        if isinstance(fact, LiveHostOn):
            opened.setdefault(fact.host_id, fact.occurred_at)
        elif isinstance(fact, LiveHostOff) and fact.host_id in opened:
            spans.append((opened.pop(fact.host_id), fact.occurred_at, fact.host_id))
    spans += [(on, end, host) for host, on in opened.items()]
    clipped = [(max(on, start), min(off, end), host) for on, off, host in spans]
    on_air = [(on, off, book.person(host, on)) for on, off, host in clipped if on < off]
    return Room(facts[0].shop_id, facts[0].channel, start, end, ended_at, on_air, facts)


def count_room(book: Book, room: Room) -> None:
    """Add a session."""
    atom = {"shop": room.shop, "channel": room.channel}
    operators = book.credit_tag("live_op", "live_op", atom, room.start)
    samples = [fact for fact in room.facts if isinstance(fact, LiveAudience)]
    peak = max((sample.concurrent for sample in samples), default=0)
    book.add("live_sessions", room.shop, room.start, MICRO, [operators])
    book.add("live_peak", room.shop, room.start, peak * MICRO, [operators])
    _count_seconds(book, room, operators)
    _count_counters(book, room, operators)
    _count_audience(book, room, operators, samples)


def _count_seconds(book: Book, room: Room, operators: Credit) -> None:
    for on, off, person in room.on_air:
        for start, seconds in _pieces(book, room, (on, off)):
            credit = Credit("host", equally([person]), book.day(start))
            book.add("live_seconds", "", start, seconds * MICRO, [credit])
    for span in _merged((on, off) for on, off, _ in room.on_air):
        for start, seconds in _pieces(book, room, span):
            book.add("live_seconds", room.shop, start, seconds * MICRO, [operators])


def _merged(spans: Iterable[Span]) -> list[Span]:
    """Spans that overlap or touch become one."""
    merged: list[Span] = []
    for on, off in sorted(spans):
        if merged and on <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(off, merged[-1][1]))
        else:
            merged.append((on, off))
    return merged


def _pieces(book: Book, room: Room, span: Span) -> list[tuple[int, int]]:
    """(start, whole seconds) of a span without the gaps between heartbeats, cut at local midnights."""
    beats = [fact.occurred_at for fact in room.facts if isinstance(fact, HEARTBEATS)]
    longest = book.policy.live_heartbeat_gap_seconds * SECOND_US
    kept, (at, end) = [], span
    for before, after in pairwise(beats):
        if after - before > longest and after > at and before < end:
            kept.append((at, before))
            at = after
    kept.append((at, end))
    days = [piece for start, stop in kept for piece in book.cut_at_midnights(start, stop)]
    return [(start, (stop - start) // SECOND_US) for start, stop in days]


def _count_counters(book: Book, room: Room, operators: Credit) -> None:
    rows = [fact for fact in room.facts if isinstance(fact, LiveCounters)]
    views = viewers = watched = 0
    for row in sorted(rows, key=lambda row: row.minute_at):
        at = row.minute_at
        credits = [Credit("host", equally(room.hosts(at - 1)), book.day(at - 1)), operators]
        # A total below the one before is a new count from 0.
        more_viewers = _growth(viewers, row.viewers_total)
        book.add("live_views", room.shop, at, _growth(views, row.views_total) * MICRO, credits)
        book.add("live_viewers", room.shop, at, more_viewers * MICRO, credits)
        book.add("live_viewers_session", room.shop, room.start, more_viewers * MICRO, credits)
        book.add("live_watch_seconds", room.shop, at, _growth(watched, row.watch_seconds_total) * MICRO, credits)
        views, viewers, watched = row.views_total, row.viewers_total, row.watch_seconds_total


def _growth(before: int, after: int) -> int:
    return after if after < before else after - before


def _count_audience(book: Book, room: Room, operators: Credit, samples: list[LiveAudience]) -> None:
    times = [sample.occurred_at for sample in samples]
    lengths = sorted(after - before for before, after in pairwise(times))
    longest = 3 * lengths[(len(lengths) - 1) // 2] if len(lengths) >= 2 else None
    marks = {mark for on, off, _ in room.on_air for mark in (on, off)}
    for sample, stop in zip(samples, [*times[1:], room.end], strict=False):
        if longest is not None and stop - sample.occurred_at > longest:
            continue
        low, high = max(sample.occurred_at, room.start), min(stop, room.end)
        borders = [low, *sorted(mark for mark in marks if low < mark < high), high]
        for begin, border in pairwise(borders):
            for start, end in book.cut_at_midnights(begin, border):
                seconds = (end - start) // SECOND_US
                credits = [Credit("host", equally(room.hosts(start)), book.day(start)), operators]
                book.add("live_audience_seconds", room.shop, start, sample.concurrent * seconds * MICRO, credits)
                book.add("live_audience_span", room.shop, start, seconds * MICRO, credits)
