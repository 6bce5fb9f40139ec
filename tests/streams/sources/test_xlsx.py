"""XLSX: the same rows as in a CSV file, with real dates and numbers in the cells."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from streams.column_map import ColumnMap
from streams.record import Record
from streams.sources import SourceError, open_source
from streams.sources.xlsx import cell_text
from tests.streams.sources.test_csv import HEADER, MAP, columns, reason

NAMES = HEADER.strip().split(",")


def read(folder: Path, rows: list[list[Any]], columns_: ColumnMap | None = None) -> list[Record]:
    """The records of a workbook whose second sheet holds these rows."""
    book = Workbook()
    page = book.active
    assert page is not None
    page.title = "说明"
    page.append(["read the sheet 订单"])
    page = book.create_sheet("订单")
    for row in rows:
        page.append(row)
    path = folder / "orders.xlsx"
    book.save(path)
    return list(open_source(path, columns=columns_ or columns(sheet="订单")).records(0))


def test_numbers_and_dates_are_cells_like_texts(tmp_path: Path) -> None:
    """Real numbers and dates give the event that their texts give: 3 x 1.115 = 3.345 -> 3.35."""
    typed, spelled = read(
        tmp_path,
        [
            NAMES,
            ["o1", "A", 3, 1.115, datetime.fromisoformat("2026-09-03 12:00:00")],
            ["o1", "A", "3", "1.115", "2026-09-03 12:00:00"],
        ],
    )
    assert typed.obj == spelled.obj
    assert typed.obj is not None
    assert typed.obj["lines"][0]["paid_amt"] == "3.35"
    assert (typed.where, spelled.where, spelled.position) == ("orders.xlsx:2", "orders.xlsx:3", 2)


def test_a_date_fits_the_format_of_its_column(tmp_path: Path) -> None:
    """Where the map declares a format for texts, a real date cell is read all the same."""
    text = 'sheet = "订单"\n' + MAP.replace('column = "付款时间"', 'column = "付款时间", format = "%Y年%m月%d日"')
    records = read(
        tmp_path,
        [
            NAMES,
            ["o1", "A", 1, 5, date(2026, 9, 3)],
            ["o1", "A", 1, 5, "2026年09月03日"],
            ["o1", "A", 1, 5, "2026年09月０3日"],
        ],
        ColumnMap.parse(text, "erp.toml"),
    )
    assert [record.obj["occurred_at"] for record in records if record.obj] == ["2026-09-03T00:00:00+08:00"] * 2
    assert reason(records[2]).startswith("BAD_INSTANT column 付款时间")


def test_empty_rows_and_columns_are_no_content(tmp_path: Path) -> None:
    """Empty rows are skipped, short rows filled up, cells beyond the header refused."""
    records = read(tmp_path, [NAMES, [], ["o1", "A", 1, 5, date(2026, 9, 3), None], ["o2"], [*"123456"]])
    assert [record.position for record in records] == [1, 2, 3]
    assert records[0].obj and records[0].where == "orders.xlsx:3"
    assert reason(records[1]).startswith("MISSING_FIELD")
    assert reason(records[2]).startswith("BAD_ROW orders.xlsx:5: has 6 cells, the header has 5")


def test_a_binary_tail_is_not_rounded_silently(tmp_path: Path) -> None:
    """A number keeps all its decimals: 0.1 + 0.2 shows its tail, 1.005 is refused unless rounding is declared."""
    assert cell_text(0.1 + 0.2, "iso") == "0.30000000000000004"
    assert [cell_text(number, "iso") for number in (1e-7, 5.0, 1e22)] == ["0.0000001", "5", "10000000000000000000000"]
    strict = ColumnMap.parse('sheet = "订单"\n' + MAP.replace(', rounding = "half_up"', ""), "erp.toml")
    rows: list[list[Any]] = [NAMES, ["o1", "A", 1, 1.005, date(2026, 9, 3)]]
    assert reason(read(tmp_path, rows, strict)[0]).startswith("BAD_AMOUNT column 单价 x 数量: 1.005")
    (record,) = read(tmp_path, rows)
    assert record.obj and record.obj["lines"][0]["paid_amt"] == "1.01"


def test_what_is_no_workbook_is_said(tmp_path: Path) -> None:
    """A text file, a missing file, a missing sheet, an empty sheet and missing columns each have their sentence."""
    path = tmp_path / "text.xlsx"
    path.write_text("order,sku\n")
    with pytest.raises(SourceError, match=r"is no \.xlsx workbook"):
        list(open_source(path, columns=columns()).records(0))
    with pytest.raises(SourceError, match="check the path"):
        list(open_source(tmp_path / "absent.xlsx", columns=columns()).records(0))
    with pytest.raises(SourceError, match="has no sheet 'x'; found are 说明, 订单"):
        read(tmp_path, [NAMES], columns(sheet="x"))
    with pytest.raises(SourceError, match="the first row is empty"):
        read(tmp_path, [])
    with pytest.raises(SourceError, match=r"the columns 订单号, 商品.* are missing; found are read the sheet"):
        read(tmp_path, [NAMES], columns())
