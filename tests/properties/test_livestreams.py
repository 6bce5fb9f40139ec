"""Livestreams: hosts in two rooms, plans, runbooks, products, sales by every rule of credit: the recount agrees."""

from __future__ import annotations

import random

from tests.generators import live_stories, stories
from tests.generators.company import SHOPS
from tests.properties.family_months import Family, check_any_order, check_prefixes

MONTHS = 25
MONTHS_BY_PREFIX = 2
CREDITS = ("on_air_at_placed", "on_air_at_paid", "last_explained", "last_explained")


def assigned(rng: random.Random, tag: str, scope: str, shares: tuple[str, ...]) -> str:
    """Assignments of a tag to people who host, in one scope."""
    people = rng.sample(("e03", "e04", "e07"), len(shares))
    return "".join(
        f'[[assignment]]\nperson = "{person}"\ntag = "{tag}"\n{scope}share = "{share}"\nfrom = "2026-09-01"\n'
        for person, share in zip(people, shares, strict=True)
    )


def change(rng: random.Random, texts: dict[str, str]) -> None:
    """A rule of credit, who answers for refunds, and sometimes shares of hosts and a controller."""
    answers = rng.choice(('["content", "buyer"]', '["product"]', "[]"))
    policy = (
        f'[policy]\nhost_credit = "{rng.choice(CREDITS)}"\nhost_refund_responsible = {answers}\n'
        f"live_step_grace_seconds = {rng.choice((0, 30))}\n"
    )
    texts["company.toml"] = texts["company.toml"].replace("[policy]\n", policy)
    for tag in ("host", "controller"):
        for scope in rng.sample(("", *(f'shop = "{shop}"\n' for shop in SHOPS)), rng.randint(0, 2)):
            texts["assignments.toml"] += assigned(rng, tag, scope, rng.choice((("0.7", "0.2", "0.1"), ("1/3", "1/3"))))


LIVE = Family("live", (*live_stories.ALL, live_stories.explained, stories.live_session, stories.order), change)


def test_shuffled_months_are_the_recount_s() -> None:
    """25 months with copies, retractions, batches and restarts: cells of one batch in order, and of the recount."""
    for seed in range(MONTHS):
        check_any_order(LIVE.told(seed, random.Random(f"size {seed}").randint(30, 80)), seed)


def test_every_prefix_is_the_recount_s() -> None:
    """2 months told one event at a time in a random order: after each the cells are the recount's."""
    for seed in range(MONTHS_BY_PREFIX):
        check_prefixes(LIVE.told(1000 + seed, 45), seed)
