"""A post or video: its plan, its publishing, and the figures of its days."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from scoring.atoms.base import SECOND, Atom, Case, Found, Problem, Projection, Setting, View, company_factor, effective
from scoring.attribution import Spread
from scoring.events.base import Event, case_key
from scoring.events.content import ContentDeleted, ContentPlanned, ContentPublished, ContentStats
from scoring.money import round_half_up
from scoring.period import parse_day

DAY = 86_400 * SECOND
FIGURE_DAYS = 7
HISTORY = 90 * DAY
MONTH = 30 * DAY


@dataclass(frozen=True, slots=True)
class PublishedItem:
    """An item with the figures of its first seven local days, dated at its publishing.

    `views` are those that nobody paid for, `all_views` hold the boosted ones. `is_kept`: not deleted within seven days.
    """

    shop: str
    credits: Mapping[str, Spread]
    published_at: int
    views: int
    boosted_views: int
    all_views: int
    finished_views: int
    engagements: int
    is_kept: bool
    is_hit: bool


@dataclass(frozen=True, slots=True)
class PlannedItem:
    """An item that was planned, and whether it was published by then."""

    shop: str
    credits: Mapping[str, Spread]
    planned_at: int
    on_time: int


@dataclass(frozen=True, slots=True)
class ContentDay:
    """What an item brought on one day; money in minor units of the company's currency."""

    shop: str
    credits: Mapping[str, Spread]
    day_at: int
    new_followers: int
    gmv: int


@dataclass(frozen=True, slots=True)
class _Item:
    """An item as its facts tell it; `days` are the rows of its first seven days."""

    plan: ContentPlanned | None
    published: ContentPublished | None
    is_kept: bool
    rows: tuple[ContentStats, ...]
    days: tuple[ContentStats, ...]

    @property
    def author(self) -> str:
        """The account that published it, else that should have."""
        told = self.published or self.plan
        return told.author_id if told else ""

    @property
    def views(self) -> int:
        """Views of the first seven days that nobody paid for."""
        return sum(row.views - row.boosted_views for row in self.days)


def _read(facts: Sequence[Event], setting: Setting) -> _Item:
    standing = effective(facts)
    plan = next((fact for fact in standing if isinstance(fact, ContentPlanned)), None)
    published = next((fact for fact in standing if isinstance(fact, ContentPublished)), None)
    rows = tuple(fact for fact in standing if isinstance(fact, ContentStats))
    if published is None:
        return _Item(plan, None, False, rows, ())
    at, days = published.occurred_at, setting.attribution.days
    gone = (fact.occurred_at for fact in standing if isinstance(fact, ContentDeleted))
    is_kept = not any(at <= deleted < at + FIGURE_DAYS * DAY for deleted in gone)
    first = parse_day(days.day(at))
    early = tuple(row for row in rows if 0 <= (parse_day(days.day(row.day_at)) - first).days < FIGURE_DAYS)
    return _Item(plan, published, is_kept, rows, early)


class ContentCase(Case):
    """The case of one item. With the threshold "P90 of the account" it reads the account's other items."""

    def publish(self, facts: Sequence[Event], setting: Setting) -> tuple[Projection, ...]:
        item = _read(facts, setting)
        if item.published is None or not item.is_kept or setting.policy.hit_threshold_views:
            return ()
        at = item.published.occurred_at
        return (Projection(_works(item.published, at // MONTH), (item.published.content_id, at, item.views)),)

    def reads(self, key: str, facts: Sequence[Event]) -> tuple[str, ...]:
        published = next((fact for fact in facts if isinstance(fact, ContentPublished)), None)
        if published is None:
            return ()
        month = published.occurred_at // MONTH
        return tuple(_works(published, month - ago) for ago in range(HISTORY // MONTH + 1))

    def find(self, key: str, facts: Sequence[Event], view: View, setting: Setting) -> Found:
        item = _read(facts, setting)
        rows = [_day(row, item.author, setting) for row in item.rows]
        atoms = [*_plan(item, setting), *_publishing(item, view, setting)]
        atoms += [("content_day", row) for row in rows if isinstance(row, ContentDay)]
        return Found(tuple(atoms), tuple(row for row in rows if isinstance(row, Problem)))


def _works(published: ContentPublished, month: int) -> str:
    """Where an account's items of thirty days are found, so that a new figure wakes a few months of them only."""
    return case_key("works", published.shop_id, published.author_id, str(month))


def _credit(account: str, at: int, setting: Setting) -> dict[str, Spread]:
    return {"author": setting.attribution.of_people([setting.attribution.person(account, at)], at)}


def _plan(item: _Item, setting: Setting) -> Iterator[tuple[str, Atom]]:
    plan: ContentPlanned | ContentPublished | None = item.plan or item.published
    if plan is None or plan.planned_at is None or (item.plan is not None and item.plan.is_cancelled):
        return
    due = plan.planned_at
    on_time = item.published is not None and item.published.occurred_at <= due
    yield "content_plan", PlannedItem(plan.shop_id, _credit(plan.author_id, due, setting), due, int(on_time))


def _publishing(item: _Item, view: View, setting: Setting) -> Iterator[tuple[str, Atom]]:
    published = item.published
    if published is None:
        return
    at = published.occurred_at
    threshold = setting.policy.hit_threshold_views or _usual_best(published, view)
    yield (
        "content_item",
        PublishedItem(
            shop=published.shop_id,
            credits=_credit(published.author_id, at, setting),
            published_at=at,
            views=item.views,
            boosted_views=sum(row.boosted_views for row in item.days),
            all_views=sum(row.views for row in item.days),
            finished_views=sum(row.finished_views for row in item.days),
            engagements=sum(row.likes + row.comments + row.shares + row.saves for row in item.days),
            is_kept=item.is_kept,
            is_hit=item.is_kept and threshold is not None and item.views >= max(threshold, 1),
        ),
    )


def _usual_best(published: ContentPublished, view: View) -> int | None:
    """The 90th percentile (nearest rank) of what the account published in the ninety days before; None for nothing."""
    at = published.occurred_at
    rows = [
        cast("tuple[str, int, int]", row)
        for ago in range(HISTORY // MONTH + 1)
        for row in view.get(_works(published, at // MONTH - ago), ())
    ]
    views = sorted(seen for _, then, seen in rows if at - HISTORY <= then < at)
    return views[-(-9 * len(views) // 10) - 1] if views else None


def _day(row: ContentStats, author: str, setting: Setting) -> ContentDay | Problem:
    factor = company_factor(row.currency, row.day_at, setting) if row.attributed_gmv else 1
    if isinstance(factor, Problem):
        return factor
    gmv = round_half_up(row.attributed_gmv * factor)
    return ContentDay(row.shop_id, _credit(author, row.day_at, setting), row.day_at, row.new_followers, gmv)


__all__ = ["ContentCase", "ContentDay", "PlannedItem", "PublishedItem"]
