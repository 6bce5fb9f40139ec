"""The worked KPI examples K7 and K8 of vectors.json, played as events through the whole road."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from tests.scenarios.shop import Desk, Teller, Wire

OWNERS = ("e:ann", "t:desk", "s:s", "c:")


def vector_of(vectors: Mapping[str, list[Mapping[str, Any]]], name: str) -> Mapping[str, Any]:
    """The KPI vector of a name."""
    return next(row for row in vectors["kpi"] if row["id"] == name)


def snapshot(tell: Teller, day: str, sku: str, cost: str, **fields: Any) -> Wire:
    """The stock of a SKU at the end of a day of November."""
    at = f"2026-11-{day}T00:00:00+08:00"
    head = {"sku": sku, "warehouse_id": "w", "day_at": at, "on_hand_cost": cost}
    return tell.event("stock.snapshot", f"11-{day} 23:00:00", **head, **fields)


def test_sell_through(vectors: Mapping[str, list[Mapping[str, Any]]]) -> None:
    """K7: 38 SKUs on sale at the end and 2 that sold out before; 30 of the 40 were sold: three quarters."""
    vector = vector_of(vectors, "K7")
    desk, tell = Desk(), Teller()
    sold_out = 2
    skus = [f"k{number:02}" for number in range(vector["sku_union"])]
    on_sale = skus[: vector["sku_union"] - sold_out]
    sold = [*skus[-sold_out:], *on_sale[: vector["sku_sold"] - sold_out]]
    lines = [{"line_id": sku, "sku": sku, "qty": 1, "paid_amt": "5.00"} for sku in sold]
    desk.take(
        *(snapshot(tell, "30", sku, "1.00") for sku in on_sale),
        tell.event("order.paid", "11-10 10:00:00", order_id="o", lines=lines),
    )
    for owner in OWNERS:
        found = desk.kpi("sku_sell_through_rate", owner, "2026-11")
        assert (found.numerator, found.denominator) == (vector["sku_sold"], vector["sku_union"]), owner
        assert found.value == Fraction(vector["rate"]), owner


def test_turnover(vectors: Mapping[str, list[Mapping[str, Any]]]) -> None:
    """K8: cost of goods of 90 000 over an average stock of 45 000 turns twice in 30 days, once in 15 days."""
    vector = vector_of(vectors, "K8")
    desk, tell = Desk(), Teller()
    average = int(vector["avg_inventory"])
    line = {"line_id": "1", "sku": "A", "qty": 1, "paid_amt": "1.00", "cogs": vector["net_cogs"]}
    # Uneven days with the vector's mean, of two SKUs; most days have no snapshot.
    desk.take(
        snapshot(tell, "01", "A", f"{average - 10_000}.00"),
        snapshot(tell, "01", "B", "5000.00"),
        snapshot(tell, "15", "A", f"{average + 5_000}.00"),
        tell.event("order.paid", "11-10 10:00:00", order_id="o", lines=[line]),
    )
    for owner in ("t:desk", "s:s", "c:"):
        assert desk.value("inventory_turnover", owner, "2026-11") == Fraction(vector["turns"]), owner
        assert desk.value("inventory_days", owner, "2026-11") == Fraction(vector["inventory_days"]), owner
