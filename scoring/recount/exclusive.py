"""Sales credited once only: each line goes whole to the first dimension of the precedence that knows somebody."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from scoring.events.live import LiveProductExposed
from scoring.events.order import OrderHeader, OrderLine
from scoring.money import round_half_up
from scoring.recount.book import NOBODY, SECOND_US, Book, Credit
from scoring.recount.live import host_credit
from scoring.recount.orders import Order, first
from scoring.recount.sales import owners
from scoring.recount.sellers import count_seller
from scoring.recount.story import Story


def count_exclusive(book: Book, story: Story) -> None:
    """Add every line of every paid order of which the rate is known, to one dimension's people."""
    if not book.policy.precedence:
        return
    for order in story.customers.orders:
        rate = None if order.paid_at is None else book.rate(order.currency, order.paid_at)
        if order.paid_at is None or rate is None:
            continue
        for line in order.lines:
            credit = _only(book, story, order, line)
            count_seller(book, replace(order, lines=[line]), [credit])
            if order.settle_at is not None:
                _count_settled(book, order, line, rate, credit)


def _count_settled(book: Book, order: Order, line: OrderLine, rate: Fraction, credit: Credit) -> None:
    brought = line.paid_amt + line.platform_subsidy_amt
    back = sum(refund.refund_amt for _, refund in order.refunds if refund.line_id == line.line_id)
    kept = round_half_up(brought * rate) - round_half_up(min(brought, back) * rate)
    book.add("settled_sales", "", order.settle_at or 0, kept, [credit])


def _only(book: Book, story: Story, order: Order, line: OrderLine) -> Credit:
    """The first of the dimensions in which any part of the line is the work of somebody known."""
    paid_at = order.paid_at or 0
    for dimension in book.policy.precedence:
        credit = _in(book, story, order, line, dimension)
        if credit is not None and set(credit.shares) != {NOBODY}:
            return replace(credit, dimension="exclusive")
    return Credit("exclusive", {NOBODY: Fraction(1)}, book.day(paid_at))


def _in(book: Book, story: Story, order: Order, line: OrderLine, dimension: str) -> Credit | None:
    """Who has the line in a dimension; None when nothing in the order speaks of that dimension."""
    paid_at, place = order.paid_at or 0, {"shop": order.shop, "channel": order.channel}
    headers = [fact for fact in order.facts if isinstance(fact, OrderHeader)]
    if dimension == "shop":
        return owners(book, order, line, paid_at)[0]
    if dimension == "agent":
        return story.customers.advice(book, order)
    if dimension == "rep":
        if order.agent:
            return book.credit_person("rep", order.agent, paid_at)
        return book.credit_tag("rep", "rep", place, paid_at) if order.channel == "b2b" else None
    if dimension in ("campaign", "bd"):
        named = "campaign" if dimension == "campaign" else "partner"
        value = first(headers, f"{named}_id")
        return book.credit_tag(dimension, dimension, place | {named: value}, paid_at) if value else None
    return _on_air(book, story, order, line, dimension)


def _on_air(book: Book, story: Story, order: Order, line: OrderLine, dimension: str) -> Credit | None:
    """Hosts or operators of the room, as long as the order was paid in time to be a sale of the room."""
    paid_at, placed_at, rule = order.paid_at or 0, order.placed_at, book.policy.host_credit
    if not order.room or paid_at - placed_at > book.policy.live_payment_grace_minutes * 60 * SECOND_US:
        return None
    place = {"shop": order.shop, "channel": order.channel, "session": order.room}
    if dimension == "live_op":
        return book.credit_tag("live_op", "live_op", place, placed_at)
    room = story.rooms.get((order.shop, order.room))
    at = paid_at if rule == "on_air_at_paid" else placed_at
    people = room.hosts(at) if room else []
    if rule == "last_explained" and room:
        for fact in room.facts:
            wait = placed_at - fact.occurred_at
            if isinstance(fact, LiveProductExposed) and fact.host_id and fact.sku == line.sku:
                people = [book.person(fact.host_id, fact.occurred_at)] if 0 <= wait <= 600 * SECOND_US else people
    return host_credit(book, people, place, at)
