"""A Kafka record becomes the JSON bytes that the codec reads: plain values, and CloudEvents 1.0 in both of its modes.

value {"order_id": "o1", ...}, headers ce_specversion=1.0, ce_id=o1-paid, ce_source=erp, ce_type=order.paid
-> {"event_id":"o1-paid","source":"erp","event_type":"order.paid","order_id": "o1", ...}
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from scoring.period import parse_instant
from streams.codec import REASONS, Rejected
from streams.codec.json_text import parse_object
from streams.codec.refusal import Refusal, ascii_safe
from streams.topics.oddities import oddity

Headers = Sequence[tuple[str, bytes | None]]

SPECVERSION: Final = "1.0"
ATTRIBUTES: Final = {"id": "event_id", "source": "source", "type": "event_type", "time": "occurred_at"}
"""The attributes of CloudEvents that have a field of the same meaning in our envelope."""
PREFIX: Final = "ce_"
STRUCTURED: Final = "application/cloudevents"

REJECTED_REASON: Final = "scoreline-rejected-reason"
REJECTED_DETAIL: Final = "scoreline-rejected-detail"
"""Headers of a producer whose source has already refused the bytes, such as a table row with a cell too many."""

_READ: Final = (PREFIX, "content-type", REJECTED_REASON, REJECTED_DETAIL)


def body_of(value: bytes | None, headers: Headers, where: str) -> bytes | Rejected:
    """The JSON bytes of one event for `Codec.decode`, or why there are none; never raises for any record.

    `where` names the record for people ("scoreline.events.v1/3@1207"). A plain JSON value without headers is handed
    back as it is.
    """
    if not value:
        what = "a tombstone: its value is null" if value is None else "empty: its value has no bytes"
        detail = f"$: the record is {what}; send a JSON object, and event.retracted to cancel a fact"
        return Rejected("NO_VALUE", detail, b"", where)
    if not headers:
        return _plain(value, where)
    named, fault = _texts(headers)
    if named.get(REJECTED_REASON) in REASONS:
        return Rejected(named[REJECTED_REASON], named.get(REJECTED_DETAIL, ""), value, where)
    attributes = {name[len(PREFIX) :]: text for name, text in named.items() if name.startswith(PREFIX)}
    try:
        if fault is not None:
            raise fault
        body = _opened(value, attributes, named.get("content-type", "").strip().lower())
    except Refusal as refusal:
        return Rejected(refusal.reason, refusal.detail(), _kept(value, attributes), where)
    return _plain(body, where)


def _plain(value: bytes, where: str) -> bytes | Rejected:
    """The value, unless it is recognisably something else than JSON."""
    if value[:1] == b"{":
        return value
    strange = oddity(value)
    return value if strange is None else Rejected(strange.reason, strange.detail(), value, where)


def _opened(value: bytes, attributes: Mapping[str, str], content_type: str) -> bytes:
    """The value with the attributes of the headers in it; Refusal when they can not be brought together."""
    if content_type.startswith(STRUCTURED):
        return _structured(value, attributes, content_type)
    if attributes:
        _check_version(attributes.get("specversion"), "the header ce_specversion")
        return _merged(value, attributes, "the header ce_")
    return value


def _texts(headers: Headers) -> tuple[dict[str, str], Refusal | None]:
    """The headers that matter here, as texts, and what is wrong with them: no UTF-8, or one name with two values."""
    found: dict[str, str] = {}
    fault = None
    for name, raw in headers:
        key = name.lower()
        if raw is None or not key.startswith(_READ):
            continue
        text = raw.decode("utf-8", "backslashreplace")
        if text.encode("utf-8", "replace") != raw:
            fault = Refusal("BAD_UTF8", f"the header {key[:60]} is not UTF-8; send UTF-8")
        if found.setdefault(key, text) != text:
            fault = Refusal("BAD_ENVELOPE", f"the header {key[:60]} is given twice with two values; send it once")
    return found, fault


def _check_version(version: object, place: str) -> None:
    if version == SPECVERSION:
        return
    given = "missing" if version is None else ascii_safe(str(version)[:60])
    raise Refusal("BAD_ENVELOPE", f"{place} is {given}; only version {SPECVERSION} of CloudEvents is read")


def _structured(value: bytes, attributes: Mapping[str, str], content_type: str) -> bytes:
    """The event of a value that holds the envelope of CloudEvents and, in `data`, ours."""
    media_type = content_type.partition(";")[0].strip()
    if media_type != f"{STRUCTURED}+json":
        raise Refusal(
            "BAD_ENVELOPE", f"content-type is {ascii_safe(media_type[:60])}; send one event as {STRUCTURED}+json"
        )
    given = parse_object(value)
    _check_version(given.get("specversion"), "$.specversion")
    inner = _inner_body(value, given)
    outer = {name: text for name, text in given.items() if name in ATTRIBUTES and text is not None}
    for name, text in outer.items():
        if type(text) is not str:
            raise Refusal("BAD_ENVELOPE", "an attribute of CloudEvents is a text; send one", f".{name}")
    merged = _merged(inner, outer, "$.")
    known = {name: text for name, text in attributes.items() if name in ATTRIBUTES}
    return _merged(merged, known, "the header ce_")


def _inner_body(value: bytes, given: Mapping[str, Any]) -> bytes:
    """The bytes of `data` as they were sent, so that no number loses a digit."""
    if isinstance(given.get("data"), dict):
        try:
            return bytes(msgspec.json.decode(value, type=dict[str, msgspec.Raw])["data"])
        except msgspec.DecodeError as error:
            raise Refusal("BAD_UTF8", "a text holds half of a surrogate pair; send whole characters") from error
    packed = given.get("data_base64")
    if type(packed) is not str:
        raise Refusal("BAD_ENVELOPE", "there is no object in data; put the fields of the event there", ".data")
    try:
        return base64.b64decode(packed.encode(), validate=True)
    except binascii.Error as error:
        raise Refusal("BAD_ENVELOPE", f"is not base64: {error}; send the event in data", ".data_base64") from error


def _merged(body: bytes, attributes: Mapping[str, str], place: str) -> bytes:
    """The body with the fields that it lacks put in front; Refusal when it says something else than an attribute."""
    try:
        given = parse_object(body)
    except Refusal:
        # The codec says the same about these bytes, with the same reason.
        return body
    lacking = {}
    for name, field in ATTRIBUTES.items():
        text = attributes.get(name)
        if text is None:
            continue
        if field not in given:
            lacking[field] = text
        elif type(given[field]) is str and not _agree(name, text, given[field]):
            raise Refusal(
                "CONTRADICTION",
                f"is {ascii_safe(given[field][:60])}, but {place}{name} says {ascii_safe(text[:60])}; "
                "send the same in both, or in one of them only",
                f".{field}",
            )
    return _spliced(body, lacking, is_empty=not given)


def _agree(name: str, text: str, other: str) -> bool:
    """Whether an attribute and a field say the same; times do when they are the same instant."""
    if text == other or name != "time":
        return text == other
    try:
        return parse_instant(text) == parse_instant(other)
    except ValueError:
        return False


def _spliced(body: bytes, fields: Mapping[str, str], is_empty: bool) -> bytes:
    """The body of an object with more fields at its beginning; the rest of it stays byte for byte."""
    if not fields:
        return body
    opening = body.index(b"{") + 1
    front = json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace")[:-1]
    return front + (b"" if is_empty else b",") + body[opening:]


def _kept(value: bytes, attributes: Mapping[str, str]) -> bytes:
    """What quarantine keeps of a record whose headers were refused: one structured CloudEvent with all of them.

    The value alone could be accepted when it is decoded again, although its headers say something else.
    """
    if not attributes:
        return value
    try:
        parse_object(value)
    except Refusal:
        return value
    outer = json.dumps(dict(attributes), ensure_ascii=False, separators=(",", ":")).encode("utf-8", "backslashreplace")
    return outer[:-1] + b',"data":' + value.strip() + b"}"
