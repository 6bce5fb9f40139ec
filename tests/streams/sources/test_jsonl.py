"""JSON lines: every line once, wherever reading stopped before; damage to the file is said loudly."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.codec.json_text import SIZE_LIMIT_BYTES
from streams.sources import SourceError, open_source
from streams.sources.jsonl import JsonLines


def written(folder: Path, content: bytes, name: str = "a.jsonl") -> Path:
    """A file with this content."""
    path = folder / name
    path.write_bytes(content)
    return path


def test_each_line_is_a_record(tmp_path: Path) -> None:
    """Empty lines, a byte order mark and line ends are no content; the last line counts without a newline."""
    source = JsonLines(written(tmp_path, b'\xef\xbb\xbf{"a":1}\r\n\n  \n{"b":2}\n{"c":3}'))
    assert [record.raw for record in source.records(0)] == [b'{"a":1}', b'{"b":2}', b'{"c":3}']
    assert [record.where for record in source.records(0)] == ["a.jsonl byte 0", "a.jsonl byte 16", "a.jsonl byte 24"]


def test_reading_goes_on_after_any_record(tmp_path: Path) -> None:
    """Starting at a record's position gives the records after it; also in a packed file."""
    lines = [b'{"n":%d}' % number for number in range(20)]
    plain = written(tmp_path, b"\n".join(lines))
    packed = written(tmp_path, gzip.compress(b"\n".join(lines)), "a.jsonl.gz")
    for source in (open_source(plain), open_source(packed)):
        for done, record in enumerate(list(source.records(0)), start=1):
            assert [later.raw for later in source.records(record.position)] == lines[done:]


@given(st.lists(st.binary(max_size=6).filter(lambda part: b"\n" not in part), max_size=8))
def test_positions_never_lose_a_line(parts: list[bytes]) -> None:
    """For any lines, reading on from each position gives the rest of the whole reading."""
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        source = JsonLines(written(Path(folder), b"\n".join(parts)))
        whole = list(source.records(0))
        for done, record in enumerate(whole, start=1):
            assert list(source.records(record.position)) == whole[done:]


def test_an_endless_line_is_one_rejection(tmp_path: Path) -> None:
    """A line above the size limit is refused without being held in memory, and reading goes on after it."""
    endless = b"x" * (3 * SIZE_LIMIT_BYTES)
    first, second = JsonLines(written(tmp_path, endless + b"\n{}\n")).records(0)
    assert first.rejected is not None
    assert first.rejected.reason == "TOO_LARGE"
    assert len(first.raw) == SIZE_LIMIT_BYTES + 1
    assert second.raw == b"{}"


def test_a_shorter_file_is_not_the_same_file(tmp_path: Path) -> None:
    """Resuming behind the end says that the file was truncated, and what to do."""
    source = JsonLines(written(tmp_path, b"{}\n"))
    with pytest.raises(SourceError, match=r"truncated or replaced\. Restore it"):
        list(source.records(100))


def test_a_position_inside_a_line_is_refused(tmp_path: Path) -> None:
    """Resuming inside a line says that the file was changed."""
    source = JsonLines(written(tmp_path, b'{"a":1}\n{"b":2}\n'))
    with pytest.raises(SourceError, match="inside a line"):
        list(source.records(4))


def test_a_file_that_grew_after_its_unfinished_end_is_read_on(tmp_path: Path) -> None:
    """When the newline of the last line came later, the next line follows."""
    path = written(tmp_path, b'{"a":1}')
    (first,) = JsonLines(path).records(0)
    path.write_bytes(b'{"a":1}\n{"b":2}\n')
    assert [record.raw for record in JsonLines(path).records(first.position)] == [b'{"b":2}']


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """The error names the path and says what to check."""
    with pytest.raises(SourceError, match=r"absent\.jsonl: No such file.*check the path"):
        list(open_source(tmp_path / "absent.jsonl").records(0))


def test_an_unknown_kind_is_refused_with_the_known(tmp_path: Path) -> None:
    """A suffix that says nothing is refused with the kinds; a table without a map says that it needs one."""
    with pytest.raises(SourceError, match="jsonl, follow, csv, xlsx"):
        open_source(tmp_path / "a.pdf")
    for name in ("a.csv", "a.csv.gz", "a.xlsx"):
        with pytest.raises(SourceError, match="needs a column map"):
            open_source(tmp_path / name)


def test_names_tell_files_apart(tmp_path: Path) -> None:
    """Two files with one name in two folders have two positions in a store."""
    assert open_source(tmp_path / "a" / "x.jsonl").name != open_source(tmp_path / "b" / "x.jsonl").name
