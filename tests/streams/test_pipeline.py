"""The batch transaction: cases that read one another, definitions that change, minutes, positions, watermark."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from scoring.contribution import MINUTE_US
from streams.codec import Codec, Decoded
from streams.pipeline import Pipeline, Position
from streams.stores import MemoryStore, SqliteStore, TakenOver
from tests.scenarios.shop import NOW_US, SIXTY_FORTY, Desk, Teller, Wire, decoded_of, shop_texts

HOSTS = """
[[assignment]]
person = "boss"
tag = "live_op"
from = "2026-09-01"
"""


def live_month() -> list[Wire]:
    """A room with a hand-over at 11:00, an order in each half, a talk that leads to an order, and a retraction."""
    tell = Teller()
    room = {"session_id": "l1", "channel": "live"}
    return [
        tell.event("live.started", "03 10:00:00", **room),
        tell.event("live.host_on", "03 10:00:00", **room, host_id="acc-ann"),
        tell.event("live.host_off", "03 11:00:00", **room, host_id="acc-ann"),
        tell.event("live.host_on", "03 11:00:00", **room, host_id="acc-bob"),
        tell.event("live.ended", "03 12:00:00", **room),
        tell.paid("o1", "03 10:30:00", "10.00", live_session_id="l1", buyer_id="b1"),
        tell.paid("o2", "03 11:30:00", "20.00", live_session_id="l1", buyer_id="b2"),
        tell.event("chat.opened", "03 13:00:00", session_id="c1", customer_id="b3", intent="presale"),
        tell.event("chat.message", "03 13:00:00", session_id="c1", customer_id="b3", sender="customer"),
        tell.event("chat.assigned", "03 13:00:05", session_id="c1", customer_id="b3", agent_id="acc-ann"),
        tell.event(
            "chat.message", "03 13:00:30", session_id="c1", customer_id="b3", sender="agent", agent_id="acc-ann"
        ),
        tell.paid("o3", "04 09:00:00", "40.00", buyer_id="b3"),
    ]


def live_cells(desk: Desk) -> dict[str, int]:
    """Live sales in cents per host, and service sales per agent."""
    found = {}
    for who in ("ann", "bob", "unassigned"):
        found[f"live {who}"] = sum(
            row[2] for row in desk.store.cells(f"e:{who}", "host", "live_gmv", "2026-10-01", "2026-10-31")
        )
        found[f"cs {who}"] = sum(
            row[2] for row in desk.store.cells(f"e:{who}", "agent", "cs_gmv", "2026-10-01", "2026-10-31")
        )
    return found


EXPECTED = {"live ann": 1000, "cs ann": 4000, "live bob": 2000, "cs bob": 0, "live unassigned": 0, "cs unassigned": 0}


def test_orders_wait_for_their_room_and_their_talk() -> None:
    """Live and service credit come out the same when orders arrive before the room and the talk they belong to."""
    for batches in (1, 12):
        for events in (live_month(), live_month()[::-1]):
            desk = Desk(texts=shop_texts(assignments=SIXTY_FORTY + HOSTS))
            size = len(events) // batches
            for start in range(0, len(events), size):
                desk.take(*events[start : start + size])
            assert live_cells(desk) == EXPECTED
            assert desk.recounted() == []


def test_credit_moves_when_a_host_segment_is_retracted() -> None:
    """Retracting the second host's entry takes his order's credit away from him and from nobody else."""
    desk, events = Desk(texts=shop_texts(assignments=SIXTY_FORTY + HOSTS)), live_month()
    desk.take(*events)
    gone = events[3]["event_id"]
    desk.take(
        Teller().event("event.retracted", "05 10:00:00", event_id="q", target_source="test", target_event_id=gone)
    )
    assert live_cells(desk) == {**EXPECTED, "live bob": 0, "live unassigned": 2000}
    assert desk.recounted() == []


def test_an_inquiry_and_its_conversion_follow_the_talk() -> None:
    """The inquiry case has no facts of its own, yet it appears, converts, and vanishes with what it reads."""
    desk, events = Desk(), live_month()
    desk.take(*events)
    asked = lambda: [desk.value(name, "e:ann") for name in ("sessions_received", "inquiry_paid_conversion")]  # noqa: E731
    assert asked() == [1, 1]
    for place in (11, 8):
        target = events[place]["event_id"]
        desk.take(
            Teller().event(
                "event.retracted", "05 10:00:00", event_id=f"q{place}", target_source="test", target_event_id=target
            )
        )
        assert desk.recounted() == []
    assert asked() == [1, None]


def test_a_new_pipeline_goes_on_where_the_old_one_stood(tmp_path: Path) -> None:
    """Restarting between batches (new store object, pipeline and program) gives the cells of one run."""
    whole = Desk()
    whole.take(*live_month())
    path = tmp_path / "a.db"
    for event in live_month():
        desk = Desk(SqliteStore(path))
        desk.take(event)
        cells = desk.cells()
        desk.store.close()
    assert cells == whole.cells()


def test_other_definitions_need_a_rebuild_that_equals_fresh_intake() -> None:
    """Changed assignments are noticed; rebuilding gives the cells of a fresh store; the same definitions need none."""
    desk = Desk()
    desk.take(*live_month())
    assert not desk.pipeline.rebuild_needed()
    texts = shop_texts(assignments=SIXTY_FORTY.replace('"0.6"', '"1/3"'))
    changed = Desk(desk.store, texts)
    assert changed.pipeline.rebuild_needed()
    assert list(changed.pipeline.rebuild())
    assert not changed.pipeline.rebuild_needed()
    fresh = Desk(texts=texts)
    fresh.take(*live_month())
    assert changed.cells() == fresh.cells()
    assert changed.recounted() == []


def test_a_rebuild_left_in_the_middle_changes_nothing() -> None:
    """Stopping a rebuild before its end leaves the old cells and the need to rebuild."""
    desk = Desk()
    desk.take(*live_month())
    before = desk.cells()
    changed = Desk(desk.store, shop_texts(assignments=""))
    steps = changed.pipeline.rebuild()
    next(steps)
    steps.close()
    assert desk.cells() == before
    assert changed.pipeline.rebuild_needed()


def test_a_later_mapping_attributes_earlier_work() -> None:
    """Work of an unknown account is kept, counted as unassigned, and becomes somebody's when the account is mapped."""
    from tests.scenarios.shop import PEOPLE

    unknown = PEOPLE.replace("acc-bob", "somebody-else")
    desk = Desk(texts=shop_texts(people=unknown))
    desk.take(*live_month())
    assert live_cells(desk) == {**EXPECTED, "live bob": 0, "live unassigned": 2000}
    later = Desk(desk.store)
    list(later.pipeline.rebuild())
    assert live_cells(later) == EXPECTED


def test_a_file_position_is_compared_before_it_moves() -> None:
    """A batch that expects another position than the stored one writes nothing and says why."""
    desk = Desk()
    (decoded,) = decoded_of([Teller().paid("o1", "03 10:00:00", "1.00")])
    desk.pipeline.apply([decoded], [], Position("a", None, "10"), NOW_US)
    for expected in (None, "9", "11"):
        with pytest.raises(TakenOver, match="another process has read a"):
            desk.pipeline.apply([decoded], [], Position("a", expected, "20"), NOW_US)
    progress = desk.store.progress()
    assert (desk.store.standings()["a"].position, progress.batch, progress.counts.seen) == ("10", 1, 1)


def test_the_watermark_is_the_latest_event_time() -> None:
    """Older events do not turn it back, rejected lines do not move it."""
    desk, tell = Desk(), Teller()
    desk.take(tell.paid("o1", "03 10:00:00", "1.00"))
    first = desk.reader.freshness()
    desk.take(tell.paid("o2", "02 10:00:00", "1.00"), b"{")
    second = desk.reader.freshness()
    # 2026-10-03 10:00 in Shanghai is 02:00 UTC.
    assert first.watermark_us == second.watermark_us == 1_790_992_800_000_000
    assert (first.batch, second.batch, second.last_ingest_us) == (1, 2, NOW_US)


def test_an_empty_batch_is_a_batch() -> None:
    """Nothing to apply moves the position and nothing else."""
    desk = Desk()
    outcome = desk.pipeline.apply([], [], Position("a", None, "done:0"), NOW_US)
    assert (outcome.accepted, outcome.batch) == (0, 1)
    assert desk.reader.freshness().watermark_us is None


def test_minute_cells_hold_the_last_two_days() -> None:
    """A rolling measure has minute cells near the watermark, and old minutes are dropped in time."""
    desk, tell = Desk(), Teller()

    def ad(start: str, row: str) -> Wire:
        about = {"campaign_id": row, "interval_start": f"2026-10-{start}T10:00:00+08:00", "interval_seconds": 60}
        return tell.event("ad.report", f"{start} 10:01:00", **about, cost="1.00", attributed_gmv="5.00")

    def minutes() -> list[tuple[str, str, int]]:
        return desk.store.cells("c:", "", "ad_cost", "m:0", f"m:{NOW_US // MINUTE_US}")

    desk.take(ad("03", "k1"))
    assert len(minutes()) == 1
    # A minute behind the watermark, the report's own minute is the last but one.
    assert [desk.reader.window("ad_spend", "c:", span).value for span in (1, 2, 60)] == [0, 1, 1]
    for number in range(16):
        desk.take(ad("10", f"k2-{number}"))
    assert [row[2] for row in minutes()] == [1600]
    desk.take(ad("03", "k3"))
    assert [row[2] for row in minutes()] == [1600]
    assert desk.value("ad_spend", "c:") == 18


def test_one_batch_or_many_in_any_order() -> None:
    """Two hundred shuffles and batchings of one day, restarts included, give one set of cells."""
    rng, events = random.Random(4), live_month()
    events.append(
        Teller().event("event.retracted", "05 10:00:00", event_id="q", target_source="test", target_event_id="n7")
    )
    found = set()
    for _ in range(200):
        rng.shuffle(events)
        desk = Desk(MemoryStore())
        rows: list[Decoded] = decoded_of([*events, *rng.sample(events, 3)])
        while rows:
            size = rng.randint(1, 8)
            desk.pipeline.apply(rows[:size], [], None, NOW_US)
            rows = rows[size:]
        found.add(tuple(sorted(desk.cells().items())))
    assert len(found) == 1


def test_cells_of_two_programs_never_mix() -> None:
    """A pipeline whose definitions are not those that filled the cells is stopped before it writes."""
    desk = Desk()
    other = Pipeline(desk.store, Codec(), desk.definitions.program(), "other definitions")
    with desk.store.unit() as unit:
        unit.set_setting("program", desk.definitions.program_fingerprint())
    with pytest.raises(TakenOver, match="recomputed with other definitions"):
        other.apply((), (), None, 1)
