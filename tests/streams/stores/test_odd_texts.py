"""Odd and very long texts: PostgreSQL keeps what SQLite keeps, or the codec has refused it with a reason before."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest

from streams.codec import Decoded, Rejected
from streams.stores.postgres import PostgresStore
from streams.stores.sqlite import SqliteStore
from tests.scenarios.shop import CODEC, NOW_US, Desk, Teller, Wire
from tests.streams.stores.agreement import content

ALPHABET = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"
LONGEST_BYTES = 255


def noise(seed: str, length: int, alphabet: str = ALPHABET) -> str:
    """A text that does not get shorter by compressing, as an index entry would."""
    rng = random.Random(seed)
    return "".join(rng.choice(alphabet) for _ in range(length))


def month_with(name: str) -> list[Wire]:
    """Facts of every kind that keys are made of, with the text in every place that names something."""
    tell = Teller()

    def tagged(event: Wire, number: int) -> Wire:
        return {**event, "source": name, "event_id": name[:-1] + str(number)}

    bought = {"buyer_id": name, "live_session_id": name, "channel": "live", "agent_id": name, "partner_id": name}
    in_room = {"session_id": name, "channel": "live"}
    with_buyer = {"session_id": name, "customer_id": name}
    line = {"line_id": name, "sku": name, "category": name, "qty": 1, "paid_amt": "9", "cogs": "0"}
    events = [
        tell.event("live.started", "03 09:00:00", title=name * 40, **in_room),
        tell.event("live.host_on", "03 09:00:01", host_id=name, **in_room),
        tell.event("live.audience", "03 09:05:00", concurrent=3, **in_room),
        tell.event("chat.message", "03 09:40:00", sender="customer", **with_buyer),
        tell.event("chat.message", "03 09:41:00", sender="agent", agent_id=name, **with_buyer),
        tell.paid(name, "03 10:00:00", "9", lines=[line], **bought),
        tell.refunded(name, "03 11:00:00", "4", refund_id=name, line_id=name, buyer_id=name),
        tell.event("order.shipped", "03 12:00:00", order_id=name, warehouse_id=name),
        tell.event("review.submitted", "03 12:00:00", subject_id=name, item=name, reviewer_id=name,
                   relation="peer", score="80", period="2026-10", comment=name * 40),
        tell.event("event.retracted", "03 13:00:00", target_source=name, target_event_id=name[:-1] + "9"),
    ]  # fmt: skip
    return [tagged({**event, "shop_id": shop}, number) for number, event in enumerate(events) for shop in (name,)]


GOOD = {
    "the longest": noise("ascii", LONGEST_BYTES),
    "the longest in Chinese": noise("zh", LONGEST_BYTES // 3, "直播电商绩效考核店铺订单退款客服主播运营推广仓储"),
    "four-byte characters": noise("four", LONGEST_BYTES // 4, "😀𠮷🏷🧧🎁"),
    "separators of keys": "|%7C%" + noise("keys", 150, "|%ab"),
    "as many separators as may be": noise("some", 83) + noise("many", 172, "|%"),
    "quotes and braces": "{}'\"\\,;--/*$1%s",
    "line ends and spaces": " a\tb\r\nc\u2028d\u00a0",
    "the last characters": "\U0010ffff\uffff\ufffe\ufdd0",
    "combining marks": "e\u0301 is not é",
}


@pytest.mark.parametrize("name", GOOD)
def test_what_the_codec_takes_both_stores_keep(name: str, tmp_path: Path, migrated_database: str) -> None:
    """Texts at the limit, in many alphabets and with every separator, give one content in both."""
    sqlite, postgres = SqliteStore(tmp_path / "s.db"), PostgresStore(migrated_database)
    taken = [Desk(store).take(*month_with(GOOD[name])) for store in (sqlite, postgres)]
    assert [outcome.accepted for outcome in taken] == [10, 10]
    assert content(postgres) == content(sqlite)
    for store in (sqlite, postgres):
        store.close()


BAD = {
    "NUL": ("a\0b", "BAD_TEXT"),
    "half a surrogate pair": ("a\ud83d", "BAD_UTF8"),
    "half a pair at the end of a long text": ("a" * 254 + "\udc00", "BAD_TEXT"),
    "a byte too many": ("x" * (LONGEST_BYTES + 1), "BAD_TEXT"),
    "one Chinese character too many": ("汉" * (LONGEST_BYTES // 3 + 1), "BAD_TEXT"),
    "nothing but separators": ("|" * LONGEST_BYTES, "BAD_TEXT"),
    "a whole book": ("war and peace " * 50_000, "BAD_TEXT"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_no_store_could_keep_is_refused_before(name: str) -> None:
    """In any field that names something, and in those of a line; the detail says where and is short."""
    text, reason = BAD[name]
    order = month_with("plain")[5]
    changed = [{**order, field: text} for field in ("event_id", "source", "shop_id", "order_id", "buyer_id")]
    changed.append({**order, "lines": [{**order["lines"][0], "sku": text}]})
    for event in changed:
        found = CODEC.decode(json.dumps(event).encode(), "t:1", NOW_US)
        assert isinstance(found, Rejected)
        assert found.reason == reason
        assert len(found.detail) < 700


def test_prose_may_be_long() -> None:
    """A title or a comment is in no key."""
    event = Teller().event("live.started", "03 09:00:00", session_id="s", channel="live", title="很长的标题" * 5_000)
    assert isinstance(CODEC.decode(json.dumps(event).encode(), "t:1", NOW_US), Decoded)


def test_rejected_input_keeps_its_bytes_in_both(tmp_path: Path, migrated_database: str) -> None:
    """Raw bytes of any kind, and details that quote them, are the same in quarantine."""
    raws = [
        b"\0\xff\xfe",
        b'{"a":"\\u0000"}',
        b'{"event_type":"\\ud800"}',
        "汉😀".encode(),
        b"\x1f\x8b" + bytes(range(256)),
    ]
    kept = []
    for store in (SqliteStore(tmp_path / "s.db"), PostgresStore(migrated_database)):
        Desk(store).take(*raws)
        kept.append([(row.reason, row.detail.replace("\0", "\\u0000"), row.raw) for row in store.quarantined()])
        store.close()
    assert len(kept[0]) == len(raws)
    assert kept[0] == kept[1]
