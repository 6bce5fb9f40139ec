"""CSV: rows through a column map, with every fault of a file and of a row said where it is."""

from __future__ import annotations

import gzip
import random
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.codec import Codec, Decoded
from streams.column_map import ColumnMap
from streams.record import Record
from streams.sources import SourceError, open_source
from streams.sources.csv import open_csv

MAP = """
event_type = "order.paid"
[constants]
source = "erp"
shop_id = "hf"
[identity]
columns = ["订单号", "商品"]
prefix = "paid-"
[fields]
order_id = { column = "订单号" }
occurred_at = { as = "instant", column = "付款时间", zone = "Asia/Shanghai" }
[line]
line_id = { column = "商品" }
sku = { column = "商品" }
qty = { as = "whole", column = "数量" }
paid_amt = { as = "amount", product = ["单价", "数量"], places = 2, rounding = "half_up" }
"""
HEADER = "订单号,商品,数量,单价,付款时间\n"
ROW = "o1,A,3,1.115,2026-09-03 12:00:00\n"
NOW_US = 1_790_000_000_000_000


def columns(**changes: str) -> ColumnMap:
    """The map above with top-level settings in front."""
    return ColumnMap.parse("\n".join(f'{key} = "{value}"' for key, value in changes.items()) + MAP, "erp.toml")


def read(folder: Path, content: bytes, columns_: ColumnMap | None = None) -> list[Record]:
    """The records of a CSV file with this content."""
    path = folder / "orders.csv"
    path.write_bytes(content)
    return list(open_csv(path, columns_ or columns()).records(0))


def reason(record: Record) -> str:
    """The reason and detail of a rejected record."""
    assert record.rejected is not None, record
    return f"{record.rejected.reason} {record.rejected.detail}"


def test_a_row_becomes_an_event(tmp_path: Path) -> None:
    """3 x 1.115 = 3.345 is rounded half-up to 3.35 at import; the codec takes the mapped row."""
    (record,) = read(tmp_path, (HEADER + ROW).encode())
    expected: dict[str, Any] = {
        "event_id": "paid-o1-A", "event_type": "order.paid", "source": "erp", "shop_id": "hf", "order_id": "o1",
        "occurred_at": "2026-09-03T12:00:00+08:00",
        "lines": [{"line_id": "A", "sku": "A", "qty": 3, "paid_amt": "3.35"}],
    }  # fmt: skip
    assert record == Record(ROW.strip().encode(), "orders.csv:2", 1, expected)
    assert isinstance(Codec().decode_object(expected, record.raw, record.where, NOW_US), Decoded)


def test_the_rounding_is_reported(tmp_path: Path) -> None:
    """The source tells how many amounts were rounded and by how much in total: 0.005, twice."""
    path = tmp_path / "orders.csv"
    path.write_text(HEADER + ROW + ROW.replace("o1", "o2") + ROW.replace("o1", "o3").replace("1.115", "1.11"))
    source = open_csv(path, columns())
    assert len(list(source.records(0))) == 3
    assert (source.rounding.amounts, source.rounding.difference) == (2, Fraction("0.01"))


def test_reading_goes_on_after_any_row(tmp_path: Path) -> None:
    """Resuming at a row gives the same records, ordinals among equal rows included."""
    text = MAP.replace('prefix = "paid-"', "ordinal = true")
    path = tmp_path / "orders.csv"
    path.write_text(HEADER + ROW * 3 + "bad\n" + ROW * 2)
    source = open_csv(path, ColumnMap.parse(text, "erp.toml"))
    whole = list(source.records(0))
    assert len({record.obj["event_id"] for record in whole if record.obj}) == 5
    for start in range(len(whole) + 1):
        assert list(source.records(start)) == whole[start:]


def test_the_order_of_the_rows_does_not_matter(tmp_path: Path) -> None:
    """With ordinals a shuffled file gives the same set of events."""
    text = MAP.replace('prefix = "paid-"', "ordinal = true")
    rows = [ROW, ROW, ROW.replace("o1", "o2"), ROW, ROW.replace("o1", "o3")] * 3
    shuffled = random.Random(4).sample(rows, len(rows))
    found = []
    for part in (rows, shuffled):
        records = read(tmp_path, (HEADER + "".join(part)).encode(), ColumnMap.parse(text, "erp.toml"))
        found.append(sorted(repr(record.obj) for record in records))
    assert found[0] == found[1]
    assert len(set(found[0])) == 15


def test_missing_columns_are_named_with_the_found(tmp_path: Path) -> None:
    """The error names the missing columns, lists the found ones, and says what to correct."""
    with pytest.raises(SourceError) as caught:
        read(tmp_path, b"order,sku\no1,A\n")
    text = str(caught.value)
    assert "orders.csv: the columns 订单号, 商品, 付款时间, 数量, 单价 are missing" in text
    assert "found are order, sku" in text
    assert "column map" in text


def test_another_encoding_in_the_header_says_which_byte(tmp_path: Path) -> None:
    """A GBK file read as UTF-8 names byte and line and suggests the setting; with it the file is read."""
    content = (HEADER + ROW).encode("gbk")
    with pytest.raises(SourceError, match=r'byte 1 of line 1 \(0xB6\) is not utf-8; .* encoding = "gbk"'):
        read(tmp_path, content)
    assert read(tmp_path, content, columns(encoding="gbk"))[0].obj
    assert read(tmp_path, (HEADER + ROW).encode("gb18030"), columns(encoding="gb18030"))[0].obj


def test_another_encoding_in_a_row_rejects_that_row(tmp_path: Path) -> None:
    """One undecodable row is rejected with its byte and line and its raw bytes; the rows around it are read."""
    bad = ROW.replace("A", "连衣裙").encode("gbk")
    first, second, third = read(tmp_path, (HEADER + ROW).encode() + bad + ROW.replace("o1", "o2").encode())
    assert first.obj and third.obj
    assert reason(second).startswith("BAD_UTF8 orders.csv:3: byte 4 of line 3 (0xC1) is not utf-8")
    assert 'encoding = "gbk"' in reason(second)
    assert second.raw == bad.strip()


def test_an_empty_file_is_said_to_be_empty(tmp_path: Path) -> None:
    """No header means no table; a header alone is a table without rows."""
    for content in (b"", b"\n", b",,\n"):
        with pytest.raises(SourceError, match="expected a header row"):
            read(tmp_path, content)
    assert read(tmp_path, HEADER.encode()) == []


def test_a_column_that_is_named_twice_is_refused(tmp_path: Path) -> None:
    """Nobody can say which of two equal columns is meant."""
    with pytest.raises(SourceError, match="names 单价 twice"):
        read(tmp_path, (HEADER.replace("数量", "数量,单价") + "x\n").encode())


@pytest.mark.parametrize(
    ("row", "part"),
    [
        ("o1,A,3\n", "BAD_ROW orders.csv:2: has 3 cells, the header has 5"),
        ("o1,A,3,1,2026-09-03,x\n", "BAD_ROW orders.csv:2: has 6 cells"),
        ("o1,A,3.5,1,2026-09-03\n", "BAD_NUMBER column 数量: '3.5'"),
        ("o1,A,1e3,1,2026-09-03\n", "BAD_NUMBER column 数量"),
        ("o1,A,３,1,2026-09-03\n", "BAD_NUMBER column 数量"),
        ("o1,A,,1,2026-09-03\n", "MISSING_FIELD column 数量: is empty"),
        ('o1,A,1,"1,000",2026-09-03\n', "BAD_AMOUNT column 单价: '1,000'"),
        ("o1,A,1,¥5,2026-09-03\n", "BAD_AMOUNT column 单价"),
        ("o1,A,1,1_0,2026-09-03\n", "BAD_AMOUNT column 单价"),
        ("o1,A,1,NaN,2026-09-03\n", "BAD_AMOUNT column 单价"),
        (f"o1,A,1,{'9' * 30},2026-09-03\n", "BAD_AMOUNT column 单价"),
        ("o1,A,1,,2026-09-03\n", "MISSING_FIELD column 单价"),
        ("o1,A,1,1,03/09/2026\n", "BAD_INSTANT column 付款时间: '03/09/2026'"),
        ("o1,A,1,1,2026-02-31\n", "BAD_INSTANT column 付款时间"),
        (",A,1,1,2026-09-03\n", "MISSING_FIELD column 订单号"),
    ],
)
def test_bad_cells_reject_their_row(tmp_path: Path, row: str, part: str) -> None:
    """Each bad row is one rejection with reason, place or column, and its raw bytes."""
    bad, good = read(tmp_path, (HEADER + row + ROW).encode())
    assert reason(bad).startswith(part)
    assert bad.raw == row.strip().encode()
    assert good.obj


def test_an_open_quote_costs_a_bounded_part(tmp_path: Path) -> None:
    """A quote that is never closed becomes rejections, not an exception and not an unbounded cell."""
    records = read(tmp_path, (HEADER + 'o0,"A,1,1,2026-09-03\n' + ROW * 9000).encode())
    assert "quoting is broken" in reason(records[0])
    assert any(record.obj for record in records)
    assert [record.position for record in records] == list(range(1, len(records) + 1))


def test_quoted_line_breaks_and_marks_are_content(tmp_path: Path) -> None:
    """A cell may hold line breaks and delimiters; the row keeps all its bytes, and places count lines."""
    row = 'o1,"A\n,B",1,1,2026-09-03\r\n'
    first, second = read(tmp_path, b"\xef\xbb\xbf" + (HEADER + row + "\n" + ROW).encode())
    assert first.obj and first.obj["lines"][0]["sku"] == "A\n,B"
    assert first.raw == row.strip().encode()
    assert (first.where, second.where) == ("orders.csv:2", "orders.csv:5")


def test_a_damaged_packed_file_is_an_error_of_the_file(tmp_path: Path) -> None:
    """A cut .gz stops with the line and what to do; the rows before it came out."""
    path = tmp_path / "orders.csv.gz"
    rows = "".join(ROW.replace("o1", f"o{number}") for number in range(20_000))
    path.write_bytes(gzip.compress((HEADER + rows).encode())[:-4000])
    records = open_source(path, columns=columns()).records(0)
    assert next(records).obj
    with pytest.raises(SourceError, match=r"damaged after line .* fetch it again"):
        list(records)


@given(st.binary(max_size=300))
def test_no_rows_raise(content: bytes) -> None:
    """Any bytes below a sound header become records, each mapped or rejected, and the codec answers for each."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        for record in read(Path(folder), HEADER.encode() + content):
            assert (record.obj is None) != (record.rejected is None)
            if record.obj is not None:
                Codec().decode_object(record.obj, record.raw, record.where, NOW_US)
