"""What happens to content: items planned, published, deleted, with restated figures; materials over weeks."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.generators.company import HOSTS, SHOPS
from tests.generators.stories import DAY, HOUR, MINUTE

if TYPE_CHECKING:
    from tests.generators.month import Month

AUTHORS = ("e03", "h-2", "e03", "ghost")
FIGURES = ("finished_views", "likes", "comments", "shares", "saves", "new_followers")


def item(month: Month) -> None:
    """One item: a plan, its publishing (sometimes twice), figures of days around the seventh, a deletion."""
    rng, shop = month.rng, month.rng.choice(SHOPS)
    at = month.some_time()
    about = {"content_id": f"k{month.number}", "channel": "short_video"}
    author = {"author_id": rng.choice(AUTHORS)}
    due = at + rng.choice((0, MINUTE, -MINUTE, DAY))
    for revision in range(1, rng.choice((1, 2, 3))):
        fields = {"planned_at": month.text(due), "is_cancelled": month.chance(10), "revision": revision}
        month.emit("content.planned", at - DAY, shop, **about, **author, **fields)
        author = author if month.chance(80) else {"author_id": rng.choice(HOSTS)}
    for _ in range(rng.choice((0, 1, 1, 1, 1, 2))):
        told = {"planned_at": month.text(due)} if month.chance(30) else {}
        month.emit("content.published", at, shop, **about, **author, **told)
    for day in rng.sample((-1, 0, 0, 1, 5, 6, 7, 8), rng.randint(1, 4)):
        _figures(month, shop, about, at + day * DAY)
    if month.chance(25):
        month.emit("content.deleted", at + rng.choice((0, HOUR, 7 * DAY - 1, 7 * DAY, -HOUR)), shop, **about)


def _figures(month: Month, shop: str, about: dict[str, str], day_at: int) -> None:
    rng = month.rng
    currency = rng.choice(("CNY",) * 6 + ("USD", "JPY", "EUR"))
    for revision in range(1, rng.choice((2, 2, 3))):
        views = rng.choice((0, 10, 10, rng.randint(0, 99)))
        counts = {name: rng.randint(0, views) for name in rng.sample(FIGURES, 3)}
        boosted = {"boosted_views": rng.randint(0, views)} if month.chance(30) else {}
        money = {"attributed_gmv": month.money(0, 9_999, currency), "currency": currency} if month.chance(50) else {}
        fields = {"day_at": month.text(day_at), "views": views, "revision": revision}
        month.emit("content.stats", day_at + revision * HOUR, shop, **about, **fields, **counts, **boosted, **money)


def creative(month: Month) -> None:
    """One material reported on a few days around its fourteenth."""
    rng, shop, first = month.rng, month.rng.choice(SHOPS), month.some_time()
    about = {"creative_id": f"m{month.number}"}
    for day in rng.sample((0, 0, 1, 12, 13, 14, 15), rng.randint(1, 4)):
        for revision in range(1, rng.choice((2, 2, 3))):
            at = first + day * DAY
            figures = {"impressions": rng.randint(0, 999), "clicks": rng.randint(0, 99), "revision": revision}
            author = {"author_id": rng.choice(AUTHORS), "day_at": month.text(at)}
            month.emit("creative.report", at + HOUR, shop, **about, **author, **figures)


ALL: tuple[Callable[[Month], None], ...] = (item, item, creative)
