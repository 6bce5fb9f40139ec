"""Shipping, delivery, labour and platform faults recounted, order by order and shift by shift."""

from __future__ import annotations

from scoring.events.feedback import FeedbackReceived
from scoring.events.inventory import ShipmentError
from scoring.events.order import OrderCancelled, OrderDelivered, OrderHeader, OrderShipped
from scoring.events.people import HrShift
from scoring.money import round_half_up
from scoring.recount.book import MICRO, SECOND_US, Book, Credit
from scoring.recount.orders import Order, first, when
from scoring.recount.sales import owners
from scoring.recount.story import Story


def count_fulfilment(book: Book, story: Story) -> None:
    """Add every paid order of which the rate is known, and every shift in a warehouse."""
    mistaken = {(fact.shop_id, fact.order_id) for fact in story.of(ShipmentError)}
    for order in story.customers.orders:
        if order.paid_at is None or book.rate(order.currency, order.paid_at) is None:
            continue
        parcels = [fact for fact in order.facts if isinstance(fact, OrderShipped)]
        headers = [fact for fact in order.facts if isinstance(fact, OrderHeader)]
        _count_promises(book, order, parcels, headers)
        _count_delivery(book, order, headers)
        if parcels:
            _count_shipment(book, order, parcels, (order.shop, order.order_id) in mistaken)
        _count_faults(book, order, order.paid_at)
    for shift in story.of(HrShift):
        _count_shift(book, shift)


def _keepers(book: Book, order: Order, parcels: list[OrderShipped], at: int) -> list[Credit]:
    planned = first([fact for fact in order.facts if isinstance(fact, OrderHeader)], "warehouse_id")
    place = {
        "shop": order.shop,
        "channel": order.channel,
        "warehouse": (parcels[0].warehouse_id if parcels else "") or planned or "",
    }
    return [book.credit_tag("warehouse", "warehouse", place, at)]


def _is_off(order: Order, due: int) -> bool:
    """Whether it was cancelled by then: nothing had to be done any more."""
    return any(isinstance(fact, OrderCancelled) and fact.occurred_at <= due for fact in order.facts)


def _count_promises(book: Book, order: Order, parcels: list[OrderShipped], headers: list[OrderHeader]) -> None:
    due = first([*headers, *parcels], "promised_ship_at")
    if due is None or _is_off(order, due):
        return
    own = owners(book, order, order.lines[0] if order.lines else None, due)
    keepers = _keepers(book, order, parcels, due)
    left_at = when(parcels[0], "shipped_at") if parcels else None
    by_platform = any(header.is_platform_fulfilled for header in headers)
    holds = {
        "ships_due": (True, keepers + own),
        "ships_on_time": (left_at is not None and left_at <= due, keepers),
        "ships_complete": (any(parcel.is_complete for parcel in parcels), keepers + own),
        "own_ships_due": (not by_platform, own),
        "own_ships_late": (not by_platform and left_at is not None and left_at > due, own),
    }
    for measure, (counts, credits) in holds.items():
        if counts:
            book.add(measure, order.shop, due, MICRO, credits)


def _count_delivery(book: Book, order: Order, headers: list[OrderHeader]) -> None:
    arrivals = [fact for fact in order.facts if isinstance(fact, OrderDelivered)]
    due = first([*headers, *arrivals], "promised_deliver_at")
    if due is None or _is_off(order, due) or book.day(due) in book.policy.force_majeure_days:
        return
    credits = owners(book, order, order.lines[0] if order.lines else None, due)
    book.add("deliveries_due", order.shop, due, MICRO, credits)
    if arrivals and when(arrivals[0], "delivered_at") <= due:
        book.add("deliveries_on_time", order.shop, due, MICRO, credits)


def _count_shipment(book: Book, order: Order, parcels: list[OrderShipped], is_wrong: bool) -> None:
    assert order.paid_at is not None
    rate = book.rate(order.currency, order.paid_at)
    assert rate is not None
    at = when(parcels[0], "shipped_at")
    credits = _keepers(book, order, parcels, at)
    book.add("orders_shipped", order.shop, at, MICRO, credits)
    if is_wrong:
        book.add("shipments_wrong", order.shop, at, MICRO, credits)
    cost = 0
    for line in order.lines:
        cost += line.fulfil_cost
    book.add("shipped_fulfil_cost", order.shop, at, round_half_up(cost * rate), credits)


def _count_faults(book: Book, order: Order, paid_at: int) -> None:
    own = owners(book, order, order.lines[0] if order.lines else None, paid_at)
    said = [fact for fact in order.facts if isinstance(fact, FeedbackReceived) and fact.kind != "review"]
    if [fact for fact in said if not fact.is_denied]:
        book.add("orders_defective", order.shop, paid_at, MICRO, own)
    if [fact for fact in order.facts if isinstance(fact, OrderCancelled) and fact.by_seller]:
        book.add("orders_seller_cancelled", order.shop, paid_at, MICRO, own)


def _count_shift(book: Book, shift: HrShift) -> None:
    for start, end in book.cut_at_midnights(shift.from_at, shift.to_at):
        seconds = (end - start) // SECOND_US
        if shift.warehouse_id:
            place = {"shop": shift.shop_id, "warehouse": shift.warehouse_id}
            credit = book.credit_tag("warehouse", "warehouse", place, start)
        else:
            credit = book.credit_person("warehouse", shift.employee_id, start)
            held = [
                row
                for row in book.reference.assignments
                if row.tag == "warehouse" and row.person in credit.shares and row.from_day <= credit.day
            ]
            if not any(row.to_day is None or credit.day < row.to_day for row in held):
                continue
        book.add("labour_seconds", shift.shop_id, start, seconds * MICRO, [credit])
