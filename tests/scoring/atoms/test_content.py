"""Content and materials by hand, where the worked examples do not go: authors, deletions, hits, currencies."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from tests.scenarios.shop import COMPANY, Desk, Teller, Wire, shop_texts

ANN, BOB = "acc-ann", "acc-bob"


class Studio(Teller):
    """Items of Ann's."""

    def tell(self, what: str, time: str, item: str = "c1", **fields: Any) -> Wire:
        """An event of an item."""
        return self.event(f"content.{what}", time, content_id=item, **fields)

    def published(self, time: str, item: str = "c1", author: str = ANN) -> Wire:
        """An item that went live."""
        return self.tell("published", time, item, author_id=author)

    def stats(self, day: str, item: str = "c1", **figures: Any) -> Wire:
        """Figures of a day of October."""
        return self.tell("stats", f"{day} 23:59:00", item, day_at=f"2026-10-{day}T00:00:00+08:00", **figures)


def taken(*events: Wire, policy: str = "") -> Desk:
    """A desk that took these events backwards and agrees with the recount."""
    desk = Desk(texts=shop_texts(company=COMPANY.replace("[policy]\n", f"[policy]\n{policy}\n")))
    desk.take(*events[::-1])
    assert [row for row in desk.recounted() if row[0][2].startswith(("content_", "creative_"))] == []
    return desk


def test_figures_without_an_item() -> None:
    """Followers and sales count, for nobody; views wait for the publishing."""
    studio = Studio()
    desk = taken(studio.stats("03", views=10, new_followers=2, attributed_gmv="5"))
    assert [desk.value("content_follower_gain", owner) for owner in ("e:unassigned", "c:")] == [2, 2]
    assert desk.value("content_gmv", "c:") == 5
    assert desk.value("content_views", "c:") == 0


def test_a_deleted_item() -> None:
    """Deleted within a week it is neither published nor a hit; its views were seen, and its engagement stays."""
    studio = Studio()
    desk = taken(
        studio.published("03 10:00:00"),
        studio.stats("03", views=100, likes=10),
        studio.tell("deleted", "10 09:59:59"),
        policy="hit_threshold_views = 50",
    )
    assert desk.value("content_published", "e:ann") == 0
    assert desk.value("content_hit_rate", "e:ann") is None
    assert desk.value("content_views", "e:ann") == 100
    assert desk.value("content_engagement_rate", "e:ann") == Fraction(1, 10)


def test_the_first_publishing_counts() -> None:
    """Published twice, the second time by Bob: Ann's, once."""
    studio = Studio()
    desk = taken(studio.published("03 10:00:00"), studio.published("04 10:00:00", author=BOB))
    assert [desk.value("content_published", owner) for owner in ("e:ann", "e:bob", "c:")] == [1, 0, 1]


@pytest.mark.parametrize(("policy", "hits"), [("", 0), ("hit_threshold_views = 1", 1)])
def test_a_first_item_has_nothing_to_beat(policy: str, hits: int) -> None:
    """Without a threshold and without earlier items nothing is a hit."""
    studio = Studio()
    desk = taken(studio.published("03 10:00:00"), studio.stats("03", views=5), policy=policy)
    assert desk.value("content_hit_rate", "e:ann") == hits


def test_other_accounts_do_not_count_for_the_usual_best() -> None:
    """Bob's 1,000 views are nothing that Ann must reach; her own 10 are, also when they arrive afterwards."""
    studio = Studio()
    later = [studio.published("01 10:00:00", "old"), studio.stats("02", "old", views=10)]
    desk = taken(
        *later,
        studio.published("02 10:00:00", "his", BOB),
        studio.stats("02", "his", views=1000),
        studio.published("05 10:00:00", "new"),
        studio.stats("05", "new", views=10),
    )
    assert desk.kpi("content_hit_rate", "e:ann").value == Fraction(1, 2)
    desk.take(studio.stats("03", "old", views=1))
    assert desk.kpi("content_hit_rate", "e:ann").value == 0


def test_a_missing_rate() -> None:
    """Sales in a currency without a rate count nowhere and block the close; the views of the day count."""
    studio = Studio()
    dollars = {"attributed_gmv": "5", "currency": "USD", "views": 7}
    desk = taken(studio.published("03 10:00:00"), studio.stats("03", **dollars))
    assert desk.value("content_gmv", "c:") == 0
    assert desk.value("content_views", "c:") == 7
    assert [(row.code, row.blocks) for row in desk.store.problems()] == [("missing_fx", True)]


def test_boosted_views_are_a_part() -> None:
    """More bought views than views are refused."""
    studio = Studio()
    assert desk_rejects(studio.stats("03", views=5, boosted_views=6))
    assert not desk_rejects(studio.stats("03", views=5, boosted_views=5))


def desk_rejects(event: Wire) -> bool:
    """Whether the codec refuses an event."""
    return Desk().take(event).rejected == 1


def test_a_material_that_changes_hands() -> None:
    """Each day's report is of the author whom it names; the first day is the earliest report, not the first to come."""
    tell = Teller()

    def report(day: str, author: str, clicks: int) -> Wire:
        about = {"creative_id": "m1", "author_id": author, "impressions": 100, "clicks": clicks}
        return tell.event("creative.report", f"{day} 23:00:00", day_at=f"2026-10-{day}T00:00:00+08:00", **about)

    desk = taken(report("02", ANN, 1), report("15", BOB, 2), report("16", BOB, 90))
    rates = [desk.kpi("creative_ctr", owner) for owner in ("e:ann", "e:bob", "c:")]
    assert [(rate.numerator, rate.denominator) for rate in rates] == [(1, 100), (2, 100), (3, 200)]
