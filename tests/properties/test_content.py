"""Content and materials: plans, deletions, restated figures, both rules of what a hit is: the recount agrees."""

from __future__ import annotations

import random

from tests.generators import content_stories
from tests.properties.family_months import Family, check_any_order, check_prefixes

MONTHS = 25
MONTHS_BY_PREFIX = 3


def change(rng: random.Random, texts: dict[str, str]) -> None:
    """A threshold of hits, or the account's own P90."""
    policy = f"[policy]\nhit_threshold_views = {rng.choice((0, 0, 20))}\n"
    texts["company.toml"] = texts["company.toml"].replace("[policy]\n", policy)


CONTENT = Family("content", content_stories.ALL, change)


def test_shuffled_months_are_the_recount_s() -> None:
    """25 months with copies, retractions, batches and restarts: cells of one batch in order, and of the recount."""
    for seed in range(MONTHS):
        check_any_order(CONTENT.told(seed, random.Random(f"size {seed}").randint(30, 80)), seed)


def test_every_prefix_is_the_recount_s() -> None:
    """3 months told one event at a time in a random order: after each the cells are the recount's."""
    for seed in range(MONTHS_BY_PREFIX):
        check_prefixes(CONTENT.told(1000 + seed, 45), seed)
