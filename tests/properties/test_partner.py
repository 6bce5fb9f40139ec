"""Months of tasks, inquiries, invoices and partners: the recount agrees, and neither order nor copies matter."""

from __future__ import annotations

from tests.generators import partner_stories
from tests.properties.family_months import Family, check_any_order, check_prefixes
from tests.properties.months import cells_of

MONTHS = 25
EVENTS = 40
PREFIX_MONTHS = 2
PARTNERS = Family("partner", partner_stories.ALL)


def test_any_order_and_the_recount() -> None:
    """25 months: shuffled, copied and in batches they give the cells of one batch in order, and the recount's."""
    seen: set[str] = set()
    for seed in range(MONTHS):
        seen |= {key[2] for key in cells_of(check_any_order(PARTNERS.told(seed, EVENTS), seed))}
    own = {"tasks_on_time", "projects_right_first_time", "reports_accurate", "suggestions_adopted", "inquiry_days_24h"}
    own |= {"inquiries_converted", "invoices_received", "first_refunds", "samples_live", "partner_refunds"}
    assert own <= seen, "the months were too tame to prove anything"


def test_every_prefix() -> None:
    """After each event of two months cells and recount agree."""
    for seed in range(MONTHS, MONTHS + PREFIX_MONTHS):
        check_prefixes(PARTNERS.told(seed, EVENTS), seed)
