"""A file of JSON lines, resumed at a byte position."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from streams.codec import Rejected
from streams.codec.json_text import SIZE_LIMIT_BYTES
from streams.column_map import ColumnMap
from streams.record import Record, Source, SourceError, opened


def open_jsonl(path: Path, columns: ColumnMap | None = None) -> Source:
    """The events of a file of JSON lines; a column map has no use here."""
    return JsonLines(path)


_BOM = b"\xef\xbb\xbf"


class JsonLines:
    """One event a line; the last line counts without a newline too. Positions are bytes of the unpacked file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @property
    def name(self) -> str:
        return f"jsonl:{self.path.resolve()}"

    def records(self, start: int) -> Iterator[Record]:
        """Every non-empty line after byte `start`."""
        with opened(self.path) as file:
            seek_line(file, start, self.path)
            yield from lines(file, start, self.path.name, partial_last=True)


def seek_line(file: BinaryIO, start: int, path: Path) -> None:
    """Go to byte `start`; SourceError when no line can start there, because the file is not the one of before."""
    if start <= 0:
        return
    file.seek(start - 1)
    before = file.read(1)
    if before == b"":
        raise SourceError(
            f"{path}: shorter than the {start} bytes that were read before; it was truncated or replaced. "
            "Restore it, or ingest the new file under another name"
        )
    after = file.read(1)
    if before != b"\n" and after not in (b"", b"\n", b"\r"):
        raise SourceError(
            f"{path}: byte {start} is inside a line, but reading stopped there before; the file was changed. "
            "Restore it, or ingest the new file under another name"
        )
    file.seek(start)


def lines(file: BinaryIO, start: int, name: str, partial_last: bool) -> Iterator[Record]:
    """The records of `file` from its present place, byte `start`; a line without its newline only if `partial_last`.

    Memory is bounded: of a line above the size limit only the beginning is kept.
    """
    position = start
    while raw := file.readline(SIZE_LIMIT_BYTES + 1):
        end = position + len(raw)
        whole = raw.endswith(b"\n")
        if not whole and len(raw) > SIZE_LIMIT_BYTES:
            end, whole = _skip_line(file, end)
            if whole or partial_last:
                yield _too_large(raw, f"{name} byte {position}", end)
            else:
                return
        elif not whole and not partial_last:
            return
        else:
            text = raw.removeprefix(_BOM) if position == 0 else raw
            text = text.strip(b" \t\r\n")
            if text:
                yield Record(text, f"{name} byte {position}", end)
        position = end


def _skip_line(file: BinaryIO, position: int) -> tuple[int, bool]:
    while more := file.readline(SIZE_LIMIT_BYTES):
        position += len(more)
        if more.endswith(b"\n"):
            return position, True
    return position, False


def _too_large(raw: bytes, where: str, end: int) -> Record:
    detail = f"$: the line is longer than {SIZE_LIMIT_BYTES} bytes; split the event. Its beginning is kept"
    return Record(raw, where, end, rejected=Rejected("TOO_LARGE", detail, raw, where))
