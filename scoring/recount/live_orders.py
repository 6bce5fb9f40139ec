"""Orders of live sessions recounted: who of the hosts sold what, what came back, and what it cost."""

from __future__ import annotations

from scoring.events.finance import CogsAdjusted
from scoring.events.live import LiveProductExposed
from scoring.events.order import OrderLine
from scoring.money import round_half_up
from scoring.recount.book import MICRO, SECOND_US, Book, Credit, newest
from scoring.recount.live import Room, host_credit
from scoring.recount.orders import Order
from scoring.recount.story import Story

EXPLAINED_WITHIN_US = 10 * 60 * SECOND_US


def count_live_orders(book: Book, story: Story) -> None:
    """Add every order of a live session."""
    for order in story.customers.orders:
        if order.room:
            _count_order(book, order, story.rooms.get((order.shop, order.room)))


def _credits(book: Book, order: Order, room: Room | None, sku: str, paid_at: int | None) -> list[Credit]:
    """Hosts and operators of one piece of the order; `paid_at` None: only placed so far."""
    rule, at, place = book.policy.host_credit, order.placed_at, _place(order)
    if rule == "on_air_at_paid" and paid_at is not None:
        at = paid_at
    people = room.hosts(at) if room else []
    if rule == "last_explained" and room is not None:
        shown = [fact for fact in room.facts if isinstance(fact, LiveProductExposed)]
        for fact in shown:
            if fact.host_id and fact.sku == sku and 0 <= at - fact.occurred_at <= EXPLAINED_WITHIN_US:
                people = [book.person(fact.host_id, fact.occurred_at)]
    return [host_credit(book, people, place, at), book.credit_tag("live_op", "live_op", place, order.placed_at)]


def _place(order: Order) -> dict[str, str]:
    return {"shop": order.shop, "channel": order.channel, "session": order.room}


def _count_order(book: Book, order: Order, room: Room | None) -> None:
    paid_at, first_sku = order.paid_at, order.lines[0].sku if order.lines else ""
    rate = 1 if paid_at is None else book.rate(order.currency, paid_at)
    if rate is None:
        return
    book.add("live_orders", order.shop, order.placed_at, MICRO, _credits(book, order, room, first_sku, None))
    if paid_at is None:
        return
    credits = _credits(book, order, room, first_sku, paid_at)
    grace = book.policy.live_payment_grace_minutes * 60 * SECOND_US
    if room is None or room.ended_at is None or paid_at <= room.ended_at + grace:
        at = paid_at if room is None else room.start
        book.mark("live_buyers", order.shop, at, f"{order.room}|{order.buyer_item}", credits)
        book.add("live_orders_paid_session", order.shop, at, MICRO, credits)
    if paid_at <= order.placed_at + grace:
        book.add("live_orders_paid", order.shop, paid_at, MICRO, credits)
        for line in order.lines:
            _count_line(book, order, line, _credits(book, order, room, line.sku, paid_at))


def _count_line(book: Book, order: Order, line: OrderLine, credits: list[Credit]) -> None:
    paid_at = order.paid_at
    assert paid_at is not None
    rate = book.rate(order.currency, paid_at)
    assert rate is not None
    hosts, operators = credits
    rev = line.paid_amt + line.platform_subsidy_amt
    adjusted = [fact for fact in order.facts if isinstance(fact, CogsAdjusted) and fact.line_id == line.line_id]
    cogs = next((fact.amount for fact in newest(adjusted, lambda fact: fact.line_id)), line.cogs)
    book.add("live_gmv", order.shop, paid_at, round_half_up(rev * rate), credits)
    book.add("live_cogs", order.shop, paid_at, round_half_up(cogs * rate), [operators])
    money = goods = 0
    for completed_at, fact in order.refunds:
        if fact.line_id != line.line_id:
            continue
        answers = fact.responsible in book.policy.host_refund_responsible
        steps = [
            ("live_refunds", completed_at, money, min(rev, money + fact.refund_amt), credits),
            ("live_refunds_cohort", paid_at, money, min(rev, money + fact.refund_amt), [operators]),
        ]
        if answers:
            steps.append(("live_refunds_cohort_host", paid_at, money, min(rev, money + fact.refund_amt), [hosts]))
        back = 0 if fact.kind == "compensation" else fact.cogs_back
        steps.append(("live_cogs_back", completed_at, goods, goods + back, [operators]))
        money, goods = min(rev, money + fact.refund_amt), goods + back
        for measure, at, before, after, shares in steps:
            # One measure for both: hosts get their own part of it, totals and operators all of it.
            shop = "" if measure.endswith("_host") else order.shop
            name = measure.removesuffix("_host")
            book.add(name, shop, at, round_half_up(after * rate), shares)
            book.add(name, shop, at, -round_half_up(before * rate), shares)
