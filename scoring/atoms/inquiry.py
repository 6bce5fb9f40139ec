"""A customer's inquiry day: asked before buying, and did they buy? (2-events.md §2.6-11)"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from scoring.atoms.base import Case, Found, Setting, View
from scoring.atoms.credit import Talk, advisers, inquiry_deadline, read_talks
from scoring.attribution import Spread
from scoring.events.base import Event, case_key, split_key


@dataclass(frozen=True, slots=True)
class Inquiry:
    """A customer who asked on a day; credited to every agent who advised."""

    shop: str
    credits: Mapping[str, Spread]
    asked_at: int
    customer_day: str


@dataclass(frozen=True, slots=True)
class Conversion:
    """The same customer, when the inquiry led to a paid order; credited to the agents of that order."""

    shop: str
    credits: Mapping[str, Spread]
    asked_at: int
    customer_day: str


class InquiryCase(Case):
    """The case of one customer of a shop on one day; it has no facts of its own, only published values."""

    def reads(self, key: str, facts: Sequence[Event]) -> tuple[str, ...]:
        _, shop, customer, _ = split_key(key)
        return (case_key("chats", shop, customer), case_key("orders", shop, customer))

    def find(self, key: str, facts: Sequence[Event], view: View, setting: Setting) -> Found:
        _, shop, customer, day = split_key(key)
        talks = read_talks(view.get(case_key("chats", shop, customer), ()))
        today = [talk for talk in talks if setting.attribution.days.day(talk.first_at) == day]
        orders = [
            (cast(int, paid), cast(str, order_id), cast(int, placed))
            for order_id, placed, paid in view.get(case_key("orders", shop, customer), ())
            if paid is not None
        ]
        if not today:
            return Found()
        first = today[0].first_at
        if any(paid < first and setting.attribution.days.day(paid) == day for paid, _, _ in orders):
            return Found()
        name = f"{shop}|{customer}|{day}"
        people = _advisers(today, first, setting)
        asked = Inquiry(shop, {"agent": setting.attribution.of_people(people, first)}, first, name)
        deadline = inquiry_deadline(first, setting)
        bought = sorted(order for order in orders if order[2] > first and order[0] < deadline)
        if not bought:
            return Found((("inquiry", asked),))
        paid, _, placed = bought[0]
        sellers = {setting.attribution.person(one, first) for one in advisers(talks, placed, paid, setting)}
        found = sorted(sellers & set(people))
        credit = {"agent": setting.attribution.of_people(found, first)} if found else {}
        return Found((("inquiry", asked), ("conversion", Conversion(shop, credit, first, name))))


def _advisers(talks: Sequence[Talk], at: int, setting: Setting) -> list[str]:
    """Everybody who replied; when nobody did, the last holder of each conversation."""
    accounts = {account for talk in talks for account, _ in talk.replies}
    accounts = accounts or {talk.holders[-1][0] for talk in talks if talk.holders}
    return sorted({setting.attribution.person(account, at) for account in accounts})
