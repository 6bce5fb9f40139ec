"""Published content and its daily figures."""

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
class ContentPublished(ContentEvent):
    """A post or video went live."""

    EVENT_TYPE: ClassVar[str] = "content.published"
    author_id: str
    planned_at: Instant | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentStats(ContentEvent):
    """Figures of one item on one day; a higher revision replaces a lower one."""

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

    def restates(self) -> str | None:
        return str(self.day_at)
