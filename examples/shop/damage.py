"""The usual ways in which a line arrives damaged; each is made from a sound event under an id of its own."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

Event = dict[str, Any]


def damaged(event: Event, turn: int) -> tuple[bytes, str]:
    """A damaged copy of `event` and the name of the damage; `turn` goes round the table."""
    names = list(DAMAGES)
    name = names[turn % len(names)]
    copy = {**event, "event_id": f"bad-{turn:04d}"}
    return DAMAGES[name](copy), name


def _text(event: Event) -> str:
    return json.dumps(event, ensure_ascii=False, separators=(",", ":"))


def _with(**changes: Any) -> Callable[[Event], bytes]:
    return lambda event: _text({**event, **changes}).encode()


def _without(name: str) -> Callable[[Event], bytes]:
    return lambda event: _text({key: value for key, value in event.items() if key != name}).encode()


def _truncated(event: Event) -> bytes:
    raw = _text(event).encode()
    return raw[: len(raw) * 2 // 3]


def _double_key(event: Event) -> bytes:
    return _text(event)[:-1].encode() + b',"shop_id":"another-shop"}'


def _bad_utf8(event: Event) -> bytes:
    return _text(event).encode().replace(b'"source":"', b'"source":"\xff\xfe')


def _refund(**changes: Any) -> Callable[[Event], bytes]:
    def make(event: Event) -> bytes:
        head = {key: event[key] for key in ("event_id", "occurred_at", "source", "shop_id")}
        body = {"refund_id": event["event_id"], "order_id": "o-none", "line_id": "1", "refund_amt": "10.00"}
        return _text({**head, "event_type": "refund.completed", **body, **changes}).encode()

    return make


def _order_of(qty: Any, paid: Any) -> Callable[[Event], bytes]:
    def make(event: Event) -> bytes:
        head = {key: event[key] for key in ("event_id", "occurred_at", "source", "shop_id")}
        lines = [{"line_id": "1", "sku": "DR-01", "qty": qty, "paid_amt": paid}]
        return _text({**head, "event_type": "order.paid", "order_id": event["event_id"], "lines": lines}).encode()

    return make


def _rating(event: Event) -> bytes:
    head = {key: event[key] for key in ("event_id", "occurred_at", "source", "shop_id")}
    return _text({**head, "event_type": "chat.rated", "session_id": event["event_id"], "rating": 9}).encode()


DAMAGES: dict[str, Callable[[Event], bytes]] = {
    "truncated": _truncated,
    "not json": lambda event: f"{event['occurred_at']} WARN connector restarted".encode(),
    "a list": lambda event: _text([event]).encode(),  # type: ignore[arg-type]
    "unknown type": _with(event_type="order.payed"),
    "unknown field": _with(salesman="e02"),
    "unknown currency": _with(currency="RMB"),
    "missing time": _without("occurred_at"),
    "missing source": _without("source"),
    "time without offset": lambda event: _text({**event, "occurred_at": event["occurred_at"][:19]}).encode(),
    "time not a time": _with(occurred_at="2026-10-32T00:00:00+08:00"),
    "time a number": _with(occurred_at=1790000000),
    "double key": _double_key,
    "bad utf-8": _bad_utf8,
    "amount with comma": _refund(refund_amt="1,280.00"),
    "amount a word": _refund(refund_amt="NaN"),
    "amount in powers": _refund(refund_amt="1e5"),
    "amount full width": _refund(refund_amt="12８.00"),
    "amount a number": _refund(refund_amt=128.5),
    "amount too fine": _refund(refund_amt="12.345"),
    "amount negative": _refund(refund_amt="-5.00"),
    "unknown kind": _refund(kind="goodwill"),
    "quantity zero": _order_of(0, "99.00"),
    "quantity a text": _order_of("2", "99.00"),
    "rating of nine": _rating,
}
