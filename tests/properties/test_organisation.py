"""Months of people's stories: the recount agrees, and neither order nor copies nor retractions matter."""

from __future__ import annotations

import random

from scoring.definitions import read_definitions
from streams.folder import catalogue_texts
from tests.generators import organisation_stories
from tests.generators.company import ZONES, company_texts
from tests.generators.month import Month
from tests.properties.months import Told, applied, cells_of, disagreements, in_order, shuffled

MONTHS = 60
EVENTS = 40
PREFIX_MONTHS = 3


def people_month(seed: int) -> Told:
    """A month of nothing but people's stories."""
    rng = random.Random(f"people {seed}")
    zone = rng.choice(ZONES)
    month = Month(rng, zone)
    texts = company_texts(rng, zone)
    while len(month.events) < EVENTS:
        rng.choice(organisation_stories.ALL)(month)
    for target in [event for event in month.events if month.chance(5)]:
        about = {"target_source": target["source"], "target_event_id": target["event_id"]}
        month.emit("event.retracted", month.some_time(), target["shop_id"], **about)
    rng.shuffle(month.events)
    return Told(read_definitions(catalogue_texts() | texts), month.events)


def test_any_order_and_the_recount() -> None:
    """60 months: shuffled, copied and in batches they give the cells of one batch in order, and the recount's."""
    for seed in range(MONTHS):
        month = people_month(seed)
        rows = in_order(month.wire)
        expected = applied(month.definitions, rows)
        store = shuffled(random.Random(f"order {seed}"), month.definitions, rows)
        assert cells_of(store) == cells_of(expected), f"seed {seed}: the order mattered"
        assert store.problems() == expected.problems(), f"seed {seed}: the problems depend on the order"
        assert disagreements(store, month.definitions) == {}, f"seed {seed}: the recount differs"


def test_every_prefix() -> None:
    """After each event of three months, in the order of telling, cells and recount agree."""
    for seed in range(MONTHS, MONTHS + PREFIX_MONTHS):
        month = people_month(seed)
        rows = in_order(month.wire)
        for size in range(1, len(rows) + 1):
            store = applied(month.definitions, rows[:size])
            assert disagreements(store, month.definitions) == {}, f"seed {seed} after {size} events"
