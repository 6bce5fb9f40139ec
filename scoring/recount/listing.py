"""Listings recounted: published, due, wrong and optimised."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

from scoring.events.inventory import (
    ListingChanged,
    ListingError,
    ListingEvent,
    ListingPlanned,
    ListingPublished,
    ListingStats,
)
from scoring.money import round_half_up
from scoring.recount.book import MICRO, Book, newest
from scoring.recount.orders import when
from scoring.recount.stock import DAY_US, goods_owner
from scoring.recount.story import Story


def count_listings(book: Book, story: Story) -> None:
    """Add what was done, due, wrong and better, listing by listing."""
    listings: dict[tuple[str, str], list[ListingEvent]] = {}
    for fact in story.of(ListingEvent):
        listings.setdefault((fact.shop_id, fact.sku), []).append(fact)
    for facts in listings.values():
        _count_work(book, facts)
        _count_dues(book, facts)
        for change in facts:
            if isinstance(change, ListingChanged) and change.is_optimisation:
                _count_uplift(book, change, facts)


def _count_work(book: Book, facts: list[ListingEvent]) -> None:
    for place, fact in enumerate(facts):
        at = fact.occurred_at
        if isinstance(fact, ListingPublished | ListingChanged):
            by = [book.credit_person("publisher", fact.publisher_id, at)]
            book.add("listing_works", fact.shop_id, at, MICRO, by)
            if isinstance(fact, ListingPublished):
                book.add("listings_published", fact.shop_id, at, MICRO, by)
        elif isinstance(fact, ListingError):
            names = [
                row.publisher_id
                for row in facts[:place]
                if isinstance(row, ListingPublished | ListingChanged) and row.publisher_id
            ]
            who = fact.publisher_id or (names[-1] if names else "")
            book.add("listing_mistakes", fact.shop_id, at, MICRO, [book.credit_person("publisher", who, at)])


def _count_dues(book: Book, facts: list[ListingEvent]) -> None:
    published = [fact for fact in facts if isinstance(fact, ListingPublished)]
    planned = [fact for fact in facts if isinstance(fact, ListingPlanned)]
    # Who published answers for it; a plan only where nobody did.
    named: list[ListingPublished | ListingPlanned] = [*published, *planned]
    for due in {fact.due_at for fact in named if fact.due_at is not None}:
        told = [fact for fact in named if fact.due_at == due]
        by = [book.credit_person("publisher", told[0].publisher_id, due)]
        book.add("listings_due", told[0].shop_id, due, MICRO, by)
        there = [fact for fact in published if fact.due_at is None or fact.due_at == due]
        if [fact for fact in there if fact.occurred_at <= due]:
            book.add("listings_on_time", told[0].shop_id, due, MICRO, by)


def _count_uplift(book: Book, change: ListingChanged, facts: list[ListingEvent]) -> None:
    at = when(change, "changed_at")
    rows = newest([fact for fact in facts if isinstance(fact, ListingStats)], lambda row: row.day_at)
    today = book.local(at).date()
    seen = {"before": [0, 0], "after": [0, 0]}
    for row in rows:
        day = book.local(row.day_at).date()
        if timedelta(days=1) <= today - day <= timedelta(days=14):
            side = seen["before"]
        elif timedelta(days=1) <= day - today <= timedelta(days=14):
            side = seen["after"]
        else:
            continue
        side[0] += row.visitors
        side[1] += row.buyers
    (visitors, buyers), (later_visitors, later_buyers) = seen["before"], seen["after"]
    if visitors == 0 or later_visitors == 0 or buyers == 0:
        return
    uplift = Fraction(later_buyers, later_visitors) / Fraction(buyers, visitors) - 1
    shown = at + 14 * DAY_US
    own = [goods_owner(book, change.shop_id, change.category, change.sku, shown)]
    book.keep(("listing_uplift", "median"), change.shop_id, shown, str(round_half_up(uplift * MICRO)), own)
