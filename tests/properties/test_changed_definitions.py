"""Cells are a function of facts and definitions alone: a rebuild equals fresh intake under the new definitions."""

from __future__ import annotations

import random

from tests.properties.months import applied, cells_of, disagreements, in_order, pipeline, told
from tests.scenarios.shop import NOW_US

MONTHS = 60


def test_a_rebuild_equals_fresh_intake() -> None:
    """60 months taken in half under one company and half under another: rebuilt, they are as if never otherwise."""
    for seed in range(MONTHS):
        month, other = told(seed, 50), told(seed + 1000, 20)
        rows = in_order(month.wire)
        random.Random(seed).shuffle(rows)
        store = applied(month.definitions, rows[:20])
        engine = pipeline(store, other.definitions)
        for _ in engine.rebuild():
            pass
        engine.apply(rows[20:], [], None, NOW_US)
        fresh = applied(other.definitions, rows)
        assert cells_of(store) == cells_of(fresh), f"seed {seed}"
        assert store.problems() == fresh.problems(), f"seed {seed}"
        assert disagreements(store, other.definitions) == {}, f"seed {seed}"
