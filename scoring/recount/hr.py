"""Headcounts and leavers recounted (3-kpis.md §3.8)."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

from scoring.events.people import HrEvent, HrJoined, HrLeft
from scoring.recount.book import MICRO, Book, Credit
from scoring.recount.story import Story
from scoring.reference import Position

ONE_DAY = timedelta(days=1)


def count_hr(book: Book, story: Story) -> None:
    """Walk through each employee's joining and leaving; a head is where its latest position is."""
    events: dict[str, list[HrEvent]] = {}
    for fact in story.of(HrEvent):
        if isinstance(fact, HrJoined | HrLeft):
            events.setdefault(fact.employee_id, []).append(fact)
    for facts in events.values():
        inside: HrEvent | None = None
        has_left = False
        for fact in facts:
            if isinstance(fact, HrJoined):
                inside = inside or fact
            elif isinstance(fact, HrLeft) and (inside is not None or not has_left):
                _stay(book, inside, fact)
                inside, has_left = None, True
        if inside is not None:
            _stay(book, inside, None)


def _stay(book: Book, joined: HrEvent | None, left: HrLeft | None) -> None:
    """Put the head somewhere on every change, and take it out of the place where it was."""
    head = joined or left
    assert head is not None
    shop = head.shop_id
    person = book.person(head.employee_id, head.occurred_at)
    rows = [row for known in book.reference.people if known.id == person for row in known.positions]
    came = book.local(head.occurred_at).date() - (ONE_DAY if joined is None else timedelta(0))
    place = _place(rows, person, came)
    if joined is not None:
        book.add("headcount", shop, joined.occurred_at, MICRO, [place])
        last = book.day(left.occurred_at) if left else "9999-12-31"
        for start in sorted(row.from_day for row in rows):
            if came.isoformat() < start < last:
                midnight = book.instant(date.fromisoformat(start))
                book.add("headcount", shop, midnight, -MICRO, [place])
                place = _place(rows, person, date.fromisoformat(start))
                book.add("headcount", shop, midnight, MICRO, [place])
    if left is not None:
        if joined is not None:
            book.add("headcount", shop, left.occurred_at, -MICRO, [place])
        if left.voluntary or book.policy.turnover_leavers == "all":
            book.add("staff_leavers", shop, left.occurred_at, MICRO, [place])


def _place(rows: list[Position], person: str, day: date) -> Credit:
    """The person on a day on which the position in force, or the last one before, was held."""
    ended = [row for row in rows if row.from_day <= day.isoformat()]
    if ended and (end := max(ended, key=lambda row: row.from_day).to_day) and end <= day.isoformat():
        day = date.fromisoformat(end) - ONE_DAY
    return Credit("self", {person: Fraction(1)}, day.isoformat())
