"""Envelopes: plain values pass as they are, both modes of CloudEvents give the same event, and odd records a reason."""

from __future__ import annotations

import base64
import bz2
import gzip
import io
import json
import lzma
import zipfile
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.events.review import ExamScored
from streams.codec import REASONS, Codec, Decoded, Rejected
from streams.topics import body_of
from streams.topics.envelope import REJECTED_DETAIL, REJECTED_REASON

NOW_US = 1_790_000_000_000_000
WHERE = "scoreline.events.v1/3@17"
CODEC = Codec()
EVENT: dict[str, Any] = {
    "event_id": "o1-paid",
    "source": "erp",
    "event_type": "order.paid",
    "occurred_at": "2026-09-03T12:00:00+08:00",
    "shop_id": "hf",
    "order_id": "o1",
    "lines": [{"line_id": "1", "sku": "A", "qty": 2, "paid_amt": "129.00"}],
}
PLAIN = json.dumps(EVENT).encode()
BODY = {name: EVENT[name] for name in ("shop_id", "order_id", "lines")}
CLOUD = {
    "specversion": "1.0",
    "id": "o1-paid",
    "source": "erp",
    "type": "order.paid",
    "time": "2026-09-03T12:00:00+08:00",
}

Headers = list[tuple[str, bytes | None]]


def binary(attributes: dict[str, str] | None = None, **changes: str) -> Headers:
    """The headers of binary mode; a change to the empty text leaves an attribute out."""
    named = {**(CLOUD if attributes is None else attributes), **changes}
    headers: Headers = [(f"ce_{name}", text.encode()) for name, text in named.items() if text]
    return [*headers, ("content-type", b"application/json")]


def structured(**changes: Any) -> tuple[bytes, Headers]:
    """A record of structured mode; a change to None leaves a member out."""
    members = {**CLOUD, "datacontenttype": "application/json", "data": BODY, **changes}
    value = json.dumps({name: member for name, member in members.items() if member is not None}).encode()
    return value, [("content-type", b"application/cloudevents+json; charset=UTF-8")]


def opened(value: bytes | None, headers: Headers) -> Decoded:
    """The event of a record; fails with the rejection otherwise."""
    body = body_of(value, headers, WHERE)
    assert isinstance(body, bytes), body
    decoded = CODEC.decode(body, WHERE, NOW_US)
    assert isinstance(decoded, Decoded), decoded
    return decoded


def refused(value: bytes | None, headers: Headers) -> Rejected:
    """The rejection of a record by its envelope, with a known reason and its place."""
    found = body_of(value, headers, WHERE)
    assert isinstance(found, Rejected), found
    assert found.reason in REASONS
    assert found.where == WHERE
    return found


def test_a_plain_value_is_handed_back_as_it_is() -> None:
    """No header, or headers that say nothing here: the very same bytes object, without looking inside."""
    assert body_of(PLAIN, [], WHERE) is PLAIN
    assert body_of(PLAIN, [("traceparent", b"\xff"), ("content-type", b"application/json")], WHERE) is PLAIN
    broken = b'{"event_id": '
    assert body_of(broken, [], WHERE) is broken


def test_binary_mode_fills_what_the_body_lacks() -> None:
    """Four attributes become four fields; the event equals the plain one to the last hash."""
    assert opened(json.dumps(BODY).encode(), binary()) == opened(PLAIN, [])


def test_the_rest_of_the_body_stays_byte_for_byte() -> None:
    """Numbers keep their digits and spaces stay: only a beginning is put in front."""
    raw = b' { "shop_id": "hf", "subject_id": "e1", "item": "x", "score": 87.100000 }'
    body = body_of(raw, binary(type="exam.scored"), WHERE)
    assert isinstance(body, bytes)
    assert body.endswith(b', "subject_id": "e1", "item": "x", "score": 87.100000 }')
    decoded = CODEC.decode(body, WHERE, NOW_US)
    assert isinstance(decoded, Decoded)
    assert isinstance(decoded.event, ExamScored)
    assert decoded.event.score == 87_100_000


def test_an_empty_body_takes_the_attributes() -> None:
    """An object without a field becomes one with the four, and the codec names what is still missing."""
    body = body_of(b"{}", binary(), WHERE)
    assert isinstance(body, bytes)
    assert json.loads(body) == {"event_id": "o1-paid", "source": "erp", "event_type": "order.paid"} | {
        "occurred_at": "2026-09-03T12:00:00+08:00"
    }


def test_both_may_say_the_same() -> None:
    """A body that holds the attributes too is accepted, also when the time is the same instant in another zone."""
    assert opened(PLAIN, binary(time="2026-09-03T04:00:00Z")) == opened(PLAIN, [])


def test_structured_mode_gives_the_same_event() -> None:
    """Attributes of the envelope and data of the event, in data or in data_base64, with or without binary headers."""
    value, headers = structured()
    packed, _ = structured(data=None, data_base64=base64.b64encode(json.dumps(BODY).encode()).decode())
    for given_value, given_headers in ((value, headers), (packed, headers), (value, [*binary()[:-1], *headers])):
        assert opened(given_value, given_headers) == opened(PLAIN, [])


def test_structured_data_keeps_its_digits() -> None:
    """A decimal in data is read from its literal, never through a binary fraction."""
    value = b'{"specversion":"1.0","id":"x","source":"hr","type":"exam.scored","time":"2026-09-03T12:00:00Z",'
    value += b'"data":{"shop_id":"hf","subject_id":"e1","item":"x","score":0.100000}}'
    event = opened(value, structured()[1]).event
    assert isinstance(event, ExamScored)
    assert event.score == 100_000


def test_a_null_attribute_counts_as_absent() -> None:
    """As the JSON format of CloudEvents demands; the body may then say it."""
    value, headers = structured(data={**BODY, "occurred_at": EVENT["occurred_at"]})
    value = value.replace(json.dumps(CLOUD["time"]).encode(), b"null", 1)
    assert opened(value, headers) == opened(PLAIN, [])


def test_names_of_headers_may_be_in_capitals() -> None:
    """Kafka's headers know no case rule, so Content-Type and CE_ID are understood too."""
    headers: Headers = [(name.upper(), raw) for name, raw in binary()]
    assert opened(json.dumps(BODY).encode(), headers) == opened(PLAIN, [])


def test_other_attributes_change_nothing() -> None:
    """Extensions, a subject, a null header: what has no field here is left aside."""
    headers: Headers = [*binary(subject="o1", partitionkey="hf"), ("ce_traceparent", None)]
    assert opened(json.dumps(BODY).encode(), headers) == opened(PLAIN, [])


@pytest.mark.parametrize(
    ("name", "text", "path"),
    [
        ("id", "o2-paid", "$.event_id"),
        ("source", "shop", "$.source"),
        ("type", "order.placed", "$.event_type"),
        ("time", "2026-09-03T12:00:01+08:00", "$.occurred_at"),
        ("time", "yesterday", "$.occurred_at"),
    ],
)
def test_a_contradiction_names_both_sides(name: str, text: str, path: str) -> None:
    """A header that says something else than the body is refused with the path, both values and what to do."""
    found = refused(PLAIN, binary(**{name: text}))
    assert found.reason == "CONTRADICTION"
    assert found.detail.startswith(path)
    assert all(part in found.detail for part in (text, f"the header ce_{name}", "send the same in both"))


def test_structured_contradictions() -> None:
    """The envelope against the data, and a binary header against the envelope."""
    value, headers = structured(data={**BODY, "event_id": "other"})
    assert refused(value, headers).reason == "CONTRADICTION"
    value, headers = structured()
    assert refused(value, [("ce_id", b"other"), *headers]).reason == "CONTRADICTION"


def test_quarantine_keeps_the_headers_too() -> None:
    """The bytes kept of a refused envelope hold every attribute and the value, and decoding them accepts nothing."""
    found = refused(PLAIN, binary(id="o2-paid", tenant="x"))
    kept = json.loads(found.raw)
    assert kept == {**CLOUD, "id": "o2-paid", "tenant": "x", "data": EVENT}
    assert isinstance(CODEC.decode(found.raw, WHERE, NOW_US), Rejected)


@pytest.mark.parametrize("version", ["0.3", "1.0.2", "2.0", "1"])
def test_an_unknown_version_is_refused(version: str) -> None:
    """In both modes the version is named, and the one that is read."""
    value, headers = structured(specversion=version)
    for found in (refused(PLAIN, binary(specversion=version)), refused(value, headers)):
        assert found.reason == "BAD_ENVELOPE"
        assert version in found.detail and "only version 1.0" in found.detail


def test_a_missing_version_is_refused() -> None:
    """An id in a header without the version is no CloudEvent; to ignore it would lose the identity of the event."""
    assert "ce_specversion is missing" in refused(json.dumps(BODY).encode(), binary(specversion="")).detail
    value, headers = structured(specversion=None)
    assert "$.specversion is missing" in refused(value, headers).detail


ENVELOPES: dict[str, tuple[bytes, Headers, str, str]] = {
    "Avro": (b"\x02\x04", [("content-type", b"application/cloudevents+avro")], "BAD_ENVELOPE", "cloudevents+json"),
    "a batch": (b"[]", [("content-type", b"application/cloudevents-batch+json")], "BAD_ENVELOPE", "one event"),
    "not UTF-8": (PLAIN, [("ce_id", b"\xff")], "BAD_UTF8", "the header ce_id"),
    "twice": (PLAIN, [("ce_id", b"a"), ("ce_id", b"b")], "BAD_ENVELOPE", "ce_id is given twice"),
    "no data": (*structured(data=None), "BAD_ENVELOPE", "$.data"),
    "data is a text": (*structured(data=json.dumps(BODY)), "BAD_ENVELOPE", "$.data"),
    "not base64": (*structured(data=None, data_base64="%%"), "BAD_ENVELOPE", "$.data_base64"),
    "half a character": (*structured(data={**BODY, "order_id": "\ud800"}), "BAD_UTF8", "surrogate"),
    "a number as id": (*structured(id=5), "BAD_ENVELOPE", "$.id"),
    "broken": (b'{"specversion"', structured()[1], "BAD_JSON", "character"),
    "a key twice": (b'{"specversion":"1.0","specversion":"1.0"}', structured()[1], "DUPLICATE_KEY", "specversion"),
}


@pytest.mark.parametrize("name", ENVELOPES)
def test_bad_envelopes(name: str) -> None:
    """Each has its reason, and a detail with the place in the record."""
    value, headers, reason, part = ENVELOPES[name]
    found = refused(value, headers)
    assert (found.reason, part in found.detail) == (reason, True), found.detail


def test_bad_values_of_attributes_are_the_codecs() -> None:
    """A header that only fills a field is judged like the field: a time without offset, a NUL, an unknown type."""
    raw = json.dumps(BODY).encode()
    for change, reason in (
        ({"time": "2026-09-03 12:00"}, "BAD_INSTANT"),
        ({"id": "a\0b"}, "BAD_TEXT"),
        ({"type": "com.example.some"}, "UNKNOWN_EVENT_TYPE"),
        ({"id": ""}, "MISSING_FIELD"),
    ):
        body = body_of(raw, binary(**change), WHERE)
        assert isinstance(body, bytes)
        decoded = CODEC.decode(body, WHERE, NOW_US)
        assert isinstance(decoded, Rejected) and decoded.reason == reason, decoded


@pytest.mark.parametrize(("value", "part"), [(None, "tombstone"), (b"", "empty")])
def test_a_record_without_a_value(value: bytes | None, part: str) -> None:
    """A tombstone and an empty value are told apart, and the way to cancel a fact is named."""
    found = refused(value, [])
    assert (found.reason, found.raw) == ("NO_VALUE", b"")
    assert part in found.detail and "event.retracted" in found.detail


def zipped(raw: bytes) -> bytes:
    """The bytes as the one file of a zip archive."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("event.json", raw)
    return packed.getvalue()


COMPRESSED = {
    "gzip": gzip.compress(PLAIN),
    "bzip2": bz2.compress(PLAIN),
    "xz": lzma.compress(PLAIN),
    "zlib": zlib.compress(PLAIN),
    "zip": zipped(PLAIN),
    # Frames as the specifications of LZ4, Zstandard and Snappy begin; Python 3.11 has no packer for them.
    "lz4": bytes.fromhex("04224d186440a7") + PLAIN,
    "zstd": bytes.fromhex("28b52ffd0458") + PLAIN,
    "snappy": bytes.fromhex("ff060000734e61507059") + PLAIN,
}


@pytest.mark.parametrize("kind", COMPRESSED)
def test_packed_values_are_recognised(kind: str) -> None:
    """A packed file in the value is named for what it is, kept as it came, with and without headers."""
    value = COMPRESSED[kind]
    for headers in ([], binary()):
        found = refused(value, headers)
        assert (found.reason, found.raw) == ("COMPRESSED", value)
        assert f"a {kind} file of {len(value)} bytes" in found.detail and "compression.type" in found.detail


def test_the_mark_of_a_schema_registry() -> None:
    """Five bytes before the JSON, as the serializers of schema registries write them, are explained."""
    found = refused(b"\0\0\0\0\x2a" + PLAIN, [])
    assert found.reason == "BAD_ENVELOPE" and "schema 42" in found.detail


def test_what_the_producer_refused_keeps_its_reason() -> None:
    """Reason and detail of the producer's source stand, with the bytes; a reason that is not known changes nothing."""
    headers: Headers = [(REJECTED_REASON, b"BAD_ROW"), (REJECTED_DETAIL, "订单.csv:7: has 3 cells".encode())]
    found = refused(b"a,b,c", headers)
    assert (found.reason, found.detail, found.raw) == ("BAD_ROW", "订单.csv:7: has 3 cells", b"a,b,c")
    assert body_of(PLAIN, [(REJECTED_REASON, b"NO_SUCH_REASON")], WHERE) is PLAIN


HEADER = st.tuples(
    st.sampled_from([f"ce_{name}" for name in CLOUD] + ["content-type", "ce_x", "Ce_Id", REJECTED_REASON, "other"]),
    st.none()
    | st.binary(max_size=8)
    | st.sampled_from([b"1.0", b"application/cloudevents+json", b"o1-paid", b"BAD_ROW"]),
)
VALUE = (
    st.none()
    | st.binary(max_size=40)
    | st.sampled_from([PLAIN, b"{}", b" {}", b"[]", b"null", b'"\\ud800"', structured()[0], *COMPRESSED.values()])
)


@given(VALUE, st.lists(HEADER, max_size=6))
def test_no_record_raises(value: bytes | None, headers: Headers) -> None:
    """Whatever arrives is bytes for the codec, which never raises, or a rejection that names place and reason."""
    found = body_of(value, headers, WHERE)
    if isinstance(found, bytes):
        found = CODEC.decode(found, WHERE, NOW_US)
    assert isinstance(found, Decoded) or (found.reason in REASONS and found.where == WHERE)


@given(st.dictionaries(st.sampled_from(["id", "source", "type", "time"]), st.text(max_size=12)))
def test_a_splice_loses_nothing(attributes: dict[str, str]) -> None:
    """Every attribute arrives in its field exactly, whatever characters it has, and every field of the body too."""
    names = {"id": "event_id", "source": "source", "type": "event_type", "time": "occurred_at"}
    headers: Headers = [("ce_specversion", b"1.0")]
    headers += [(f"ce_{name}", text.encode("utf-8", "replace")) for name, text in attributes.items()]
    body = body_of(json.dumps(BODY).encode(), headers, WHERE)
    assert isinstance(body, bytes)
    sent = {names[name]: text.encode("utf-8", "replace").decode() for name, text in attributes.items()}
    assert json.loads(body) == {**BODY, **sent}
