"""Any permutation, duplication, batching and restart of a month gives the same cells, and they are the recount's."""

from __future__ import annotations

import random

import pytest

from tests.properties.months import applied, cells_of, disagreements, in_order, shuffled, told
from tests.scenarios.shop import Wire, decoded_of

BLOCKS = 10
MONTHS_PER_BLOCK = 100
CONFLICT_MONTHS = 120


@pytest.mark.parametrize("block", range(BLOCKS))
def test_order_batches_copies_and_restarts_do_not_matter(block: int) -> None:
    """1,000 months: shuffled, repeated, batched and restarted they give the cells of one batch in order of time."""
    for seed in range(block * MONTHS_PER_BLOCK, (block + 1) * MONTHS_PER_BLOCK):
        rng = random.Random(f"order {seed}")
        month = told(seed, rng.randint(20, 70))
        rows = in_order(month.wire)
        expected = applied(month.definitions, rows)
        store = shuffled(rng, month.definitions, rows)
        assert cells_of(store) == cells_of(expected), f"seed {seed}: the order mattered"
        assert store.problems() == expected.problems(), f"seed {seed}: the problems depend on the order"
        assert disagreements(store, month.definitions) == {}, f"seed {seed}: the recount differs"


def contradicted(rng: random.Random, wire: list[Wire]) -> list[Wire]:
    """The month with second and third bodies under the ids of some of its events."""
    extra = []
    for event in rng.sample(wire, len(wire) // 6):
        for _ in range(rng.choice((1, 1, 2))):
            other = rng.choice([one for one in wire if one["event_type"] == event["event_type"]])
            extra.append({**other, "source": event["source"], "event_id": event["event_id"]})
    return [*wire, *extra]


def test_which_body_of_an_id_counts_does_not_depend_on_arrival() -> None:
    """120 months with contradicting bodies: one of each counts, the same in every order, and the rest stays open."""
    for seed in range(CONFLICT_MONTHS):
        rng = random.Random(f"conflict {seed}")
        month = told(seed, rng.randint(20, 50))
        rows = decoded_of(contradicted(rng, month.wire))
        expected = applied(month.definitions, rows)
        store = shuffled(rng, month.definitions, rows)
        assert cells_of(store) == cells_of(expected), f"seed {seed}: the order mattered"
        bodies = {(row.event_key, row.content_hash) for row in rows}
        standing = {
            (fact.event_key, fact.content_hash)
            for facts in store.find_facts(store.all_cases()).values()
            for fact in facts
        }
        waiting = {(row.event_key, row.content_hash) for row in store.open_conflicts()}
        assert standing | waiting == bodies, f"seed {seed}: a body was lost"
        assert not standing & waiting, f"seed {seed}: a body counts and waits"
        assert disagreements(store, month.definitions) == {}, f"seed {seed}: the recount differs"
