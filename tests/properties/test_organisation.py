"""Months of people's stories: the recount agrees, and neither order nor copies nor retractions matter."""

from __future__ import annotations

from tests.generators import organisation_stories
from tests.properties.family_months import Family, check_any_order, check_prefixes

MONTHS = 60
EVENTS = 40
PREFIX_MONTHS = 3
PEOPLE = Family("people", organisation_stories.ALL)


def test_any_order_and_the_recount() -> None:
    """60 months: shuffled, copied and in batches they give the cells of one batch in order, and the recount's."""
    for seed in range(MONTHS):
        check_any_order(PEOPLE.told(seed, EVENTS), seed)


def test_every_prefix() -> None:
    """After each event of three months cells and recount agree."""
    for seed in range(MONTHS, MONTHS + PREFIX_MONTHS):
        check_prefixes(PEOPLE.told(seed, EVENTS), seed)
