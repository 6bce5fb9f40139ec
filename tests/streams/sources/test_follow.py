"""A growing file: complete lines as they come, never half of one, and a stop when it shrinks or is replaced."""

from __future__ import annotations

from pathlib import Path

import pytest

from streams.sources import SourceError, open_source
from streams.sources.follow import FollowedLines


def append(path: Path, content: bytes) -> None:
    """Add to the file, as a sender does."""
    with path.open("ab") as file:
        file.write(content)


def test_half_a_line_waits_for_its_end(tmp_path: Path) -> None:
    """A line without its newline is not there yet; later it comes whole."""
    path = tmp_path / "a.jsonl"
    append(path, b'{"a":1}\n{"b"')
    source = FollowedLines(path)
    (first,) = source.available(0)
    append(path, b":2}\n")
    assert [record.raw for record in source.available(first.position)] == [b'{"b":2}']


def test_records_go_on_while_the_file_grows(tmp_path: Path) -> None:
    """records waits and goes on with what was appended, until the pause says stop."""
    path = tmp_path / "a.jsonl"
    append(path, b"")
    parts = iter([b"{}", b"\n[]\n1", b"", b"2\n"])

    def pause() -> bool:
        part = next(parts, None)
        append(path, part or b"")
        return part is not None

    assert [record.raw for record in FollowedLines(path, pause).records(0)] == [b"{}", b"[]", b"12"]


def test_a_shrunken_file_stops_the_reading(tmp_path: Path) -> None:
    """A truncated file is named with both sizes and what to do; nothing is read again silently."""
    path = tmp_path / "a.jsonl"
    append(path, b"{}\n{}\n")
    source = FollowedLines(path)
    position = list(source.available(0))[-1].position
    path.write_bytes(b"{}\n")
    with pytest.raises(SourceError, match="shrank to 3 bytes, 6 were read before"):
        list(source.available(position))


def test_a_replaced_file_stops_the_reading(tmp_path: Path) -> None:
    """Rotation puts another file under the name; that is said, even when it is longer."""
    path, other = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    append(path, b"{}\n")
    source = FollowedLines(path)
    (first,) = source.available(0)
    append(other, b"[]\n[]\n[]\n")
    other.replace(path)
    with pytest.raises(SourceError, match="replaced by another file"):
        list(source.available(first.position))


def test_a_packed_file_cannot_grow(tmp_path: Path) -> None:
    """Following a .gz is refused with the kind that reads it."""
    with pytest.raises(SourceError, match="kind jsonl"):
        open_source(tmp_path / "a.jsonl.gz", "follow")
