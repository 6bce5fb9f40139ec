"""Livestream sessions: start, end, hosts on air, audience, counters and incidents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from scoring.events.base import Event, Instant, Write, case_key

Severity = Literal["minor", "major", "severe"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveEvent(Event):
    """What all livestream events share."""

    session_id: str

    def case(self) -> str:
        return case_key("live", self.shop_id, self.session_id)

    def subject(self) -> str:
        return case_key("live", self.shop_id, self.session_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class LivePlanned(LiveEvent):
    """A session was planned; a higher revision moves it, or cancels it by the company's own decision."""

    EVENT_TYPE: ClassVar[str] = "live.planned"
    WRITE: ClassVar[Write] = "upsert"
    planned_start_at: Instant
    host_id: str = ""
    is_cancelled: bool = False

    def restates(self) -> str | None:
        return "plan"


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveStarted(LiveEvent):
    """The room went on air; `planned_start_at` counts when no plan was announced by itself."""

    EVENT_TYPE: ClassVar[str] = "live.started"
    planned_start_at: Instant | None = None
    title: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveEnded(LiveEvent):
    """The room went off air; hosts still on air go off with it."""

    EVENT_TYPE: ClassVar[str] = "live.ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveHostOn(LiveEvent):
    """A host stepped in front of the camera."""

    EVENT_TYPE: ClassVar[str] = "live.host_on"
    host_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveHostOff(LiveEvent):
    """A host left the camera."""

    EVENT_TYPE: ClassVar[str] = "live.host_off"
    host_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveAudience(LiveEvent):
    """How many people were watching at `occurred_at`."""

    EVENT_TYPE: ClassVar[str] = "live.audience"
    concurrent: int

    def check(self) -> str | None:
        return "concurrent is negative" if self.concurrent < 0 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveCounters(LiveEvent):
    """Running totals of the session at `minute_at`; a higher revision replaces a lower one."""

    EVENT_TYPE: ClassVar[str] = "live.counters"
    WRITE: ClassVar[Write] = "upsert"
    minute_at: Instant
    views_total: int = 0
    viewers_total: int = 0
    watch_seconds_total: int = 0
    follower_viewers: int = 0
    engaged_viewers: int = 0

    def restates(self) -> str | None:
        return str(self.minute_at)

    def check(self) -> str | None:
        audience = (self.views_total, self.viewers_total, self.follower_viewers, self.engaged_viewers)
        if min(*audience, self.watch_seconds_total) < 0:
            return "running totals must not be negative"
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveEntered(LiveEvent):
    """A viewer entered the room."""

    EVENT_TYPE: ClassVar[str] = "live.entered"
    viewer_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveLeft(LiveEvent):
    """A viewer left the room."""

    EVENT_TYPE: ClassVar[str] = "live.left"
    viewer_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveFollow(LiveEvent):
    """A viewer followed (or unfollowed) the account during the session."""

    EVENT_TYPE: ClassVar[str] = "live.follow"
    viewer_id: str
    unfollow: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveInteraction(LiveEvent):
    """A comment, like or share by a viewer."""

    EVENT_TYPE: ClassVar[str] = "live.interaction"
    viewer_id: str
    kind: Literal["comment", "like", "share"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveProductExposed(LiveEvent):
    """A product card was shown; `host_id` explained it when set."""

    EVENT_TYPE: ClassVar[str] = "live.product_exposed"
    sku: str
    viewers: int = 0
    host_id: str = ""

    def check(self) -> str | None:
        return "viewers is negative" if self.viewers < 0 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveProductClicked(LiveEvent):
    """Viewers opened a product card."""

    EVENT_TYPE: ClassVar[str] = "live.product_clicked"
    sku: str
    viewers: int = 0

    def check(self) -> str | None:
        return "viewers is negative" if self.viewers < 0 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveViolation(LiveEvent):
    """The platform reported a breach of its rules."""

    EVENT_TYPE: ClassVar[str] = "live.violation"
    severity: Severity
    host_id: str = ""
    reason_code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveStepPlanned(LiveEvent):
    """A step of the runbook (list, price change, coupon, pin) was planned; a higher revision moves or cancels it."""

    EVENT_TYPE: ClassVar[str] = "live.step_planned"
    WRITE: ClassVar[Write] = "upsert"
    step_id: str
    planned_at: Instant
    controller_id: str = ""
    is_cancelled: bool = False

    def restates(self) -> str | None:
        return f"step:{self.step_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveStepDone(LiveEvent):
    """A step of the runbook was carried out; `planned_at` counts when the step was not planned by itself."""

    EVENT_TYPE: ClassVar[str] = "live.step_done"
    step_id: str
    planned_at: Instant | None = None
    controller_id: str = ""
