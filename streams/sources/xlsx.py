"""Excel workbooks (.xlsx), one sheet, streamed row by row."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Collection, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from streams.codec import Rejected
from streams.column_map import ColumnMap
from streams.columns.instant import ISO, InstantColumn
from streams.record import SourceError
from streams.table import MappedTable, Row, Table, cell_count_fault, checked_header, needed_map


def open_xlsx(path: Path, columns: ColumnMap | None) -> MappedTable:
    """The rows of a sheet through a column map; a real date in a cell fits the format of its instant column."""
    columns = needed_map(columns, path)
    instants = (column for column in columns.fields.values() if isinstance(column, InstantColumn))
    formats = {column.column: column.format for column in instants if column.format != ISO}
    opening = partial(open_sheet, path, columns.sheet, columns.columns, formats)
    return MappedTable(f"xlsx:{path.resolve()}", columns, opening)


def open_sheet(path: Path, sheet: str, needed: Collection[str], formats: Mapping[str, str]) -> Table:
    """The header and rows of a sheet (the first when `sheet` is empty); SourceError when it cannot be read."""
    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except OSError as error:
        raise SourceError(f"{path}: {error.strerror or error}; check the path and its permissions") from error
    except (InvalidFileException, zipfile.BadZipFile, KeyError) as error:
        raise SourceError(
            f"{path}: is no .xlsx workbook ({error}); save it as Excel workbook without password"
        ) from error
    if sheet and sheet not in book.sheetnames:
        raise SourceError(f"{path}: has no sheet {sheet!r}; found are {', '.join(book.sheetnames)}")
    page = book[sheet or book.sheetnames[0]]
    page.reset_dimensions()
    lines: Iterator[tuple[Any, ...]] = page.iter_rows(values_only=True)
    first = [cell_text(value, ISO) for value in next(lines, ())]
    if not any(first):
        raise SourceError(f"{path}: the first row is empty; expected the names of the columns")
    while not first[-1]:
        first.pop()
    header = checked_header(first, needed, path.name)
    return Table(header, _rows(lines, [formats.get(name, ISO) for name in header], path.name))


def cell_text(value: Any, form: str) -> str:
    """A cell as text: dates in the format of their column, numbers as they are shown with all decimals."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime | date):
        return value.strftime(form) if form != ISO else value.isoformat(*([" "] if isinstance(value, datetime) else []))
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else format(Decimal(repr(value)), "f")
    return str(value)


def _rows(lines: Iterator[tuple[Any, ...]], formats: list[str], name: str) -> Iterator[Row]:
    width, position = len(formats), 0
    for number, values in enumerate(lines, start=2):
        if not any(value is not None for value in values):
            continue
        position += 1
        cells = [cell_text(value, form) for value, form in zip(values, formats, strict=False)]
        cells += [""] * (width - len(cells))
        beyond = [value for value in values[width:] if value is not None]
        raw = json.dumps(cells, ensure_ascii=False).encode("utf-8", "replace")
        where = f"{name}:{number}"
        fault = f"{where}: {cell_count_fault(width + len(beyond), width)}" if beyond else None
        yield Row(cells, raw, where, position, Rejected("BAD_ROW", fault, raw, where) if fault else None)
