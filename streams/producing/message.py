"""What a record of a source becomes on the events topic: its key, its bytes, and the reason when it was refused."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from streams.codec import Codec, Decoded
from streams.record import Record
from streams.topics.envelope import REJECTED_DETAIL, REJECTED_REASON
from streams.topics.keys import key_of

Header = tuple[str, bytes]


@dataclass(frozen=True, slots=True)
class Message:
    """One record to send; `where` is its place in the source. Without a key it may go to any partition."""

    key: bytes | None
    value: bytes
    where: str
    headers: list[Header] = field(default_factory=list)


def message_of(record: Record, codec: Codec, now_us: int) -> Message:
    """The message of a record; nothing is left out, because it is the worker that quarantines.

    A line is sent as it is, a table row as the canonical JSON of its event. What does not decode has no key. What the
    source itself has refused, such as a row with a cell too many, carries the reason in headers.
    """
    if record.rejected is not None:
        refusal = record.rejected
        headers = [(REJECTED_REASON, refusal.reason.encode()), (REJECTED_DETAIL, refusal.detail.encode())]
        return Message(None, record.raw, record.where, headers)
    if record.obj is not None:
        value = canonical(record.obj)
        found = codec.decode_object(record.obj, record.raw, record.where, now_us)
    else:
        value = record.raw
        found = codec.decode(value, record.where, now_us)
    key = key_of(found.event) if isinstance(found, Decoded) else None
    return Message(key, value, record.where)


def canonical(event: dict[str, Any]) -> bytes:
    """An event in wire form as JSON with sorted keys and without spaces; equal events give equal bytes."""
    text = json.dumps(event, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    # Half a surrogate pair becomes the escape that JSON has for it, and the codec refuses it.
    return text.encode("utf-8", "backslashreplace")
