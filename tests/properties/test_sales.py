"""Sales, buyers, members, traffic, posted figures and campaigns: the cells are the recount's, in any order."""

from __future__ import annotations

import random

from tests.generators import sales_stories, stories
from tests.properties.family_months import Family, check_any_order, check_prefixes

MONTHS = 30
MONTHS_BY_PREFIX = 3


def change(rng: random.Random, texts: dict[str, str]) -> None:
    """One of the bases of sales."""
    basis = f'gmv_basis = "{rng.choice(("merchant_receipts", "buyer_paid", "list_price"))}"'
    texts["company.toml"] = texts["company.toml"].replace("[policy]", f"[policy]\n{basis}", 1)


SALES = Family("sales", (*sales_stories.ALL, stories.conversation), change)


def test_shuffled_months_are_the_recount_s() -> None:
    """30 months with copies, retractions, batches and restarts: cells of one batch in order, and of the recount."""
    for seed in range(MONTHS):
        check_any_order(SALES.told(seed, 50), seed)


def test_every_prefix_is_the_recount_s() -> None:
    """A few months told one event at a time: after each event the cells are the recount's."""
    for seed in range(100, 100 + MONTHS_BY_PREFIX):
        check_prefixes(SALES.told(seed, 25), seed)
