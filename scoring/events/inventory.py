"""Stock, purchase orders, listings and shipping errors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from scoring.events.base import Event, Instant, Minor, Write, case_key


@dataclass(frozen=True, slots=True, kw_only=True)
class StockEvent(Event):
    """What all stock events share."""

    sku: str
    warehouse_id: str

    def case(self) -> str:
        return case_key("stock", self.shop_id, self.warehouse_id, self.sku)

    def subject(self) -> str:
        return case_key("stock", self.warehouse_id, self.sku)


@dataclass(frozen=True, slots=True, kw_only=True)
class StockSnapshot(StockEvent):
    """Stock of one SKU in one warehouse on one day; a higher revision replaces a lower one."""

    EVENT_TYPE: ClassVar[str] = "stock.snapshot"
    WRITE: ClassVar[Write] = "upsert"
    day_at: Instant
    on_hand_qty: int = 0
    on_hand_cost: Minor = 0
    on_sale: bool = True
    stockout_seconds: int = 0
    age_days: int = 0

    def restates(self) -> str | None:
        return str(self.day_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class StockReceived(StockEvent):
    """Goods arrived and were checked."""

    EVENT_TYPE: ClassVar[str] = "stock.received"
    qty_ok: int
    qty_bad: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StockCounted(StockEvent):
    """A stock count."""

    EVENT_TYPE: ClassVar[str] = "stock.counted"
    counted_qty: int
    book_qty: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PoEvent(Event):
    """What all purchase-order events share."""

    po_id: str
    line_id: str
    sku: str

    def case(self) -> str:
        return case_key("po", self.shop_id, self.po_id, self.line_id)

    def subject(self) -> str:
        return case_key("po", self.po_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class PoCreated(PoEvent):
    """A purchase-order line was placed with a supplier."""

    EVENT_TYPE: ClassVar[str] = "po.created"
    qty: int
    due_at: Instant
    unit_price: Minor
    reference_price: Minor = 0
    supplier_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PoReceived(PoEvent):
    """A purchase-order line arrived, wholly or in part."""

    EVENT_TYPE: ClassVar[str] = "po.received"
    qty_ok: int
    qty_bad: int = 0
    received_at: Instant | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingEvent(Event):
    """What all listing events share."""

    sku: str
    publisher_id: str = ""

    def case(self) -> str:
        return case_key("listing", self.shop_id, self.sku)

    def subject(self) -> str:
        return case_key("listing", self.shop_id, self.sku)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingPublished(ListingEvent):
    """A product went on sale."""

    EVENT_TYPE: ClassVar[str] = "listing.published"
    launch_at: Instant | None = None
    due_at: Instant | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingError(ListingEvent):
    """A confirmed mistake in a listing."""

    EVENT_TYPE: ClassVar[str] = "listing.error"
    kind: Literal["price", "stock", "content"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentError(Event):
    """A confirmed wrong or missing item in a parcel."""

    EVENT_TYPE: ClassVar[str] = "shipment.error"
    order_id: str
    warehouse_id: str
    kind: Literal["wrong", "missing"]

    def case(self) -> str:
        return case_key("shipment", self.shop_id, self.order_id)

    def subject(self) -> str:
        return case_key("customer", self.shop_id, self.order_id)
