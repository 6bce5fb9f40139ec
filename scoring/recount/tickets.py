"""Tickets, quality samples and complaints recounted (3-kpis.md §3.5)."""

from __future__ import annotations

from fractions import Fraction

from scoring.events.service import (
    ComplaintUpheld,
    QaScored,
    TicketEvent,
    TicketOpened,
    TicketReopened,
    TicketResolved,
    TicketResumed,
    TicketWaiting,
)
from scoring.money import round_half_up
from scoring.recount.book import MICRO, SECOND_US, Book
from scoring.recount.story import Story
from scoring.recount.turns import window_seconds

THREE_DAYS_US = 3 * 86_400 * SECOND_US


def count_tickets(book: Book, story: Story) -> None:
    """Add every ticket at its due time, and at its last resolution when it stands."""
    tickets: dict[tuple[str, str], list[TicketEvent]] = {}
    for fact in story.facts:
        if isinstance(fact, TicketEvent):
            tickets.setdefault((fact.shop_id, fact.ticket_id), []).append(fact)
    for (shop, _), facts in tickets.items():
        opened = [fact for fact in facts if isinstance(fact, TicketOpened)]
        if not opened:
            continue
        begin = opened[0].occurred_at
        due = begin + opened[0].sla_seconds * SECOND_US
        solved = [fact.occurred_at for fact in facts if isinstance(fact, TicketResolved)]
        back = [fact.occurred_at for fact in facts if isinstance(fact, TicketReopened)]
        early = [at for at in solved if at <= due]
        owner = _owner(facts, early[0] if early else due)
        credits = [book.credit_person("agent", owner, due)]
        book.add("tickets_due", shop, due, MICRO, credits)
        if early and all(not 0 < again - at <= THREE_DAYS_US for at in early for again in back):
            book.add("tickets_kept", shop, due, MICRO, credits)
        if solved and max(back, default=solved[-1]) <= solved[-1]:
            credits = [book.credit_person("agent", _owner(facts, solved[-1]), solved[-1])]
            seconds = window_seconds(book, shop, _own_time(facts, begin, solved[-1]))
            book.add("tickets_resolved", shop, solved[-1], MICRO, credits)
            book.add("ticket_seconds", shop, solved[-1], seconds * MICRO, credits)


def _owner(facts: list[TicketEvent], at: int) -> str:
    named = [fact.agent_id for fact in facts if fact.agent_id and fact.occurred_at <= at]
    return named[-1] if named else ""


def _own_time(facts: list[TicketEvent], begin: int, end: int) -> list[tuple[int, int]]:
    """[begin, end) without the time in which the customer had to answer."""
    stretches: list[tuple[int, int]] = []
    ours, since = True, begin
    for fact in facts:
        at = fact.occurred_at
        if at < begin or at > end:
            continue
        if ours and isinstance(fact, TicketWaiting):
            stretches.append((since, at))
            ours = False
        elif not ours and isinstance(fact, TicketResumed | TicketReopened):
            ours, since = True, at
    return [*stretches, (since, end)] if ours else stretches


def count_quality(book: Book, story: Story) -> None:
    """Add scored samples, each conversation of an agent once, and complaints that were upheld."""
    samples: dict[tuple[str, ...], list[QaScored]] = {}
    for fact in story.of(QaScored):
        name = ("", fact.session_id) if fact.session_id else (fact.source, fact.event_id)
        samples.setdefault((fact.shop_id, fact.agent_id, *name), []).append(fact)
    for facts in samples.values():
        first = facts[0]
        credits = [book.credit_person("agent", first.agent_id, first.occurred_at)]
        points = round_half_up(Fraction(sum(fact.score for fact in facts), len(facts)))
        book.add("qa_points", first.shop_id, first.occurred_at, points, credits)
        book.add("qa_samples", first.shop_id, first.occurred_at, MICRO, credits)
    for complaint in story.of(ComplaintUpheld):
        at = complaint.occurred_at
        credits = [book.credit_person("agent", complaint.agent_id, at)]
        book.add("complaints_upheld", complaint.shop_id, at, MICRO, credits)
