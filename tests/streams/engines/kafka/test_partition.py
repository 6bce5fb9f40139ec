"""A partition is read once from the stored offset on, whatever the consumer hands over, and poison is set aside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pytest

from scoring.contribution import Key
from streams.clock import FrozenClock
from streams.engines.kafka.partition import Early, Gap, PartitionReader, Suspicion, Taken, shard_of, source_of
from streams.intake import Intake
from streams.pipeline import Outcome, Pipeline
from streams.stores import Counts, Fact, MemoryStore, Standing, StoreError, TakenOver
from streams.stores.base import Unit
from streams.topics.deadletters import DeadLetter
from streams.topics.keys import key_of
from tests.scenarios.shop import NOW_US, Desk, Teller, decoded_of, raw_of

TOPIC = "t"


@dataclass(frozen=True, slots=True)
class Row:
    """A record of the log."""

    offset: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...] = ()


def log_of(count: int, start: int = 0) -> list[Row]:
    """Orders of one yuan, each with its right key."""
    tell = Teller()
    rows = []
    for number in range(start, start + count):
        event = tell.paid(f"o{number}", "03 10:00:00", "1.00")
        (decoded,) = decoded_of([event])
        rows.append(Row(number, key_of(decoded.event), raw_of(event)))
    return rows


def reader_of(desk: Desk) -> PartitionReader:
    """A process that reads partition 2."""
    return PartitionReader(desk.pipeline, FrozenClock(NOW_US), TOPIC, 2)


def counts_of(desk: Desk) -> Counts:
    """What partition 2's shard has counted."""
    return desk.store.shards()[shard_of(2)].counts


def test_a_partition_is_read_from_its_beginning_and_goes_on_where_it_stopped() -> None:
    """The first claim starts at the log's begin, a later one behind the last committed record; nothing counts twice."""
    desk, rows = Desk(), log_of(10)
    first = reader_of(desk)
    assert first.claim(0, 10) == 0
    assert [taken.position for taken in first.take(rows[:6], 0)] == [6]
    second = reader_of(desk)
    assert second.claim(0, 10) == 6
    second.take(rows[3:], 0)
    assert counts_of(desk) == Counts(10, 10)
    assert desk.store.standings()[source_of(TOPIC, 2)].position == "10"


def test_what_was_read_is_passed_over() -> None:
    """Records before the position are not applied again, not even as duplicates."""
    desk, rows = Desk(), log_of(4)
    reader = reader_of(desk)
    reader.claim(0, 4)
    reader.take(rows, 0)
    assert reader.take(rows, 0) == []
    assert counts_of(desk) == Counts(4, 4)


def test_an_older_process_writes_nothing() -> None:
    """After another process has claimed the partition, the first one's batch is TakenOver and leaves no trace."""
    desk, rows = Desk(), log_of(4)
    zombie, heir = reader_of(desk), reader_of(desk)
    zombie.claim(0, 4)
    zombie.take(rows[:1], 0)
    heir.claim(0, 4)
    with pytest.raises(TakenOver):
        zombie.take(rows[1:], 0)
    assert counts_of(desk) == Counts(1, 1)
    heir.take(rows[1:], 0)
    assert counts_of(desk) == Counts(4, 4)


def test_records_from_further_on_ask_for_a_seek() -> None:
    """Once: the reader says from where. When they come again, the log has a hole there, which transactions leave."""
    desk, rows = Desk(), log_of(6)
    reader = reader_of(desk)
    reader.claim(0, 6)
    reader.take(rows[:2], 0)
    with pytest.raises(Early) as early:
        reader.take(rows[4:], 0)
    assert early.value.expected == 2
    assert reader.take(rows[4:], 0)[-1].position == 6
    assert counts_of(desk) == Counts(4, 4)


def test_a_log_that_starts_too_late_is_a_gap() -> None:
    """When retention has deleted what was not read, claiming or reading on stops with the numbers of records."""
    desk, rows = Desk(), log_of(6)
    reader = reader_of(desk)
    reader.claim(0, 6)
    reader.take(rows[:2], 0)
    with pytest.raises(Early):
        reader.take(rows[4:], 4)
    with pytest.raises(Gap, match=r"starts at offset 4, but 2 records from 2 on"):
        reader.take(rows[4:], 4)
    with pytest.raises(Gap, match=r"starts at offset 4"):
        reader_of(desk).claim(4, 6)
    assert counts_of(desk) == Counts(2, 2)


def test_a_log_that_ends_too_early_is_a_gap() -> None:
    """A topic that was made anew is shorter than what was read, and is not read as if it went on."""
    desk = Desk()
    reader = reader_of(desk)
    reader.claim(0, 4)
    reader.take(log_of(4), 0)
    with pytest.raises(Gap, match="was made anew"):
        reader_of(desk).claim(0, 3)


def test_rejected_records_are_quarantined_and_buried() -> None:
    """Bytes that are no event, an empty value and a tombstone go to quarantine and, before, to the dead letters."""
    desk, buried = Desk(), list[DeadLetter]()
    reader = reader_of(desk)
    reader.bury = buried.extend
    reader.claim(0, 3)
    reader.take([Row(0, None, b"{"), Row(1, None, b""), Row(2, None, None)], 0)
    assert counts_of(desk) == Counts(seen=3, rejected=3)
    rows = [(row.reason, row.place) for row in desk.store.quarantined()]
    assert rows == [("BAD_JSON", "t/2@0"), ("NO_VALUE", "t/2@1"), ("NO_VALUE", "t/2@2")]
    assert [(letter.offset, letter.rejected.reason) for letter in buried] == [
        (0, "BAD_JSON"),
        (1, "NO_VALUE"),
        (2, "NO_VALUE"),
    ]


def test_nothing_is_committed_when_the_copy_fails() -> None:
    """The dead letter comes first: without it the batch stays unread, so that a copy is made at least once."""
    desk = Desk()
    reader = reader_of(desk)

    def refuse(letters: Sequence[DeadLetter]) -> None:
        raise StoreError("the dead-letter topic is away")

    reader.bury = refuse
    reader.claim(0, 1)
    with pytest.raises(StoreError):
        reader.take([Row(0, None, b"{")], 0)
    assert desk.store.standings()[source_of(TOPIC, 2)].position is None


def test_a_wrong_key_is_counted_and_accepted() -> None:
    """An event with another subject's key, or none, is a fact like any other and counted as misrouted."""
    desk, rows = Desk(), log_of(3)
    reader = reader_of(desk)
    reader.claim(0, 3)
    (taken,) = reader.take([rows[0], Row(1, b"other", rows[1].value), Row(2, None, rows[2].value)], 0)
    assert (taken.misrouted, taken.outcome.accepted) == (2, 3)


class Crash(Exception):
    """Stands for the end of the process."""


class Fragile(Pipeline):
    """A pipeline that ends the process when it evaluates a poisonous event."""

    poison = "o37"

    def _evaluate(self, unit: Unit, intake: Intake, oldest_minute: int) -> set[Key]:
        if f"order|s|{self.poison}" in intake.touched:
            raise Crash
        return super()._evaluate(unit, intake, oldest_minute)


def test_poison_is_found_and_set_aside() -> None:
    """A record that ends every process that evaluates it: few restarts later it alone is in quarantine."""
    desk, rows = Desk(), log_of(100)
    fragile = Fragile(desk.store, desk.codec, desk.pipeline.program, desk.pipeline.fingerprint)
    deaths = 0
    while True:
        reader = PartitionReader(fragile, FrozenClock(NOW_US), TOPIC, 2)
        position = reader.claim(0, 100)
        try:
            reader.take(rows[position:], 0)
        except Crash:
            deaths += 1
            assert deaths < 15
            continue
        break
    assert counts_of(desk) == Counts(seen=100, accepted=99, rejected=1)
    (row,) = desk.store.quarantined()
    assert (row.reason, row.place, row.raw) == ("CRASHED_READER", "t/2@37", rows[37].value)
    assert deaths >= 2


@pytest.mark.parametrize("deaths", [3, 40])
def test_deaths_of_other_causes_set_nothing_aside(deaths: int) -> None:
    """Processes that die again and again at the same place, killed from outside, lose no record however often."""
    desk, rows = Desk(), log_of(50)

    class Unlucky(Pipeline):
        left = deaths

        def apply(self, *args, **kwargs) -> Outcome:  # type: ignore[no-untyped-def]
            if self.left:
                Unlucky.left -= 1
                raise Crash
            return super().apply(*args, **kwargs)

    unlucky = Unlucky(desk.store, desk.codec, desk.pipeline.program, desk.pipeline.fingerprint)
    taken: list[Taken] = []
    while not taken or taken[-1].position < 50:
        reader = PartitionReader(unlucky, FrozenClock(NOW_US), TOPIC, 2)
        position = reader.claim(0, 50)
        try:
            taken += reader.take(rows[position:], 0)
        except Crash:
            continue
    assert counts_of(desk) == Counts(50, 50)
    assert desk.store.quarantined(None) == []


def test_a_note_of_a_stretch_that_was_read_is_ignored() -> None:
    """Behind the stretch during which a process ended, batches are as large as ever and nothing more is noted."""
    desk, rows = Desk(), log_of(30)
    first = reader_of(desk)
    first.claim(0, 30)
    first.take(rows[:10], 0)
    noted = desk.store.standings()[source_of(TOPIC, 2)].note
    assert noted == str(Suspicion(10, 0, 10, 1))
    first.take(rows[10:20], 0)
    assert desk.store.standings()[source_of(TOPIC, 2)] == Standing("20", 1, noted)


def test_facts_keep_the_batch_of_their_partition() -> None:
    """Facts of a partition are written in the shard's batches, so that what arrived after a close is found."""
    desk = Desk()
    reader = reader_of(desk)
    reader.claim(0, 2)
    reader.take(log_of(2), 0)
    facts: list[Fact] = desk.store.facts_after(0)
    assert {fact.batch for fact in facts} == {desk.store.progress().batch}
    assert isinstance(desk.store, MemoryStore)
