"""What keeps a period open on a log: partitions that are not read to the cut, and required sources that are silent."""

from __future__ import annotations

import pytest

from scoring.period import period_of
from streams.closing.barrier import LogBounds, silent, taken, unread
from streams.stores import MemoryStore, Position, Standing

OCTOBER = period_of("2026-10", "Asia/Shanghai")


@pytest.mark.parametrize(
    ("position", "bounds", "said"),
    [
        ("10", LogBounds(0, 10), None),
        ("12", LogBounds(12, 12), None),
        (None, LogBounds(0, 0), None),
        (None, LogBounds(4, 10), "was never read and holds 6 records: start a worker"),
        ("7", LogBounds(0, 10), "lags: 3 records are not read yet"),
        ("3", LogBounds(5, 10), "records 3 to 4 are gone from the log, unread"),
        ("11", LogBounds(0, 10), "was read to 11, but its log ends at 10: the topic was made anew"),
    ],
)
def test_each_partition_is_judged_by_its_position(position: str | None, bounds: LogBounds, said: str | None) -> None:
    """Read to the cut, or empty and never read, is no obstacle; everything else is named with the numbers."""
    found = unread({"kafka:t:1": Standing(position)}, {"kafka:t:1": bounds})
    if said is None:
        assert found == []
    else:
        (sentence,) = found
        assert sentence.startswith("kafka:t:1 ")
        assert said in sentence


def test_records_that_come_after_the_cut_do_not_hold_it_up() -> None:
    """A position beyond the end that the cut names is only possible when the log was shorter; equal is enough."""
    assert unread({"a": Standing("10"), "b": Standing("5")}, {"a": LogBounds(0, 10), "b": LogBounds(0, 5)}) == []


def test_required_sources_must_pass_the_end() -> None:
    """A required source blocks until an event at or after the end has come; others do not matter."""
    end = OCTOBER.end_us
    assert silent({"erp": end, "review": 5}, ["erp"], OCTOBER) == []
    (late,) = silent({"erp": end - 1}, ["erp"], OCTOBER)
    assert late.startswith("source erp has reached 2026-10-31T")
    (never,) = silent({}, ["erp"], OCTOBER)
    assert never.startswith("source erp has never sent an event")


def test_the_cut_waits_for_the_workers_and_stands_still() -> None:
    """The log is asked once, at the beginning; when the workers do not get there in time the cut is what blocks."""
    store, asked = MemoryStore(), []

    def log() -> dict[str, LogBounds]:
        asked.append(len(asked))
        return {"kafka:t:0": LogBounds(0, 10 + len(asked))}

    cut = taken(store, log, seconds=0.3)
    assert cut == {"kafka:t:0": LogBounds(0, 11)}
    assert len(asked) == 1
    assert len(unread(store.standings(), cut)) == 1
    with store.unit() as unit:
        assert unit.move(Position("kafka:t:0", None, "11"))
    assert unread(store.standings(), taken(store, lambda: cut, seconds=0.3)) == []
