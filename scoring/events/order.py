"""Orders: placed, paid, cancelled, shipped, delivered, completed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from scoring.events.base import Event, Instant, Minor, case_key


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderLine:
    """One line of an order; amounts are for the whole line, not per unit."""

    line_id: str
    sku: str
    qty: int
    paid_amt: Minor
    category: str = ""
    platform_subsidy_amt: Minor = 0
    cogs: Minor = 0
    platform_fee: Minor = 0
    affiliate_fee: Minor = 0
    fulfil_cost: Minor = 0
    supplier_id: str = ""
    list_amt: Minor = 0
    """The line at list price, for companies whose GMV goes by it; 0 when it is not told."""

    def check(self) -> str | None:
        """Quantities are positive and amounts are not negative; returns go through refunds."""
        if self.qty < 1:
            return f"line {self.line_id}: qty is {self.qty}, must be at least 1; send a refund for goods that came back"
        for name in ("paid_amt", "platform_subsidy_amt", "cogs"):
            if getattr(self, name) < 0:
                return f"line {self.line_id}: {name} is negative; send a refund for money that went back"
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderEvent(Event):
    """What all order events share."""

    order_id: str
    buyer_id: str = ""

    def case(self) -> str:
        return case_key("order", self.shop_id, self.order_id)

    def subject(self) -> str:
        return case_key("customer", self.shop_id, self.buyer_id or self.order_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderHeader(OrderEvent):
    """Who and what touched the order, as known when it was placed or paid; `warehouse_id` is who is to ship it."""

    lines: tuple[OrderLine, ...] = ()
    promised_ship_at: Instant | None = None
    promised_deliver_at: Instant | None = None
    live_session_id: str | None = None
    partner_id: str | None = None
    agent_id: str | None = None
    campaign_id: str | None = None
    is_test: bool = False
    is_brush: bool = False
    is_internal: bool = False
    is_presale: bool = False
    is_platform_fulfilled: bool = False
    warehouse_id: str = ""

    def check(self) -> str | None:
        for line in self.lines:
            fault = line.check()
            if fault:
                return fault
        names = [line.line_id for line in self.lines]
        if len(set(names)) != len(names):
            return "two lines of one order event share a line_id; give each line its own"
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPlaced(OrderHeader):
    """The buyer submitted the order; `placed_at` defaults to `occurred_at`."""

    EVENT_TYPE: ClassVar[str] = "order.placed"
    placed_at: Instant | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPaid(OrderHeader):
    """The buyer paid. An order may be paid by several events; their lines add up by line_id.

    `is_deposit` marks the deposit of a pre-sale: it counts, line by line, when the balance is paid (G2).
    """

    EVENT_TYPE: ClassVar[str] = "order.paid"
    placed_at: Instant | None = None
    paid_at: Instant | None = None
    is_deposit: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderCancelled(OrderEvent):
    """The order was called off; a paid order that is cancelled is refunded by a refund event."""

    EVENT_TYPE: ClassVar[str] = "order.cancelled"
    by_seller: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderShipped(OrderEvent):
    """The carrier picked the parcel up (the pickup scan is "shipped"); `is_complete`: nothing of the order is left."""

    EVENT_TYPE: ClassVar[str] = "order.shipped"
    shipped_at: Instant | None = None
    promised_ship_at: Instant | None = None
    warehouse_id: str = ""
    is_complete: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderDelivered(OrderEvent):
    """The buyer received the parcel."""

    EVENT_TYPE: ClassVar[str] = "order.delivered"
    delivered_at: Instant | None = None
    promised_deliver_at: Instant | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderCompleted(OrderEvent):
    """The platform closed the order in the merchant's favour; the sale is settled from here."""

    EVENT_TYPE: ClassVar[str] = "order.completed"
    completed_at: Instant | None = None
