"""bytes -> Decoded | Rejected, and stored bodies back to events."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, fields
from difflib import get_close_matches
from hashlib import blake2b
from typing import Any, Final

import msgspec

from scoring.events import EVENT_TYPES, FAMILIES
from scoring.events.base import Event
from scoring.money import EXPONENTS
from streams.codec.diagnosis import diagnose
from streams.codec.json_text import holds_nul, parse_object
from streams.codec.refusal import Refusal, shown
from streams.codec.shape import (
    ESCAPED_LIMIT_BYTES,
    LINE,
    NAME_LIMIT_BYTES,
    WHOLE_LIMIT,
    Shape,
    read_fields,
    shape_of,
    unknown_field,
)

DETAIL_CHARACTERS = 600
DEFAULT_CURRENCY: Final = next(str(field.default) for field in fields(Event) if field.name == "currency")
_EVERYDAY_NAMES: Final = {"RMB": "CNY", "¥": "CNY", "￥": "CNY", "$": "USD", "€": "EUR", "£": "GBP"}


class Decoded(msgspec.Struct, frozen=True):
    """An accepted event: what it says, the bytes to store, its identity and the hash of its content.

    `event_key`: 16 bytes for (source, event_id). `content_hash`: 16 bytes for the type and body; two events with one
    key and different hashes contradict each other.
    """

    event: Event
    body: bytes
    event_key: bytes
    content_hash: bytes


@dataclass(frozen=True, slots=True)
class Rejected:
    """Input that was not accepted: a code of REASONS, what is wrong and what to do, the bytes, and where they stood."""

    reason: str
    detail: str
    raw: bytes
    where: str


def event_key(source: str, event_id: str) -> bytes:
    """The 16-byte identity of an event; a source holds no NUL, so two pairs never share a preimage."""
    return blake2b(f"{source}\0{event_id}".encode(), digest_size=16).digest()


def content_hash(event_type: str, body: bytes) -> bytes:
    """The 16-byte hash of an event's content. The type is part of it: host_on and host_off have equal bodies."""
    return blake2b(event_type.encode() + b"\0" + body, digest_size=16).digest()


class Codec:
    """Reads events strictly.

    `currencies`: the accepted ISO codes, None for every code that scoring knows. `future_slack_seconds`: how far ahead
    of `now_us` a sender's clock may be.
    """

    def __init__(self, currencies: Collection[str] | None = None, future_slack_seconds: int = 86_400) -> None:
        unknown = sorted(set(currencies or ()) - EXPONENTS.keys())
        if unknown:
            raise ValueError(f"unknown currencies {', '.join(unknown)}: use ISO 4217 codes in capitals, such as CNY")
        self._currencies = frozenset(EXPONENTS if currencies is None else currencies)
        self._slack_us = future_slack_seconds * 1_000_000
        self._shapes: dict[str, tuple[type[Event], Shape]] = {
            name: (kind, shape_of(kind)) for name, kind in EVENT_TYPES.items()
        }
        self._restore = {name: msgspec.msgpack.Decoder(kind).decode for name, kind in EVENT_TYPES.items()}
        self._encode = msgspec.msgpack.Encoder().encode

    def decode(self, raw: bytes, where: str, now_us: int) -> Decoded | Rejected:
        """The event in one JSON object; never raises for any bytes. `where` names the place, such as "a.jsonl:17"."""
        try:
            given = parse_object(raw)
            if b"\\u0000" in raw:
                _refuse_nul(given)
            return self._decoded(given, now_us)
        except Refusal as refusal:
            return _rejected(refusal, raw, where)

    def decode_object(self, obj: dict[str, Any], raw: bytes, where: str, now_us: int) -> Decoded | Rejected:
        """The event in an object in wire form that a source has mapped from `raw`; `obj` is left as it is."""
        try:
            if b"\0" in raw:
                _refuse_nul(obj)
            return self._decoded(obj.copy(), now_us)
        except Refusal as refusal:
            return _rejected(refusal, raw, where)

    def restore(self, event_type: str, body: bytes) -> Event:
        """The event of a stored body; KeyError or msgspec.ValidationError when the store holds something else."""
        return self._restore[event_type](body)

    def _decoded(self, given: dict[str, Any], now_us: int) -> Decoded:
        event_type = given.pop("event_type", None)
        found = self._shapes.get(event_type) if type(event_type) is str else None
        if found is None:
            raise _unknown_type(event_type)
        kind, shape = found
        given.pop("ingested_at", None)
        # 1.0 and True are other values than 1; a type that is wrong is named below.
        version = given.get("schema_version", SCHEMA_VERSION)
        if type(version) is int and version != SCHEMA_VERSION:
            raise _unknown_version(version)
        if type(given.pop("ext", _NO_EXTRAS)) is not dict:
            raise Refusal("WRONG_TYPE", "ext is an object with free extras, or left out", ".ext")
        if not given.keys() <= shape.names:
            raise unknown_field(shape, given, "")
        currency = given.get("currency", DEFAULT_CURRENCY)
        if type(currency) is not str or currency not in self._currencies:
            raise self._unknown_currency(currency)
        values = read_fields(shape, given, currency, now_us + self._slack_us)
        try:
            event = msgspec.convert(values, kind)
        except msgspec.ValidationError as error:
            raise diagnose(shape, values, "", str(error)) from error
        _check(event, shape)
        return self._sealed(event_type, event)

    def _sealed(self, event_type: str, event: Event) -> Decoded:
        try:
            body = self._encode(event)
            key = event_key(event.source, event.event_id)
        except UnicodeEncodeError as error:
            raise Refusal("BAD_UTF8", "a text holds half of a surrogate pair; send whole characters") from error
        except OverflowError as error:
            raise Refusal("BAD_NUMBER", "an amount does not fit into 64 bits; send at most 15 digits") from error
        return Decoded(event, body, key, content_hash(event_type, body))

    def _unknown_currency(self, currency: object) -> Refusal:
        if type(currency) is not str:
            return Refusal("WRONG_TYPE", f"expected a currency code, got {shown(currency)}", ".currency")
        accepted = sorted(self._currencies)
        near = accepted if len(accepted) <= 10 else get_close_matches(currency[:8].upper(), accepted, 3, 0.5)
        known = _EVERYDAY_NAMES.get(currency) or ", ".join(near) or DEFAULT_CURRENCY
        return Refusal(
            "UNKNOWN_CURRENCY", f"{shown(currency)} is not accepted; use a code such as {known}", ".currency"
        )


SCHEMA_VERSION: Final = 1
_NO_EXTRAS: Final[dict[str, Any]] = {}


def _check(event: Event, shape: Shape) -> None:
    _check_whole(event, shape, "")
    _check_names(event, shape, "")
    if not (event.event_id and event.source and event.shop_id):
        empty = next(name for name in ("event_id", "source", "shop_id") if not getattr(event, name))
        raise Refusal("MISSING_FIELD", "is empty; it identifies the event", f".{empty}")
    if shape.has_lines:
        for position, line in enumerate(event.lines):  # type: ignore[attr-defined]
            _check_whole(line, LINE, f".lines[{position}]")
            _check_names(line, LINE, f".lines[{position}]")
    sentence = event.check()
    if sentence:
        raise Refusal("IMPOSSIBLE_VALUE", sentence)


def _check_whole(record: object, shape: Shape, path: str) -> None:
    for name in shape.whole:
        value = getattr(record, name)
        if not -WHOLE_LIMIT < value < WHOLE_LIMIT:
            raise Refusal("BAD_NUMBER", f"{shown(value)} has more than 12 digits; check the unit", f"{path}.{name}")


def _check_names(record: object, shape: Shape, path: str) -> None:
    for name in shape.names_in_keys:
        text = getattr(record, name)
        # Nobody's everyday name is longer, so that most are not looked at more closely.
        if text is not None and len(text) * 4 > NAME_LIMIT_BYTES:
            _check_name(text, f"{path}.{name}")


def _check_name(text: str, path: str) -> None:
    given = text.encode("utf-8", "surrogatepass")
    escaped = len(given) + 2 * (given.count(b"|") + given.count(b"%"))
    if len(given) > NAME_LIMIT_BYTES or escaped > ESCAPED_LIMIT_BYTES:
        raise Refusal(
            "BAD_TEXT", f"{shown(text)} has {len(given)} bytes; a name has at most {NAME_LIMIT_BYTES}, send an id", path
        )


def _refuse_nul(given: dict[str, Any]) -> None:
    path = holds_nul(given)
    if path is not None:
        raise Refusal("BAD_TEXT", "the text holds the NUL character; remove it", path)


def _unknown_version(version: int) -> Refusal:
    known = f"this release reads version {SCHEMA_VERSION}: send that, or replay this after an upgrade"
    return Refusal("UNKNOWN_SCHEMA_VERSION", f"schema version {version} is not known; {known}", ".schema_version")


def _unknown_type(event_type: object) -> Refusal:
    if event_type is None:
        return Refusal("UNKNOWN_EVENT_TYPE", "event_type is missing; send one such as order.paid", ".event_type")
    if not isinstance(event_type, str):
        return Refusal(
            "UNKNOWN_EVENT_TYPE", f"expected a text such as order.paid, got {shown(event_type)}", ".event_type"
        )
    family = event_type.partition(".")[0]
    near = get_close_matches(event_type[:64].lower(), EVENT_TYPES, 4, 0.5)
    near = near or [name for name in EVENT_TYPES if name.startswith(f"{family}.")]
    hint = f"nearest are {', '.join(near)}" if near else f"the families are {', '.join(FAMILIES)}"
    return Refusal("UNKNOWN_EVENT_TYPE", f"{shown(event_type)} is no type of event; {hint}", ".event_type")


def _rejected(refusal: Refusal, raw: bytes, where: str) -> Rejected:
    detail = refusal.detail()
    if len(detail) > DETAIL_CHARACTERS:
        detail = detail[:DETAIL_CHARACTERS] + "…"
    return Rejected(refusal.reason, detail.encode("utf-8", "backslashreplace").decode(), raw, where)
