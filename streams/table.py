"""Rows of a table of any file kind, and the source that maps them to events."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path

import msgspec

from streams.codec import Rejected
from streams.column_map import ColumnMap, RowMapper
from streams.columns import CellFault, Rounding
from streams.record import Record, SourceError


class Row(msgspec.Struct, frozen=True):
    """One row below the header: its cells, or why it has none. `position` counts rows from 1."""

    cells: list[str]
    raw: bytes
    where: str
    position: int
    rejected: Rejected | None = None


class Table(msgspec.Struct, frozen=True):
    """A header and the rows below it, read once."""

    header: tuple[str, ...]
    rows: Iterator[Row]


class MappedTable:
    """A table file read through a column map: one record a row, positions are row numbers.

    Resuming reads the earlier rows again, because a row's ordinal among equal rows depends on them. `rounding` tells
    what rounding at import has changed in the present or last pass.
    """

    def __init__(self, name: str, columns: ColumnMap, opening: Callable[[], Table]) -> None:
        self._name = name
        self._columns = columns
        self._open = opening
        self.rounding = Rounding()

    @property
    def name(self) -> str:
        return self._name

    def records(self, start: int) -> Iterator[Record]:
        """The rows after row `start`; SourceError when the file is not a table with the columns of the map."""
        table = self._open()
        mapper = self._columns.mapper(table.header)
        self.rounding = mapper.rounding
        for row in table.rows:
            if row.position > start:
                yield mapped(row, mapper)
            elif row.rejected is None:
                mapper.identity(row.cells)


def mapped(row: Row, mapper: RowMapper) -> Record:
    """The row as a record: mapped, or rejected with the reason."""
    if row.rejected is not None:
        return Record(row.raw, row.where, row.position, None, row.rejected)
    try:
        made = mapper.object(row.cells, mapper.identity(row.cells))
    except CellFault as fault:
        return rejected(row, fault.reason, fault.detail)
    return Record(row.raw, row.where, row.position, made)


def rejected(row: Row, reason: str, detail: str) -> Record:
    """The row as a rejected record."""
    return Record(row.raw, row.where, row.position, None, Rejected(reason, detail, row.raw, row.where))


def needed_map(columns: ColumnMap | None, path: Path) -> ColumnMap:
    """The map; SourceError when there is none."""
    if columns is None:
        raise SourceError(f"{path}: a table needs a column map; see the beginning of streams/column_map.py")
    return columns


def checked_header(cells: Sequence[str], needed: Collection[str], file: str) -> tuple[str, ...]:
    """The header; SourceError when a column is missing or named twice."""
    header = tuple(cell.strip() for cell in cells)
    missing = [name for name in needed if name not in header]
    if missing:
        raise SourceError(
            f"{file}: the columns {', '.join(missing)} are missing; found are {', '.join(header)}. "
            "Correct the header, or the names in the column map"
        )
    twice = sorted({name for name in header if name in needed and header.count(name) > 1})
    if twice:
        raise SourceError(f"{file}: the header names {', '.join(twice)} twice; rename or remove one of them")
    return header


def cell_count_fault(found: int, wanted: int) -> str:
    """The sentence for a row that does not fit its header."""
    return f"has {found} cells, the header has {wanted}; quote cells that hold the delimiter or a line break"
