"""Content and materials recounted."""

from __future__ import annotations

from datetime import date

from scoring.events.content import (
    ContentDeleted,
    ContentEvent,
    ContentPlanned,
    ContentPublished,
    ContentStats,
    CreativeReport,
)
from scoring.money import round_half_up
from scoring.recount.book import MICRO, SECOND_US, Book, newest
from scoring.recount.story import Story

DAY_US = 86_400 * SECOND_US
SEVEN_DAYS_US = 7 * DAY_US
NINETY_DAYS_US = 90 * DAY_US


def count_content(book: Book, story: Story) -> None:
    """Add every item: its plan, its first seven days at its publishing, and each day's followers and sales."""
    items: dict[tuple[str, str], list[ContentEvent]] = {}
    for fact in story.of(ContentEvent):
        items.setdefault((fact.shop_id, fact.content_id), []).append(fact)
    published = {
        key: fact for key, facts in items.items() for fact in facts[::-1] if isinstance(fact, ContentPublished)
    }
    for key, facts in items.items():
        plans = newest((fact for fact in facts if isinstance(fact, ContentPlanned)), lambda _: "plan")
        rows = newest((fact for fact in facts if isinstance(fact, ContentStats)), lambda row: row.day_at)
        first = published.get(key)
        _count_plan(book, plans[0] if plans else None, first)
        _count_days(book, rows, (first or plans[0]).author_id if first or plans else "")
        if first is not None:
            _count_item(book, first, rows, facts)
            if _is_kept(first, facts) and _is_hit(book, first, published, items):
                credit = [book.credit_person("author", first.author_id, first.occurred_at)]
                book.add("content_hits", first.shop_id, first.occurred_at, MICRO, credit)


def _count_plan(book: Book, plan: ContentPlanned | None, first: ContentPublished | None) -> None:
    told = plan or first
    if told is None or told.planned_at is None or (plan is not None and plan.is_cancelled):
        return
    credit = [book.credit_person("author", told.author_id, told.planned_at)]
    book.add("content_planned", told.shop_id, told.planned_at, MICRO, credit)
    if first is not None and first.occurred_at <= told.planned_at:
        book.add("content_on_time", told.shop_id, told.planned_at, MICRO, credit)


def _count_days(book: Book, rows: list[ContentStats], author: str) -> None:
    for row in rows:
        rate = book.rate(row.currency, row.day_at)
        if rate is None and row.attributed_gmv:
            continue
        credit = [book.credit_person("author", author, row.day_at)]
        book.add("content_new_followers", row.shop_id, row.day_at, row.new_followers * MICRO, credit)
        if rate is not None:
            book.add("content_gmv", row.shop_id, row.day_at, round_half_up(row.attributed_gmv * rate), credit)


def _count_item(book: Book, first: ContentPublished, rows: list[ContentStats], facts: list[ContentEvent]) -> None:
    at = first.occurred_at
    credit = [book.credit_person("author", first.author_id, at)]
    for row in _early(book, first, rows):
        figures = {
            "content_views": row.views - row.boosted_views,
            "content_views_all": row.views,
            "content_views_boosted": row.boosted_views,
            "content_views_finished": row.finished_views,
            "content_engagements": row.likes + row.comments + row.shares + row.saves,
        }
        for measure, amount in figures.items():
            book.add(measure, first.shop_id, at, amount * MICRO, credit)
    if _is_kept(first, facts):
        book.add("content_published", first.shop_id, at, MICRO, credit)


def _early(book: Book, first: ContentPublished, rows: list[ContentStats]) -> list[ContentStats]:
    """The rows of the day of publishing and the six days after it."""
    day_one = date.fromisoformat(book.day(first.occurred_at))
    return [row for row in rows if 0 <= (date.fromisoformat(book.day(row.day_at)) - day_one).days <= 6]


def _is_kept(first: ContentPublished, facts: list[ContentEvent]) -> bool:
    deletions = [fact.occurred_at - first.occurred_at for fact in facts if isinstance(fact, ContentDeleted)]
    return not [after for after in deletions if 0 <= after < SEVEN_DAYS_US]


def _is_hit(
    book: Book,
    first: ContentPublished,
    published: dict[tuple[str, str], ContentPublished],
    items: dict[tuple[str, str], list[ContentEvent]],
) -> bool:
    def views(key: tuple[str, str]) -> int:
        rows = newest((fact for fact in items[key] if isinstance(fact, ContentStats)), lambda row: row.day_at)
        return sum(row.views - row.boosted_views for row in _early(book, published[key], rows))

    own = views((first.shop_id, first.content_id))
    needed = book.policy.hit_threshold_views
    if not needed:
        others = [
            views(key)
            for key, other in published.items()
            if (other.shop_id, other.author_id) == (first.shop_id, first.author_id)
            and 0 < first.occurred_at - other.occurred_at <= NINETY_DAYS_US
            and _is_kept(other, items[key])
        ]
        if not others:
            return False
        needed = sorted(others)[(9 * len(others) + 9) // 10 - 1]
    return own > 0 and own >= needed


def count_creatives(book: Book, story: Story) -> None:
    """Add the first fourteen days of every material."""
    rows = newest(story.of(CreativeReport), lambda row: (row.shop_id, row.creative_id, row.day_at))
    for row in rows:
        same = [other for other in rows if (other.shop_id, other.creative_id) == (row.shop_id, row.creative_id)]
        first = min(date.fromisoformat(book.day(other.day_at)) for other in same)
        if (date.fromisoformat(book.day(row.day_at)) - first).days <= 13:
            credit = [book.credit_person("author", row.author_id, row.day_at)]
            book.add("creative_impressions", row.shop_id, row.day_at, row.impressions * MICRO, credit)
            book.add("creative_clicks", row.shop_id, row.day_at, row.clicks * MICRO, credit)
