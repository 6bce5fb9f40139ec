"""One table per type of event, compiled once from its type hints: how each field is read from JSON."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import MISSING, dataclass, fields
from difflib import get_close_matches
from functools import lru_cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from scoring.events.base import Event
from scoring.events.order import OrderLine
from scoring.money import parse_minor
from scoring.period import parse_instant
from streams.codec.refusal import NumberLiteral, Refusal, json_kind, shown

WHOLE_LIMIT = 10**12
NAME_LIMIT_BYTES = 255
ESCAPED_LIMIT_BYTES = 600
"""Up to four names, escaped, make one row of an index, which PostgreSQL limits to 2,704 bytes."""
PROSE = frozenset({"title", "comment"})
LATEST_US = 7_258_118_400_000_000  # 2200-01-01
# Instants at which something has happened; the others are plans and may lie ahead.
HAPPENED = frozenset(
    {
        "occurred_at",
        "placed_at",
        "paid_at",
        "shipped_at",
        "delivered_at",
        "completed_at",
        "sent_at",
        "requested_at",
        "replied_at",
        "received_at",
        "accepted_at",
        "minute_at",
    }
)

Convert = Callable[[Any, str, int], Any]
"""(JSON value, currency, latest instant that may have happened in us) -> stored value; raises Refusal."""

_MICRO = re.compile(r"(-?)(\d{1,12})(?:\.(\d{1,6}))?", re.ASCII)
_instant = lru_cache(maxsize=8192)(parse_instant)


@dataclass(frozen=True, slots=True)
class Field:
    """One field: `kind` is text, whole, flag, choice, minor, instant, micro or lines."""

    name: str
    kind: str
    required: bool
    nullable: bool
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shape:
    """How one record is read: all fields by name, those that need converting, bounded integers, and texts that may
    become part of a key.
    """

    fields: dict[str, Field]
    names: frozenset[str]
    conversions: tuple[tuple[str, Convert], ...]
    whole: tuple[str, ...]
    names_in_keys: tuple[str, ...]
    has_lines: bool


def shape_of(kind: type[Event] | type[OrderLine]) -> Shape:
    """The shape of an event or line class; TypeError when a field has a type that the wire form does not know."""
    hints = get_type_hints(kind, include_extras=True)
    table = {
        field.name: _field(field.name, hints[field.name], field.default is MISSING and field.default_factory is MISSING)
        for field in fields(kind)
    }
    return Shape(
        fields=table,
        names=frozenset(table),
        conversions=tuple((name, _conversion(field)) for name, field in table.items() if field.kind in _CONVERTED),
        whole=tuple(name for name, field in table.items() if field.kind == "whole"),
        names_in_keys=tuple(name for name, field in table.items() if field.kind == "text" and name not in PROSE),
        has_lines="lines" in table,
    )


def read_fields(shape: Shape, given: dict[str, Any], currency: str, horizon_us: int) -> dict[str, Any]:
    """A copy of `given` in which amounts, instants and decimals are integers; Refusal names the path."""
    found = given.copy()
    for name, convert in shape.conversions:
        value = found.get(name)
        if value is not None:
            try:
                found[name] = convert(value, currency, horizon_us)
            except Refusal as refusal:
                refusal.path = f".{name}{refusal.path}"
                raise
    return found


def _field(name: str, hint: Any, required: bool) -> Field:
    nullable = False
    if get_origin(hint) in (Union, UnionType):
        (hint,) = (part for part in get_args(hint) if part is not NoneType)
        nullable = True
    if get_origin(hint) is Annotated:
        _, mark = get_args(hint)
        return Field(name, mark, required, nullable)
    if get_origin(hint) is Literal:
        return Field(name, "choice", required, nullable, get_args(hint))
    if hint == tuple[OrderLine, ...]:
        return Field(name, "lines", required, nullable)
    plain = {str: "text", int: "whole", bool: "flag"}
    if hint not in plain:
        raise TypeError(f"field {name} has the type {hint}; add how it is read to streams/codec/shape.py")
    return Field(name, plain[hint], required, nullable)


def _conversion(field: Field) -> Convert:
    if field.kind == "instant" and field.name in HAPPENED:
        return read_happened
    return _CONVERTED[field.kind]


def read_minor(value: Any, currency: str, _horizon_us: int) -> int:
    """Minor units of an amount text; never rounded."""
    if type(value) is not str:
        raise Refusal(
            "BAD_AMOUNT",
            f'write an amount as a text such as "12.50", not as {json_kind(value)} {shown(value)}',
        )
    try:
        return parse_minor(value, currency)
    except ValueError as error:
        raise Refusal("BAD_AMOUNT", _sentence(error, value)) from error


def read_instant(value: Any, _currency: str, _horizon_us: int) -> int:
    """Microseconds since the epoch of an RFC 3339 text, between 1970 and 2199."""
    if type(value) is not str:
        raise Refusal("BAD_INSTANT", f"a time is an RFC 3339 text, not {json_kind(value)} {shown(value)}")
    try:
        found = _instant(value)
    except ValueError as error:
        raise Refusal("BAD_INSTANT", _sentence(error, value)) from error
    if 0 <= found < LATEST_US:
        return found
    raise Refusal("BAD_INSTANT", f"{shown(value)} lies outside the years 1970 to 2199; check the sender's calendar")


def _sentence(error: ValueError, text: str) -> str:
    return str(error) if len(text) <= 60 else f"the text has {len(text)} characters: {shown(text)}; at most 60 are read"


def read_happened(value: Any, currency: str, horizon_us: int) -> int:
    """An instant that must not lie in the future."""
    found = read_instant(value, currency, horizon_us)
    if found <= horizon_us:
        return found
    raise Refusal("FUTURE_TIME", f"{shown(value)} has not happened yet; check the sender's clock and its offset")


def read_micro(value: Any, _currency: str, _horizon_us: int) -> int:
    """Millionths of a decimal, exact from the literal."""
    if type(value) is NumberLiteral:
        text = value.text
    elif type(value) is str:
        text = value
    elif type(value) is int and -WHOLE_LIMIT < value < WHOLE_LIMIT:
        return value * 1_000_000
    else:
        kind = json_kind(value)
        reason = "BAD_NUMBER" if kind == "number" else "WRONG_TYPE"
        raise Refusal(
            reason, f"a decimal with at most 12 digits before the point is expected, not {kind} {shown(value)}"
        )
    match = _MICRO.fullmatch(text)
    if match is None:
        raise Refusal(
            "BAD_NUMBER",
            f"{shown(value)} is not a plain decimal: write ASCII digits, at most 12 before and 6 after a '.', "
            "no exponent and no separators",
        )
    micro = int(match[2] + (match[3] or "").ljust(6, "0"))
    return -micro if match[1] else micro


def read_lines(value: Any, currency: str, horizon_us: int) -> Any:
    """The lines of an order, each read by the shape of a line."""
    if type(value) is not list:
        return value
    found = []
    for position, line in enumerate(value):
        if type(line) is not dict:
            return value
        if not line.keys() <= LINE.names:
            raise unknown_field(LINE, line, f"[{position}]")
        try:
            found.append(read_fields(LINE, line, currency, horizon_us))
        except Refusal as refusal:
            refusal.path = f"[{position}]{refusal.path}"
            raise
    return found


def unknown_field(shape: Shape, given: dict[str, Any], path: str) -> Refusal:
    """The refusal of the first field that `shape` does not have, with the names that it has."""
    name = next(key for key in given if key not in shape.names)
    near = get_close_matches(name[:64], sorted(shape.names), 3, 0.6) or sorted(shape.names)
    return Refusal(
        "UNKNOWN_FIELD",
        f"there is no field {shown(name)} here, but {', '.join(near)}; put extras into the object ext of the event",
        path,
    )


_CONVERTED: dict[str, Convert] = {
    "minor": read_minor,
    "instant": read_instant,
    "micro": read_micro,
    "lines": read_lines,
}

LINE = shape_of(OrderLine)
