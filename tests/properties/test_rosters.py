"""Months with shift rosters: cells do not depend on the order, the recount agrees, and totals do not change."""

from __future__ import annotations

import random
from functools import lru_cache

from tests.generators import service_stories, stories
from tests.generators.company import ZONES, company_texts, rosters
from tests.generators.month import Month
from tests.properties.family_months import check_any_order, check_prefixes, told_by
from tests.properties.months import Cells, Told, applied, cells_of, in_order

CREDITS = ("last_agent_before_order", "first_agent", "equal_split", "by_message_share")
MONTHS = 24
TELLERS = (stories.conversation, stories.conversation, stories.live_session, stories.order, *service_stories.ALL)
CUT = ("live_audience_seconds", "live_audience_span", "agent_messages")


@lru_cache(maxsize=64)
def told(seed: int, size: int, with_roster: bool = True) -> Told:
    """A month of conversations, live sessions and orders under shared accounts, with or without its roster."""
    rng = random.Random(f"rosters {seed}")
    zone = rng.choice(ZONES)
    month, texts = Month(rng, zone), company_texts(rng, zone)
    credit = f'[policy]\ninquiry_credit = "{CREDITS[seed % 4]}"\n'
    texts["company.toml"] = texts["company.toml"].replace("[policy]\n", credit)
    texts["rosters.toml"] = rosters(random.Random(seed), zone) if with_roster else ""
    return told_by(month, TELLERS, size, texts)


def without_people(cells: Cells) -> Cells:
    """What shop and company have, but for whole seconds of each stretch and the cap on messages of each person."""
    totals = {key: value for key, value in cells.items() if key[0].startswith(("s:", "c:"))}
    return {key: value for key, value in totals.items() if not set(key) & set(CUT)}


def test_order_copies_and_restarts_do_not_matter() -> None:
    """24 months: shuffled, repeated, batched and restarted they give the cells of one batch, and the recount agrees."""
    for seed in range(MONTHS):
        check_any_order(told(seed, 60), seed)


def test_every_prefix_agrees_with_the_recount() -> None:
    """Three months event by event in a random order: after each one cells and recount are equal."""
    for seed in range(3):
        check_prefixes(told(seed, 36), seed)


def test_a_roster_moves_credit_and_nothing_else() -> None:
    """What shop and company have does not depend on a roster; over these months, what people have does."""
    moved = 0
    for seed in range(MONTHS):
        split, plain = told(seed, 60), told(seed, 60, with_roster=False)
        assert split.wire == plain.wire
        rows = in_order(split.wire)
        ours, theirs = (cells_of(applied(one.definitions, rows)) for one in (split, plain))
        assert without_people(ours), f"seed {seed}: nothing to compare"
        assert without_people(ours) == without_people(theirs), f"seed {seed}: totals depend on the roster"
        moved += ours != theirs
    assert moved > MONTHS // 2
