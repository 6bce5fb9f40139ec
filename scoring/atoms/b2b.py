"""A B2B inquiry and its buyer's day: was the first message of the day answered, and did the buyer pay in the end?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from scoring.atoms.base import SECOND, Case, Found, Projection, Setting, View
from scoring.atoms.credit import rep_of
from scoring.attribution import Spread
from scoring.events.base import Event, case_key, split_key
from scoring.events.partner import InquiryMarkedSpam, InquiryReceived, InquiryReplied

DAY = 86_400 * SECOND
CONVERSION_DAYS = 90


@dataclass(frozen=True, slots=True)
class ReceivedInquiry:
    """An inquiry that is not spam; converted when the buyer first pays for something new within 90 days."""

    shop: str
    credits: Mapping[str, Spread]
    received_at: int
    converted: int


@dataclass(frozen=True, slots=True)
class InquiryDay:
    """A buyer's day in a shop: its first inquiry alone counts; credited to the rep of that one."""

    shop: str
    credits: Mapping[str, Spread]
    received_at: int
    answered: bool
    within_24h: bool
    seconds: int


@dataclass(frozen=True, slots=True)
class _Asked:
    """An inquiry as its facts tell it; `replied_at` is the first answer of a human."""

    head: InquiryReceived
    replied_at: int | None

    @property
    def buyer(self) -> str:
        return self.head.buyer_id or f"inquiry:{self.head.inquiry_id}"


def _read(facts: Sequence[Event]) -> _Asked | None:
    """The inquiry of a case; None when nobody asked, or when it is spam."""
    received = [fact for fact in facts if isinstance(fact, InquiryReceived)]
    if not received or any(fact.is_spam for fact in received):
        return None
    at = received[0].occurred_at
    for fact in facts:
        if isinstance(fact, InquiryMarkedSpam) and _or(fact.marked_at, fact.occurred_at) <= at + DAY:
            return None
    replies = [
        _or(fact.replied_at, fact.occurred_at)
        for fact in facts
        if isinstance(fact, InquiryReplied) and not fact.is_robot
    ]
    return _Asked(received[0], min((reply for reply in replies if reply >= at), default=None))


def _or(value: int | None, other: int) -> int:
    return other if value is None else value


class B2bCase(Case):
    """The case of one B2B inquiry."""

    def publish(self, facts: Sequence[Event], setting: Setting) -> tuple[Projection, ...]:
        asked = _read(facts)
        if asked is None:
            return ()
        head = asked.head
        day = setting.attribution.days.day(head.occurred_at)
        value = (head.occurred_at, head.inquiry_id, asked.replied_at, head.agent_id, head.channel)
        wakes = (case_key("b2b_day", head.shop_id, asked.buyer, day),)
        return (Projection(case_key("inquiries", head.shop_id, asked.buyer), value, wakes),)

    def reads(self, key: str, facts: Sequence[Event]) -> tuple[str, ...]:
        asked = _read(facts)
        if asked is None or not asked.head.buyer_id:
            return ()
        return tuple(case_key(kind, asked.head.shop_id, asked.buyer) for kind in ("orders", "payments"))

    def find(self, key: str, facts: Sequence[Event], view: View, setting: Setting) -> Found:
        asked = _read(facts)
        if asked is None:
            return Found()
        head = asked.head
        at = head.occurred_at
        # An order or invoice from before the inquiry is no answer to it, whenever it is paid.
        bought = [(cast(int, begun), cast("int | None", paid)) for begun, paid in _purchases(asked, view)]
        won = any(begun >= at and paid is not None and paid <= at + CONVERSION_DAYS * DAY for begun, paid in bought)
        credit = {"rep": rep_of(head.agent_id, _scope(head.shop_id, head.channel, setting), at, setting)}
        return Found((("received_inquiry", ReceivedInquiry(head.shop_id, credit, at, int(won))),))


def _purchases(asked: _Asked, view: View) -> list[tuple[object, object]]:
    """(begun, first paid) of the buyer's orders and invoices."""
    shop = asked.head.shop_id
    rows = (
        *view.get(case_key("orders", shop, asked.buyer), ()),
        *view.get(case_key("payments", shop, asked.buyer), ()),
    )
    return [(begun, paid) for _, begun, paid in rows] if asked.head.buyer_id else []


def _scope(shop: str, channel: str, setting: Setting) -> dict[str, str]:
    return {"brand": setting.attribution.brand(shop), "shop": shop, "channel": channel}


class InquiryDayCase(Case):
    """The case of one buyer of a shop on one day; it has no facts of its own, only published inquiries."""

    def reads(self, key: str, facts: Sequence[Event]) -> tuple[str, ...]:
        _, shop, buyer, _ = split_key(key)
        return (case_key("inquiries", shop, buyer),)

    def find(self, key: str, facts: Sequence[Event], view: View, setting: Setting) -> Found:
        _, shop, buyer, day = split_key(key)
        rows = cast("Sequence[tuple[int, str, int | None, str, str]]", view.get(case_key("inquiries", shop, buyer), ()))
        today = [row for row in rows if setting.attribution.days.day(row[0]) == day]
        if not today:
            return Found()
        at, _, replied_at, agent, channel = min(today, key=lambda row: row[:2])
        waited = None if replied_at is None else replied_at - at
        atom = InquiryDay(
            shop=shop,
            credits={"rep": rep_of(agent, _scope(shop, channel, setting), at, setting)},
            received_at=at,
            answered=waited is not None,
            within_24h=waited is not None and waited <= DAY,
            seconds=0 if waited is None else waited // SECOND,
        )
        return Found((("inquiry_day", atom),))
