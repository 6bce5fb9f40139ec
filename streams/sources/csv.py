"""CSV files, streamed row by row, plain or packed (.gz)."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterator
from functools import partial
from pathlib import Path
from typing import BinaryIO

from streams.codec import Rejected
from streams.codec.json_text import SIZE_LIMIT_BYTES
from streams.column_map import ENCODINGS, ColumnMap
from streams.record import SourceError, opened
from streams.table import MappedTable, Row, Table, cell_count_fault, checked_header, needed_map


def open_csv(path: Path, columns: ColumnMap | None) -> MappedTable:
    """The rows of a CSV file through a column map; SourceError when there is no map."""
    columns = needed_map(columns, path)
    file = CsvFile(path, columns.encoding, columns.delimiter)
    return MappedTable(f"csv:{path.resolve()}", columns, partial(file.table, columns.columns))


class CsvFile:
    """A CSV file in a declared encoding; memory holds one row at a time."""

    def __init__(self, path: Path, encoding: str = "utf-8", delimiter: str = ",") -> None:
        self.path = path
        self.encoding = encoding
        self.delimiter = delimiter

    def table(self, needed: Collection[str] = ()) -> Table:
        """The header, checked for the columns `needed`, and the rows; SourceError when it is empty or unreadable."""
        reading = _Reading(self)
        try:
            header = checked_header(reading.header(), needed, self.path.name)
        except SourceError:
            reading.close()
            raise
        return Table(header, reading.rows(len(header)))


class _Reading:
    """One pass over a file: remembers the bytes of the row in hand, and what is wrong with their encoding."""

    def __init__(self, file: CsvFile) -> None:
        self._name = file.path.name
        self._path = file.path
        self._encoding = file.encoding
        self._taken: list[bytes] = []
        self._line = 0
        self._fault: tuple[str, str] | None = None
        self._handle: BinaryIO = opened(file.path)
        self._reader = csv.reader(self._texts(), delimiter=file.delimiter)

    def close(self) -> None:
        self._handle.close()

    def header(self) -> list[str]:
        try:
            cells = next(self._reader, [])
        except (csv.Error, OSError, EOFError) as error:
            raise SourceError(f"{self._path}: the header cannot be read: {error}") from error
        if self._fault:
            raise SourceError(f"{self._path}: {self._fault[1]}")
        if not any(cells):
            raise SourceError(f"{self._path}: is empty; expected a header row with the names of the columns")
        self._taken.clear()
        return cells

    def rows(self, width: int) -> Iterator[Row]:
        name, taken, reader, position = self._name, self._taken, self._reader, 0
        with self._handle:
            while True:
                first_line = self._line + 1
                try:
                    cells = next(reader)
                except StopIteration:
                    return
                except csv.Error as error:
                    cells = [""]
                    self._fault = self._fault or ("BAD_ROW", f'the quoting is broken: {error}; quote cells with "')
                except (OSError, EOFError) as error:
                    raise SourceError(
                        f"{self._path}: damaged after line {self._line}: {error}; fetch it again"
                    ) from error
                if not cells:
                    taken.clear()
                    continue
                position += 1
                raw = taken[0] if len(taken) == 1 else b"".join(taken)
                taken.clear()
                where = f"{name}:{first_line}"
                if self._fault or len(cells) != width:
                    yield self._rejected(raw.rstrip(b"\r\n"), where, position, cell_count_fault(len(cells), width))
                else:
                    yield Row(cells, raw.rstrip(b"\r\n"), where, position)

    def _rejected(self, raw: bytes, where: str, position: int, fault: str) -> Row:
        reason, sentence = self._fault or ("BAD_ROW", fault)
        self._fault = None
        raw = raw[:SIZE_LIMIT_BYTES]
        return Row([], raw, where, position, Rejected(reason, f"{where}: {sentence}", raw, where))

    def _texts(self) -> Iterator[str]:
        encoding, taken, first = self._encoding, self._taken, True
        for raw in iter(partial(self._handle.readline, SIZE_LIMIT_BYTES), b""):
            self._line += 1
            taken.append(raw)
            try:
                text = raw.decode(encoding)
            except UnicodeDecodeError as error:
                self._fault = self._fault or ("BAD_UTF8", self._undecodable(error, raw))
                text = raw.decode(encoding, "replace")
            yield text.removeprefix("\ufeff") if first else text
            first = False

    def _undecodable(self, error: UnicodeDecodeError, raw: bytes) -> str:
        fitting = next((name for name in ENCODINGS[:6] if name != self._encoding and _decodes(raw, name)), None)
        advice = f'the line reads as {fitting}: set encoding = "{"gbk" if fitting == "gb18030" else fitting}"'
        if fitting is None:
            advice = "set the file's encoding"
        place = f"byte {error.start + 1} of line {self._line} (0x{raw[error.start]:02X})"
        return f"{place} is not {self._encoding}; {advice} in the column map"


def _decodes(raw: bytes, encoding: str) -> bool:
    try:
        raw.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
