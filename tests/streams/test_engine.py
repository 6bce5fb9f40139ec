"""The embedded engine: batches, positions, resuming, reading again, and a second process on the same source."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from streams.engines import ENGINES, EmbeddedEngine, Tally
from streams.record import SourceError
from streams.sources import open_source
from streams.sources.follow import FollowedLines
from streams.stores import SqliteStore, TakenOver
from tests.scenarios.shop import NOW_US, Desk, Teller


def written(path: Path, count: int) -> Path:
    """A file of so many orders of one yuan each, with one broken line behind the first."""
    lines = [json.dumps(Teller().paid(f"o{n}", "03 10:00:00", "1.00", event_id=f"e{n}")) for n in range(count)]
    path.write_text("\n".join([lines[0], '{"event_id": ', *lines[1:]]) + "\n")
    return path


def engine(desk: Desk, size: int) -> EmbeddedEngine:
    """An engine with batches of a size."""
    return EmbeddedEngine(desk.pipeline, desk.clock, size)


def last(tallies: list[Tally]) -> tuple[int, int, int, int]:
    """(seen, accepted, duplicates, rejected) at the end."""
    tally = tallies[-1]
    return (tally.seen, tally.accepted, tally.duplicates, tally.rejected)


@pytest.mark.parametrize("size", [1, 3, 10, 11, 1000])
def test_a_file_is_read_to_its_end(tmp_path: Path, size: int) -> None:
    """Whatever the batch size, everything is read once, broken lines are counted by reason, and the place is kept."""
    desk = Desk()
    source = open_source(written(tmp_path / "a.jsonl", 10))
    tallies = list(engine(desk, size).read(source))
    assert last(tallies) == (11, 10, 0, 1)
    assert tallies[-1].by_reason == {"BAD_JSON": 1}
    assert desk.store.standings()[source.name].position == f"done:{(tmp_path / 'a.jsonl').stat().st_size}"
    assert desk.value("gmv", "c:") == 10
    (row,) = desk.store.quarantined()
    assert row.raw == b'{"event_id":'
    assert row.place.startswith("a.jsonl byte ")


def test_an_unfinished_reading_goes_on(tmp_path: Path) -> None:
    """A reading that stopped after two batches is taken up behind them by another process."""
    path = written(tmp_path / "a.jsonl", 10)
    first = Desk(SqliteStore(tmp_path / "s.db"))
    reading = engine(first, 3).read(open_source(path))
    next(reading)
    next(reading)
    reading.close()
    first.store.close()
    second = Desk(SqliteStore(tmp_path / "s.db"))
    assert last(list(engine(second, 3).read(open_source(path)))) == (5, 5, 0, 0)
    assert dict(second.reader.counts()) == {"in": 11, "accepted": 10, "duplicates": 0, "rejected": 1, "conflicts": 0}
    second.store.close()


def test_a_finished_file_read_again_adds_nothing(tmp_path: Path) -> None:
    """The second reading starts at the beginning and finds duplicates only; cells stay; resume=False does the same."""
    desk, path = Desk(), written(tmp_path / "a.jsonl", 10)
    list(engine(desk, 4).read(open_source(path)))
    cells = desk.cells()
    for resume in (True, False):
        assert last(list(engine(desk, 4).read(open_source(path), resume=resume)))[1:3] == (0, 10)
        assert desk.cells() == cells


def test_two_processes_on_one_source(tmp_path: Path) -> None:
    """Of two readings of one source in one store the one that is behind stops instead of counting a batch twice."""
    path = written(tmp_path / "a.jsonl", 10)
    desk = Desk()
    slow, quick = engine(desk, 3).read(open_source(path)), engine(desk, 3).read(open_source(path))
    next(slow)
    next(quick)
    with pytest.raises(TakenOver, match="another process has read"):
        next(slow)
    # Two sound lines of the first batch and three of the second, each once.
    assert desk.value("gmv", "c:") == 5


def test_an_empty_file(tmp_path: Path) -> None:
    """Nothing to read is done at byte 0."""
    desk = Desk()
    (tmp_path / "a.jsonl").write_bytes(b"")
    source = open_source(tmp_path / "a.jsonl")
    assert last(list(engine(desk, 3).read(source))) == (0, 0, 0, 0)
    assert desk.store.standings()[source.name].position == "done:0"


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    """The path is named and nothing is written."""
    desk = Desk()
    with pytest.raises(SourceError, match=r"none\.jsonl"):
        list(engine(desk, 3).read(open_source(tmp_path / "none.jsonl")))
    assert desk.reader.version() == 0


def test_a_file_that_was_replaced_by_a_shorter_one(tmp_path: Path) -> None:
    """Resuming behind the end of a file is refused with advice; nothing is lost or counted."""
    desk, path = Desk(), written(tmp_path / "a.jsonl", 10)
    reading = engine(desk, 3).read(open_source(path))
    next(reading)
    reading.close()
    path.write_text("")
    with pytest.raises(SourceError, match="shorter than"):
        list(engine(desk, 3).read(open_source(path)))


def test_a_growing_file_is_followed(tmp_path: Path) -> None:
    """Complete lines are taken as they are appended; half a line waits for its end."""
    desk, path = Desk(), tmp_path / "grow.jsonl"
    source = FollowedLines(path)
    lines = [json.dumps(Teller().paid(f"o{n}", "03 10:00:00", "1.00", event_id=f"e{n}")) + "\n" for n in range(5)]

    def polled() -> int:
        return sum(tally.accepted for tally in [*engine(desk, 2).poll(source)][-1:])

    path.write_text(lines[0])
    assert polled() == 1
    assert polled() == 0
    with path.open("a") as file:
        file.write(lines[1] + lines[2] + lines[3] + lines[4][:20])
    assert polled() == 3
    with path.open("a") as file:
        file.write(lines[4][20:])
    assert polled() == 1
    assert desk.value("gmv", "c:") == 5


def test_the_table_of_engines() -> None:
    """The embedded engine is in the table."""
    assert ENGINES["embedded"] is EmbeddedEngine


def test_a_time_in_the_far_future_is_rejected(tmp_path: Path) -> None:
    """The engine's clock decides what is too far ahead: the same line is rejected in 2026 and accepted in 2027."""
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps(Teller().paid("o", "03 10:00:00", "1.00")) + "\n")
    desk = Desk()
    desk.clock.at_us = NOW_US - 365 * 86_400 * 1_000_000
    assert list(engine(desk, 3).read(open_source(path)))[-1].by_reason == {"FUTURE_TIME": 1}
    desk.clock.at_us = NOW_US
    assert list(engine(desk, 3).read(open_source(path)))[-1].accepted == 1
