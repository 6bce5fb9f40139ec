"""An upgrade that puts an event into another case: a rebuild moves its facts, in every kind of store."""

from __future__ import annotations

from dataclasses import replace

from scoring.contribution import Key
from streams.pipeline import Pipeline
from streams.stores import Store
from tests.scenarios.shop import CODEC, Desk, Teller, Wire, decoded_of

OLD = "bucket|of|an earlier release"


def events() -> list[Wire]:
    """Two orders, one refunded, one retracted, and a fact with two bodies."""
    tell = Teller()
    twice = tell.paid("o3", "03 12:00:00", "70.00")
    other = {**twice, "lines": [{"line_id": "1", "sku": "A", "qty": 1, "paid_amt": "71.00"}]}
    gone = tell.paid("o2", "03 11:00:00", "50.00")
    back = tell.event("event.retracted", "03 13:00:00", target_source=gone["source"], target_event_id=gone["event_id"])
    return [
        tell.paid("o1", "03 10:00:00", "10.00"),
        tell.refunded("o1", "04 10:00:00", "1.00"),
        gone,
        back,
        twice,
        other,
    ]


def as_an_earlier_release(store: Store) -> None:
    """Put every fact and conflict into one case that no event has today."""
    with store.unit() as unit:
        facts = [fact for rows in unit.facts(list(unit.all_cases())).values() for fact in rows]
        unit.known([fact.event_key for fact in facts])
        unit.drop_facts([(fact.case, fact.event_key) for fact in facts])
        unit.add_facts([replace(fact, case=OLD) for fact in facts])
        unit.put_conflicts([replace(row, case=OLD) for row in unit.conflicts()])
        unit.set_setting("program", "an earlier release")


def test_a_rebuild_puts_facts_where_they_belong(store: Store) -> None:
    """Cases, facts, conflicts and cells are those of a store that this release filled; copies stay copies."""
    fresh, desk = Desk(), Desk(store)
    fresh.take(*events())
    desk.take(*events())
    expected = dict(fresh.store.all_cells("0", "9"))
    assert expected
    as_an_earlier_release(store)
    assert store.all_cases() == [OLD]

    upgraded = Pipeline(store, CODEC, desk.definitions.program(), desk.definitions.program_fingerprint())
    assert upgraded.rebuild_needed()
    list(upgraded.rebuild())

    cells: dict[Key, int] = dict(store.all_cells("0", "9"))
    assert cells == expected
    assert store.all_cases() == fresh.store.all_cases()
    assert [fact.case for fact in store.all_facts()] == [fact.case for fact in fresh.store.all_facts()]
    assert [row.case for row in store.open_conflicts()] == [row.case for row in fresh.store.open_conflicts()]
    again = upgraded.apply(decoded_of(events()), [], None, 1)
    assert again.accepted == 0
    assert dict(store.all_cells("0", "9")) == expected
