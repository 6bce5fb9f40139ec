"""Orders recounted: for every order, for every line, for every refund: add."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from scoring.events.base import Event
from scoring.events.finance import CogsAdjusted
from scoring.events.order import (
    OrderCancelled,
    OrderCompleted,
    OrderDelivered,
    OrderHeader,
    OrderLine,
    OrderPaid,
    OrderPlaced,
    OrderShipped,
)
from scoring.events.refund import RefundCompleted
from scoring.money import round_half_up
from scoring.recount.book import MICRO, SECOND_US, Book, Credit, equally, newest
from scoring.recount.live import Room

DAY_US = 86_400 * SECOND_US


@dataclass(frozen=True, slots=True)
class Order:
    """An order that counts; lines by line_id in text order, refunds in the order in which they were completed."""

    shop: str
    order_id: str
    channel: str
    buyer: str
    room: str
    agent: str
    placed_at: int
    paid_at: int | None
    settle_at: int | None
    currency: str
    lines: list[OrderLine]
    refunds: list[tuple[int, RefundCompleted]]
    facts: list[Event]

    @property
    def buyer_item(self) -> str:
        return self.buyer or f"order:{self.order_id}"


def first(facts: list[Any], field: str) -> Any:
    """The first value of a field that is not empty."""
    return next((getattr(fact, field) for fact in facts if getattr(fact, field, None) not in (None, "")), None)


def when(fact: Any, field: str) -> int:
    """The instant in the field, else the fact's own."""
    given: int | None = getattr(fact, field)
    at: int = fact.occurred_at if given is None else given
    return at


def read_order(book: Book, facts: list[Event]) -> Order | None:
    """The order that these facts tell of, or None when it is a test, internal or brush order, or no order at all."""
    headers = [fact for fact in facts if isinstance(fact, OrderPlaced | OrderPaid)]
    if not headers or any(fact.is_test or fact.is_internal or fact.is_brush for fact in headers):
        return None
    placed = [fact for fact in headers if isinstance(fact, OrderPlaced)]
    paid = [fact for fact in headers if isinstance(fact, OrderPaid)]
    paid_at = min((when(fact, "paid_at") for fact in paid), default=None)
    told = [fact.placed_at for fact in paid if fact.placed_at is not None]
    placed_at = when(placed[0], "placed_at") if placed else min(told, default=paid_at)
    assert placed_at is not None
    return Order(
        shop=headers[0].shop_id,
        order_id=headers[0].order_id,
        channel=headers[0].channel,
        buyer=first(facts, "buyer_id") or "",
        room=first(headers, "live_session_id") or "",
        agent=first(headers, "agent_id") or "",
        placed_at=placed_at,
        paid_at=paid_at,
        settle_at=_settle_at(book, facts),
        currency=paid[0].currency if paid else "",
        lines=_lines(paid) or _lines(placed),
        refunds=_refunds(facts),
        facts=facts,
    )


def _lines(headers: list[Any]) -> list[OrderLine]:
    lines: dict[str, OrderLine] = {}
    for header in headers:
        for line in header.lines:
            lines.setdefault(line.line_id, line)
    return [lines[line_id] for line_id in sorted(lines)]


def _settle_at(book: Book, facts: list[Event]) -> int | None:
    for fact in facts:
        if isinstance(fact, OrderCompleted):
            return when(fact, "completed_at")
    for fact in facts:
        if isinstance(fact, OrderDelivered):
            return when(fact, "delivered_at") + book.policy.return_window_days * DAY_US
    return None


def _refunds(facts: list[Event]) -> list[tuple[int, RefundCompleted]]:
    known: dict[str, RefundCompleted] = {}
    for fact in facts:
        if isinstance(fact, RefundCompleted):
            known.setdefault(fact.refund_id, fact)
    kept = [(when(fact, "completed_at"), fact) for fact in known.values() if fact.kind != "exchange"]
    return sorted(kept, key=lambda row: (row[0], row[1].refund_id))


def _owner(book: Book, order: Order, line: OrderLine | None, at: int) -> list[Credit]:
    """The shop dimension: the owner of this line's scope; by policy the agent of the order instead."""
    if book.policy.order_owner == "agent" and order.agent:
        return [book.credit_person("shop", order.agent, at)]
    category, sku = (line.category, line.sku) if line else ("", "")
    atom = {"shop": order.shop, "channel": order.channel, "category": category, "sku": sku}
    return [book.credit_tag("shop", "owner", atom, at)]


def count_order(book: Book, order: Order, room: Room | None, agent: str | None) -> None:
    """Add an order; `agent` is the account of customer service that is credited with it, if any."""
    first_line = order.lines[0] if order.lines else None
    rate = Fraction(1) if order.paid_at is None else book.rate(order.currency, order.paid_at)
    if rate is None:
        return
    book.add("orders_placed", order.shop, order.placed_at, MICRO, _owner(book, order, first_line, order.placed_at))
    if order.paid_at is None:
        return
    owner = _owner(book, order, first_line, order.paid_at)
    book.add("orders_paid", order.shop, order.paid_at, MICRO, owner)
    buyer_of_the_day = f"{book.day(order.paid_at)}|{order.shop}|{order.buyer_item}"
    book.mark("buyers_paid", order.shop, order.paid_at, buyer_of_the_day, owner)
    grace = book.policy.live_payment_grace_minutes * 60 * SECOND_US
    live = _live(book, order, room)
    if order.room:
        if order.paid_at <= order.placed_at + grace:
            book.add("live_orders_paid", order.shop, order.paid_at, MICRO, live)
        if room is None or room.ended_at is None or order.paid_at <= room.ended_at + grace:
            at = order.paid_at if room is None else room.start
            book.mark("live_buyers", order.shop, at, f"{order.room}|{order.buyer_item}", live)
    # Each stream of sales: the measures of its sales and refunds, and who is credited, line by line.
    streams: list[tuple[str, str, list[Credit]]] = []
    if order.room and order.paid_at <= order.placed_at + grace:
        streams.append(("live_gmv", "live_refunds", live))
    if agent is not None:
        streams.append(("cs_gmv", "cs_refunds", [book.credit_person("agent", agent, order.paid_at)]))
    for line in order.lines:
        own = _owner(book, order, line, order.paid_at)
        _count_line(book, order, line, rate, [("gmv", "refund_amount", own), *streams])
    _count_shipping(book, order)


def _live(book: Book, order: Order, room: Room | None) -> list[Credit]:
    at, atom = order.placed_at, {"shop": order.shop, "channel": order.channel}
    hosts = equally(room.hosts(at) if room else [])
    return [Credit("host", hosts, book.day(at)), book.credit_tag("live_op", "live_op", atom, at)]


def _count_line(
    book: Book, order: Order, line: OrderLine, rate: Fraction, streams: list[tuple[str, str, list[Credit]]]
) -> None:
    paid_at = order.paid_at
    assert paid_at is not None
    own = streams[0][2]
    rev = line.paid_amt + line.platform_subsidy_amt
    adjusted = [fact for fact in order.facts if isinstance(fact, CogsAdjusted) and fact.line_id == line.line_id]
    cogs = next((fact.amount for fact in newest(adjusted, lambda fact: fact.line_id)), line.cogs)
    book.add("units_sold", order.shop, paid_at, line.qty * MICRO, own)
    book.add("cogs_sold", order.shop, paid_at, round_half_up(cogs * rate), own)
    for sales, _, credits in streams:
        book.add(sales, order.shop, paid_at, round_half_up(rev * rate), credits)
    refunded = cogs_back = 0
    for completed_at, fact in order.refunds:
        if fact.line_id != line.line_id:
            continue
        before, refunded = refunded, min(rev, refunded + fact.refund_amt)
        back_before, cogs_back = cogs_back, cogs_back + (0 if fact.kind == "compensation" else fact.cogs_back)
        # The running sums are converted and split, never the single step: a full refund leaves nobody a cent.
        steps = [
            ("cogs_back", completed_at, back_before, cogs_back, own),
            ("cohort_refunds", paid_at, before, refunded, own),
        ]
        steps += [(refunds, completed_at, before, refunded, credits) for _, refunds, credits in streams]
        for measure, at, low, high, credits in steps:
            book.add(measure, order.shop, at, round_half_up(high * rate), credits)
            book.add(measure, order.shop, at, -round_half_up(low * rate), credits)
    if order.settle_at is not None:
        settled = round_half_up(rev * rate) - round_half_up(refunded * rate)
        book.add("settled_sales", order.shop, order.settle_at, settled, own)


def _count_shipping(book: Book, order: Order) -> None:
    shipments = [fact for fact in order.facts if isinstance(fact, OrderShipped)]
    headers = [fact for fact in order.facts if isinstance(fact, OrderHeader)]
    due = first([*headers, *shipments], "promised_ship_at")
    cancelled = [fact.occurred_at for fact in order.facts if isinstance(fact, OrderCancelled)]
    if due is None or any(at <= due for at in cancelled):
        return
    warehouse = shipments[0].warehouse_id if shipments else ""
    atom = {"shop": order.shop, "channel": order.channel, "warehouse": warehouse}
    credit = [book.credit_tag("warehouse", "warehouse", atom, due)]
    book.add("ships_due", order.shop, due, MICRO, credit)
    if shipments and when(shipments[0], "shipped_at") <= due:
        book.add("ships_on_time", order.shop, due, MICRO, credit)
