"""What becomes of an event: new, known, contradicting, retracting; the order of arrival does not matter."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from streams.codec import event_key
from streams.stores import MemoryStore, SqliteStore, Store
from tests.scenarios.shop import Desk, Teller, Wire, decoded_of

GMV = ("c:", "", "gmv", "2026-10-03", "")


@pytest.fixture(params=["memory", "sqlite"])
def new_store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[], Store]]:
    """Opens an empty store as often as asked."""
    opened: list[Store] = []

    def open_one() -> Store:
        path = tmp_path / f"{len(opened)}.db"
        opened.append(MemoryStore() if request.param == "memory" else SqliteStore(path))
        return opened[-1]

    yield open_one
    for store in opened:
        store.close()


def orderings(events: list[Wire]) -> Iterator[list[list[Wire]]]:
    """Every order of the events, in one batch and in batches of one."""
    for order in itertools.permutations(events):
        yield [list(order)]
        yield [[event] for event in order]


def test_the_same_event_twice_counts_once(new_store: Callable[[], Store]) -> None:
    """An event that comes again, in the same batch or later, is a duplicate and changes nothing."""
    desk, tell = Desk(new_store()), Teller()
    paid = tell.paid("o1", "03 10:00:00", "100.00")
    first = desk.take(paid, paid)
    assert (first.accepted, first.duplicates) == (1, 1)
    before = desk.cells()
    again = desk.take(paid)
    assert (again.accepted, again.duplicates, again.conflicts) == (0, 1, 0)
    assert desk.cells() == before
    assert before[GMV] == 10000


def test_the_counts_of_intake_add_up(new_store: Callable[[], Store]) -> None:
    """in = accepted + duplicates + rejected + conflicts."""
    desk, tell = Desk(new_store()), Teller()
    paid = tell.paid("o1", "03 10:00:00", "100.00")
    other = {**paid, "buyer_id": "b9"}
    desk.take(paid, paid, other, b"{", b"[]")
    assert dict(desk.reader.counts()) == {"in": 5, "accepted": 1, "duplicates": 1, "rejected": 2, "conflicts": 1}


def test_a_second_body_is_kept_as_a_conflict(new_store: Callable[[], Store]) -> None:
    """One id with two bodies: one counts, the other is kept, whichever came first and in whatever batches."""
    tell = Teller()
    one = tell.paid("o1", "03 10:00:00", "100.00")
    other = tell.paid("o1", "03 10:00:00", "70.00", event_id=one["event_id"])
    found = set()
    for batches in orderings([one, other]):
        desk = Desk(new_store())
        for batch in batches:
            desk.take(*batch)
        (conflict,) = desk.store.open_conflicts()
        standing = {fact.content_hash for fact in desk.store.all_facts()}
        assert standing | {conflict.content_hash} == {row.content_hash for row in decoded_of([one, other])}
        assert conflict.event_key == event_key("test", one["event_id"])
        found.add((desk.cells()[GMV], conflict.content_hash))
        assert desk.recounted() == []
    assert len(found) == 1


def test_a_conflict_alone_in_a_batch_is_kept(new_store: Callable[[], Store]) -> None:
    """A batch that brings nothing but a losing body still records the conflict."""
    tell = Teller()
    bodies = [tell.paid("o1", "03 10:00:00", amount, event_id="x") for amount in ("1.00", "2.00", "3.00")]
    for order in itertools.permutations(bodies):
        desk = Desk(new_store())
        for body in order:
            desk.take(body)
        assert len(desk.store.open_conflicts()) == 2
        assert len(list(desk.store.all_facts())) == 1


def test_three_bodies_in_any_order_and_batching(new_store: Callable[[], Store]) -> None:
    """Three bodies that belong to two different orders leave the same cells and conflicts in every order."""
    tell = Teller()
    events = [
        tell.paid("o1", "03 10:00:00", "100.00", event_id="x"),
        tell.paid("o2", "03 10:00:00", "70.00", event_id="x"),
        tell.paid("o2", "03 11:00:00", "30.00", event_id="x"),
    ]
    found = set()
    for batches in orderings(events):
        desk = Desk(new_store())
        for batch in batches:
            desk.take(*batch)
        open_bodies = tuple(sorted(row.content_hash for row in desk.store.open_conflicts()))
        found.add((tuple(sorted(desk.cells().items())), open_bodies))
        assert desk.recounted() == []
    assert len(found) == 1


def test_a_losing_body_that_comes_again_is_a_duplicate(new_store: Callable[[], Store]) -> None:
    """Every body of a conflict is known from then on: sending it again neither counts nor opens a conflict anew."""
    desk, tell = Desk(new_store()), Teller()
    one, other = (tell.paid("o1", "03 10:00:00", amount, event_id="x") for amount in ("1.00", "2.00"))
    desk.take(one)
    desk.take(other)
    again = desk.take(one, other)
    assert (again.accepted, again.duplicates, again.conflicts) == (0, 2, 0)
    assert len(desk.store.open_conflicts()) == 1


def test_the_type_is_part_of_the_body(new_store: Callable[[], Store]) -> None:
    """Two types with equal fields under one id contradict each other: on and off are not the same event."""
    desk, tell = Desk(new_store()), Teller()
    on_air = tell.event("live.host_on", "03 10:00:00", session_id="l1", host_id="ann", event_id="x")
    desk.take(on_air, {**on_air, "event_type": "live.host_off"})
    assert len(desk.store.open_conflicts()) == 1


def test_the_same_id_of_another_source_is_another_event(new_store: Callable[[], Store]) -> None:
    """Ids are only unique within a source."""
    desk, tell = Desk(new_store()), Teller()
    one = tell.paid("o1", "03 10:00:00", "1.00", event_id="x")
    two = {**tell.paid("o2", "03 10:00:00", "2.00", event_id="x"), "source": "other"}
    outcome = desk.take(one, two)
    assert (outcome.accepted, outcome.conflicts) == (2, 0)
    assert desk.cells()[GMV] == 300


def test_choosing_the_other_body(new_store: Callable[[], Store]) -> None:
    """Resolving for the losing body makes it count as if it alone had come; the resolution is final and audited."""
    tell = Teller()
    bodies = [
        tell.paid(order, "03 10:00:00", amount, event_id="x") for order, amount in (("o1", "1.00"), ("o2", "2.00"))
    ]
    for kept in bodies:
        desk = Desk(new_store())
        desk.take(*bodies)
        (chosen,) = decoded_of([kept])
        (conflict,) = desk.store.open_conflicts()
        keep = chosen.content_hash if conflict.content_hash == chosen.content_hash else None
        desk.repair.resolve(chosen.event_key, keep, "boss", "checked with the platform")
        alone = Desk()
        alone.take(kept)
        assert desk.cells() == alone.cells()
        assert desk.store.open_conflicts() == []
        assert desk.recounted() == []
        assert desk.store.audit()[-1][1:3] == ("boss", "conflict.resolve")
        assert desk.take(*bodies).duplicates == 2
        assert desk.cells() == alone.cells()


def test_a_new_body_after_a_resolution_is_a_new_conflict(new_store: Callable[[], Store]) -> None:
    """What a person chose stands: a third body never replaces it by itself, but asks again."""
    tell = Teller()
    bodies = sorted(
        (tell.paid("o1", "03 10:00:00", f"{amount}.00", event_id="x") for amount in range(1, 4)),
        key=lambda body: decoded_of([body])[0].content_hash,
    )
    desk = Desk(new_store())
    desk.take(bodies[1])
    desk.take(bodies[2])
    desk.repair.resolve(event_key("test", "x"), None, "boss", "right as it is")
    before = desk.cells()
    desk.take(bodies[0])
    assert desk.cells() == before
    assert [row.content_hash for row in desk.store.open_conflicts()] == [decoded_of([bodies[0]])[0].content_hash]


def test_resolving_what_is_not_there(new_store: Callable[[], Store]) -> None:
    """An event without a conflict and a body that nobody sent are refused."""
    desk, tell = Desk(new_store()), Teller()
    desk.take(
        tell.paid("o1", "03 10:00:00", "1.00", event_id="x"), tell.paid("o1", "03 10:00:00", "2.00", event_id="x")
    )
    with pytest.raises(LookupError, match="no open conflict"):
        desk.repair.resolve(b"nothing", None, "boss", "")
    with pytest.raises(LookupError, match="not among the conflicting"):
        desk.repair.resolve(event_key("test", "x"), b"nothing", "boss", "")


def test_a_retraction_before_after_and_with_its_event(new_store: Callable[[], Store]) -> None:
    """A retracted event counts nowhere, whether the retraction comes before it, after it or in the same batch."""
    tell = Teller()
    kept, gone = tell.paid("o1", "03 10:00:00", "1.00"), tell.paid("o2", "03 10:00:00", "2.00")
    retracted = tell.event(
        "event.retracted", "04 10:00:00", target_source="test", target_event_id=gone["event_id"], reason_code="brush"
    )
    never = Desk()
    never.take(kept)
    for batches in orderings([kept, gone, retracted]):
        desk = Desk(new_store())
        for batch in batches:
            desk.take(*batch)
        assert desk.cells() == never.cells()
        assert len(list(desk.store.all_facts())) == 2


def test_a_retraction_reaches_both_bodies_of_a_conflict(new_store: Callable[[], Store]) -> None:
    """A retracted id stays retracted whichever of its bodies wins."""
    tell = Teller()
    events = [
        tell.paid("o1", "03 10:00:00", "1.00", event_id="x"),
        tell.paid("o2", "03 10:00:00", "2.00", event_id="x"),
        tell.event("event.retracted", "04 10:00:00", target_source="test", target_event_id="x"),
    ]
    for batches in orderings(events):
        desk = Desk(new_store())
        for batch in batches:
            desk.take(*batch)
        assert desk.cells() == {}


def test_two_bodies_of_a_retraction(new_store: Callable[[], Store]) -> None:
    """A retraction id that names two targets retracts the one whose body counts, in every order; choosing swaps it."""
    tell = Teller()
    paid = [tell.paid(name, "03 10:00:00", amount, event_id=name) for name, amount in (("o1", "1.00"), ("o2", "2.00"))]
    takes = [
        tell.event("event.retracted", "04 10:00:00", target_source="test", target_event_id=name, event_id="x")
        for name in ("o1", "o2")
    ]
    found = set()
    for batches in orderings([*paid, *takes]):
        desk = Desk(new_store() if len(found) < 1 else MemoryStore())
        for batch in batches:
            desk.take(*batch)
        found.add(desk.cells()[GMV])
        (conflict,) = desk.store.open_conflicts()
        desk.repair.resolve(conflict.event_key, conflict.content_hash, "boss", "the other one")
        found.add(300 - desk.cells()[GMV])
        assert desk.recounted() == []
    assert len(found) == 1


def test_a_retraction_of_nothing_changes_nothing(new_store: Callable[[], Store]) -> None:
    """A retraction whose target never comes is kept, and nothing else happens."""
    desk, tell = Desk(new_store()), Teller()
    desk.take(tell.event("event.retracted", "04 10:00:00", target_source="test", target_event_id="never"))
    assert desk.cells() == {}
    assert len(list(desk.store.all_facts())) == 1


def test_quarantine_keeps_the_bytes_of_the_line(new_store: Callable[[], Store]) -> None:
    """A rejected line is kept byte for byte with reason, place and batch, and the sound lines around it count."""
    desk, tell = Desk(new_store()), Teller()
    broken = b'{"event_id": "\xff\xfe"'
    desk.take(tell.paid("o1", "03 10:00:00", "1.00"), broken, tell.paid("o2", "03 10:00:00", "2.00"))
    (row,) = desk.store.quarantined()
    assert (row.raw, row.reason, row.place, row.batch) == (broken, "BAD_UTF8", "line 2", 1)
    assert desk.cells()[GMV] == 300


def test_fixing_what_was_rejected(new_store: Callable[[], Store]) -> None:
    """A corrected body counts like any event, its row is closed, and replaying the rest accepts nothing twice."""
    desk, tell = Desk(new_store()), Teller()
    desk.take(b'{"event_type": "order.payd"}', b"{")
    first, second = desk.store.quarantined()
    desk.repair.fix(first.id, json.dumps(tell.paid("o1", "03 10:00:00", "5.00")), "boss")
    assert desk.cells()[GMV] == 500
    assert [row.id for row in desk.store.quarantined()] == [second.id]
    assert desk.repair.replay([], "boss") == (0, 1)
    desk.repair.drop([second.id], "boss", "noise")
    assert desk.store.quarantined() == []
    assert {row.state for row in desk.store.quarantined(None)} == {"replayed", "dropped"}
    with pytest.raises(LookupError, match="nothing open"):
        desk.repair.fix(second.id, "{}", "boss")
    assert [row[2] for row in desk.store.audit()] == ["quarantine.fix", "quarantine.replay", "quarantine.drop"]
