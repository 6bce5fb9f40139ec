"""Purchase orders recounted, line by line."""

from __future__ import annotations

from scoring.events.inventory import PoCancelled, PoCreated, PoEvent, PoReceived
from scoring.money import round_half_up
from scoring.recount.book import MICRO, Book, Credit
from scoring.recount.orders import when
from scoring.recount.story import Story


def count_purchases(book: Book, story: Story) -> None:
    """Add every line that was due and every delivery."""
    lines: dict[tuple[str, str, str], list[PoEvent]] = {}
    for fact in story.of(PoEvent):
        lines.setdefault((fact.shop_id, fact.po_id, fact.line_id), []).append(fact)
    for facts in lines.values():
        orders = [fact for fact in facts if isinstance(fact, PoCreated)]
        order = orders[0] if orders else None
        arrivals = [fact for fact in facts if isinstance(fact, PoReceived)]
        off = [fact.occurred_at for fact in facts if isinstance(fact, PoCancelled)]
        if order is not None and not (off and min(off) <= order.due_at):
            _count_due(book, order, arrivals)
        for arrival in arrivals:
            _count_arrival(book, order, arrival)


def _buyer(book: Book, fact: PoEvent, order: PoCreated | None, at: int) -> list[Credit]:
    goods = {"shop": fact.shop_id, "sku": fact.sku, "category": "", "supplier": ""}
    if order is not None:
        goods |= {"category": order.category, "supplier": order.supplier_id}
    return [book.credit_tag("purchaser", "purchaser", goods, at)]


def _count_due(book: Book, order: PoCreated, arrivals: list[PoReceived]) -> None:
    buyer = _buyer(book, order, order, order.due_at)
    book.add("po_lines_due", order.shop_id, order.due_at, MICRO, buyer)
    there = 0
    for arrival in arrivals:
        if when(arrival, "received_at") <= order.due_at:
            there += arrival.qty_ok + arrival.qty_bad
    if there >= order.qty:
        book.add("po_lines_on_time", order.shop_id, order.due_at, MICRO, buyer)


def _count_arrival(book: Book, order: PoCreated | None, arrival: PoReceived) -> None:
    at = when(arrival, "received_at")
    buyer = _buyer(book, arrival, order, at)
    book.add("units_checked", arrival.shop_id, at, (arrival.qty_ok + arrival.qty_bad) * MICRO, buyer)
    book.add("units_passed", arrival.shop_id, at, arrival.qty_ok * MICRO, buyer)
    rate = book.rate(order.currency, at) if order is not None else None
    if order is None or rate is None or order.reference_price == 0:
        return
    usual = round_half_up(order.reference_price * arrival.qty_ok * rate)
    real = round_half_up(order.unit_price * arrival.qty_ok * rate)
    book.add("purchase_reference", arrival.shop_id, at, usual, buyer)
    book.add("purchase_saved", arrival.shop_id, at, usual - real, buyer)
