"""Months with shift rosters: cells do not depend on the order, the recount agrees, and totals do not change."""

from __future__ import annotations

import random
from functools import lru_cache

from scoring.definitions import read_definitions
from streams.folder import catalogue_texts
from streams.stores import MemoryStore
from tests.generators import service_stories, stories
from tests.generators.company import ZONES, company_texts, rosters
from tests.generators.month import Month
from tests.properties.months import Cells, Told, applied, cells_of, disagreements, in_order, pipeline, shuffled
from tests.scenarios.shop import NOW_US

CREDITS = ("last_agent_before_order", "first_agent", "equal_split", "by_message_share")
MONTHS = 24
TELLERS = (stories.conversation, stories.conversation, stories.live_session, stories.order, *service_stories.ALL)
CUT = ("live_audience_seconds", "live_audience_span", "agent_messages")


@lru_cache(maxsize=1)
def _catalogue() -> dict[str, str]:
    return catalogue_texts()


@lru_cache(maxsize=64)
def told(seed: int, size: int, with_roster: bool = True) -> Told:
    """A month of conversations, live sessions and orders under shared accounts, with or without its roster."""
    rng = random.Random(f"rosters {seed}")
    zone = rng.choice(ZONES)
    month, texts = Month(rng, zone), company_texts(rng, zone)
    credit = f'[policy]\ninquiry_credit = "{CREDITS[seed % 4]}"\n'
    texts["company.toml"] = texts["company.toml"].replace("[policy]\n", credit)
    texts["rosters.toml"] = rosters(random.Random(seed), zone) if with_roster else ""
    while len(month.events) < size:
        rng.choice(TELLERS)(month)
    for target in list(month.events):
        if month.chance(4):
            about = {"target_source": target["source"], "target_event_id": target["event_id"]}
            month.emit("event.retracted", month.some_time(), target["shop_id"], **about)
    rng.shuffle(month.events)
    return Told(read_definitions(_catalogue() | texts), month.events)


def without_people(cells: Cells) -> Cells:
    """What shop and company have, but for whole seconds of each stretch and the cap on messages of each person."""
    totals = {key: value for key, value in cells.items() if key[1].startswith(("s:", "c:"))}
    return {key: value for key, value in totals.items() if not set(key) & set(CUT)}


def test_order_copies_and_restarts_do_not_matter() -> None:
    """24 months: shuffled, repeated, batched and restarted they give the cells of one batch, and the recount agrees."""
    for seed in range(MONTHS):
        found = told(seed, 60)
        rows = in_order(found.wire)
        expected = applied(found.definitions, rows)
        store = shuffled(random.Random(seed), found.definitions, rows)
        assert cells_of(store) == cells_of(expected), f"seed {seed}: the order mattered"
        assert disagreements(store, found.definitions) == {}, f"seed {seed}: the recount differs"


def test_every_prefix_agrees_with_the_recount() -> None:
    """Three months event by event in a random order: after each one cells and recount are equal."""
    for seed in range(3):
        found = told(seed, 36)
        rows = in_order(found.wire)
        random.Random(f"prefix {seed}").shuffle(rows)
        store = MemoryStore()
        engine = pipeline(store, found.definitions)
        for number, row in enumerate(rows, start=1):
            engine.apply([row], [], None, NOW_US)
            assert disagreements(store, found.definitions) == {}, f"seed {seed}: differs after {number} events"


def test_a_roster_moves_credit_and_nothing_else() -> None:
    """What shop and company have does not depend on a roster; over these months, what people have does."""
    moved = 0
    for seed in range(MONTHS):
        split, plain = told(seed, 60), told(seed, 60, with_roster=False)
        assert split.wire == plain.wire
        rows = in_order(split.wire)
        ours, theirs = (cells_of(applied(one.definitions, rows)) for one in (split, plain))
        assert without_people(ours) == without_people(theirs), f"seed {seed}: totals depend on the roster"
        moved += ours != theirs
    assert moved > MONTHS // 2
