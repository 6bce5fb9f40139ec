"""Online Retail: one record a row, refunds that find their sale, the same events in any order of the rows."""

from __future__ import annotations

import csv
import gzip
import random
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

import pytest

from examples.online_retail.adapter import DEFINITIONS, source
from examples.online_retail.returns import Key, Origin, Return, Sale, match_returns
from scoring.events.order import OrderPaid
from scoring.events.refund import RefundCompleted
from streams.codec import REASONS, Codec, Decoded, Rejected
from streams.folder import load_definitions
from streams.record import Record
from streams.sources import SourceError

NOW_US = 1_790_000_000_000_000
KEY: Key = ("17850", "85123A")


@pytest.fixture(scope="module")
def fixture(repository: Path) -> Path:
    """The committed slice."""
    return repository / "examples" / "online_retail" / "fixture"


@pytest.fixture(scope="module")
def found(fixture: Path) -> list[Decoded | Rejected]:
    """What becomes of each row of the slice."""
    return list(decoded(source(fixture).records(0)))


def decoded(records: Iterable[Record]) -> Iterable[Decoded | Rejected]:
    """The codec's answer for each record."""
    codec = Codec({"GBP"})
    for record in records:
        if record.rejected is not None:
            yield record.rejected
        else:
            assert record.obj is not None
            yield codec.decode_object(record.obj, record.raw, record.where, NOW_US)


def plain_rows(fixture: Path) -> list[dict[str, str]]:
    """The slice as plain rows."""
    with (fixture / "online_retail.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_row_is_an_event_or_a_rejection(fixture: Path, found: list[Decoded | Rejected]) -> None:
    """500 rows, 500 records; sales, sums and dirt equal a plain reading of the file."""
    rows = plain_rows(fixture)
    sales = [
        row for row in rows if row["InvoiceNo"].isdigit() and int(row["Quantity"]) > 0 and float(row["UnitPrice"]) > 0
    ]
    paid = [row.event for row in found if isinstance(row, Decoded) and isinstance(row.event, OrderPaid)]
    assert (len(rows), len(found), len(paid)) == (500, 500, len(sales))
    pennies = [round(float(row["UnitPrice"]) * int(row["Quantity"]) * 100) for row in sales]
    assert [event.lines[0].paid_amt for event in paid] == pennies
    reasons = Counter(row.reason for row in found if isinstance(row, Rejected))
    assert reasons["UNKNOWN_INVOICE_KIND"] == sum(row["InvoiceNo"].startswith("A") for row in rows)
    assert reasons["NEGATIVE_QUANTITY"] == sum(row["InvoiceNo"].isdigit() and int(row["Quantity"]) <= 0 for row in rows)
    cancellations = sum(row["InvoiceNo"].startswith("C") for row in rows)
    refunds = sum(isinstance(row, Decoded) and isinstance(row.event, RefundCompleted) for row in found)
    assert refunds + reasons["NO_ORIGINAL_LINE"] == cancellations
    assert refunds > 20
    assert reasons.keys() <= REASONS.keys()


def test_repeated_rows_are_different_events(fixture: Path, found: list[Decoded | Rejected]) -> None:
    """Rows that repeat another row exactly are kept, each with its own identity."""
    rows = [tuple(row.values()) for row in plain_rows(fixture)]
    assert len(rows) - len(set(rows)) > 5
    keys = [row.event_key for row in found if isinstance(row, Decoded)]
    assert len(keys) == len(set(keys))


def test_refunds_take_back_earlier_lines(found: list[Decoded | Rejected]) -> None:
    """Each refund names a sale of the same customer, not later; no line gives back more than was sold."""
    events = [row.event for row in found if isinstance(row, Decoded)]
    sales = {event.lines[0].line_id: event for event in events if isinstance(event, OrderPaid)}
    back: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for event in events:
        if isinstance(event, RefundCompleted):
            sale = sales[event.line_id]
            assert (sale.order_id, sale.buyer_id, sale.case()) == (event.order_id, event.buyer_id, event.case())
            assert sale.occurred_at <= event.occurred_at
            back[event.line_id][0] += event.refund_qty
            back[event.line_id][1] += event.refund_amt
    for line_id, (qty, amount) in back.items():
        line = sales[line_id].lines[0]
        assert 0 < qty <= line.qty and 0 < amount <= line.paid_amt


@pytest.mark.parametrize("seed", range(8))
def test_a_shuffled_file_gives_the_same_events(
    fixture: Path, tmp_path: Path, found: list[Decoded | Rejected], seed: int
) -> None:
    """Identity, content and matching do not depend on the order of the rows."""
    header, *rows = (fixture / "online_retail.csv").read_text("utf-8").splitlines(keepends=True)
    random.Random(seed).shuffle(rows)
    with gzip.open(tmp_path / "online_retail.csv.gz", "wt", encoding="utf-8", newline="") as file:
        file.writelines([header, *rows])
    again = list(decoded(source(tmp_path).records(0)))
    assert summary(again) == summary(found)


def summary(rows: Iterable[Decoded | Rejected]) -> list[tuple[bytes, bytes]]:
    """Keys and contents of the events, reasons and bytes of the rejections, in one order."""
    return sorted(
        (row.event_key, row.content_hash) if isinstance(row, Decoded) else (row.reason.encode(), row.raw)
        for row in rows
    )


def test_reading_goes_on_after_any_row(fixture: Path) -> None:
    """Starting at a position gives the same records as the whole reading."""
    retail = source(fixture)
    whole = list(retail.records(0))
    assert [record.position for record in whole] == list(range(1, 501))
    for start in (0, 1, 250, 499, 500):
        assert list(retail.records(start)) == whole[start:]


def sale(identity: str, at: str, qty: int = 6, price: str = "2.55") -> tuple[Key, Sale]:
    """A sale of the key; its amount is qty x price."""
    return KEY, Sale(identity, f"inv-{identity}", at, price, qty, round(qty * float(price) * 100))


def back(identity: str, at: str, qty: int, price: str = "2.55") -> Return:
    """A return of the key."""
    return Return(identity, f"C-{identity}", KEY, at, price, qty, round(qty * float(price) * 100))


@pytest.mark.parametrize(
    ("sales", "returns", "origins"),
    [
        ([sale("a", "1"), sale("b", "2")], [back("r", "3", 1)], {"r": "b"}),
        ([sale("a", "1"), sale("b", "4")], [back("r", "3", 1)], {"r": "a"}),
        ([sale("a", "1"), sale("b", "2", price="2.10")], [back("r", "3", 1)], {"r": "a"}),
        ([sale("a", "1"), sale("b", "2", price="2.10")], [back("r", "3", 4), back("s", "4", 3)], {"r": "a", "s": "b"}),
        ([sale("a", "1"), sale("b", "2")], [back("r", "3", 12)], {}),
        ([sale("a", "1")], [back("r", "3", 6), back("s", "4", 1)], {"r": "a"}),
        ([sale("a", "1")], [back("s", "4", 6), back("r", "3", 1)], {"r": "a"}),
        ([sale("a", "1", price="0.10")], [back("r", "3", 1, price="5.00")], {}),
        ([sale("a", "3")], [back("r", "3", 6)], {"r": "a"}),
        ([sale("a", "1"), sale("b", "1")], [back("r", "3", 1)], {"r": "b"}),
    ],
)
def test_a_return_takes_the_latest_fitting_sale(
    sales: list[tuple[Key, Sale]], returns: list[Return], origins: dict[str, str]
) -> None:
    """By hand: latest, not later, same price first, one sale only, never more pieces or money than it has left."""
    copies = [(key, Sale(s.identity, s.invoice, s.at, s.price, s.qty, s.pence)) for key, s in reversed(sales)]
    expected = {key: Origin(f"inv-{value}", value) for key, value in origins.items()}
    assert match_returns(returns, sales) == expected
    assert match_returns(reversed(returns), copies) == expected


def test_unmatched_returns_say_why(fixture: Path, found: list[Decoded | Rejected]) -> None:
    """Without a customer that is said, else what was looked for; the customer is not named."""
    unmatched = [row for row in found if isinstance(row, Rejected) and row.reason == "NO_ORIGINAL_LINE"]
    assert any("column CustomerID: is empty" in row.detail for row in unmatched)
    assert any("pieces and their amount left" in row.detail for row in unmatched)
    for row in unmatched:
        customer = row.raw.decode().rsplit(",", 2)[1].removesuffix(".0")
        assert not customer or customer not in row.detail


def test_dirt_has_its_own_reasons(tmp_path: Path, fixture: Path) -> None:
    """Each kind of dirt of this file, by hand."""
    header = (fixture / "online_retail.csv").read_text("utf-8").splitlines()[0]
    dirt = {
        "A1,B,Adjust,1,2011-08-12 14:50:00,5,,United Kingdom": "UNKNOWN_INVOICE_KIND",
        "１２,B,x,1,2011-08-12 14:50:00,5,,United Kingdom": "UNKNOWN_INVOICE_KIND",
        "1,,x,1,2011-08-12 14:50:00,5,,United Kingdom": "MISSING_STOCK_CODE",
        "1,B,x,-1,2011-08-12 14:50:00,5,,United Kingdom": "NEGATIVE_QUANTITY",
        "1,B,x,0,2011-08-12 14:50:00,5,,United Kingdom": "NEGATIVE_QUANTITY",
        "1,B,x,1,2011-08-12 14:50:00,0.0,,United Kingdom": "NOT_POSITIVE_PRICE",
        "1,B,x,1,2011-08-12 14:50:00,-5,,United Kingdom": "NOT_POSITIVE_PRICE",
        "C1,B,x,1,2011-08-12 14:50:00,5,1,United Kingdom": "POSITIVE_CANCELLATION",
        "C1,B,x,-1,2011-08-12 14:50:00,5,1,United Kingdom": "NO_ORIGINAL_LINE",
        "1,B,x,x,2011-08-12 14:50:00,5,,United Kingdom": "BAD_NUMBER",
        "1,B,x,1,12/8/2011,5,,United Kingdom": "BAD_INSTANT",
        "1,B,x,1,2011-08-12 14:50:00,five,,United Kingdom": "BAD_AMOUNT",
        "1,B,x": "BAD_ROW",
    }
    (tmp_path / "online_retail.csv").write_text("\n".join([header, *dirt]) + "\n", "utf-8")
    records = list(source(tmp_path).records(0))
    assert [record.rejected and record.rejected.reason for record in records] == list(dirt.values())


def test_a_folder_without_the_file_is_named(tmp_path: Path) -> None:
    """The error says which files would do."""
    with pytest.raises(SourceError, match=r"has none of online_retail\.csv\.gz, online_retail\.csv"):
        source(tmp_path)


def test_without_a_shared_folder_the_slice_is_read(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The example runs without the shared folder."""
    monkeypatch.setenv("SCORELINE_SHARED", str(tmp_path / "absent"))
    assert sum(1 for _ in source().records(0)) == 500


def test_desks_share_the_countries() -> None:
    """The definitions are sound: at least eight people, and the shares of every country add up to one."""
    reference = load_definitions(DEFINITIONS).reference
    assert len(reference.people) >= 8
    shares: Counter[tuple[tuple[str, str], ...]] = Counter()
    for row in reference.assignments:
        shares[row.scope] += row.share  # type: ignore[assignment]
    assert set(shares.values()) == {1}
    assert (("shop", "online-retail"),) in shares


@pytest.mark.slow
def test_the_whole_file_adds_up(shared_folder: Path | None) -> None:
    """541,909 rows: accepted + rejected = rows, with the figures of the README."""
    if shared_folder is None:
        pytest.skip("no shared folder; the slice is tested above")
    folder = shared_folder / "data" / "online_retail"
    kinds: Counter[str] = Counter()
    keys: set[bytes] = set()
    for row in decoded(source(folder).records(0)):
        kinds[row.event.EVENT_TYPE if isinstance(row, Decoded) else row.reason] += 1
        if isinstance(row, Decoded):
            keys.add(row.event_key)
    assert kinds == {
        "order.paid": 530_103, "refund.completed": 7_443, "NO_ORIGINAL_LINE": 1_845, "NEGATIVE_QUANTITY": 1_336,
        "NOT_POSITIVE_PRICE": 1_179, "UNKNOWN_INVOICE_KIND": 3,
    }  # fmt: skip
    assert kinds.total() == 541_909
    assert len(keys) == 530_103 + 7_443
