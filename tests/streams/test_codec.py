"""The codec: what is accepted exactly, and every kind of bad input with its reason, its path and its advice."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.events import EVENT_TYPES
from scoring.events.order import OrderPaid
from scoring.events.review import ExamScored
from streams.codec import REASONS, Codec, Decoded, Rejected, content_hash, event_key
from streams.codec.json_text import DEPTH_LIMIT, SIZE_LIMIT_BYTES
from streams.codec.reasons import reasons_page

NOW_US = 1_790_000_000_000_000  # 2026-09-21
CODEC = Codec()
LINE = {"line_id": "1", "sku": "A", "qty": 2, "paid_amt": "129.00"}
ORDER: dict[str, Any] = {
    "event_id": "o1-paid", "event_type": "order.paid", "occurred_at": "2026-09-03T12:00:00+08:00", "source": "douyin",
    "shop_id": "hf", "currency": "CNY", "order_id": "o1", "buyer_id": "b9", "lines": [LINE],
}  # fmt: skip
EXAM: dict[str, Any] = {
    "event_id": "x1", "event_type": "exam.scored", "occurred_at": "2026-09-03T12:00:00Z", "source": "hr",
    "shop_id": "hf", "subject_id": "e1", "item": "products", "score": 87,
}  # fmt: skip
WITHOUT = object()


def altered(base: dict[str, Any], **changes: Any) -> bytes:
    """The event with fields changed; WITHOUT leaves a field out."""
    return json.dumps({key: value for key, value in {**base, **changes}.items() if value is not WITHOUT}).encode()


def literal(text: str, base: dict[str, Any] = EXAM, field: str = "score") -> bytes:
    """The event with a field that holds exactly this JSON text."""
    return altered(base, **{field: "@@"}).replace(b'"@@"', text.encode())


def accepted(raw: bytes) -> Decoded:
    """The decoded event; fails with the rejection's text otherwise."""
    found = CODEC.decode(raw, "a.jsonl:1", NOW_US)
    assert isinstance(found, Decoded), found
    return found


def refused(raw: bytes, codec: Codec = CODEC) -> Rejected:
    """The rejection, which keeps the bytes and the place and has a known reason."""
    found = codec.decode(raw, "a.jsonl:1", NOW_US)
    assert isinstance(found, Rejected), found
    assert (found.raw, found.where) == (raw, "a.jsonl:1")
    assert found.reason in REASONS
    return found


def test_an_order_is_read_exactly() -> None:
    """Amounts become minor units, times microseconds; what is left out takes its default."""
    event = accepted(altered(ORDER)).event
    assert isinstance(event, OrderPaid)
    assert event.occurred_at == 1_788_408_000_000_000
    assert (event.lines[0].paid_amt, event.lines[0].qty, event.lines[0].cogs) == (12_900, 2, 0)
    assert (event.placed_at, event.revision, event.channel) == (None, 1, "marketplace")


@pytest.mark.parametrize(
    ("text", "micro"),
    [("87", 87_000_000), ("87.123456", 87_123_456), ("0.1", 100_000), ('"99.999999"', 99_999_999), ("-0.5", -500_000)],
)
def test_decimals_are_exact_from_the_literal(text: str, micro: int) -> None:
    """A score is read from its digits, as a number or a text, never through a binary fraction."""
    event = accepted(literal(text)).event
    assert isinstance(event, ExamScored)
    assert event.score == micro


def test_the_currency_decides_the_minor_unit() -> None:
    """The yen has no minor unit and the dinar three places (ISO 4217)."""
    for currency, text, minor in (("JPY", "129", 129), ("KWD", "1.234", 1234), ("CNY", "1.2", 120)):
        event = accepted(altered(ORDER, currency=currency, lines=[{**LINE, "paid_amt": text}])).event
        assert isinstance(event, OrderPaid)
        assert event.lines[0].paid_amt == minor


def test_a_body_restores_to_an_equal_event() -> None:
    """What is stored gives back the event that was accepted."""
    decoded = accepted(altered(ORDER))
    assert CODEC.restore("order.paid", decoded.body) == decoded.event


def test_content_does_not_depend_on_the_wire() -> None:
    """Key order, spaces, extras, ingested_at and spelled-out defaults change nothing; an amount does."""
    first = accepted(altered(ORDER))
    spelled = {"revision": 1, "is_test": False, "placed_at": None, "ext": {"note": [1]}, "ingested_at": "x"}
    again = accepted(json.dumps({**dict(reversed(ORDER.items())), **spelled}, indent=2).encode())
    other = accepted(altered(ORDER, lines=[{**LINE, "paid_amt": "129.01"}]))
    assert (first.body, first.content_hash, first.event_key) == (again.body, again.content_hash, again.event_key)
    assert first.content_hash != other.content_hash
    assert first.event_key == other.event_key == event_key("douyin", "o1-paid")


def test_the_type_is_part_of_the_content() -> None:
    """host_on and host_off have equal bodies; under one id they contradict each other all the same."""
    host = {**EXAM, "event_type": "live.host_on", "session_id": "s", "host_id": "h"}
    on, off = (
        accepted(altered(host, event_type=kind, subject_id=WITHOUT, item=WITHOUT, score=WITHOUT))
        for kind in ("live.host_on", "live.host_off")
    )
    assert on.body == off.body
    assert on.content_hash != off.content_hash == content_hash("live.host_off", off.body)


def test_identities_do_not_run_together() -> None:
    """(a, bc) and (ab, c) are two identities."""
    assert event_key("a", "bc") != event_key("ab", "c")
    assert len(event_key("a", "b")) == 16


def test_a_mapped_object_is_left_as_it_is() -> None:
    """decode_object gives what decode gives and does not change the object that it was given."""
    obj = json.loads(altered(ORDER, ext={}))
    before = json.loads(json.dumps(obj))
    assert CODEC.decode_object(obj, b"row 1", "t.csv:2", NOW_US) == accepted(altered(ORDER))
    assert obj == before


BAD: dict[str, tuple[bytes, str, str]] = {
    "truncated": (altered(ORDER)[:-5], "BAD_JSON", "character"),
    "empty": (b"", "BAD_JSON", "character 0"),
    "two values": (altered(ORDER) * 2, "BAD_JSON", "Extra data"),
    "a bare 1_000": (literal("1_000"), "BAD_JSON", "character"),
    "control character": (b'{"a":"\n"}', "BAD_JSON", "control character"),
    "latin-1": ('{"event_id":"é"}'.encode("latin-1"), "BAD_UTF8", "byte 13 (0xE9)"),
    "half a surrogate pair": (altered(ORDER, buyer_id="\ud800"), "BAD_UTF8", "surrogate"),
    "NUL": (altered(ORDER, buyer_id="a\0b"), "BAD_TEXT", "$.buyer_id"),
    "NUL in a line": (altered(ORDER, lines=[{**LINE, "sku": "\0"}]), "BAD_TEXT", "$.lines[0].sku"),
    "too large": (altered(ORDER, ext={"x": "y" * SIZE_LIMIT_BYTES}), "TOO_LARGE", str(SIZE_LIMIT_BYTES)),
    "depth bomb": (b"[" * 100_000, "TOO_DEEP", str(DEPTH_LIMIT)),
    "depth bomb of objects": (b'{"a":' * 150_000, "TOO_DEEP", "flat"),
    "deep extras": (literal("[" * 40 + "]" * 40, ORDER, "ext"), "TOO_DEEP", str(DEPTH_LIMIT)),
    "an array": (b"[]", "NOT_AN_OBJECT", "an array"),
    "a number": (b"5", "NOT_AN_OBJECT", "5"),
    "duplicate key": (altered(ORDER)[:-1] + b',"shop_id":"x"}', "DUPLICATE_KEY", "'shop_id'"),
    "duplicate key in a line": (altered(ORDER).replace(b'"qty"', b'"sku": "B", "qty"'), "DUPLICATE_KEY", "'sku'"),
    "NaN": (literal("NaN"), "BAD_NUMBER", "NaN"),
    "-Infinity": (literal("-Infinity"), "BAD_NUMBER", "-Infinity"),
    "1e400": (literal("1e400"), "BAD_NUMBER", "$.score: 1e400"),
    "1e400 as a quantity": (altered(ORDER).replace(b'"qty": 2', b'"qty": 1e400'), "BAD_NUMBER", "$.lines[0].qty"),
    "5,000 digits": (literal("9" * 5000), "BAD_NUMBER", "digits"),
    "13 digits": (altered(ORDER, revision=10**12), "BAD_NUMBER", "$.revision"),
    "seven decimals": (literal("0.1234567"), "BAD_NUMBER", "0.1234567"),
    "decimal text with separators": (literal('"1_000"'), "BAD_NUMBER", "1_000"),
    "full-width score": (literal('"８７"'), "BAD_NUMBER", "ASCII"),
    "no event_type": (altered(ORDER, event_type=WITHOUT), "UNKNOWN_EVENT_TYPE", "order.paid"),
    "misspelt event_type": (altered(ORDER, event_type="order.payed"), "UNKNOWN_EVENT_TYPE", "nearest are order.p"),
    "family only": (altered(ORDER, event_type="live.qqqqqqqqqqqq"), "UNKNOWN_EVENT_TYPE", "live.started"),
    "strange event_type": (altered(ORDER, event_type="zzz"), "UNKNOWN_EVENT_TYPE", "families are order"),
    "event_type of another kind": (altered(ORDER, event_type=[1]), "UNKNOWN_EVENT_TYPE", "an array"),
    "missing field": (altered(ORDER, order_id=WITHOUT), "MISSING_FIELD", "order_id"),
    "missing field of a line": (altered(ORDER, lines=[{"line_id": "1"}]), "MISSING_FIELD", "$.lines[0]: sku, qty"),
    "empty identity": (altered(ORDER, event_id=""), "MISSING_FIELD", "$.event_id"),
    "unknown field": (altered(ORDER, buyer="b"), "UNKNOWN_FIELD", "buyer_id"),
    "unknown field of a line": (altered(ORDER, lines=[{**LINE, "price": 1}]), "UNKNOWN_FIELD", "$.lines[0]"),
    "text for a whole number": (altered(ORDER, revision="1"), "WRONG_TYPE", "expected a whole number, got text '1'"),
    "true for a whole number": (altered(ORDER, revision=True), "WRONG_TYPE", "$.revision"),
    "number for a flag": (altered(ORDER, is_test=1), "WRONG_TYPE", "true or false"),
    "number for a text": (altered(ORDER, buyer_id=5), "WRONG_TYPE", "expected a text, got number 5"),
    "decimal for a text": (altered(ORDER, buyer_id=5.5), "WRONG_TYPE", "expected a text, got number 5.5"),
    "null where a value is needed": (altered(ORDER, shop_id=None), "WRONG_TYPE", "null"),
    "object for lines": (altered(ORDER, lines={}), "WRONG_TYPE", "$.lines: expected an array of lines, got an object"),
    "text for a line": (altered(ORDER, lines=["a"]), "WRONG_TYPE", "$.lines[0]"),
    "extras that are no object": (altered(ORDER, ext=5), "WRONG_TYPE", "$.ext"),
    "currency of another kind": (altered(ORDER, currency={}), "WRONG_TYPE", "$.currency"),
    "true for a score": (literal("true"), "WRONG_TYPE", "$.score"),
    "unknown channel": (altered(ORDER, channel="web"), "UNKNOWN_CHOICE", "marketplace, live"),
    "amount as a number": (altered(ORDER, lines=[{**LINE, "paid_amt": 129}]), "BAD_AMOUNT", '"12.50"'),
    "amount NaN": (altered(ORDER, lines=[{**LINE, "paid_amt": "NaN"}]), "BAD_AMOUNT", "$.lines[0].paid_amt"),
    "amount 1e400": (altered(ORDER, lines=[{**LINE, "paid_amt": "1e400"}]), "BAD_AMOUNT", "1e400"),
    "amount 1_000": (altered(ORDER, lines=[{**LINE, "paid_amt": "1_000"}]), "BAD_AMOUNT", "without separators"),
    "full-width amount": (altered(ORDER, lines=[{**LINE, "paid_amt": "１２"}]), "BAD_AMOUNT", "plain decimal"),
    "30-digit amount": (altered(ORDER, lines=[{**LINE, "paid_amt": "9" * 30}]), "BAD_AMOUNT", "15 digits"),
    "megabyte amount": (altered(ORDER, lines=[{**LINE, "paid_amt": "9" * 900_000}]), "BAD_AMOUNT", "900000 characters"),
    "too many decimals": (altered(ORDER, lines=[{**LINE, "paid_amt": "1.234"}]), "BAD_AMOUNT", "not rounded here"),
    "64 bits are not enough": (
        altered(ORDER, currency="CLF", lines=[{**LINE, "platform_fee": "-999999999999999.9999"}]),
        "BAD_NUMBER", "64 bits",
    ),
    "time without offset": (altered(ORDER, occurred_at="2026-09-03T12:00:00"), "BAD_INSTANT", "+08:00"),
    "time as a number": (altered(ORDER, occurred_at=1_788_408_000), "BAD_INSTANT", "$.occurred_at"),
    "full-width time": (altered(ORDER, occurred_at="２026-09-03T12:00:00Z"), "BAD_INSTANT", "$.occurred_at"),
    "31 February": (altered(ORDER, occurred_at="2026-02-31T12:00:00Z"), "BAD_INSTANT", "calendar"),
    "year 1": (altered(ORDER, occurred_at="0001-01-01T00:00:00Z"), "BAD_INSTANT", "1970"),
    "promise in the year 2999": (altered(ORDER, promised_ship_at="2999-01-01T00:00:00Z"), "BAD_INSTANT", "2199"),
    "unknown schema version": (altered(ORDER, schema_version=99), "UNKNOWN_SCHEMA_VERSION", "reads version 1"),
    "unknown currency": (altered(ORDER, currency="RMB"), "UNKNOWN_CURRENCY", "such as CNY"),
    "far future": (altered(ORDER, occurred_at="2099-01-01T00:00:00Z"), "FUTURE_TIME", "$.occurred_at"),
    "paid in the far future": (altered(ORDER, paid_at="2099-01-01T00:00:00Z"), "FUTURE_TIME", "$.paid_at"),
    "negative quantity": (altered(ORDER, lines=[{**LINE, "qty": -1}]), "IMPOSSIBLE_VALUE", "send a refund"),
    "two lines with one id": (altered(ORDER, lines=[LINE, LINE]), "IMPOSSIBLE_VALUE", "share a line_id"),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_refused_with_its_reason(name: str) -> None:
    """Each kind of bad input gets its stable reason code and a detail that says where and what to do."""
    raw, reason, part = BAD[name]
    found = refused(raw)
    assert (found.reason, part in found.detail) == (reason, True), found.detail
    assert found.detail.startswith("$")
    assert len(found.detail) < 700


def test_every_reason_of_the_codec_has_a_bad_input() -> None:
    """No reason code of events is without a test; those of tables and Kafka records are tested with these."""
    of_tables = {
        "BAD_ROW", "NO_ORIGINAL_LINE", "NEGATIVE_QUANTITY", "POSITIVE_CANCELLATION", "NOT_POSITIVE_PRICE",
        "MISSING_STOCK_CODE", "UNKNOWN_INVOICE_KIND", "UNKNOWN_PARENT",
    }  # fmt: skip
    of_records = {"NO_VALUE", "COMPRESSED", "BAD_ENVELOPE", "CONTRADICTION", "CRASHED_READER"}
    assert {reason for _, reason, _ in BAD.values()} == REASONS.keys() - of_tables - of_records


def test_the_reason_page_shows_the_table(repository: Path) -> None:
    """docs/reason-codes.md is the table of the code."""
    assert (repository / "docs" / "reason-codes.md").read_text("utf-8") == reasons_page()


def test_a_company_may_accept_few_currencies() -> None:
    """A currency that the company does not take is refused with those that it takes."""
    found = refused(altered(ORDER, currency="USD"), Codec({"CNY", "HKD"}))
    assert found.reason == "UNKNOWN_CURRENCY"
    assert "CNY, HKD" in found.detail
    with pytest.raises(ValueError, match="RMB"):
        Codec({"RMB"})


def test_clocks_may_differ_by_the_slack() -> None:
    """A time one microsecond inside the slack is accepted, one beyond it is not; plans may lie ahead."""
    codec = Codec(future_slack_seconds=60)
    edge = "2026-09-21T14:14:20Z"  # NOW_US + 60 s
    assert isinstance(codec.decode(altered(ORDER, occurred_at=edge), "a:1", NOW_US), Decoded)
    assert refused(altered(ORDER, occurred_at="2026-09-21T14:14:20.000001Z"), codec).reason == "FUTURE_TIME"
    assert isinstance(codec.decode(altered(ORDER, promised_ship_at="2026-12-01T00:00:00Z"), "a:1", NOW_US), Decoded)


def test_an_escaped_backslash_is_no_nul() -> None:
    """The six characters \\u0000 after a backslash are a text like any other."""
    assert accepted(altered(ORDER, buyer_id="\\u0000")).event.subject() == "customer|hf|\\u0000"


def test_brackets_in_texts_are_no_depth() -> None:
    """Only real nesting counts against the depth limit; long orders are flat."""
    lines = [{**LINE, "line_id": str(number), "sku": '["{' * 20} for number in range(200)]
    event = accepted(altered(ORDER, lines=lines)).event
    assert isinstance(event, OrderPaid)
    assert len(event.lines) == 200


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None)),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
FIELDS = sorted({"ext", "ingested_at", "zzz", *ORDER, "paid_at", "revision", "is_test", "channel"})


@given(st.binary(max_size=400))
def test_no_bytes_raise(raw: bytes) -> None:
    """decode answers for any bytes."""
    assert isinstance(CODEC.decode(raw, "f:1", NOW_US), Rejected)


@given(st.dictionaries(st.sampled_from(FIELDS), JSON_VALUES, max_size=4), st.sampled_from(sorted(EVENT_TYPES)))
def test_no_values_raise(changes: dict[str, Any], event_type: str) -> None:
    """decode answers for any JSON values in the fields of any type of event, and stays under its length."""
    raw = json.dumps({**ORDER, "event_type": event_type, **changes}).encode()
    found = CODEC.decode(raw, "f:1", NOW_US)
    if isinstance(found, Rejected):
        found.detail.encode()
        assert found.reason in REASONS
    else:
        assert CODEC.restore(found.event.EVENT_TYPE, found.body) == found.event


@given(st.data())
def test_no_damage_raises(data: st.DataObject) -> None:
    """decode answers for a sound event of which bytes were cut, changed or doubled."""
    raw = bytearray(altered(ORDER, ext={"a": [1, {"b": None}]}))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(raw) - 1))
        raw[at : at + data.draw(st.integers(0, 9))] = data.draw(st.binary(max_size=9))
        raw = raw or bytearray(b"{")
    found = CODEC.decode(bytes(raw), "f:1", NOW_US)
    assert isinstance(found, Decoded | Rejected)
