"""Sends to Kafka: idempotent, acknowledged by every copy in step, packed when lz4 is there (extra `kafka`)."""

from __future__ import annotations

from contextlib import suppress
from types import TracebackType
from typing import Any, Final, Self

from kafka import KafkaProducer
from kafka.codec import has_lz4
from kafka.errors import KafkaError, MessageSizeTooLargeError, RecordListTooLargeError

from streams.codec.json_text import SIZE_LIMIT_BYTES
from streams.producing.message import Message
from streams.producing.run import Refused
from streams.topics.connection import BOOTSTRAP_MS, client_settings, reaching, unavailable
from streams.topics.settings import KafkaSettings

DELIVERY_MS: Final = 60_000
LINGER_MS: Final = 20
BATCH_BYTES: Final = 256 << 10
CLOSE_SECONDS: Final = 2
_TOO_LARGE: Final = (MessageSizeTooLargeError, RecordListTooLargeError)
_ADVICE: Final = "split the event, or raise max.message.bytes of the topic"


class KafkaSender:
    """A producer of one topic; use it as a context. KafkaUnavailable when there is no connection.

    `largest_bytes`: the size of the largest record that the topic takes. A broker that goes away is waited for
    `delivery_ms`; each message is then either kept or reported.
    """

    def __init__(
        self, settings: KafkaSettings, largest_bytes: int = SIZE_LIMIT_BYTES, delivery_ms: int = DELIVERY_MS
    ) -> None:
        self._settings = settings
        self._largest_bytes = largest_bytes
        self._delivery_ms = delivery_ms
        self._waiting: list[tuple[Message, Any]] = []
        self._doubtful: list[Message] = []
        self._producer = self._connected()

    def send(self, message: Message) -> None:
        """Take a message."""
        try:
            self._waiting.append((message, self._handed_over(message)))
        except _TOO_LARGE:
            self._doubtful.append(message)
        except KafkaError as error:
            raise unavailable(self._settings, error) from error

    def settle(self) -> list[Refused]:
        """Wait for every message; gives those that are too large for the topic."""
        doubtful, self._doubtful = self._doubtful, []
        waiting, self._waiting = self._waiting, []
        try:
            for message, future in waiting:
                try:
                    self._acknowledged(future)
                except _TOO_LARGE:
                    doubtful.append(message)
            return self._one_by_one(doubtful) if doubtful else []
        except KafkaError as error:
            raise unavailable(self._settings, error) from error

    def _one_by_one(self, messages: list[Message]) -> list[Refused]:
        """Send each alone, to know which of them are too large.

        When one record is, kafka-python gives up its idempotent producer and blames every message on its way; some of
        those may be there already, and are then there twice.
        """
        refused = []
        self._renew()
        for message in messages:
            try:
                self._acknowledged(self._handed_over(message))
            except _TOO_LARGE:
                size = len(message.value)
                refused.append(Refused(message.where, f"{size} bytes are more than the topic takes; {_ADVICE}"))
                if size <= self._largest_bytes:
                    self._renew()
        return refused

    def _handed_over(self, message: Message) -> Any:
        return self._producer.send(self._settings.topic, value=message.value, key=message.key, headers=message.headers)

    def _acknowledged(self, future: Any) -> None:
        # Not flush(): it fails when a batch was split because it was too large.
        future.get(timeout=self._delivery_ms / 1000)

    def _renew(self) -> None:
        self.close()
        self._producer = self._connected()

    def _connected(self) -> Any:
        with reaching(self._settings):
            return KafkaProducer(
                **client_settings(self._settings),
                acks="all",
                enable_idempotence=True,
                allow_auto_create_topics=False,
                batch_size=min(BATCH_BYTES, self._largest_bytes),
                compression_type="lz4" if has_lz4() else None,
                delivery_timeout_ms=self._delivery_ms,
                linger_ms=LINGER_MS,
                max_block_ms=BOOTSTRAP_MS,
                max_request_size=self._largest_bytes,
            )

    def close(self) -> None:
        """End the connection; what was not acknowledged by then may or may not arrive."""
        try:
            self._producer.close(timeout=CLOSE_SECONDS)
        except KafkaError:
            # Gives up what is on its way, so that the second attempt has nothing to wait for.
            self._producer._sender.force_close()
            with suppress(KafkaError):
                self._producer.close(timeout=CLOSE_SECONDS)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
