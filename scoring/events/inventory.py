"""Stock, purchase orders, listings and shipping errors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from scoring.events.base import Event, Instant, Minor, Write, case_key


@dataclass(frozen=True, slots=True, kw_only=True)
class StockEvent(Event):
    """What all stock events share; `category` finds the owner of the goods where categories are assigned."""

    sku: str
    warehouse_id: str
    category: str = ""

    def case(self) -> str:
        return case_key("stock", self.shop_id, self.warehouse_id, self.sku)

    def subject(self) -> str:
        return case_key("stock", self.warehouse_id, self.sku)


@dataclass(frozen=True, slots=True, kw_only=True)
class StockSnapshot(StockEvent):
    """Stock of one SKU in one warehouse on one day; a higher revision replaces a lower one.

    `last_sold_at` is the latest sale that the stock ledger knows of; goods without one count as never sold.
    """

    EVENT_TYPE: ClassVar[str] = "stock.snapshot"
    WRITE: ClassVar[Write] = "upsert"
    day_at: Instant
    on_hand_qty: int = 0
    on_hand_cost: Minor = 0
    on_sale: bool = True
    stockout_seconds: int = 0
    age_days: int = 0
    is_core: bool = True
    last_sold_at: Instant | None = None

    def restates(self) -> str | None:
        return str(self.day_at)

    def check(self) -> str | None:
        for name in ("on_hand_qty", "on_hand_cost", "stockout_seconds", "age_days"):
            if getattr(self, name) < 0:
                return f"{name} is negative; a snapshot says what is there"
        return None


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
    category: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PoReceived(PoEvent):
    """A purchase-order line arrived, wholly or in part."""

    EVENT_TYPE: ClassVar[str] = "po.received"
    qty_ok: int
    qty_bad: int = 0
    received_at: Instant | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PoCancelled(PoEvent):
    """A purchase-order line was called off; one that was called off before it was due is not due."""

    EVENT_TYPE: ClassVar[str] = "po.cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingEvent(Event):
    """What all listing events share."""

    sku: str
    publisher_id: str = ""
    category: str = ""

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
class ListingPlanned(ListingEvent):
    """A product is to go on sale by a time; without it a listing that never came would not be missed."""

    EVENT_TYPE: ClassVar[str] = "listing.planned"
    due_at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingChanged(ListingEvent):
    """A listing was edited; an optimisation is a change that is meant to convert more visitors."""

    EVENT_TYPE: ClassVar[str] = "listing.changed"
    is_optimisation: bool = False
    changed_at: Instant | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingStats(ListingEvent):
    """Visitors and buyers of one listing on one day; a higher revision replaces a lower one."""

    EVENT_TYPE: ClassVar[str] = "listing.stats"
    WRITE: ClassVar[Write] = "upsert"
    day_at: Instant
    visitors: int = 0
    buyers: int = 0

    def restates(self) -> str | None:
        return str(self.day_at)

    def check(self) -> str | None:
        return "visitors and buyers can not be negative" if min(self.visitors, self.buyers) < 0 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListingError(ListingEvent):
    """A confirmed mistake in a listing."""

    EVENT_TYPE: ClassVar[str] = "listing.error"
    kind: Literal["price", "stock", "content"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentError(Event):
    """A confirmed wrong or missing item in a parcel; it is read together with its order."""

    EVENT_TYPE: ClassVar[str] = "shipment.error"
    order_id: str
    warehouse_id: str
    kind: Literal["wrong", "missing"]
    buyer_id: str = ""

    def case(self) -> str:
        return case_key("order", self.shop_id, self.order_id)

    def subject(self) -> str:
        return case_key("customer", self.shop_id, self.buyer_id or self.order_id)
