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
from scoring.events.feedback import FeedbackReceived
from scoring.events.finance import CogsAdjusted
from scoring.events.live import LiveEvent, LivePlanned, LiveStepPlanned
from scoring.events.order import OrderEvent
from scoring.events.refund import RefundEvent
from scoring.recount.ads import count_ads
from scoring.recount.b2b import count_b2b
from scoring.recount.book import Book, Key, in_order
from scoring.recount.chats import read_conversations
from scoring.recount.content import count_content, count_creatives
from scoring.recount.exclusive import count_exclusive
from scoring.recount.feedback import count_feedback
from scoring.recount.finance import count_finance
from scoring.recount.fulfilment import count_fulfilment
from scoring.recount.goals import count_goals, count_report_scores
from scoring.recount.hr import count_hr
from scoring.recount.inquiries import Customers, count_inquiries
from scoring.recount.listing import count_listings
from scoring.recount.live import count_room, read_room
from scoring.recount.live_moments import count_airtime, count_live_moments, count_live_plans
from scoring.recount.live_orders import count_live_orders
from scoring.recount.members import count_members
from scoring.recount.orders import count_order, read_order
from scoring.recount.partners import count_partners
from scoring.recount.purchase import count_purchases
from scoring.recount.reviews import count_reviews
from scoring.recount.sales import count_new_buyers, count_sales
from scoring.recount.skus import count_skus
from scoring.recount.stock import count_stock
from scoring.recount.story import Story
from scoring.recount.tasks import count_tasks
from scoring.recount.tickets import count_quality, count_tickets
from scoring.recount.traffic import count_traffic
from scoring.recount.trainings import count_trainings
from scoring.recount.turns import count_conversation

if TYPE_CHECKING:
    from scoring.definitions import Definitions

FAMILIES: tuple[Callable[[Book, Story], None], ...] = (
    count_fulfilment,
    count_listings,
    count_purchases,
    count_skus,
    count_stock,
    count_airtime,
    count_content,
    count_creatives,
    count_exclusive,
    count_live_moments,
    count_live_orders,
    count_live_plans,
    count_feedback,
    count_finance,
    count_members,
    count_new_buyers,
    count_quality,
    count_sales,
    count_tickets,
    count_traffic,
    count_reviews,
    count_hr,
    count_trainings,
    count_goals,
    count_report_scores,
    count_tasks,
    count_b2b,
    count_partners,
)
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
    in_rooms = [fact for fact in facts if not isinstance(fact, LivePlanned | LiveStepPlanned)]
    rooms = {key: read_room(book, rows) for key, rows in _by_case(in_rooms, LiveEvent, "session_id").items()}
    chats = read_conversations(book, facts)
    about_orders = (OrderEvent, RefundEvent, CogsAdjusted, FeedbackReceived)
    orders = [read_order(book, rows) for rows in _by_case(facts, about_orders, "order_id").values()]
    customers = Customers(book, chats.pieces, [order for order in orders if order is not None])
    for order in customers.orders:
        count_order(book, order, customers.advice(book, order))
    for room in rooms.values():
        count_room(book, room)
    for chat in chats.whole:
        count_conversation(book, chat, chats)
    count_inquiries(book, customers)
    count_ads(book, [fact for fact in facts if isinstance(fact, AdReport)])
    story = Story(facts, rooms, chats.whole, customers)
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
