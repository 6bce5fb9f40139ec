"""Nobody is paid twice for one yuan: in `exclusive` the people together have what the company has, in any order."""

from __future__ import annotations

import json
import random
import re
from collections import defaultdict

from scoring.definitions.precedence import EXCLUSIVE, LINE_DIMENSIONS
from tests.generators import live_stories, partner_stories, sales_stories, stories
from tests.properties.family_months import Family, check_any_order, check_prefixes
from tests.properties.months import applied, cells_of, in_order

MONTHS = 30
MONTHS_BY_PREFIX = 3
ORDERS = (stories.order, stories.live_session, stories.conversation)
TELLERS = (*ORDERS * 4, *live_stories.ALL, *sales_stories.ALL, *partner_stories.ALL)


def change(rng: random.Random, texts: dict[str, str]) -> None:
    """Any ranking of some dimensions, and any rule for hosts."""
    ranked = rng.sample(LINE_DIMENSIONS, rng.randint(1, len(LINE_DIMENSIONS)))
    host = rng.choice(("on_air_at_placed", "on_air_at_paid", "last_explained"))
    chosen = f"precedence = {json.dumps(ranked)}"
    text, count = re.subn("^precedence = .*$", f'{chosen}\nhost_credit = "{host}"', texts["company.toml"], flags=re.M)
    assert count == 1
    texts["company.toml"] = text


FAMILY = Family("exclusive", TELLERS, change)


def test_the_people_have_what_the_company_has() -> None:
    """In months with every kind of touch: day by day the people, `unassigned` included, add up to the company."""
    credited = set()
    for seed in range(MONTHS):
        month = FAMILY.told(seed, 60)
        definitions, wire = month.definitions, month.wire
        once = {name for name, measure in definitions.measures.items() if EXCLUSIVE in measure.dimensions}
        whole: dict[tuple[str, str], int] = defaultdict(int)
        people: dict[tuple[str, str], int] = defaultdict(int)
        for (owner, dimension, name, day, _), value in cells_of(applied(definitions, in_order(wire))).items():
            if name in once and owner == "c:":
                whole[name, day] += value
            elif name in once and dimension == EXCLUSIVE and owner.startswith("e:"):
                people[name, day] += value
                credited.add((name, owner))
        assert {key: value for key, value in people.items() if value} == whole, f"seed {seed}"
    assert len({name for name, _ in credited}) == 6, "some measure was never credited"
    assert {"e:unassigned", "e:e03", "e:e01"} < {owner for _, owner in credited}, "the months were too tame"


def test_months_are_the_recount_s_in_any_order() -> None:
    """With copies, retractions, batches and restarts: the cells of one batch in order, and those of the recount."""
    for seed in range(MONTHS):
        check_any_order(FAMILY.told(seed, 50), seed)


def test_every_prefix_is_the_recount_s() -> None:
    """A few months told one event at a time."""
    for seed in range(100, 100 + MONTHS_BY_PREFIX):
        check_prefixes(FAMILY.told(seed, 25), seed)
