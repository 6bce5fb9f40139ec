"""Shipping and delivery of a paid order: promises, the shipment with its cost, and what platforms hold against it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import cast

from scoring.atoms.base import Atom
from scoring.atoms.credit import OrderCredit
from scoring.atoms.order_reading import Order, instant_or
from scoring.attribution import Spread
from scoring.events.base import Event
from scoring.events.feedback import FeedbackReceived
from scoring.events.inventory import ShipmentError
from scoring.events.order import OrderCancelled, OrderDelivered, OrderHeader, OrderShipped
from scoring.money import round_half_up

DEFECTS = ("negative", "a_to_z", "chargeback")


@dataclass(frozen=True, slots=True)
class ShipPromise:
    """A promise to ship, and whether it was kept; `is_own`: the seller ships, not the platform."""

    shop: str
    credits: Mapping[str, Spread]
    due_at: int
    on_time: int
    complete: int
    late: int
    is_own: bool


@dataclass(frozen=True, slots=True)
class DeliveryPromise:
    """A promise to deliver, and whether it was kept."""

    shop: str
    credits: Mapping[str, Spread]
    due_at: int
    on_time: int


@dataclass(frozen=True, slots=True)
class Shipment:
    """An order that left, once however many parcels it has; `wrong` when something wrong or missing is confirmed."""

    shop: str
    credits: Mapping[str, Spread]
    shipped_at: int
    wrong: int
    fulfil_cost: int


@dataclass(frozen=True, slots=True)
class OrderFault:
    """A paid order that the platform holds against the shop: it is defective, or the seller cancelled it."""

    shop: str
    credits: Mapping[str, Spread]
    paid_at: int
    is_defective: bool
    is_seller_cancelled: bool


def find_fulfilment(
    order: Order, facts: Sequence[Event], credit: OrderCredit, factor: Fraction
) -> list[tuple[str, Atom]]:
    """The atoms of a paid order; `factor` turns its minor units into the company's."""
    found = [
        ("ship_promise", _ship_promise(order, facts, credit)),
        ("delivery_promise", _delivery_promise(order, facts, credit)),
        ("shipment", _shipment(order, facts, credit, factor)),
        ("order_fault", _fault(order, facts, credit)),
    ]
    return [(kind, cast(Atom, atom)) for kind, atom in found if atom is not None]


def _owners(order: Order, credit: OrderCredit, at: int) -> Spread:
    head = order.lines[0] if order.lines else None
    return credit.owners(head.category if head else "", head.sku if head else "", at)


def _ship_promise(order: Order, facts: Sequence[Event], credit: OrderCredit) -> ShipPromise | None:
    due, shipped_at = order.promised_ship_at, order.shipped_at
    if due is None or _was_cancelled(order, due):
        return None
    return ShipPromise(
        shop=order.shop,
        credits={"shop": _owners(order, credit, due), "warehouse": credit.warehouse(order.warehouse, due)},
        due_at=due,
        on_time=int(shipped_at is not None and shipped_at <= due),
        complete=int(any(fact.is_complete for fact in facts if isinstance(fact, OrderShipped))),
        late=int(shipped_at is not None and shipped_at > due),
        is_own=not any(fact.is_platform_fulfilled for fact in facts if isinstance(fact, OrderHeader)),
    )


def _delivery_promise(order: Order, facts: Sequence[Event], credit: OrderCredit) -> DeliveryPromise | None:
    delivered = [fact for fact in facts if isinstance(fact, OrderDelivered)]
    told = [fact.promised_deliver_at for fact in facts if isinstance(fact, OrderHeader)]
    told += [fact.promised_deliver_at for fact in delivered]
    due = next((at for at in told if at is not None), None)
    if due is None or _was_cancelled(order, due):
        return None
    if credit.setting.attribution.days.day(due) in credit.setting.policy.force_majeure_days:
        return None
    on_time = bool(delivered) and instant_or(delivered[0].delivered_at, delivered[0].occurred_at) <= due
    return DeliveryPromise(order.shop, {"shop": _owners(order, credit, due)}, due, int(on_time))


def _was_cancelled(order: Order, due: int) -> bool:
    return order.cancelled_at is not None and order.cancelled_at <= due


def _shipment(order: Order, facts: Sequence[Event], credit: OrderCredit, factor: Fraction) -> Shipment | None:
    at = order.shipped_at
    if at is None:
        return None
    cost = sum(line.fulfil_cost for line in order.lines)
    wrong = any(isinstance(fact, ShipmentError) for fact in facts)
    keepers = {"warehouse": credit.warehouse(order.warehouse, at)}
    return Shipment(order.shop, keepers, at, int(wrong), round_half_up(cost * factor))


def _fault(order: Order, facts: Sequence[Event], credit: OrderCredit) -> OrderFault | None:
    defective = any(
        isinstance(fact, FeedbackReceived) and fact.kind in DEFECTS and not fact.is_denied for fact in facts
    )
    cancelled = any(isinstance(fact, OrderCancelled) and fact.by_seller for fact in facts)
    if order.paid_at is None or not (defective or cancelled):
        return None
    owners = {"shop": _owners(order, credit, order.paid_at)}
    return OrderFault(order.shop, owners, order.paid_at, defective, cancelled)
