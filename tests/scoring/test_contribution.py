"""From facts to contributions: a pure function, compiled from the catalogue, with shares, teams and totals."""

from __future__ import annotations

import random
import tomllib

import pytest

from scoring.contribution import Program, changes
from scoring.definitions.catalogue import read_measures
from scoring.definitions.table import Table
from scoring.events.base import Event, case_key, split_key
from scoring.faults import Fault
from tests.scenarios.shop import Desk, Teller, decoded_of, definitions_of, shop_texts

DEFINITIONS = definitions_of(tuple(sorted(shop_texts().items())))


def order_facts() -> list[Event]:
    """An order of 1.01 with half refunded."""
    tell = Teller()
    events = [tell.paid("o", "03 10:00:00", "1.01", buyer_id="b"), tell.refunded("o", "04 10:00:00", "0.50")]
    return [row.event for row in decoded_of(events)]


def test_an_order_contributes_to_people_teams_shop_and_company() -> None:
    """101 cents at 60 and 40 %: 61 and 40; both teams, shop and company the whole; the refund likewise."""
    found = DEFINITIONS.program().evaluate("order|s|o", order_facts(), {})
    gmv = {key[0]: value for key, value in found.contributions.items() if key[2] == "gmv"}
    assert gmv == {"e:ann": 61, "e:bob": 40, "t:desk": 101, "t:ops": 101, "s:s": 101, "c:": 101}
    refund = {key[0]: (key[3], value) for key, value in found.contributions.items() if key[2] == "refund_amount"}
    assert refund["e:ann"] == ("2026-10-04", 30)
    assert refund["e:bob"] == ("2026-10-04", 20)
    assert found.problems == ()


def test_distinct_items_go_to_everybody_whole() -> None:
    """A buyer is one item for each owner, team, shop and company, not a share of one."""
    found = DEFINITIONS.program().evaluate("order|s|o", order_facts(), {}).contributions
    buyers = {key[0]: (key[4], value) for key, value in found.items() if key[2] == "buyers_paid"}
    assert set(buyers) == {"e:ann", "e:bob", "t:desk", "t:ops", "s:s", "c:"}
    assert set(buyers.values()) == {("s|b", 1)}


def test_contributions_are_a_pure_function() -> None:
    """Two programs of equal definitions give equal contributions, and evaluating again gives the same."""
    one, other = DEFINITIONS.program(), Program(tuple(DEFINITIONS.measures.values()), DEFINITIONS.reference)
    facts = order_facts()
    first = one.evaluate("order|s|o", facts, {})
    assert one.evaluate("order|s|o", facts, {}) == first == other.evaluate("order|s|o", facts, {})


def test_cases_without_facts_or_measures_add_nothing() -> None:
    """No facts, no contribution; presence of agents is told to conversations, but reads and adds nothing itself."""
    program = DEFINITIONS.program()
    for key in ("order|s|o", "live|s|l", "chat|s|c", "ad|s|k|1", "review|ann|x|2026-10", "inquiry|s|b|2026-10-03"):
        assert program.evaluate(key, (), {}).contributions == {}
        assert program.publish(key, ()) == ()
    odd = decoded_of([Teller().event("agent.presence", "03 10:00:00", agent_id="ann", state="busy")])[0].event
    assert program.evaluate(odd.case(), [odd], {}).contributions == {}
    assert program.reads(odd.case(), [odd]) == ()
    assert {projection.key.split("|")[0] for projection in program.publish(odd.case(), [odd])} == {"presences"}


def test_no_zero_is_contributed() -> None:
    """A free order adds no sales cell and no cost cell, but counts as an order."""
    desk = Desk()
    desk.take(Teller().paid("o", "03 10:00:00", "0.00"))
    names = {key[2] for key in desk.cells()}
    assert "gmv" not in names
    assert "cogs_sold" not in names
    assert "orders_paid" in names
    assert 0 not in desk.cells().values()


def test_changes_are_the_difference() -> None:
    """before + changes = after, without zeros, for random cells."""
    rng = random.Random(2)
    for _ in range(200):
        keys = [("e:a", "", "m", "d", str(n)) for n in range(6)]
        before, after = (
            {key: rng.randint(-3, 3) or 1 for key in rng.sample(keys, rng.randint(0, 6))} for _ in range(2)
        )
        delta = changes(after, before)
        assert 0 not in delta.values()
        summed = {key: before.get(key, 0) + delta.get(key, 0) for key in keys}
        assert {key: value for key, value in summed.items() if value} == after


def test_keys_never_collide() -> None:
    """Different parts give different case keys, and a key can be taken apart again, whatever the parts hold."""
    parts = ["", "a", "|", "||", "a|", "|b", "%", "%7C", "%25", "a%7Cb", "汉"]
    pairs = [(one, other) for one in parts for other in parts]
    keys = {case_key("order", *pair): pair for pair in pairs}
    assert len(keys) == len(pairs)
    for key, pair in keys.items():
        assert split_key(key) == ["order", *pair]


def test_orders_of_shops_with_bars_stay_apart() -> None:
    """Order "|b" of shop "a" and order "b" of shop "a|" are two orders."""
    desk, tell = Desk(), Teller()
    desk.take(
        {**tell.paid("|b", "03 10:00:00", "1.00"), "shop_id": "a"},
        {**tell.paid("b", "03 10:00:00", "2.00"), "shop_id": "a|"},
    )
    assert [desk.value("gmv", owner) for owner in ("s:a", "s:a|", "c:")] == [1, 2, 3]
    assert desk.value("orders_paid", "c:") == 2


@pytest.mark.parametrize(
    ("line", "key", "message"),
    [
        ('atom = "paid_lin"', "measure.m.atom", "did you mean 'paid_line'?"),
        ('value = "revv"', "measure.m.value", "did you mean 'rev'?"),
        ('at = "paid"', "measure.m.at", "did you mean 'paid_at'?"),
        ('where = ["is_liv"]', "measure.m.where", "did you mean 'is_live'?"),
        ('where = ["not is_liv"]', "measure.m.where", "did you mean 'is_live'?"),
        ('kind = "summ"', "measure.m.kind", "did you mean 'sum'?"),
        ('unit = "yuan"', "measure.m.unit", "known: money"),
        ('dimensions = ["shops"]', "measure.m.dimensions", "did you mean 'shop'?"),
        ('totals = "sometimes"', "measure.m.totals", "is no field"),
        ('colour = "red"', "measure.m.colour", "is not known here"),
    ],
)
def test_a_wrong_measure_is_a_fault(line: str, key: str, message: str) -> None:
    """Every name in a measure must exist: a misspelt one is a fault with the name that was meant."""
    values: dict[str, object] = {
        "atom": "paid_line", "value": "rev", "at": "paid_at", "kind": "sum", "unit": "money", "dimensions": ["shop"],
    }  # fmt: skip
    faults: list[Fault] = []
    read_measures([Table("m.toml", "", {"measure": {"m": {**values, **tomllib.loads(line)}}}, faults)])
    assert any(fault.key == key and message in fault.message for fault in faults), faults
    clean: list[Fault] = []
    read_measures([Table("m.toml", "", {"measure": {"m": values}}, clean)])
    assert clean == []
