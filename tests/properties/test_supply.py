"""Listings, stock, purchases, parcels and shifts: the cells are the recount's, in any order and at every prefix."""

from __future__ import annotations

import random
from functools import lru_cache

from scoring.definitions import Definitions, read_definitions
from streams.folder import catalogue_texts
from tests.generators import supply_stories
from tests.generators.company import ZONES, company_texts
from tests.generators.month import Month
from tests.properties.months import applied, cells_of, disagreements, in_order, shuffled
from tests.scenarios.shop import Wire

MONTHS = 30
MONTHS_BY_PREFIX = 3
SMALL_GOALS = 'new_product_units = 2\nnew_product_margin = "0.1"\nforce_majeure_days = ["2026-10-03"]\n'


@lru_cache(maxsize=1)
def _catalogue() -> dict[str, str]:
    return catalogue_texts()


def month_of(seed: int, size: int) -> tuple[Definitions, list[Wire]]:
    """A month of this family's stories, of which some events are retracted."""
    rng = random.Random(f"supply {seed}")
    zone = rng.choice(ZONES)
    month = Month(rng, zone)
    texts = company_texts(rng, zone)
    texts["company.toml"] = texts["company.toml"].replace("[policy]\n", "[policy]\n" + SMALL_GOALS)
    definitions = read_definitions(_catalogue() | texts)
    while len(month.events) < size:
        rng.choice(supply_stories.ALL)(month)
    for target in list(month.events):
        if month.chance(6):
            about = {"target_source": target["source"], "target_event_id": target["event_id"]}
            month.emit("event.retracted", month.some_time(), target["shop_id"], **about)
    rng.shuffle(month.events)
    return definitions, month.events


def test_shuffled_months_are_the_recount_s() -> None:
    """30 months with copies, retractions, batches and restarts: cells of one batch in order, and of the recount."""
    for seed in range(MONTHS):
        definitions, wire = month_of(seed, 60)
        rows = in_order(wire)
        expected = applied(definitions, rows)
        store = shuffled(random.Random(seed), definitions, rows)
        assert cells_of(store) == cells_of(expected), f"seed {seed}: the order mattered"
        assert store.problems() == expected.problems(), f"seed {seed}: the problems depend on the order"
        assert disagreements(store, definitions) == {}, f"seed {seed}: the recount differs"


def test_every_prefix_is_the_recount_s() -> None:
    """A few months told one event at a time: after each event the cells are the recount's."""
    for seed in range(100, 100 + MONTHS_BY_PREFIX):
        definitions, wire = month_of(seed, 25)
        rows = in_order(wire)
        for end in range(1, len(rows) + 1):
            store = applied(definitions, *([row] for row in rows[:end]))
            assert disagreements(store, definitions) == {}, f"seed {seed} after {end} events"
