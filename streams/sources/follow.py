"""A growing file of JSON lines: complete lines as they arrive, and a loud stop when the file shrinks or is replaced."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from streams.column_map import ColumnMap
from streams.record import Record, Source, SourceError, opened
from streams.sources.jsonl import lines, seek_line

POLL_SECONDS = 0.1


def open_follow(path: Path, columns: ColumnMap | None = None) -> Source:
    """The events of a growing file of JSON lines; a column map has no use here."""
    return FollowedLines(path)


class FollowedLines:
    """A file that another program appends to.

    `available` ends when no complete line is left: call it again with the last position, and commit in between.
    `records` never ends by itself; between polls it calls `pause`, and stops when that returns False.
    """

    def __init__(self, path: Path, pause: Callable[[], bool] | None = None) -> None:
        if path.suffix == ".gz":
            raise SourceError(f"{path}: a packed file cannot be followed; read it with the kind jsonl")
        self.path = path
        self._pause = pause or _sleep
        self._inode: int | None = None

    @property
    def name(self) -> str:
        return f"follow:{self.path.resolve()}"

    def available(self, start: int) -> Iterator[Record]:
        """The complete lines that are there now, after byte `start`."""
        with opened(self.path) as file:
            self._check(file, start)
            seek_line(file, start, self.path)
            yield from lines(file, start, self.path.name, partial_last=False)

    def records(self, start: int) -> Iterator[Record]:
        """Every complete line after byte `start`, waiting for more."""
        position = start
        while True:
            for record in self.available(position):
                position = record.position
                yield record
            if not self._pause():
                return

    def _check(self, file: BinaryIO, start: int) -> None:
        found = self.path.stat()
        if self._inode not in (None, found.st_ino):
            raise SourceError(
                f"{self.path}: replaced by another file while it was followed; "
                "stop the rotation, or ingest each file once with the kind jsonl"
            )
        self._inode = found.st_ino
        if found.st_size < start:
            raise SourceError(
                f"{self.path}: shrank to {found.st_size} bytes, {start} were read before; an event file only grows. "
                "Restore it, or follow a new file under another name"
            )


def _sleep() -> bool:
    time.sleep(POLL_SECONDS)
    return True
