"""Producing: every record becomes one message, and what was acknowledged is never sent again, nor anything skipped."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from streams.clock import FrozenClock
from streams.codec import Codec, Decoded, Rejected
from streams.column_map import ColumnMap
from streams.producing import Message, Progress, Reached, Refused, Sent, message_of, produce, snapshot_of, start_of
from streams.producing import run as producing_run
from streams.record import Record, Source, SourceError
from streams.sources import open_source
from streams.topics import KafkaUnavailable, body_of
from streams.topics.envelope import REJECTED_DETAIL, REJECTED_REASON

NOW_US = 1_790_000_000_000_000
CODEC = Codec()
CLOCK = FrozenClock(NOW_US)
MAP = """
event_type = "order.paid"
[constants]
source = "erp"
shop_id = "hf"
[identity]
columns = ["order"]
prefix = "paid-"
[fields]
order_id = { column = "order" }
buyer_id = { column = "buyer" }
occurred_at = { as = "instant", column = "paid", zone = "Asia/Shanghai" }
[line]
line_id = { column = "order" }
sku = { column = "sku" }
qty = { as = "whole", column = "qty" }
paid_amt = { as = "amount", column = "amount" }
"""
TABLE = "order,buyer,sku,qty,amount,paid\nc1,王,裙子,2,300.00,2025-11-03 12:00:00\n"


def order(name: str, **changes: Any) -> dict[str, Any]:
    """A paid order of the buyer b-`name`."""
    line = {"line_id": "1", "sku": "A", "qty": 2, "paid_amt": "129.00"}
    return {
        "event_id": f"{name}-paid",
        "event_type": "order.paid",
        "occurred_at": "2025-11-03T12:00:00+08:00",
        "source": "erp",
        "shop_id": "hf",
        "order_id": name,
        "buyer_id": f"b-{name}",
        "lines": [line],
        **changes,
    }


def write_orders(path: Path, *names: str) -> Source:
    """A file of JSON lines with one order a name, and its source."""
    path.write_text("".join(json.dumps(order(name)) + "\n" for name in names), "utf-8")
    return open_source(path)


@dataclass
class MemoryTopic:
    """A sender that keeps messages in a list; refuses those above a size and breaks down when it is told to."""

    largest_bytes: int = 1 << 20
    breaks_at_settle: int = 0
    kept: list[Message] = field(default_factory=list)
    settled: list[int] = field(default_factory=list)
    waiting: list[Message] = field(default_factory=list)

    def send(self, message: Message) -> None:
        """Take a message."""
        self.waiting.append(message)

    def settle(self) -> list[Refused]:
        """Keep what waits, or break down after having kept it, as a broker does whose acknowledgement is lost."""
        large = [message for message in self.waiting if len(message.value) > self.largest_bytes]
        self.kept += [message for message in self.waiting if len(message.value) <= self.largest_bytes]
        self.settled.append(len(self.waiting))
        self.waiting = []
        if len(self.settled) == self.breaks_at_settle:
            raise KafkaUnavailable("gone")
        return [Refused(message.where, f"{len(message.value)} bytes") for message in large]

    def orders(self) -> list[str]:
        """The order ids of the kept messages."""
        return [json.loads(message.value)["order_id"] for message in self.kept]


@pytest.fixture
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pieces of two records."""
    monkeypatch.setattr(producing_run, "PIECE_RECORDS", 2)


def steps(source: Source, topic: MemoryTopic, start: int = 0) -> Iterator[Sent]:
    """The totals after each piece."""
    return produce(source, start, topic, CODEC, CLOCK)


def last(source: Source, topic: MemoryTopic, start: int = 0) -> Sent:
    """The totals at the end."""
    *_, total = steps(source, topic, start)
    return total


def test_a_line_is_sent_as_it_is() -> None:
    """The bytes of the line, keyed by the subject of its event."""
    raw = json.dumps(order("o1"), indent=0).replace("\n", " ").encode()
    message = message_of(Record(raw, "a.jsonl byte 0", len(raw)), CODEC, NOW_US)
    assert message == Message(b"customer|hf|b-o1", raw, "a.jsonl byte 0", [])


@pytest.mark.parametrize("raw", [b"{broken", b"\xff\xfe", b'{"event_type":"order.paid"}', gzip.compress(b"{}")])
def test_what_does_not_decode_is_sent_without_a_key(raw: bytes) -> None:
    """The worker is the one that quarantines: the same bytes, no key, no header."""
    assert message_of(Record(raw, "a.jsonl byte 0", 9), CODEC, NOW_US) == Message(None, raw, "a.jsonl byte 0", [])


def test_a_table_row_becomes_canonical_json(tmp_path: Path) -> None:
    """A row is sent as its event, with sorted keys and no spaces; the worker reads the same event as `ingest` does."""
    path = tmp_path / "orders.csv"
    path.write_text(TABLE, "utf-8")
    (record,) = open_source(path, None, ColumnMap.parse(MAP, "map.toml")).records(0)
    message = message_of(record, CODEC, NOW_US)
    assert message.key == "customer|hf|王".encode()
    assert message.value.decode().startswith('{"buyer_id":"王","event_id":"paid-c1","event_type":"order.paid",')
    assert record.obj is not None
    assert CODEC.decode(message.value, "t/0@1", NOW_US) == CODEC.decode_object(record.obj, record.raw, "x", NOW_US)


def test_a_mapped_row_that_is_no_event_is_sent_too() -> None:
    """Half a surrogate pair or a wrong amount in a cell: no key, and the worker finds the same reason in the JSON."""
    changes = {"BAD_UTF8": {"buyer_id": "\ud800"}, "WRONG_TYPE": {"lines": 5}, "UNKNOWN_FIELD": {"x": 1}}
    for reason, change in changes.items():
        message = message_of(Record(b"row", "t.csv:2", 1, order("o1", **change)), CODEC, NOW_US)
        found = CODEC.decode(message.value, "t/0@1", NOW_US)
        assert isinstance(found, Rejected)
        assert (message.key, found.reason) == (None, reason)


def test_what_the_source_refused_keeps_its_reason(tmp_path: Path) -> None:
    """A row with a cell too many arrives with the reason and the place in the file, which the worker takes over."""
    path = tmp_path / "orders.csv"
    path.write_text(TABLE + "c2,李,裙子,2,300.00,2025-11-03 12:00:00,surplus\n", "utf-8")
    _, record = open_source(path, None, ColumnMap.parse(MAP, "map.toml")).records(0)
    message = message_of(record, CODEC, NOW_US)
    assert [name for name, _ in message.headers] == [REJECTED_REASON, REJECTED_DETAIL]
    found = body_of(message.value, message.headers, "scoreline.events.v1/0@1")
    assert isinstance(found, Rejected)
    assert (found.reason, found.where, found.raw) == ("BAD_ROW", "scoreline.events.v1/0@1", record.raw)
    assert found.detail.startswith("orders.csv:3: has 7 cells, the header has 6")


@pytest.mark.usefixtures("small_pieces")
def test_pieces_are_acknowledged_one_by_one(tmp_path: Path) -> None:
    """Five records in pieces of two: each step says only what was kept, and a last step ends it."""
    source = write_orders(tmp_path / "a.jsonl", *"abcde")
    topic = MemoryTopic()
    seen = [(step.records, step.sent, len(topic.kept)) for step in steps(source, topic)]
    assert seen == [(2, 2, 2), (4, 4, 4), (5, 5, 5)]
    assert topic.orders() == list("abcde")


def test_a_piece_is_bounded_by_its_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Large records are acknowledged early, so that memory stays bounded."""
    monkeypatch.setattr(producing_run, "PIECE_BYTES", 1_000)
    path = tmp_path / "a.jsonl"
    path.write_text("".join(json.dumps(order(name, ext={"x": "y" * 600})) + "\n" for name in "abcd"), "utf-8")
    topic = MemoryTopic()
    last(open_source(path), topic)
    assert topic.settled == [2, 2, 0]


@pytest.mark.usefixtures("small_pieces")
def test_the_next_run_starts_after_the_last_acknowledged_record(tmp_path: Path) -> None:
    """A run that breaks in its second piece is gone on with from the first piece's end: nothing is lost.

    The second piece had been kept although its acknowledgement was lost, so it is there twice, with equal identities.
    """
    source = write_orders(tmp_path / "a.jsonl", *"abcde")
    topic = MemoryTopic(breaks_at_settle=2)
    position = 0
    with pytest.raises(KafkaUnavailable):
        for step in steps(source, topic):
            position = step.position
    assert topic.orders() == list("abcd")
    last(source, topic, position)
    assert topic.orders() == list("abcdcde")
    decoded = [CODEC.decode(message.value, "t", NOW_US) for message in topic.kept]
    assert len({found.event_key for found in decoded if isinstance(found, Decoded)}) == 5


@pytest.mark.usefixtures("small_pieces")
def test_refused_records_are_named_and_the_rest_is_sent(tmp_path: Path) -> None:
    """Records that are too large stand in the totals with their places; records = sent + refused."""
    path = tmp_path / "a.jsonl"
    lines = [json.dumps(order(name, ext={"x": "y" * (2_000 if name in "bd" else 1)})) for name in "abcde"]
    path.write_text("\n".join([*lines, "{broken"]), "utf-8")
    topic = MemoryTopic(largest_bytes=1_500)
    new = []
    for step in steps(open_source(path), topic):
        total = step
        new += step.new
    assert (total.records, total.sent, total.refused, total.keyless) == (6, 4, 2, 1)
    starts = [sum(len(line) + 1 for line in lines[:number]) for number in (1, 3)]
    assert [row.where for row in total.places] == [f"a.jsonl byte {start}" for start in starts]
    assert new == total.places
    assert total.position == path.stat().st_size


def test_a_line_beyond_the_limit_is_refused_with_its_place(tmp_path: Path) -> None:
    """A line above 1 MiB, of which the source keeps the beginning only, is never sent as if it were whole."""
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps(order("a", ext={"x": "y" * (2 << 20)})) + "\n" + json.dumps(order("b")), "utf-8")
    topic = MemoryTopic()
    total = last(open_source(path), topic)
    assert (total.records, total.sent, total.places[0].where) == (2, 1, "a.jsonl byte 0")
    assert topic.orders() == ["b"]


def note(path: Path, position: int, source: str = "jsonl:a", topic_id: str = "id-1", topic: str = "t") -> Reached:
    """That a file was acknowledged up to a position."""
    now = snapshot_of(path)
    return Reached(source, topic, topic_id, position, now.size_bytes, now.digest)


def test_progress_survives_the_process(tmp_path: Path) -> None:
    """What is kept is read back by the next process, for each source and topic; nothing else lies beside it."""
    file = tmp_path / "a.jsonl"
    file.write_text("x\n")
    notes = Progress(tmp_path / "produce.json")
    first, second = note(file, 1), note(file, 2, source="jsonl:b")
    for row in (note(file, 0), second, first):
        notes.keep(row)
    again = Progress(tmp_path / "produce.json")
    assert (again.reached("jsonl:a", "id-1"), again.reached("jsonl:b", "id-1")) == (first, second)
    assert again.reached("jsonl:c", "id-1") is None
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.jsonl", "produce.json"]


def test_a_topic_made_anew_has_acknowledged_nothing(tmp_path: Path) -> None:
    """Another id under the same name starts at the beginning, and the old notes go; another topic's notes stay."""
    file = tmp_path / "a.jsonl"
    file.write_text("x\n")
    notes = Progress(tmp_path / "produce.json")
    for row in (note(file, 2), note(file, 2, topic="other", topic_id="id-9")):
        notes.keep(row)
    assert notes.reached("jsonl:a", "id-2") is None
    notes.keep(note(file, 1, topic_id="id-2"))
    assert notes.reached("jsonl:a", "id-1") is None
    assert notes.reached("jsonl:a", "id-9") is not None


@pytest.mark.parametrize("text", ["{", "[]", '{"format": 2, "reached": []}', '{"format": 1, "reached": [{"a": 1}]}'])
def test_something_else_under_the_name(tmp_path: Path, text: str) -> None:
    """A file that is no progress file is refused with what deleting it does, and left alone."""
    path = tmp_path / "produce.json"
    path.write_text(text)
    with pytest.raises(SourceError, match="delete it: everything is then sent again, and still counts once"):
        Progress(path)
    assert path.read_text() == text


def test_the_same_file_goes_on(tmp_path: Path) -> None:
    """An unchanged file resumes where it was, and one that was never sent begins at its beginning."""
    file = tmp_path / "a.jsonl"
    file.write_text("one\ntwo\n")
    assert start_of(note(file, 4), file) == 4
    assert start_of(None, file) == 0


@pytest.mark.parametrize(
    ("name", "source", "before", "position", "after", "start"),
    [
        ("a.jsonl", "jsonl:a", "one\ntwo\n", 8, "one\ntwo\nthree\n", 8),
        ("a.jsonl", "jsonl:a", "one\ntw", 6, "one\ntwo\n", 0),
        ("a.jsonl", "jsonl:a", "one\ntw", 4, "one\ntwo\n", 4),
        ("a.jsonl", "jsonl:a", "one\ntwo\n", 8, "ONE\ntwo\nthree\n", 0),
        ("a.jsonl", "jsonl:a", "one\ntwo\n", 8, "one\n", 0),
        ("a.csv", "csv:a", "h\n1\n2\n", 2, "h\n1\n2\n3\n", 0),
        ("a.jsonl.gz", "jsonl:a", "one\n", 4, "one\ntwo\n", 0),
    ],
    ids=["grown", "torn line", "torn line not sent", "other content", "shrunk", "a table grown", "packed and grown"],
)
def test_another_file_under_the_same_name(
    tmp_path: Path, name: str, source: str, before: str, position: int, after: str, start: int
) -> None:
    """Only a file of whole lines that has grown is gone on with; everything else is sent again rather than skipped."""
    file = tmp_path / name
    file.write_text(before)
    known = note(file, position, source)
    file.write_text(after)
    assert start_of(known, file) == start


def test_another_column_map_sends_all_again(tmp_path: Path) -> None:
    """A corrected map makes other events of the same rows."""
    file = tmp_path / "a.csv"
    file.write_text("h\n1\n")
    now = snapshot_of(file, b"map one")
    known = Reached("csv:a", "t", "id-1", 1, now.size_bytes, now.digest)
    assert start_of(known, file, b"map one") == 1
    assert start_of(known, file, b"map two") == 0


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """The path is named."""
    with pytest.raises(SourceError, match=r"gone\.jsonl"):
        snapshot_of(tmp_path / "gone.jsonl")
