"""What property tests of one family share: months of chosen stories and policies, and the family's own measures."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from scoring.definitions import Definitions, read_definitions
from streams.folder import catalogue_texts
from streams.stores import MemoryStore, Store
from tests.generators.company import ZONES, company_texts
from tests.generators.month import Month
from tests.properties.months import applied, cells_of, disagreements, in_order, pipeline, shuffled
from tests.scenarios.shop import NOW_US, Wire

Tellers = Sequence[Callable[[Month], None]]
Changes = Callable[[random.Random, dict[str, str]], None]


@lru_cache(maxsize=1)
def _catalogue() -> dict[str, str]:
    return catalogue_texts()


@lru_cache(maxsize=8)
def _measures(files: tuple[str, ...]) -> frozenset[str]:
    tables = [tomllib.loads(_catalogue()[f"catalogue/measures/{name}.toml"]) for name in files]
    return frozenset(name for table in tables for name in table["measure"])


@dataclass(frozen=True, slots=True)
class Family:
    """The stories of a family, changes of the company's files drawn for each month, and its files of measures."""

    tellers: Tellers
    change: Changes
    files: tuple[str, ...]

    def month(self, seed: int, size: int) -> tuple[Definitions, list[Wire]]:
        """A month of these stories, of which some events are retracted."""
        rng = random.Random(f"{self.files} {seed}")
        zone = rng.choice(ZONES)
        month = Month(rng, zone)
        texts = company_texts(rng, zone)
        self.change(rng, texts)
        while len(month.events) < size:
            rng.choice(self.tellers)(month)
        for target in list(month.events):
            if month.chance(6):
                about = {"target_source": target["source"], "target_event_id": target["event_id"]}
                month.emit("event.retracted", month.some_time(), target["shop_id"], **about)
        rng.shuffle(month.events)
        return read_definitions(_catalogue() | texts), month.events

    def differing(
        self, store: Store, definitions: Definitions
    ) -> dict[object, tuple[Fraction | None, Fraction | None]]:
        """Where cells of the family's measures differ from the recount."""
        own, found = _measures(self.files), disagreements(store, definitions)
        return {key: both for key, both in found.items() if isinstance(key, tuple) and key[2] in own}

    def check_month(self, seed: int, size: int) -> None:
        """In order and shuffled with copies, batches and restarts: equal cells, and those of the recount."""
        definitions, wire = self.month(seed, size)
        rows = in_order(wire)
        expected = applied(definitions, rows)
        store = shuffled(random.Random(f"shuffle {seed}"), definitions, rows)
        assert cells_of(store) == cells_of(expected), f"seed {seed}: the order mattered"
        assert store.problems() == expected.problems(), f"seed {seed}: the problems depend on the order"
        assert self.differing(store, definitions) == {}, f"seed {seed}: the recount differs"

    def check_prefixes(self, seed: int, size: int) -> None:
        """After every single event the cells are the recount's."""
        definitions, wire = self.month(seed, size)
        rows = in_order(wire)
        random.Random(f"prefix {seed}").shuffle(rows)
        store = MemoryStore()
        engine = pipeline(store, definitions)
        for number, row in enumerate(rows, start=1):
            engine.apply([row], [], None, NOW_US)
            assert self.differing(store, definitions) == {}, f"seed {seed}: differs after {number} events"
