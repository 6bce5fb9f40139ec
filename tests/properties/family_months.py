"""What property tests of one family share: months of chosen stories and policies, and what must hold of each month."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from scoring.definitions import read_definitions
from streams.folder import catalogue_texts
from streams.stores import MemoryStore, Store
from tests.generators.company import ZONES, company_texts
from tests.generators.month import Month
from tests.properties.months import Told, applied, cells_of, disagreements, in_order, pipeline, shuffled
from tests.scenarios.shop import NOW_US

Tellers = Sequence[Callable[[Month], None]]
Changes = Callable[[random.Random, dict[str, str]], None]


@lru_cache(maxsize=1)
def _catalogue() -> dict[str, str]:
    return catalogue_texts()


def unchanged(rng: random.Random, texts: dict[str, str]) -> None:
    """The company as it is generated."""


@dataclass(frozen=True, slots=True)
class Family:
    """The stories of a family, and changes of the company's files that are drawn for each month."""

    name: str
    tellers: Tellers
    change: Changes = unchanged

    def told(self, seed: int, size: int) -> Told:
        """A month of these stories, of which some events are retracted."""
        rng = random.Random(f"{self.name} {seed}")
        zone = rng.choice(ZONES)
        month = Month(rng, zone)
        texts = company_texts(rng, zone)
        self.change(rng, texts)
        return told_by(month, self.tellers, size, texts)


def told_by(month: Month, tellers: Tellers, size: int, texts: dict[str, str]) -> Told:
    """The month with so many events of these stories, shuffled, and some of them retracted."""
    while len(month.events) < size:
        month.rng.choice(tellers)(month)
    for target in list(month.events):
        if month.chance(6):
            about = {"target_source": target["source"], "target_event_id": target["event_id"]}
            month.emit("event.retracted", month.some_time(), target["shop_id"], **about)
    month.rng.shuffle(month.events)
    return Told(read_definitions(_catalogue() | texts), month.events)


def check_any_order(month: Told, seed: int) -> Store:
    """In order and shuffled with copies, batches and restarts: equal cells and problems, and those of the recount.

    Returns the store of the shuffled month.
    """
    rows = in_order(month.wire)
    expected = applied(month.definitions, rows)
    store = shuffled(random.Random(f"shuffle {seed}"), month.definitions, rows)
    assert cells_of(store) == cells_of(expected), f"seed {seed}: the order mattered"
    assert store.problems() == expected.problems(), f"seed {seed}: the problems depend on the order"
    assert disagreements(store, month.definitions) == {}, f"seed {seed}: the recount differs"
    return store


def check_prefixes(month: Told, seed: int) -> None:
    """Told one event at a time, in the order of time and in a random one: after each the cells are the recount's."""
    rows = in_order(month.wire)
    mixed = random.Random(f"prefix {seed}").sample(rows, len(rows))
    for order in (rows, mixed):
        store = MemoryStore()
        engine = pipeline(store, month.definitions)
        for number, row in enumerate(order, start=1):
            engine.apply([row], [], None, NOW_US)
            assert disagreements(store, month.definitions) == {}, f"seed {seed}: differs after {number} events"
