"""Dead letters: what a record of the dead-letter topic says, and that it reads back."""

from __future__ import annotations

import pytest

from streams.codec import Rejected
from streams.topics.deadletters import DeadLetter

LETTER = DeadLetter(Rejected("BAD_JSON", "$: 不完整 at character 4", b"{\xff", "t/2@17"), "t", 2, 17)


def test_the_headers_name_reason_and_place() -> None:
    """The five headers of the documents, as UTF-8 texts."""
    assert LETTER.headers() == [
        ("scoreline-reason", b"BAD_JSON"),
        ("scoreline-detail", "$: 不完整 at character 4".encode()),
        ("scoreline-topic", b"t"),
        ("scoreline-partition", b"2"),
        ("scoreline-offset", b"17"),
    ]


def test_a_dead_letter_reads_back() -> None:
    """Other headers do no harm, and a record without a value reads back without bytes."""
    assert DeadLetter.read(b"{\xff", [*LETTER.headers(), ("traceparent", b"\xff")]) == LETTER
    assert DeadLetter.read(None, LETTER.headers()).rejected.raw == b""


def test_another_record_is_no_dead_letter() -> None:
    """The missing headers are named."""
    with pytest.raises(ValueError, match="scoreline-reason, scoreline-detail"):
        DeadLetter.read(b"{}", LETTER.headers()[2:])
