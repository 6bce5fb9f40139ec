"""Goods through the whole road: stock in a close, a listing told late and taken back, owners in shares and in turn."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from tests.scenarios.shop import SELLER, SIXTY_FORTY, Desk, Teller, Wire, shop_texts

KEEPER = (
    SELLER[: SELLER.index("[[item]]")]
    + """
[[item]]
kpi = "inventory_days"
kind = "R"
weight = "50"
scale = { kind = "LL" }
target = "30"
[[item]]
kpi = "slow_stock_share"
kind = "R"
weight = "50"
scale = { kind = "LL" }
target = "0.25"
[[component]]
id = "performance"
name = { zh = "绩效", en = "Performance pay" }
kind = "performance"
"""
)


def snapshot(tell: Teller, day: str, sku: str, cost: str, **fields: Any) -> Wire:
    """The stock of a SKU at the end of a day."""
    month, number = day.split("-") if "-" in day else ("10", day)
    head = {"sku": sku, "warehouse_id": "w", "day_at": f"2026-{month}-{number}T00:00:00+08:00", "on_hand_cost": cost}
    return tell.event("stock.snapshot", f"{month}-{number} 23:00:00", **head, **fields)


def test_a_month_of_stock_closes() -> None:
    """Stock without sales scores 0 and not nothing; the share of slow stock, which looks back 30 days, is recounted."""
    desk = Desk(texts=shop_texts(**{"plans/seller": KEEPER}))
    tell = Teller()
    desk.take(
        snapshot(tell, "31", "A", "100.00", age_days=100),
        snapshot(tell, "31", "B", "300.00", age_days=100),
        # B was sold, but at no cost of goods.
        tell.event("order.paid", "12 10:00:00", order_id="o", lines=[line("B", 1)]),
        snapshot(tell, "11-02", "A", "100.00", age_days=102),
    )
    draft = desk.closing.draft("2026-10", "ann")
    for paper in draft.body["statements"]:
        days, slow = paper["items"]
        # Slow are 100 of 400, as many as the target: 100 points. Days of inventory are unknown and score 0.
        assert (days["score"], days["actual"]) == ("0", None)
        assert (slow["actual"], slow["score"]) == ("0.25", "100")
        assert paper["score"]["total"] == "50.00"
    desk.closing.approve("2026-10", draft.digest, "boss")


def line(sku: str, qty: int, amount: str = "10.00", cogs: str = "0") -> Wire:
    """A line of an order."""
    return {"line_id": sku, "sku": sku, "qty": qty, "paid_amt": amount, "cogs": cogs}


def test_a_listing_told_late() -> None:
    """Orders learn of a launch that is told after them, and forget it when it is taken back."""
    desk, tell = Desk(), Teller()
    desk.take(tell.event("order.paid", "12 10:00:00", order_id="o", lines=[line("A", 2), line("B", 1, "30.00")]))
    assert desk.value("new_product_gmv_share", "c:") == 0
    listing = tell.event("listing.published", "01 10:00:00", sku="A")
    desk.take(listing)
    for owner in ("e:ann", "e:bob", "s:s", "c:"):
        assert desk.value("new_product_gmv_share", owner) == Fraction(10, 40), owner
    desk.take(retraction(tell, listing))
    assert desk.value("new_product_gmv_share", "c:") == 0
    assert desk.recounted() == []


def retraction(tell: Teller, event: Wire) -> Wire:
    """The event that takes another one back."""
    about = {"target_source": event["source"], "target_event_id": event["event_id"]}
    return tell.event("event.retracted", "20 10:00:00", **about)


def test_average_stock_of_shares() -> None:
    """Owners in shares have their parts of the cost, and the same days; a day without a snapshot is left out."""
    desk, tell = Desk(), Teller()
    desk.take(
        snapshot(tell, "05", "A", "100.00"),
        snapshot(tell, "05", "B", "50.00"),
        snapshot(tell, "20", "A", "50.00"),
        tell.event("order.paid", "12 10:00:00", order_id="o", lines=[line("A", 1, "90.00", "50.00")]),
    )
    # On average (150 + 50) / 2 = 100: ann 60, bob 40; cost of goods 50: ann 30, bob 20.
    for owner, stock in (("e:ann", 60), ("e:bob", 40), ("t:desk", 100), ("c:", 100)):
        found = desk.kpi("inventory_turnover", owner)
        assert (found.value, found.denominator) == (Fraction(1, 2), stock), owner


def test_a_sale_before_the_handover() -> None:
    """Who takes goods over sees that they sold before; who gave them away has none left."""
    handover = SIXTY_FORTY.replace('from = "2026-09-01"', 'from = "2026-09-01"\nto = "2026-10-20"')
    handover += '[[assignment]]\nperson = "boss"\ntag = "owner"\nfrom = "2026-10-20"\n'
    desk, tell = Desk(texts=shop_texts(assignments=handover)), Teller()
    sale = tell.event("order.paid", "15 10:00:00", order_id="o", lines=[line("A", 1)])
    desk.take(
        snapshot(tell, "10", "A", "80.00", age_days=120),
        sale,
        snapshot(tell, "25", "A", "70.00", age_days=135),
        snapshot(tell, "25", "B", "30.00", age_days=135),
    )
    assert desk.value("slow_stock_share", "e:boss") == Fraction(30, 100)
    assert desk.kpi("slow_stock_share", "e:ann").status == "empty"
    desk.take(retraction(tell, sale))
    assert desk.value("slow_stock_share", "e:boss") == 1
    assert desk.recounted("2026-10-02") == []
