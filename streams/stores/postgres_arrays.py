"""One array a column for PostgreSQL's unnest, written at once: psycopg's own lists cost ten times as much a value."""

from __future__ import annotations

from collections.abc import Collection
from struct import Struct
from typing import Any, cast

from psycopg import Cursor
from psycopg.adapt import Buffer, Dumper
from psycopg.pq import Format

BYTEA_OID = 17
BYTEA_ARRAY_OID = 1001
_HEADER = Struct(">iiiii")
_NULL = (-1).to_bytes(4, "big", signed=True)


class ByteArray:
    """A bytea[] in PostgreSQL's binary form."""

    __slots__ = ("raw",)

    def __init__(self, values: Collection[bytes | None]) -> None:
        parts = [_HEADER.pack(1, int(None in values), BYTEA_OID, len(values), 1)]
        for value in values:
            if value is None:
                parts.append(_NULL)
            else:
                parts.append(len(value).to_bytes(4, "big"))
                parts.append(value)
        self.raw = b"".join(parts)


class ByteArrayDumper(Dumper):
    """Hands the bytes of a ByteArray to the server."""

    format = Format.BINARY
    oid = BYTEA_ARRAY_OID

    def dump(self, obj: Any) -> Buffer | None:
        return cast(bytes, obj.raw)


def taught(cursor: Cursor[Any]) -> Cursor[Any]:
    """The cursor, able to take what `array_of` gives."""
    cursor.adapters.register_dumper(ByteArray, ByteArrayDumper)
    return cursor


def array_of(values: Collection[Any]) -> object:
    """What `%s::type[]` takes for values of one type: bytes, text, integers or flags, any of them None."""
    kind: type = next((type(value) for value in values if value is not None), str)
    if kind is bytes:
        return ByteArray(values)
    if kind is str:
        return _texts(values)
    if kind is bool:
        return "{" + ",".join(["NULL" if value is None else "t" if value else "f" for value in values]) + "}"
    if kind is int:
        return "{" + ",".join(["NULL" if value is None else str(value) for value in values]) + "}"
    raise TypeError(f"no array of {kind.__name__} is written here")


def _texts(values: Collection[str | None]) -> str:
    if not values:
        return "{}"
    if None in values:
        return "{" + ",".join(["NULL" if value is None else f'"{_escaped(value)}"' for value in values]) + "}"
    plain = cast("Collection[str]", values)
    joined = '","'.join(plain)
    if "\\" in joined or joined.count('"') != 2 * (len(values) - 1):
        joined = '","'.join(map(_escaped, plain))
    return f'{{"{joined}"}}'


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
