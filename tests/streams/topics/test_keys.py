"""Keys: all facts of a subject get one key, whatever their type, and a place names topic, partition and offset."""

from __future__ import annotations

import json

from streams.codec import Codec, Decoded
from streams.topics import key_of, place_of

SHARED = {"occurred_at": "2026-09-03T12:00:00Z", "source": "s", "shop_id": "王店"}
ORDER = {**SHARED, "event_id": "1", "event_type": "order.paid", "order_id": "o1", "buyer_id": "b|9"}
CHAT = {**SHARED, "event_id": "2", "event_type": "chat.closed", "session_id": "c1", "customer_id": "b|9"}


def key(event: dict[str, str]) -> bytes:
    """The key of an event's record."""
    decoded = Codec().decode(json.dumps(event).encode(), "t/0@1", 1_790_000_000_000_000)
    assert isinstance(decoded, Decoded), decoded
    return key_of(decoded.event)


def test_facts_of_a_customer_meet() -> None:
    """An order and a chat of one customer of one shop have one key; another shop's customer has another."""
    assert key(ORDER) == key(CHAT) == "customer|王店|b%7C9".encode()
    assert key({**ORDER, "shop_id": "other"}) != key(ORDER)


def test_a_place_is_readable() -> None:
    """Topic, partition and offset, in this order."""
    assert place_of("scoreline.events.v1", 3, 1207) == "scoreline.events.v1/3@1207"
