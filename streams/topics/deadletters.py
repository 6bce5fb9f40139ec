"""Dead letters: the bytes of a rejected record as they came, with the reason and the place in headers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from streams.codec import Rejected
from streams.topics.keys import place_of

REASON: Final = "scoreline-reason"
DETAIL: Final = "scoreline-detail"
TOPIC: Final = "scoreline-topic"
PARTITION: Final = "scoreline-partition"
OFFSET: Final = "scoreline-offset"


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """One rejected record and where it stood."""

    rejected: Rejected
    topic: str
    partition: int
    offset: int

    def headers(self) -> list[tuple[str, bytes]]:
        """The headers of its record on the dead-letter topic; the value is `rejected.raw`."""
        texts = (
            (REASON, self.rejected.reason),
            (DETAIL, self.rejected.detail),
            (TOPIC, self.topic),
            (PARTITION, str(self.partition)),
            (OFFSET, str(self.offset)),
        )
        return [(name, text.encode()) for name, text in texts]

    @classmethod
    def read(cls, value: bytes | None, headers: Sequence[tuple[str, bytes]]) -> DeadLetter:
        """The dead letter of a record; ValueError when its headers are not those of one."""
        texts = {name: raw.decode("utf-8", "backslashreplace") for name, raw in headers}
        missing = [name for name in (REASON, DETAIL, TOPIC, PARTITION, OFFSET) if name not in texts]
        if missing:
            raise ValueError(f"no dead letter: the headers {', '.join(missing)} are missing")
        topic, partition, offset = texts[TOPIC], int(texts[PARTITION]), int(texts[OFFSET])
        rejected = Rejected(texts[REASON], texts[DETAIL], value or b"", place_of(topic, partition, offset))
        return cls(rejected, topic, partition, offset)
