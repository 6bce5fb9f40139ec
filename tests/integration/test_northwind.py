"""Northwind from its files to nine statements, next to a computation that shares no code with the product."""

from __future__ import annotations

import csv
from collections import defaultdict
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest

from examples.northwind.__main__ import MONTH, play

CENT = Decimal("0.01")
TIERS = ((Decimal(0), Decimal("0.02")), (Decimal(5000), Decimal("0.03")), (Decimal(15000), Decimal("0.05")))
EMPLOYEES = ("davolio", "fuller", "leverling", "peacock", "buchanan", "suyama", "king", "callahan", "dodsworth")


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    """A file as plain rows."""
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def sales(folder: Path) -> tuple[dict[str, Decimal], dict[str, Decimal], Decimal]:
    """Sales by employee over all time and in the closed month, each line rounded; and the total without rounding."""
    orders = {row["order_id"]: row for row in rows(folder, "orders.csv")}
    ever: dict[str, Decimal] = defaultdict(Decimal)
    month: dict[str, Decimal] = defaultdict(Decimal)
    unrounded = Decimal(0)
    for row in rows(folder, "order_details.csv"):
        order = orders[row["order_id"]]
        exact = Decimal(row["unit_price"]) * Decimal(row["quantity"]) * (1 - Decimal(row["discount"]))
        unrounded += exact
        line = exact.quantize(CENT, ROUND_HALF_UP)
        ever[EMPLOYEES[int(order["employee_id"]) - 1]] += line
        if order["order_date"].startswith(MONTH):
            month[EMPLOYEES[int(order["employee_id"]) - 1]] += line
    return ever, month, unrounded


def commission(base: Decimal) -> Decimal:
    """The slab plan by hand: each bracket at its own rate."""
    total = Decimal(0)
    for (low, rate), high in zip(TIERS, [*(low for low, _ in TIERS[1:]), Decimal("Infinity")], strict=True):
        total += max(Decimal(0), min(base, high) - low) * rate
    return total.quantize(CENT, ROUND_HALF_UP)


def test_sales_and_commissions_equal_an_independent_computation(tmp_path: Path, shared_folder: Path | None) -> None:
    """830 orders and 2,155 lines: sales by employee and in total, and everybody's slab commission, to the cent."""
    if shared_folder is None:
        pytest.skip("the whole data set is not beside the repository; the slice has no full month to close")
    data = shared_folder / "data" / "northwind"
    found = play(tmp_path / "home", data)
    ever, month, unrounded = sales(data)
    assert found["orders"] == len(rows(data, "orders.csv")) == 830
    assert len(rows(data, "order_details.csv")) == 2155
    assert {person: Decimal(amount) for person, amount in found["sales_by_employee"].items()} == dict(ever)
    assert Decimal(found["sales"]) == sum(ever.values())
    assert unrounded == Decimal("1265793.0395")
    assert Decimal(found["rounding_difference"]) == sum(ever.values()) - unrounded
    assert set(found["pay"]) == set(EMPLOYEES)
    base = {"fuller": Decimal(3000), "buchanan": Decimal(2200), "callahan": Decimal(1700)}
    for person, total in found["pay"].items():
        assert Decimal(total) == base.get(person, Decimal(1500)) + commission(month[person]), person
    assert found["statement_files"] == 9 * 4
