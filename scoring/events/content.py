"""Published content and its daily figures; materials (creatives) and theirs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from scoring.events.base import Event, Instant, Minor, Write, case_key


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentEvent(Event):
    """What all content events share."""

    content_id: str

    def case(self) -> str:
        return case_key("content", self.shop_id, self.content_id)

    def subject(self) -> str:
        return case_key("content", self.content_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentPlanned(ContentEvent):
    """A post or video was planned; a higher revision moves or cancels it."""

    EVENT_TYPE: ClassVar[str] = "content.planned"
    WRITE: ClassVar[Write] = "upsert"
    author_id: str
    planned_at: Instant
    is_cancelled: bool = False

    def restates(self) -> str | None:
        return "plan"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentPublished(ContentEvent):
    """A post or video went live; `planned_at` counts when no plan was announced by itself."""

    EVENT_TYPE: ClassVar[str] = "content.published"
    author_id: str
    planned_at: Instant | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentDeleted(ContentEvent):
    """A post or video was taken down; within seven days of publishing it was not published at all."""

    EVENT_TYPE: ClassVar[str] = "content.deleted"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentStats(ContentEvent):
    """Figures of one item on one day; the highest revision counts. `views` hold the boosted (bought) ones."""

    EVENT_TYPE: ClassVar[str] = "content.stats"
    WRITE: ClassVar[Write] = "upsert"
    day_at: Instant
    views: int = 0
    finished_views: int = 0
    likes: int = 0
    comments: int = 0
    shares: int = 0
    saves: int = 0
    new_followers: int = 0
    attributed_gmv: Minor = 0
    boosted_views: int = 0

    def restates(self) -> str | None:
        return str(self.day_at)

    def check(self) -> str | None:
        if not 0 <= self.boosted_views <= self.views:
            return "boosted_views is a part of views: it is at least 0 and at most views"
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class CreativeReport(Event):
    """Figures of one material (main picture, video of an advertisement) on one day; a higher revision replaces."""

    EVENT_TYPE: ClassVar[str] = "creative.report"
    WRITE: ClassVar[Write] = "upsert"
    creative_id: str
    author_id: str
    day_at: Instant
    impressions: int = 0
    clicks: int = 0

    def case(self) -> str:
        return case_key("creative", self.shop_id, self.creative_id)

    def subject(self) -> str:
        return case_key("creative", self.creative_id)

    def restates(self) -> str | None:
        return str(self.day_at)

    def check(self) -> str | None:
        return "impressions and clicks are not negative" if min(self.impressions, self.clicks) < 0 else None
