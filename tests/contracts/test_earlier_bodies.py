"""Bodies that an earlier release stored lack the fields that came since: the same event told again is a duplicate."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from streams.codec import content_hash
from streams.stores import Store
from tests.scenarios.shop import CODEC, Desk, Teller, Wire, decoded_of

NEWER_FIELDS = ("is_deposit", "warehouse_id", "partner_id", "is_platform_fulfilled")


def shortened(body: bytes) -> bytes:
    """The body without the newer fields."""
    fields = msgspec.msgpack.decode(body)
    assert fields.keys() & set(NEWER_FIELDS), "the event has none of the newer fields: name others"
    return msgspec.msgpack.encode({name: value for name, value in fields.items() if name not in NEWER_FIELDS})


def as_an_earlier_release(store: Store) -> None:
    """Store every body and conflict as a release without the newer fields did."""
    with store.unit() as unit:
        facts = [fact for rows in unit.facts(list(unit.all_cases())).values() for fact in rows]
        unit.known([fact.event_key for fact in facts])
        bodies = {fact.event_key: shortened(fact.body) for fact in facts}
        unit.add_facts(
            [
                replace(
                    fact,
                    body=bodies[fact.event_key],
                    content_hash=content_hash(fact.event_type, bodies[fact.event_key]),
                )
                for fact in facts
            ]
        )


def order(amount: str) -> Wire:
    """One paid order, always with the same id."""
    return Teller().paid("o1", "03 10:00:00", amount)


def test_the_same_event_is_a_duplicate(store: Store) -> None:
    """Nothing is a conflict, nothing counts twice, and the fact stays as it was."""
    desk = Desk(store)
    desk.take(order("10.00"))
    before = dict(store.all_cells("0", "9"))
    as_an_earlier_release(store)
    kept = list(store.all_facts())
    assert CODEC.restore(kept[0].event_type, kept[0].body) == decoded_of([order("10.00")])[0].event
    outcome = desk.pipeline.apply(decoded_of([order("10.00"), order("10.00")]), [], None, 1)
    assert (outcome.accepted, outcome.duplicates, outcome.conflicts) == (0, 2, 0)
    assert dict(store.all_cells("0", "9")) == before
    assert list(store.all_facts()) == kept


def test_another_amount_is_still_a_conflict(store: Store) -> None:
    """Only what says the same is a duplicate; the contradiction is kept once, however often it comes."""
    desk = Desk(store)
    desk.take(order("10.00"))
    as_an_earlier_release(store)
    outcome = desk.pipeline.apply(decoded_of([order("11.00")]), [], None, 1)
    assert (outcome.duplicates, outcome.conflicts) == (0, 1)
    again = desk.pipeline.apply(decoded_of([order("11.00"), order("10.00")]), [], None, 1)
    assert (again.duplicates, again.conflicts) == (2, 0)
    assert len(store.open_conflicts()) == 1
