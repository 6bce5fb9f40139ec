"""The independent recount: every measure of a period again, straight from the facts, slowly and plainly.

It shares no evaluation code with atoms, measures, contributions and attribution. A close whose cells differ from it
cannot be approved (architecture idea 5), and property tests hold the engine against it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import TYPE_CHECKING

from scoring.events.ad import AdReport
from scoring.events.base import Event
from scoring.events.finance import CogsAdjusted
from scoring.events.live import LiveEvent
from scoring.events.order import OrderEvent
from scoring.events.refund import RefundEvent
from scoring.events.review import ReviewSubmitted
from scoring.events.service import ChatEvent
from scoring.recount.ads import count_ads
from scoring.recount.book import Book, Key, in_order
from scoring.recount.chats import count_conversation, read_conversation
from scoring.recount.inquiries import Customers, count_inquiries
from scoring.recount.live import count_room, read_room
from scoring.recount.orders import count_order, read_order
from scoring.recount.reviews import count_reviews
from scoring.recount.story import Story

if TYPE_CHECKING:
    from scoring.definitions import Definitions

FAMILIES: tuple[Callable[[Book, Story], None], ...] = ()
"""What counts the rest, one a family."""


def recount(events: Iterable[Event], definitions: Definitions, first_day: str, last_day: str) -> dict[Key, Fraction]:
    """Every measure of the local days `first_day` to `last_day`: {(owner, dimension, measure): value}.

    `events` are the effective facts in any order: no duplicates, nothing retracted. Money sums are minor units of the
    company currency, other sums millionths (one order is 1 000 000); distinct measures a number; p90 whole seconds by
    nearest rank. `buyers_paid` is the sum of the daily distinct numbers. Zeros are left out. What a sum or a multiset
    means is said by `Book.add`, `mark`, `note` and `keep`.
    """
    facts = in_order(events)
    book = Book(definitions.reference, first_day, last_day)
    rooms = {key: read_room(book, rows) for key, rows in _by_case(facts, LiveEvent, "session_id").items()}
    chats = [read_conversation(book, rows) for rows in _by_case(facts, ChatEvent, "session_id").values()]
    about_orders = (OrderEvent, RefundEvent, CogsAdjusted)
    orders = [read_order(book, rows) for rows in _by_case(facts, about_orders, "order_id").values()]
    customers = Customers(chats, [order for order in orders if order is not None])
    for order in customers.orders:
        count_order(book, order, rooms.get((order.shop, order.room)), customers.agent(book, order))
    for room in rooms.values():
        count_room(book, room)
    for chat in chats:
        count_conversation(book, chat)
    count_inquiries(book, customers)
    count_ads(book, [fact for fact in facts if isinstance(fact, AdReport)])
    count_reviews(book, [fact for fact in facts if isinstance(fact, ReviewSubmitted)])
    story = Story(facts, rooms, chats, customers)
    for count in FAMILIES:
        count(book, story)
    return book.totals()


def _by_case(
    facts: list[Event], kind: type[Event] | tuple[type[Event], ...], field: str
) -> dict[tuple[str, str], list[Event]]:
    cases: dict[tuple[str, str], list[Event]] = {}
    for fact in facts:
        if isinstance(fact, kind):
            cases.setdefault((fact.shop_id, getattr(fact, field)), []).append(fact)
    return cases


__all__ = ["Key", "recount"]
