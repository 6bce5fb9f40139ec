"""Months of tasks, inquiries, invoices and partners: the recount agrees, and neither order nor copies matter."""

from __future__ import annotations

import random
import tomllib
from fractions import Fraction

from scoring.definitions import Definitions, read_definitions
from streams.folder import catalogue_texts
from streams.stores import Store
from tests.generators import partner_stories
from tests.generators.company import ZONES, company_texts
from tests.generators.month import Month
from tests.properties.months import Told, applied, cells_of, disagreements, in_order, shuffled

MONTHS = 25
EVENTS = 40
PREFIX_MONTHS = 2
CATALOGUE = catalogue_texts()
OWN = {
    "gmv",
    "refund_amount",
    "cohort_refunds",
    "cogs_sold",
    "cogs_back",
    *(
        name
        for family in ("tasks", "partner")
        for name in tomllib.loads(CATALOGUE[f"catalogue/measures/{family}.toml"])["measure"]
    ),
}
"""The measures of these families, and those that they credit in a further dimension."""


def partner_month(seed: int) -> Told:
    """A month of nothing but these stories, of which some events are retracted."""
    rng = random.Random(f"partner {seed}")
    zone = rng.choice(ZONES)
    month = Month(rng, zone)
    texts = company_texts(rng, zone)
    while len(month.events) < EVENTS:
        rng.choice(partner_stories.ALL)(month)
    for target in [event for event in month.events if month.chance(5)]:
        about = {"target_source": target["source"], "target_event_id": target["event_id"]}
        month.emit("event.retracted", month.some_time(), target["shop_id"], **about)
    rng.shuffle(month.events)
    return Told(read_definitions(CATALOGUE | texts), month.events)


def differing(store: Store, definitions: Definitions) -> dict[object, tuple[Fraction | None, Fraction | None]]:
    """Where the cells of these families differ from the recount."""
    found = disagreements(store, definitions)
    return {key: both for key, both in found.items() if isinstance(key, tuple) and key[2] in OWN}


def test_any_order_and_the_recount() -> None:
    """25 months: shuffled, copied and in batches they give the cells of one batch in order, and the recount's."""
    seen: set[str] = set()
    for seed in range(MONTHS):
        month = partner_month(seed)
        rows = in_order(month.wire)
        expected = applied(month.definitions, rows)
        store = shuffled(random.Random(f"order {seed}"), month.definitions, rows)
        assert cells_of(store) == cells_of(expected), f"seed {seed}: the order mattered"
        assert store.problems() == expected.problems(), f"seed {seed}: the problems depend on the order"
        assert differing(store, month.definitions) == {}, f"seed {seed}: the recount differs"
        seen |= {key[2] for key in cells_of(store)}
    own = {"tasks_on_time", "projects_right_first_time", "reports_accurate", "suggestions_adopted", "inquiry_days_24h"}
    own |= {"inquiries_converted", "invoices_received", "first_refunds", "samples_live", "partner_refunds"}
    assert own <= seen, "the months were too tame to prove anything"


def test_every_prefix() -> None:
    """After each event of two months, in the order of telling, cells and recount agree."""
    for seed in range(MONTHS, MONTHS + PREFIX_MONTHS):
        month = partner_month(seed)
        rows = in_order(month.wire)
        for size in range(1, len(rows) + 1):
            store = applied(month.definitions, rows[:size])
            assert differing(store, month.definitions) == {}, f"seed {seed} after {size} events"
