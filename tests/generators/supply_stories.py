"""What happens to goods in a small month: listings, stock, purchases, parcels, shifts, complaints."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tests.generators.company import AGENTS, CATEGORIES, SHOPS, SKUS

if TYPE_CHECKING:
    from tests.generators.month import Month

HOUR = 3600 * 1_000_000
DAY = 24 * HOUR
BUYERS = ("b1", "b2", "")
WAREHOUSES = ("w1", "w2")
CURRENCIES = ("CNY",) * 6 + ("USD", "EUR", "JPY")


def listing(month: Month) -> None:
    """A listing that was planned or not, published once or twice, changed, found wrong, with visitors around it."""
    rng, shop, sku = month.rng, month.rng.choice(SHOPS), month.rng.choice(SKUS)
    about = {"sku": sku, "category": rng.choice((*CATEGORIES, None))}
    at = month.some_time() - rng.choice((0, 0, 2 * DAY, 7 * DAY, 30 * DAY, 60 * DAY, 90 * DAY, 91 * DAY))
    due = month.text(at + rng.choice((-HOUR, 0, HOUR)))
    by = {"publisher_id": rng.choice((*AGENTS, None))}
    if month.chance(40):
        month.emit("listing.planned", at - DAY, shop, **about, publisher_id=rng.choice(AGENTS), due_at=due)
    if month.chance(80):
        launch = {"launch_at": month.text(at + rng.choice((0, HOUR, DAY))) if month.chance(40) else None}
        told = {"due_at": rng.choice((due, None))}
        for _ in range(rng.choice((1, 1, 2))):
            month.emit("listing.published", at + rng.choice((0, HOUR)), shop, **about, **by, **launch, **told)
    for _ in range(rng.choice((0, 1, 2))):
        changed = at + rng.choice((DAY, 15 * DAY))
        flags = {"is_optimisation": month.chance(70), "changed_at": month.text(changed) if month.chance(30) else None}
        month.emit("listing.changed", changed, shop, **about, **by, **flags)
        _visits(month, shop, sku, changed)
    if month.chance(30):
        month.emit("listing.error", at + rng.choice((-HOUR, DAY)), shop, **about, kind="price", **by)


def _visits(month: Month, shop: str, sku: str, around: int) -> None:
    rng = month.rng
    for step in (-15, -14, -1, 0, 1, 14, 15):
        if month.chance(70):
            day_at = around + step * DAY
            for revision in range(1, rng.choice((2, 2, 3))):
                counts = {"visitors": rng.randint(0, 30), "buyers": rng.randint(0, 4), "revision": revision}
                month.emit("listing.stats", day_at + DAY, shop, sku=sku, day_at=month.text(day_at), **counts)


def stock(month: Month) -> None:
    """Some days of snapshots with gaps and restatements, receipts and counts of one SKU in one warehouse."""
    rng, shop = month.rng, month.rng.choice(SHOPS)
    about = {
        "sku": rng.choice(SKUS),
        "warehouse_id": rng.choice(WAREHOUSES),
        "category": rng.choice((*CATEGORIES, None)),
        "currency": rng.choice(CURRENCIES),
    }
    at, age = month.some_time(), rng.choice((0, 88, 89, 90, 91))
    for _ in range(rng.randint(1, 4)):
        at, age = at + rng.choice((DAY, DAY, 3 * DAY)), age + 1
        for revision in range(1, rng.choice((2, 2, 3))):
            sold = at - rng.choice((0, 29 * DAY, 30 * DAY, 30 * DAY + 1, 40 * DAY))
            fields = {
                "on_hand_cost": month.money(0, 99_999, about["currency"]),
                "on_sale": month.chance(80),
                "stockout_seconds": rng.choice((0, 0, 3_600, 90_000)),
                "age_days": age,
                "is_core": month.chance(70),
                "last_sold_at": month.text(sold) if month.chance(60) else None,
            }
            told = at + rng.choice((0, HOUR))
            month.emit("stock.snapshot", told, shop, **about, day_at=month.text(at), revision=revision, **fields)
    if month.chance(60):
        month.emit("stock.received", at - rng.choice((0, DAY, 5 * DAY)), shop, **about, qty_ok=rng.randint(0, 9))
    if month.chance(50):
        month.emit("stock.counted", at, shop, **about, counted_qty=rng.choice((4, 5)), book_qty=5)


def purchase(month: Month) -> None:
    """One purchase-order line that arrives in parts, early, late or never; now and then without an order."""
    rng, shop, sku = month.rng, month.rng.choice(SHOPS), month.rng.choice(SKUS)
    about = {"po_id": f"po{month.number}", "line_id": "1", "sku": sku}
    currency, due = rng.choice(CURRENCIES), month.some_time()
    if month.chance(90):
        prices = {
            "unit_price": month.money(1, 999, currency),
            "reference_price": rng.choice((month.money(1, 999, currency), None)),
            "category": rng.choice((*CATEGORIES, None)),
            "supplier_id": rng.choice(("sup1", "sup2", None)),
        }
        goods = {"qty": rng.randint(1, 10), "due_at": month.text(due), "currency": currency}
        month.emit("po.created", due - 9 * DAY, shop, **about, **goods, **prices)
    if month.chance(15):
        month.emit("po.cancelled", due + rng.choice((-DAY, 0, 1)), shop, **about)
    for _ in range(rng.choice((0, 1, 1, 2))):
        at = due + rng.choice((-DAY, 0, 1, DAY))
        told = {"received_at": month.text(at)} if month.chance(50) else {}
        month.emit("po.received", at, shop, **about, qty_ok=rng.randint(0, 8), qty_bad=rng.randint(0, 2), **told)


def parcel(month: Month) -> None:
    """An order with promises, shipped by us or the platform, in up to two parcels, wrong, late, claimed, called off."""
    rng, shop, buyer = month.rng, month.rng.choice(SHOPS), month.rng.choice(BUYERS)
    currency, at, number = rng.choice(CURRENCIES), month.some_time(), f"q{month.number}"
    who: dict[str, Any] = {"order_id": number, "buyer_id": buyer or None, "currency": currency}
    ship, deliver = at + rng.choice((HOUR, DAY)), at + rng.choice((2 * DAY, 3 * DAY))
    promised = {
        "promised_ship_at": month.text(ship) if month.chance(80) else None,
        "promised_deliver_at": month.text(deliver) if month.chance(70) else None,
        "is_platform_fulfilled": month.chance(20),
        "agent_id": rng.choice((*AGENTS, None, None)),
        "warehouse_id": rng.choice((*WAREHOUSES, None)),
    }
    lines = [_line(month, str(n), currency) for n in range(1, rng.randint(2, 4))]
    month.emit("order.paid", at, shop, **who, **promised, lines=lines, is_test=month.chance(4))
    who.pop("currency")
    for _ in range(rng.choice((0, 1, 1, 2))):
        left = ship + rng.choice((-HOUR, 0, 1, HOUR))
        parcel = {"warehouse_id": rng.choice((*WAREHOUSES, None)), "is_complete": month.chance(70)}
        month.emit("order.shipped", left, shop, **who, **parcel)
    if month.chance(60):
        late = {} if promised["promised_deliver_at"] else {"promised_deliver_at": month.text(deliver)}
        month.emit("order.delivered", deliver + rng.choice((-HOUR, 0, 1)), shop, **who, **late)
    if month.chance(20):
        month.emit("order.cancelled", ship + rng.choice((-HOUR, 0, 2 * DAY)), shop, **who, by_seller=month.chance(60))
    if month.chance(30):
        month.emit("shipment.error", deliver, shop, **who, warehouse_id="w1", kind="wrong")
    if month.chance(40):
        kind = rng.choice(("review", "negative", "a_to_z", "chargeback"))
        month.emit("feedback.received", deliver + DAY, shop, **who, kind=kind, is_denied=month.chance(30))


def _line(month: Month, line_id: str, currency: str) -> dict[str, Any]:
    return {
        "line_id": line_id,
        "sku": month.rng.choice(SKUS),
        "qty": month.rng.randint(1, 3),
        "category": month.rng.choice(CATEGORIES),
        "paid_amt": month.money(0, 20_001, currency),
        "cogs": month.money(0, 9_999, currency),
        "fulfil_cost": month.money(0, 555, currency),
    }


def shift(month: Month) -> None:
    """A shift over midnight, in a warehouse that is named or not."""
    rng, start = month.rng, month.some_time()
    times = {"from_at": month.text(start), "to_at": month.text(start + rng.choice((0, 1, 8 * HOUR, 30 * HOUR)))}
    about = {"employee_id": rng.choice(("e01", "e02", "e06", "ghost")), "warehouse_id": rng.choice((None, "w1", "w2"))}
    month.emit("hr.shift", start, rng.choice(SHOPS), **about, **times)


ALL: tuple[Callable[[Month], None], ...] = (listing, listing, stock, stock, purchase, parcel, parcel, parcel, shift)
