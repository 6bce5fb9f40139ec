"""Credit of an order: shop owners per line, hosts on air, the room's operators, and the agent who advised."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from scoring.atoms.base import Setting, Value, View
from scoring.atoms.room import LiveCredit
from scoring.attribution import Spread
from scoring.events.base import case_key
from scoring.events.order import OrderLine
from scoring.reference import UNASSIGNED

LINE_DIMENSIONS = ("agent", "bd", "campaign", "host", "live_op", "rep", "shop")
"""Dimensions that a line of an order can be credited in; the policy `precedence` ranks some of them."""

_OF_A_ROOM = ("host", "live_op")
_NOBODY = (f"e:{UNASSIGNED}",)


@dataclass(frozen=True, slots=True)
class Touch:
    """What touched an order: its channel, live session and the employee named on it."""

    channel: str
    session: str
    agent: str
    campaign: str = ""
    partner: str = ""


@dataclass(frozen=True, slots=True)
class Talk:
    """A human pre-sale conversation as other cases see it; both lists are (account, instant) in order of time."""

    session: str
    first_at: int
    replies: tuple[tuple[str, int], ...]
    holders: tuple[tuple[str, int], ...]


Entries = list[tuple[int, str]]


def read_talks(rows: Sequence[Value]) -> list[Talk]:
    """Published conversations, in order of their first customer message; merged ones are one."""
    parts: dict[str, list[tuple[int | None, Entries, Entries]]] = defaultdict(list)
    for row in rows:
        for session, first_at, replies, holders in cast("Sequence[Value]", row):
            parts[cast(str, session)].append((cast("int | None", first_at), _entries(replies), _entries(holders)))
    talks = []
    for session, pieces in parts.items():
        first = min((first_at for first_at, _, _ in pieces if first_at is not None), default=None)
        replies = _joined([said for _, said, _ in pieces])
        holders = _joined([held for _, _, held in pieces])
        if first is not None and holders:
            talks.append(Talk(session, first, replies, holders))
    return sorted(talks, key=lambda talk: (talk.first_at, talk.session))


def _entries(value: object) -> Entries:
    return [(at, account) for account, at in cast("Iterable[tuple[str, int]]", value)]


def _joined(lists: Sequence[Entries]) -> tuple[tuple[str, int], ...]:
    one = lists[0] if len(lists) == 1 else sorted(entry for entries in lists for entry in entries)
    return tuple((account, at) for at, account in one)


def inquiry_deadline(first_at: int, setting: Setting) -> int:
    """The instant before which a payment still counts for an inquiry: the end of local day d + W (2-events §2.6-11)."""
    days = setting.attribution.days
    start = days.start_of_day_us(days.day(first_at))
    # Half a day beyond the last midnight, so that days of 23 and 25 hours end where the calendar says.
    last = days.day(start + setting.policy.inquiry_window_days * 86_400_000_000 + 43_200_000_000)
    return days.end_of_day_us(last)


def advisers(talks: Sequence[Talk], placed_at: int, paid_at: int, setting: Setting) -> list[str]:
    """The accounts credited with an order, by the policy's `inquiry_credit`; nobody when no inquiry led to it.

    By message share an account is named once for each of its replies before the order.
    """
    led = [talk for talk in talks if talk.first_at < placed_at and paid_at < inquiry_deadline(talk.first_at, setting)]
    mode = setting.policy.inquiry_credit
    for lists in ([talk.replies for talk in led], [talk.holders for talk in led]):
        said = sorted(
            (at, talk.session, place, account)
            for talk, entries in zip(led, lists, strict=True)
            for place, (account, at) in enumerate(entries)
            if at < placed_at
        )
        if said:
            accounts = [account for _, _, _, account in said]
            chosen = {"last_agent_before_order": accounts[-1:], "first_agent": accounts[:1]}
            return chosen.get(mode, accounts)
    return []


def of_advisers(accounts: Sequence[str], at: int, setting: Setting) -> Spread:
    """Credit of an order's advisers at an instant: equal shares, or by the number of their messages."""
    people = [setting.attribution.person(account, at) for account in accounts]
    by_message = setting.policy.inquiry_credit == "by_message_share"
    return setting.attribution.of_people(people if by_message else sorted(set(people)), at)


def rep_of(account: str, scope: Mapping[str, str], at: int, setting: Setting) -> Spread:
    """The sales rep who is named, else the holders of the tag `rep`."""
    if account:
        return setting.attribution.of_people([setting.attribution.person(account, at)], at)
    return setting.attribution.of_tag("rep", scope, at)


def exclusive(credits: Mapping[str, Spread], is_live: bool, at: int, setting: Setting) -> Spread:
    """Dimension `exclusive`: all of a line to the first dimension of the precedence that credits somebody known.

    Those of a room come into it only when the line is a sale of the room, as in the KPIs that they are paid by.
    """
    for dimension in setting.policy.precedence:
        spread = credits.get(dimension)
        if spread is not None and spread.people != _NOBODY and (is_live or dimension not in _OF_A_ROOM):
            return spread
    return setting.attribution.of_people((), at)


class OrderCredit:
    """Answers who is credited with an order, in each dimension."""

    def __init__(self, shop: str, touch: Touch, view: View, setting: Setting) -> None:
        self.shop = shop
        self.touch = touch
        self.view = view
        self.setting = setting
        self._scope = {"brand": setting.attribution.brand(shop), "shop": shop, "channel": touch.channel}
        self.live = LiveCredit({**self._scope, "session": touch.session}, view, setting) if touch.session else None

    def owners(self, category: str, sku: str, at: int) -> Spread:
        """Dimension `shop`: holders of the tag `owner`, or the employee named on the order when the policy says so."""
        if self.setting.policy.order_owner == "agent" and self.touch.agent:
            return self.setting.attribution.of_people([self.setting.attribution.person(self.touch.agent, at)], at)
        return self.setting.attribution.of_tag("owner", {**self._scope, "category": category, "sku": sku}, at)

    def purchasers(self, line: OrderLine, at: int) -> Spread:
        """Dimension `purchaser`: holders of the tag `purchaser` for the supplier of a line."""
        goods = {"supplier": line.supplier_id, "category": line.category, "sku": line.sku}
        return self.setting.attribution.of_tag("purchaser", {**self._scope, **goods}, at)

    def warehouse(self, warehouse: str, at: int) -> Spread:
        """Dimension `warehouse`: holders of the tag `warehouse`."""
        return self.setting.attribution.of_tag("warehouse", {**self._scope, "warehouse": warehouse}, at)

    def order_level(self, buyer: str, placed_at: int, paid_at: int) -> dict[str, Spread]:
        """Dimensions that are the same for all lines, such as agent when an inquiry led to the order."""
        attribution = self.setting.attribution
        credits: dict[str, Spread] = {}
        if self.touch.campaign:
            scope = {**self._scope, "campaign": self.touch.campaign}
            credits["campaign"] = attribution.of_tag("campaign", scope, paid_at)
        if self.touch.partner:
            credits["bd"] = attribution.of_tag("bd", {**self._scope, "partner": self.touch.partner}, paid_at)
        if self.touch.agent or self.touch.channel == "b2b":
            credits["rep"] = rep_of(self.touch.agent, self._scope, paid_at, self.setting)
        if buyer:
            talks = read_talks(self.view.get(case_key("chats", self.shop, buyer), ()))
            found = advisers(talks, placed_at, paid_at, self.setting) if talks else []
            if found:
                credits["agent"] = of_advisers(found, paid_at, self.setting)
        return credits
