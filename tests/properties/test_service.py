"""Months of customer service: any order gives the same cells, at every prefix, and the recount agrees."""

from __future__ import annotations

import random
from functools import lru_cache

from tests.generators import service_stories, stories
from tests.generators.company import ZONES, company_texts
from tests.generators.month import Month
from tests.properties.family_months import check_any_order, check_prefixes, told_by
from tests.properties.months import Told, applied, cells_of, in_order

CREDITS = ("last_agent_before_order", "first_agent", "equal_split", "by_message_share")


@lru_cache(maxsize=64)
def told(seed: int, size: int) -> Told:
    """A month of conversations, orders, shifts, tickets and judgements, by one of the four credits of inquiries."""
    rng = random.Random(f"service {seed}")
    zone = rng.choice(ZONES)
    month = Month(rng, zone)
    texts = company_texts(rng, zone)
    chosen = f'inquiry_credit = "{CREDITS[seed % 4]}"\nclosing_turn_filter = {rng.choice(("true", "false"))}'
    for name in ("rate_window", "average_window"):
        chosen += f'\n{name} = "{rng.choice(("exclude_if_started_outside", "pause_clock"))}"'
    own_hours = 'brand = "hanfeng"\nservice_window = ["11:00", "20:00"]'
    texts["company.toml"] = (
        texts["company.toml"].replace("[policy]", f"[policy]\n{chosen}").replace('brand = "hanfeng"', own_hours)
    )
    return told_by(month, (*service_stories.ALL, stories.conversation, stories.order), size, texts)


def test_order_copies_and_restarts_do_not_matter() -> None:
    """24 months: shuffled, repeated, batched and restarted they give the cells of one batch, and the recount agrees."""
    for seed in range(24):
        check_any_order(told(seed, 60), seed)


def test_every_prefix_agrees_with_the_recount() -> None:
    """Four months event by event in a random order: after each one cells and recount are equal."""
    for seed in range(4):
        check_prefixes(told(seed, 36), seed)


def test_the_months_reach_every_measure_of_the_family() -> None:
    """Over these months each measure of conversations and tickets is above zero somewhere."""
    seen: set[str] = set()
    for seed in range(24):
        found = told(seed, 60)
        seen |= {key[2] for key in cells_of(applied(found.definitions, in_order(found.wire)))}
    made = told(0, 60).definitions
    family = {name for name, measure in made.measures.items() if set(measure.atoms) & OWN}
    assert family
    assert family <= seen


OWN = {"complaint", "conversation", "conversion", "exchange", "handover", "inquiry", "offline_message", "qa_sample"}
OWN |= {"queue", "rating", "ticket_done", "ticket_due", "turn"}
