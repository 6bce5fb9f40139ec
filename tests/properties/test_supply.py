"""Listings, stock, purchases, parcels and shifts: the cells are the recount's, in any order and at every prefix."""

from __future__ import annotations

import random

from tests.generators import supply_stories
from tests.properties.family_months import Family, check_any_order, check_prefixes

MONTHS = 30
MONTHS_BY_PREFIX = 3
SMALL_GOALS = 'new_product_units = 2\nnew_product_margin = "0.1"\nforce_majeure_days = ["2026-10-03"]\n'


def change(rng: random.Random, texts: dict[str, str]) -> None:
    """Goals that a month of few events can reach."""
    texts["company.toml"] = texts["company.toml"].replace("[policy]\n", "[policy]\n" + SMALL_GOALS)


SUPPLY = Family("supply", supply_stories.ALL, change)


def test_shuffled_months_are_the_recount_s() -> None:
    """30 months with copies, retractions, batches and restarts: cells of one batch in order, and of the recount."""
    for seed in range(MONTHS):
        check_any_order(SUPPLY.told(seed, 60), seed)


def test_every_prefix_is_the_recount_s() -> None:
    """A few months told one event at a time: after each event the cells are the recount's."""
    for seed in range(100, 100 + MONTHS_BY_PREFIX):
        check_prefixes(SUPPLY.told(seed, 25), seed)
