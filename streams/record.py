"""Records and sources: what input is, and the place to resume after each piece of it."""

from __future__ import annotations

import gzip
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, Protocol, cast

import msgspec

from streams.codec import Rejected


class SourceError(Exception):
    """A source that cannot be read as declared; says what, where and what to do. Nothing was consumed."""


class Record(msgspec.Struct, frozen=True):
    """One piece of input: `raw` bytes for `Codec.decode`, or `obj` mapped from them for `Codec.decode_object`, or
    already `rejected`.

    `where` names the place for people ("orders.csv:17"). `position` is what to pass as `start` to resume after it.
    """

    raw: bytes
    where: str
    position: int
    obj: dict[str, Any] | None = None
    rejected: Rejected | None = None


class Source(Protocol):
    """Input that can be read again from a position; the same position and input give the same records."""

    @property
    def name(self) -> str:
        """Names the input in the store, where its position is kept."""
        ...

    def records(self, start: int) -> Iterator[Record]:
        """The records after position `start` (0 = from the beginning); SourceError when it can not be read."""
        ...


def opened(path: Path) -> BinaryIO:
    """The file, unpacked when its name ends in .gz; SourceError when it is not there or not readable."""
    try:
        if path.suffix == ".gz":
            return cast(BinaryIO, io.BufferedReader(gzip.open(path), 1 << 18))
        return path.open("rb")
    except OSError as error:
        raise SourceError(f"{path}: {error.strerror}; check the path and its permissions") from error
