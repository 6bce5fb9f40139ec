"""Livestream sessions recounted: hosts on air, audience, counters."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from scoring.events.base import Event
from scoring.events.live import (
    LiveAudience,
    LiveCounters,
    LiveEnded,
    LiveHostOff,
    LiveHostOn,
    LiveInteraction,
    LiveStarted,
)
from scoring.recount.book import MICRO, SECOND_US, Book, Credit, equally, in_order, newest

Span = tuple[int, int]
HEARTBEATS = (LiveStarted, LiveEnded, LiveHostOn, LiveHostOff, LiveAudience, LiveCounters)


@dataclass(frozen=True, slots=True)
class Room:
    """One session: the facts that count in order, and when which person was on air."""

    shop: str
    channel: str
    session: str
    start: int
    end: int
    ended_at: int | None
    on_air: list[tuple[int, int, str]]
    accounts: list[tuple[int, int, str]]
    facts: list[Event]

    @property
    def place(self) -> dict[str, str]:
        """What an assignment can name."""
        return {"shop": self.shop, "channel": self.channel, "session": self.session}

    def hosts(self, at: int) -> list[str]:
        """The person of each host account on air at an instant."""
        return [person for on, off, person in self.on_air if on <= at < off]


def host_credit(book: Book, people: list[str], place: dict[str, str], at: int) -> Credit:
    """Equal shares of those on air, or those of the tag `host` when it names everybody on air."""
    given = book.credit_tag("host", "host", place, at).shares
    if len(set(people)) > 1 and set(people) <= given.keys():
        whole = sum((given[person] for person in set(people)), Fraction(0))
        return Credit("host", {person: given[person] / whole for person in set(people)}, book.day(at))
    return Credit("host", equally(people), book.day(at))


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
    accounts = [piece for on, off, host in clipped if on < off for piece in _handed_over(book, on, off, host)]
    on_air = [(on, off, book.person(host, on)) for on, off, host in accounts]
    session = getattr(facts[0], "session_id", "")
    return Room(facts[0].shop_id, facts[0].channel, session, start, end, ended_at, on_air, accounts, facts)


def _handed_over(book: Book, on: int, off: int, host: str) -> list[tuple[int, int, str]]:
    """A stretch on air, cut where a shift of the account begins or ends."""
    shifts = [shift for shift in book.reference.shifts if shift.account == host]
    inside = {at for shift in shifts for at in (shift.start_at, shift.end_at) if on < at < off}
    edges = [on, *sorted(inside), off]
    return [(begin, end, host) for begin, end in pairwise(edges)]


def count_room(book: Book, room: Room) -> None:
    """Add a session."""
    operators = book.credit_tag("live_op", "live_op", room.place, room.start)
    samples = [fact for fact in room.facts if isinstance(fact, LiveAudience)]
    peak = max((sample.concurrent for sample in samples), default=0)
    book.add("live_sessions", room.shop, room.start, MICRO, [operators])
    book.add("live_peak", room.shop, room.start, peak * MICRO, [operators])
    _count_seconds(book, room, operators)
    _count_counters(book, room, operators)
    _count_audience(book, room, operators, samples)


def _count_seconds(book: Book, room: Room, operators: Credit) -> None:
    for span in merged((on, off) for on, off, _ in room.on_air):
        for start, stop in pieces(book, room, span):
            book.add("live_seconds", room.shop, start, (stop - start) // SECOND_US * MICRO, [operators])


def merged(spans: Iterable[Span]) -> list[Span]:
    """Spans that overlap or touch become one."""
    found: list[Span] = []
    for on, off in sorted(spans):
        if found and on <= found[-1][1]:
            found[-1] = (found[-1][0], max(off, found[-1][1]))
        else:
            found.append((on, off))
    return found


def pieces(book: Book, room: Room, span: Span) -> list[Span]:
    """A span without the gaps between heartbeats, cut at local midnights."""
    beats = [fact.occurred_at for fact in room.facts if isinstance(fact, HEARTBEATS)]
    longest = book.policy.live_heartbeat_gap_seconds * SECOND_US
    kept, (at, end) = [], span
    for before, after in pairwise(beats):
        if after - before > longest and after > at and before < end:
            kept.append((at, before))
            at = after
    kept.append((at, end))
    return [piece for start, stop in kept for piece in book.cut_at_midnights(start, stop)]


def _count_counters(book: Book, room: Room, operators: Credit) -> None:
    rows = sorted((fact for fact in room.facts if isinstance(fact, LiveCounters)), key=lambda row: row.minute_at)
    told_singly = any(isinstance(fact, LiveInteraction) for fact in room.facts)
    # Total, measure at the minute, measure at the start of the session.
    totals = [
        ("views_total", "live_views", ""),
        ("viewers_total", "live_viewers", "live_viewers_session"),
        ("watch_seconds_total", "live_watch_seconds", "live_watch_seconds_session"),
        ("follower_viewers", "", "live_follower_viewers_session"),
        ("engaged_viewers", "", "" if told_singly else "live_engaged_reported"),
    ]
    for total, by_minute, by_session in totals:
        before = 0
        for row in rows:
            at, after = row.minute_at, getattr(row, total)
            credits = [host_credit(book, room.hosts(at - 1), room.place, at - 1), operators]
            # A total below the one before is a new count from 0.
            grown = _growth(before, after) * MICRO
            if by_minute:
                book.add(by_minute, room.shop, at, grown, credits)
            if by_session:
                book.add(by_session, room.shop, room.start, grown, credits)
            before = after


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
                credits = [host_credit(book, room.hosts(start), room.place, start), operators]
                book.add("live_audience_seconds", room.shop, start, sample.concurrent * seconds * MICRO, credits)
                book.add("live_audience_span", room.shop, start, seconds * MICRO, credits)
