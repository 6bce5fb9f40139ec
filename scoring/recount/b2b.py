"""B2B inquiries, invoices and repeat customers recounted (3-kpis.md §3.7)."""

from __future__ import annotations

from collections.abc import Iterable

from scoring.events.base import Event
from scoring.events.partner import (
    InquiryEvent,
    InquiryMarkedSpam,
    InquiryReceived,
    InquiryReplied,
    InvoiceEvent,
    InvoiceIssued,
    PaymentReceived,
)
from scoring.money import round_half_up
from scoring.recount.book import MICRO, SECOND_US, Book, Credit
from scoring.recount.orders import Order, when
from scoring.recount.sellers import count_seller
from scoring.recount.story import Story

DAY_US = 86_400 * SECOND_US


def count_b2b(book: Book, story: Story) -> None:
    """Add inquiries, buyers' days, invoices, and what reps sold to whom."""
    inquiries: dict[tuple[str, str], list[Event]] = {}
    invoices: dict[tuple[str, str], list[InvoiceEvent]] = {}
    for fact in story.facts:
        if isinstance(fact, InquiryEvent):
            inquiries.setdefault((fact.shop_id, fact.inquiry_id), []).append(fact)
        elif isinstance(fact, InvoiceEvent):
            invoices.setdefault((fact.shop_id, fact.invoice_id), []).append(fact)
    asked = [head for head in (_first_message(facts) for facts in inquiries.values()) if head is not None]
    bought = [*_from_orders(story.customers.orders), *_from_invoices(invoices.values())]
    for head in asked:
        credits = [_rep(book, head.shop_id, head.channel, head.agent_id, head.occurred_at)]
        book.add("inquiries_received", head.shop_id, head.occurred_at, MICRO, credits)
        if any(_answers(head, purchase) for purchase in bought):
            book.add("inquiries_converted", head.shop_id, head.occurred_at, MICRO, credits)
    _count_days(book, asked, inquiries)
    for facts in invoices.values():
        _count_invoice(book, facts)
    _count_sales(book, [order for order in story.customers.orders if order.paid_at is not None])


def _rep(book: Book, shop: str, channel: str, agent: str, at: int) -> Credit:
    """Who is named, else who holds the tag `rep`."""
    if agent:
        return book.credit_person("rep", agent, at)
    return book.credit_tag("rep", "rep", {"shop": shop, "channel": channel}, at)


def _first_message(facts: list[Event]) -> InquiryReceived | None:
    received = [fact for fact in facts if isinstance(fact, InquiryReceived)]
    spam = [fact for fact in received if fact.is_spam]
    marks = [when(fact, "marked_at") for fact in facts if isinstance(fact, InquiryMarkedSpam)]
    if not received or spam or any(at - received[0].occurred_at <= DAY_US for at in marks):
        return None
    return received[0]


Purchase = tuple[str, str, int, int]
"""(shop, buyer, when the order was placed or the invoice told, when it was first paid)."""


def _from_orders(orders: list[Order]) -> list[Purchase]:
    return [(order.shop, order.buyer, order.placed_at, order.paid_at) for order in orders if order.paid_at is not None]


def _from_invoices(invoices: Iterable[list[InvoiceEvent]]) -> list[Purchase]:
    rows = []
    for facts in invoices:
        paid = [fact.occurred_at for fact in facts if isinstance(fact, PaymentReceived)]
        if paid:
            head = _bill(facts)
            rows.append((head.shop_id, head.buyer_id, head.occurred_at, min(paid)))
    return rows


def _answers(head: InquiryReceived, purchase: Purchase) -> bool:
    shop, buyer, begun, paid = purchase
    at = head.occurred_at
    same = bool(buyer) and (shop, buyer) == (head.shop_id, head.buyer_id)
    return same and begun >= at and paid - at <= 90 * DAY_US


def _count_days(book: Book, asked: list[InquiryReceived], inquiries: dict[tuple[str, str], list[Event]]) -> None:
    """Of a buyer's day in a shop the first message only."""
    firsts: dict[tuple[str, str, str], InquiryReceived] = {}
    for head in sorted(asked, key=lambda head: (head.occurred_at, head.inquiry_id)):
        buyer = head.buyer_id or f"inquiry:{head.inquiry_id}"
        firsts.setdefault((head.shop_id, buyer, book.day(head.occurred_at)), head)
    for head in firsts.values():
        at, shop = head.occurred_at, head.shop_id
        credits = [_rep(book, shop, head.channel, head.agent_id, at)]
        book.add("inquiry_days", shop, at, MICRO, credits)
        facts = inquiries[shop, head.inquiry_id]
        human = [fact for fact in facts if isinstance(fact, InquiryReplied) and not fact.is_robot]
        waits = [when(fact, "replied_at") - at for fact in human if when(fact, "replied_at") >= at]
        if waits:
            book.add("inquiry_days_answered", shop, at, MICRO, credits)
            book.add("inquiry_reply_seconds", shop, at, min(waits) // SECOND_US * MICRO, credits)
            if min(waits) <= DAY_US:
                book.add("inquiry_days_24h", shop, at, MICRO, credits)


def _bill(facts: list[InvoiceEvent]) -> InvoiceEvent:
    return [*(fact for fact in facts if isinstance(fact, InvoiceIssued)), *facts][0]


def _count_invoice(book: Book, facts: list[InvoiceEvent]) -> None:
    head = _bill(facts)
    rates = {fact.currency: book.rate(fact.currency, head.due_at) for fact in facts}
    if None in rates.values():
        return
    named = [fact.agent_id for fact in facts if fact.agent_id]
    credits = [_rep(book, head.shop_id, head.channel, named[0] if named else "", head.due_at)]
    amount = round_half_up(head.invoice_amt * (rates[head.currency] or 0))
    came = sum(fact.paid_amt * (rates[fact.currency] or 0) for fact in facts if isinstance(fact, PaymentReceived))
    book.add("invoices_due", head.shop_id, head.due_at, amount, credits)
    book.add("invoices_received", head.shop_id, head.due_at, min(amount, round_half_up(came)), credits)


def _count_sales(book: Book, orders: list[Order]) -> None:
    """The reps' part of sales and refunds, and what everybody's first paid order brought."""
    firsts: dict[str, tuple[int, str, str]] = {}
    rated = [order for order in orders if order.paid_at is not None and book.rate(order.currency, order.paid_at)]
    for order in rated:
        name = (order.paid_at or 0, order.shop, order.order_id)
        firsts[_customer(order)] = min(name, firsts.get(_customer(order), name))
    for order in rated:
        paid_at = order.paid_at or 0
        credits = []
        if order.agent or order.channel == "b2b":
            credits = [_rep(book, order.shop, order.channel, order.agent, paid_at)]
            book.add("rep_orders", order.shop, paid_at, MICRO, credits)
        count_seller(book, order, credits)
        if firsts[_customer(order)] == (paid_at, order.shop, order.order_id):
            _count_first(book, order, credits)


def _customer(order: Order) -> str:
    return order.buyer or f"order:{order.shop}|{order.order_id}"


def _count_first(book: Book, order: Order, credits: list[Credit]) -> None:
    shop, paid_at = order.shop, order.paid_at or 0
    rate = book.rate(order.currency, paid_at)
    assert rate is not None
    for line in order.lines:
        rev = line.paid_amt + line.platform_subsidy_amt
        book.add("first_sales", shop, paid_at, round_half_up(rev * rate), credits)
        back = 0
        for completed_at, refund in order.refunds:
            if refund.line_id == line.line_id:
                before, back = back, min(rev, back + refund.refund_amt)
                book.add("first_refunds", shop, completed_at, round_half_up(back * rate), credits)
                book.add("first_refunds", shop, completed_at, -round_half_up(before * rate), credits)
