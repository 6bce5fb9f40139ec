"""Sales, buyers, members, traffic, posted figures and campaigns: the cells are the recount's, in any order."""

from __future__ import annotations

import random
import tomllib
from fractions import Fraction
from functools import lru_cache

from scoring.definitions import Definitions, read_definitions
from streams.folder import catalogue_texts
from streams.stores import Store
from tests.generators import sales_stories, stories
from tests.generators.company import ZONES, company_texts
from tests.generators.month import Month
from tests.properties.months import applied, cells_of, disagreements, in_order, shuffled
from tests.scenarios.shop import Wire

MONTHS = 30
MONTHS_BY_PREFIX = 3


@lru_cache(maxsize=1)
def _catalogue() -> dict[str, str]:
    return catalogue_texts()


@lru_cache(maxsize=1)
def _own_measures() -> frozenset[str]:
    """The measures of this family's files."""
    files = ("sales", "customers", "traffic", "finance", "promotion")
    tables = [tomllib.loads(_catalogue()[f"catalogue/measures/{name}.toml"]) for name in files]
    return frozenset(name for table in tables for name in table["measure"])


def differing(store: Store, definitions: Definitions) -> dict[object, tuple[Fraction | None, Fraction | None]]:
    """Where this family's cells differ from the recount."""
    found = disagreements(store, definitions)
    return {key: both for key, both in found.items() if isinstance(key, tuple) and key[2] in _own_measures()}


def month_of(seed: int, size: int) -> tuple[Definitions, list[Wire]]:
    """A month of this family's stories with some conversations, of which some events are retracted."""
    rng = random.Random(f"sales {seed}")
    zone = rng.choice(ZONES)
    month = Month(rng, zone)
    texts = company_texts(rng, zone)
    basis = f'gmv_basis = "{rng.choice(("merchant_receipts", "buyer_paid", "list_price"))}"'
    texts["company.toml"] = texts["company.toml"].replace("[policy]", f"[policy]\n{basis}", 1)
    definitions = read_definitions(_catalogue() | texts)
    while len(month.events) < size:
        rng.choice((*sales_stories.ALL, stories.conversation))(month)
    for target in list(month.events):
        if month.chance(6):
            about = {"target_source": target["source"], "target_event_id": target["event_id"]}
            month.emit("event.retracted", month.some_time(), target["shop_id"], **about)
    rng.shuffle(month.events)
    return definitions, month.events


def test_shuffled_months_are_the_recount_s() -> None:
    """30 months with copies, retractions, batches and restarts: cells of one batch in order, and of the recount."""
    for seed in range(MONTHS):
        definitions, wire = month_of(seed, 50)
        rows = in_order(wire)
        expected = applied(definitions, rows)
        store = shuffled(random.Random(seed), definitions, rows)
        assert cells_of(store) == cells_of(expected), f"seed {seed}: the order mattered"
        assert store.problems() == expected.problems(), f"seed {seed}: the problems depend on the order"
        assert differing(store, definitions) == {}, f"seed {seed}: the recount differs"


def test_every_prefix_is_the_recount_s() -> None:
    """A few months told one event at a time: after each event the cells are the recount's."""
    for seed in range(100, 100 + MONTHS_BY_PREFIX):
        definitions, wire = month_of(seed, 25)
        rows = in_order(wire)
        for end in range(1, len(rows) + 1):
            store = applied(definitions, *([row] for row in rows[:end]))
            assert differing(store, definitions) == {}, f"seed {seed} after {end} events"
