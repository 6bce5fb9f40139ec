"""Sends the records of a source, a bounded piece at a time; a piece is done when all of it was acknowledged."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, Protocol

from streams.clock import Clock
from streams.codec import Codec
from streams.producing.message import Message, message_of
from streams.record import Source

PIECE_RECORDS: Final = 5_000
PIECE_BYTES: Final = 16 << 20
PLACES: Final = 1_000


@dataclass(frozen=True, slots=True)
class Refused:
    """A record that the topic does not take, with its place in the source."""

    where: str
    detail: str


class Sender(Protocol):
    """Takes messages, and says when they are kept."""

    def send(self, message: Message) -> None:
        """Take a message; it may still be on its way afterwards."""
        ...

    def settle(self) -> list[Refused]:
        """Wait until every message taken is kept by the topic, and give those that it will never take.

        KafkaUnavailable when it can not be known of one; then all since the last `settle` must be sent again.
        """
        ...


@dataclass(slots=True)
class Sent:
    """Running totals of one source: records = sent + refused, and `keyless` of those sent did not decode.

    Everything up to `position` is acknowledged. `places` holds the first refused records, `new` those of the last
    piece.
    """

    position: int
    records: int = 0
    sent: int = 0
    keyless: int = 0
    refused: int = 0
    places: list[Refused] = field(default_factory=list)
    new: list[Refused] = field(default_factory=list)

    def add(self, messages: int, keyless: int, refused: list[Refused], position: int) -> None:
        """Add a piece that was acknowledged."""
        self.position = position
        self.records += messages
        self.sent += messages - len(refused)
        self.refused += len(refused)
        self.keyless += keyless
        self.new = refused
        self.places += refused[: max(0, PLACES - len(self.places))]


def produce(source: Source, start: int, sender: Sender, codec: Codec, clock: Clock) -> Iterator[Sent]:
    """Send the records after `start`; yields the running totals after each piece that was acknowledged.

    After a crash between an acknowledgement and the caller's note of it, a piece is sent twice; its events count once,
    because their identities are equal. SourceError and KafkaUnavailable end it, without harm to what was acknowledged.
    """
    total = Sent(start)
    piece = _Piece(start)
    for record in source.records(start):
        message = message_of(record, codec, clock.now_us())
        sender.send(message)
        piece.take(message, record.position)
        if piece.is_full:
            piece.close(sender, total)
            yield total
            piece = _Piece(total.position)
    piece.close(sender, total)
    yield total


class _Piece:
    """The messages since the last acknowledgement, counted."""

    def __init__(self, position: int) -> None:
        self.position = position
        self.messages = 0
        self.keyless: set[str] = set()
        self.size_bytes = 0

    @property
    def is_full(self) -> bool:
        return self.messages >= PIECE_RECORDS or self.size_bytes >= PIECE_BYTES

    def take(self, message: Message, position: int) -> None:
        self.position = position
        self.messages += 1
        self.size_bytes += len(message.value)
        if message.key is None:
            self.keyless.add(message.where)

    def close(self, sender: Sender, total: Sent) -> None:
        refused = sender.settle()
        keyless = len(self.keyless.difference(row.where for row in refused))
        total.add(self.messages, keyless, refused, self.position)
