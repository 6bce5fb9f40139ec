"""Northwind: every order and line, sums equal to a computation that shares no code with the adapter."""

from __future__ import annotations

import csv
import shutil
from collections import Counter
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from examples.northwind.adapter import DEFINITIONS, Northwind, source
from scoring.events.base import Event
from scoring.events.order import OrderPaid, OrderShipped
from scoring.period import LocalDays
from streams.codec import Codec, Decoded
from streams.folder import load_definitions
from streams.record import Record
from streams.sources import SourceError

NOW_US = 1_790_000_000_000_000
CENT = Decimal("0.01")


@pytest.fixture(scope="module")
def fixture(repository: Path) -> Path:
    """The committed slice."""
    return repository / "examples" / "northwind" / "fixture"


def folders(fixture: Path, shared_folder: Path | None) -> list[Path]:
    """The slice, and the whole where there is a shared folder."""
    return [fixture, *([shared_folder / "data" / "northwind"] if shared_folder else [])]


def events(folder: Path) -> tuple[Northwind, list[Event]]:
    """The source after a whole reading, and its events; fails at the first rejection."""
    northwind = source(folder)
    assert isinstance(northwind, Northwind)
    codec, found = Codec({"USD"}), []
    for record in northwind.records(0):
        assert record.obj is not None, record.rejected
        decoded = codec.decode_object(record.obj, record.raw, record.where, NOW_US)
        assert isinstance(decoded, Decoded), decoded
        found.append(decoded.event)
    return northwind, found


def rows(folder: Path, name: str) -> list[dict[str, str]]:
    """A file as plain rows."""
    with (folder / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_sales_equal_an_independent_computation(fixture: Path, shared_folder: Path | None) -> None:
    """Per employee and in total, cents equal those computed from the files with decimal numbers."""
    for folder in folders(fixture, shared_folder):
        employee = {row["order_id"]: row["employee_id"] for row in rows(folder, "orders.csv")}
        expected: Counter[str] = Counter()
        exact = Decimal(0)
        for row in rows(folder, "order_details.csv"):
            amount = Decimal(row["unit_price"]) * int(row["quantity"]) * (1 - Decimal(row["discount"]))
            exact += amount
            expected[employee[row["order_id"]]] += int(amount.quantize(CENT, ROUND_HALF_UP) * 100)
        northwind, found = events(folder)
        paid = [event for event in found if isinstance(event, OrderPaid)]
        sold: Counter[str] = Counter()
        for event in paid:
            sold[str(event.agent_id)] += sum(line.paid_amt for line in event.lines)
        assert sold == expected
        assert set(sold) == set("123456789")
        assert Fraction(sold.total(), 100) - northwind.rounding.difference == Fraction(exact)


def test_the_whole_file_has_the_published_figures(shared_folder: Path | None) -> None:
    """830 orders, 2,155 lines, unrounded 1265793.0395; the slice has 60 orders with 182 lines."""
    if shared_folder is None:
        pytest.skip("no shared folder; the slice is tested above")
    northwind, found = events(shared_folder / "data" / "northwind")
    paid = [event for event in found if isinstance(event, OrderPaid)]
    lines = [line for event in paid for line in event.lines]
    assert (len(paid), len(lines), sum(line.paid_amt for line in lines)) == (830, 2155, 126_579_329)
    assert Fraction(126_579_329, 100) - northwind.rounding.difference == Fraction("1265793.0395")


def test_the_slice_holds_what_the_readme_says(fixture: Path) -> None:
    """60 orders with 182 lines; 9 are not shipped and have no shipping event."""
    kinds = Counter(event.EVENT_TYPE for event in events(fixture)[1])
    assert kinds == {"order.placed": 60, "order.paid": 60, "order.shipped": 51}
    assert len(rows(fixture, "order_details.csv")) == 182


def test_days_are_days_of_new_york(fixture: Path) -> None:
    """Order 10248: placed and paid on 1996-07-04, shipped on the 16th, promised until the end of 1 August."""
    days = LocalDays("America/New_York")
    paid, shipped = (event for event in events(fixture)[1] if event.event_id in ("paid-10248", "shipped-10248"))
    assert isinstance(paid, OrderPaid) and isinstance(shipped, OrderShipped)
    assert paid.paid_at and shipped.shipped_at and paid.promised_ship_at
    assert [days.day(us) for us in (paid.paid_at, shipped.shipped_at, paid.promised_ship_at)] == [
        "1996-07-04", "1996-07-16", "1996-08-01",
    ]  # fmt: skip
    assert paid.promised_ship_at == days.end_of_day_us("1996-08-01") - 1_000_000
    assert [(line.sku, line.category, line.qty, line.paid_amt) for line in paid.lines] == [
        ("11", "Dairy Products", 12, 16_800), ("42", "Grains/Cereals", 10, 9_800), ("72", "Dairy Products", 5, 17_400),
    ]  # fmt: skip


def test_reading_goes_on_after_any_record(fixture: Path) -> None:
    """Starting at a position gives the records after it."""
    northwind = source(fixture)
    whole = list(northwind.records(0))
    for start in (0, 1, 2, 57, len(whole) - 1, len(whole)):
        assert list(northwind.records(start)) == whole[start:]


def changed(folder: Path, target: Path, name: str, old: str, new: str) -> list[Record]:
    """The records of a copy of `folder` in which `old` of one file is `new`."""
    shutil.copytree(folder, target)
    text = (target / name).read_text("utf-8")
    assert text.count(old) >= 1
    (target / name).write_text(text.replace(old, new, 1), "utf-8")
    return list(source(target).records(0))


@pytest.mark.parametrize(
    ("name", "change", "reason", "part"),
    [
        ("order_details.csv", ("10248,11,14,12,0", "99999,11,14,12,0"), "UNKNOWN_PARENT", "no order 99999"),
        (
            "order_details.csv",
            ("10248,11,14,12,0", "10248,999,14,12,0"),
            "UNKNOWN_PARENT",
            "no category of product 999",
        ),
        ("order_details.csv", ("10248,11,14,12,0", "10248,11,14"), "BAD_ROW", "has 3 cells"),
        ("order_details.csv", ("10248,11,14,12,0", "10248,11,14,1.5,0"), "BAD_NUMBER", "detail.quantity"),
        ("order_details.csv", ("10248,11,14,12,0", "10248,11,x,12,0"), "BAD_AMOUNT", "detail.unit_price"),
        ("orders.csv", ("1996-07-04", "4/7/1996"), "BAD_INSTANT", "order_date"),
        ("orders.csv", ("10248,VINET,5", "10248,VINET"), "BAD_ROW", "has 7 cells"),
    ],
)
def test_dirt_is_rejected_with_its_place(
    fixture: Path, tmp_path: Path, name: str, change: tuple[str, str], reason: str, part: str
) -> None:
    """Dirt in one row becomes rejections that name file and line; all other orders are read."""
    records = changed(fixture, tmp_path / "copy", name, *change)
    rejected = [record.rejected for record in records if record.rejected]
    assert any(found.reason == reason and part in found.detail for found in rejected), rejected
    assert all(found.where.startswith(("orders.csv:", "order_details.csv:")) for found in rejected)
    assert sum(1 for record in records if record.obj and record.obj["event_type"] == "order.paid") >= 59


def test_a_missing_file_is_named(fixture: Path, tmp_path: Path) -> None:
    """A folder without orders.csv says which file is missing."""
    shutil.copytree(fixture, tmp_path / "copy")
    (tmp_path / "copy" / "orders.csv").unlink()
    with pytest.raises(SourceError, match=r"orders\.csv: No such file"):
        list(source(tmp_path / "copy").records(0))


def test_without_a_shared_folder_the_slice_is_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The example runs without the shared folder."""
    monkeypatch.setenv("SCORELINE_SHARED", str(tmp_path / "absent"))
    assert len(list(source().records(0))) == 171


def test_definitions_name_everybody_on_the_orders(fixture: Path) -> None:
    """The definitions are sound; each of the nine employee ids is the account of one person with a plan."""
    reference = load_definitions(DEFINITIONS).reference
    accounts = {account.id: person for person in reference.people for account in person.accounts}
    assert accounts.keys() == {row["employee_id"] for row in rows(fixture, "employees.csv")}
    assert all(position.plan == "sales_rep" for person in reference.people for position in person.positions)
    names = {row["employee_id"]: f"{row['first_name']} {row['last_name']}" for row in rows(fixture, "employees.csv")}
    assert {key: person.name.en for key, person in accounts.items()} == names
