"""Members of a shop: joined, left, interacted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from scoring.events.base import Event, case_key


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberEvent(Event):
    """What all member events share; `member_id` is the hashed buyer id (G11)."""

    member_id: str

    def case(self) -> str:
        return case_key("member", self.shop_id, self.member_id)

    def subject(self) -> str:
        return case_key("customer", self.shop_id, self.member_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberJoined(MemberEvent):
    """A buyer became a member of the shop."""

    EVENT_TYPE: ClassVar[str] = "member.joined"


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberLeft(MemberEvent):
    """A member left the shop's membership."""

    EVENT_TYPE: ClassVar[str] = "member.left"


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberInteracted(MemberEvent):
    """A member did something in the shop's private domain: opened a message, checked in, redeemed points."""

    EVENT_TYPE: ClassVar[str] = "member.interacted"
    action: str = ""
