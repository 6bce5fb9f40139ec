"""What the property tests share: a seeded month, its decoded events, and a store that it was applied to."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from scoring.definitions import Definitions, read_definitions
from scoring.recount import recount
from streams.closing.recounting import counted, effective_facts
from streams.codec import Decoded
from streams.folder import catalogue_texts
from streams.pipeline import Pipeline
from streams.stores import MemoryStore, Store
from tests.generators.month import small_month
from tests.scenarios.shop import CODEC, NOW_US, Wire, decoded_of

FIRST, LAST = "2026-10-01", "2026-10-31"
Cells = dict[tuple[str, str, str, str, str], int]


@dataclass(frozen=True, slots=True)
class Told:
    """A month as definitions and wire events."""

    definitions: Definitions
    wire: list[Wire]


@lru_cache(maxsize=1)
def _catalogue() -> dict[str, str]:
    return catalogue_texts()


def told(seed: int, size: int) -> Told:
    """The month of a seed with about `size` events."""
    texts, wire = small_month(random.Random(seed), size)
    return Told(read_definitions(_catalogue() | texts), wire)


def pipeline(store: Store, definitions: Definitions) -> Pipeline:
    """A fresh pipeline, as after a restart."""
    return Pipeline(store, CODEC, definitions.program(), definitions.program_fingerprint())


def applied(definitions: Definitions, *batches: Sequence[Decoded]) -> Store:
    """A store after these batches."""
    store = MemoryStore()
    engine = pipeline(store, definitions)
    for batch in batches:
        engine.apply(batch, [], None, NOW_US)
    return store


def shuffled(rng: random.Random, definitions: Definitions, rows: Sequence[Decoded]) -> Store:
    """A store after the same events in a random order with random copies, batches and restarts."""
    left = [*rows, *rng.choices(rows, k=rng.randint(0, len(rows) // 3))]
    rng.shuffle(left)
    store = MemoryStore()
    engine = pipeline(store, definitions)
    while left:
        size = rng.choice((1, 2, 3, 5, 8, 20, 60))
        engine.apply(left[:size], [], None, NOW_US)
        left = left[size:]
        if rng.randrange(3) == 0:
            engine = pipeline(store, definitions)
    return store


def in_order(wire: Sequence[Wire]) -> list[Decoded]:
    """The events in order of time."""
    return sorted(decoded_of(wire), key=lambda row: row.event.occurred_at)


def cells_of(store: Store) -> Cells:
    """Every day cell."""
    return dict(store.all_cells("0", "9"))


def disagreements(store: Store, definitions: Definitions) -> dict[object, tuple[Fraction | None, Fraction | None]]:
    """Where the cells of October differ from the independent recount."""
    ours = counted(store, definitions, FIRST, LAST)
    theirs = recount(effective_facts(store, CODEC), definitions, FIRST, LAST)
    keys = ours.keys() | theirs.keys()
    return {key: (ours.get(key), theirs.get(key)) for key in keys if ours.get(key) != theirs.get(key)}
