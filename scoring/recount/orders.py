"""Orders recounted: for every order, for every line, for every refund: add."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from scoring.events.base import Event
from scoring.events.finance import CogsAdjusted
from scoring.events.order import (
    OrderCompleted,
    OrderDelivered,
    OrderLine,
    OrderPaid,
    OrderPlaced,
)
from scoring.events.refund import RefundCompleted
from scoring.money import round_half_up
from scoring.recount.book import MICRO, SECOND_US, Book, Credit, newest

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
    payments = [fact for fact in headers if isinstance(fact, OrderPaid)]
    paid = [fact for fact in payments if not fact.is_deposit]
    paid_at = min((when(fact, "paid_at") for fact in paid), default=None)
    told = [fact.placed_at for fact in payments if fact.placed_at is not None]
    told = told or [when(fact, "paid_at") for fact in payments]
    placed_at = when(placed[0], "placed_at") if placed else min(told)
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
        lines=_as_sales(book, _pay_deposits(_lines(paid), [f for f in payments if f.is_deposit]) or _lines(headers)),
        refunds=_refunds(facts),
        facts=facts,
    )


def _lines(headers: list[Any]) -> list[OrderLine]:
    lines: dict[str, OrderLine] = {}
    for header in headers:
        for line in header.lines:
            lines.setdefault(line.line_id, line)
    return [lines[line_id] for line_id in sorted(lines)]


def _as_sales(book: Book, lines: list[OrderLine]) -> list[OrderLine]:
    """What the company counts as sales: without the platform's subsidy, or at list price where that is told."""
    if book.policy.gmv_basis == "merchant_receipts":
        return lines
    counted = []
    for line in lines:
        amount = line.paid_amt
        if book.policy.gmv_basis == "list_price":
            amount = line.list_amt or line.paid_amt + line.platform_subsidy_amt
        counted.append(replace(line, paid_amt=amount, platform_subsidy_amt=0))
    return counted


def _pay_deposits(lines: list[OrderLine], deposits: list[Any]) -> list[OrderLine]:
    """A pre-sale counts with deposit and balance, when the balance is paid."""
    early = {line.line_id: line for line in _lines(deposits)}
    for place, line in enumerate(lines):
        if line.line_id in early:
            deposit = early[line.line_id]
            money = line.paid_amt + deposit.paid_amt
            subsidy = line.platform_subsidy_amt + deposit.platform_subsidy_amt
            lines[place] = replace(line, paid_amt=money, platform_subsidy_amt=subsidy)
    return lines


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


def count_order(book: Book, order: Order, advice: Credit | None) -> None:
    """Add an order; `advice` is who of customer service is credited with it, if anybody."""
    first_line = order.lines[0] if order.lines else None
    rate = Fraction(1) if order.paid_at is None else book.rate(order.currency, order.paid_at)
    if rate is None:
        return
    book.add("orders_placed", order.shop, order.placed_at, MICRO, _owner(book, order, first_line, order.placed_at))
    if order.paid_at is None:
        return
    owner = _owner(book, order, first_line, order.paid_at)
    advised = [] if advice is None else [advice]
    book.add("orders_paid", order.shop, order.paid_at, MICRO, owner + advised)
    buyer_of_the_day = f"{book.day(order.paid_at)}|{order.shop}|{order.buyer_item}"
    book.mark("buyers_paid", order.shop, order.paid_at, buyer_of_the_day, owner)
    # Each stream of sales: the measures of its sales and refunds, and who is credited, line by line.
    streams: list[tuple[str, str, list[Credit]]] = []
    if advice is not None:
        streams.append(("cs_gmv", "cs_refunds", [advice]))
    for line in order.lines:
        own = _owner(book, order, line, order.paid_at)
        _count_line(book, order, line, rate, [("gmv", "refund_amount", own), *streams])


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
