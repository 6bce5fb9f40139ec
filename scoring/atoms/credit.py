"""Credit of an order: shop owners per line, hosts on air, the room's operators, and the agent who advised."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import cast

from scoring.atoms.base import Setting, Value, View
from scoring.attribution import Spread
from scoring.events.base import case_key
from scoring.reference import UNASSIGNED


@dataclass(frozen=True, slots=True)
class Touch:
    """What touched an order: its channel, live session and the employee named on it."""

    channel: str
    session: str
    agent: str


@dataclass(frozen=True, slots=True)
class Room:
    """A live session as other cases see it; segments are (host account, on, off)."""

    start: int | None = None
    end: int | None = None
    segments: tuple[tuple[str, int, int], ...] = ()
    title: str = ""

    def hosts(self, at: int, setting: Setting) -> list[str]:
        """Employees on air at an instant; an account maps to an employee at the start of its segment."""
        return [setting.attribution.person(host, on) for host, on, off in self.segments if on <= at < off]


def read_room(rows: Sequence[Value]) -> Room:
    """The room of a published session, empty when the session is not known (yet)."""
    if not rows:
        return Room()
    start, end, segments, title = rows[0]
    spans = tuple((host, on, off) for host, on, off in cast("Iterable[tuple[str, int, int]]", segments))
    return Room(cast("int | None", start), cast("int | None", end), spans, cast(str, title))


@dataclass(frozen=True, slots=True)
class Talk:
    """A human pre-sale conversation as other cases see it; both lists are (account, instant) in order of time."""

    session: str
    first_at: int
    replies: tuple[tuple[str, int], ...]
    holders: tuple[tuple[str, int], ...]


def read_talks(rows: Sequence[Value]) -> list[Talk]:
    """Published conversations, in order of their first customer message."""
    talks = []
    for session, first_at, replies, holders in rows:
        pairs = [
            tuple((account, at) for account, at in cast("Iterable[tuple[str, int]]", part))
            for part in (replies, holders)
        ]
        talks.append(Talk(cast(str, session), cast(int, first_at), pairs[0], pairs[1]))
    return sorted(talks, key=lambda talk: (talk.first_at, talk.session))


def inquiry_deadline(first_at: int, setting: Setting) -> int:
    """The instant before which a payment still counts for an inquiry: the end of local day d + W (2-events §2.6-11)."""
    days = setting.attribution.days
    start = days.start_of_day_us(days.day(first_at))
    # Half a day beyond the last midnight, so that days of 23 and 25 hours end where the calendar says.
    last = days.day(start + setting.policy.inquiry_window_days * 86_400_000_000 + 43_200_000_000)
    return days.end_of_day_us(last)


def adviser(talks: Sequence[Talk], placed_at: int, paid_at: int, setting: Setting) -> str | None:
    """The account of the last agent before the order, or None when no inquiry led to it."""
    led = [talk for talk in talks if talk.first_at < placed_at and paid_at < inquiry_deadline(talk.first_at, setting)]
    for lists in ([talk.replies for talk in led], [talk.holders for talk in led]):
        said = [
            (at, talk.session, place, account)
            for talk, entries in zip(led, lists, strict=True)
            for place, (account, at) in enumerate(entries)
            if at < placed_at
        ]
        if said:
            return max(said)[3]
    return None


class OrderCredit:
    """Answers who is credited with an order, in each dimension."""

    def __init__(self, shop: str, touch: Touch, view: View, setting: Setting) -> None:
        self.shop = shop
        self.touch = touch
        self.view = view
        self.setting = setting
        self.session = read_room(view.get(case_key("live", shop, touch.session), ())) if touch.session else Room()
        self._scope = {"brand": setting.attribution.brand(shop), "shop": shop, "channel": touch.channel}

    def owners(self, category: str, sku: str, at: int) -> Spread:
        """Dimension `shop`: holders of the tag `owner`, or the employee named on the order when the policy says so."""
        if self.setting.policy.order_owner == "agent" and self.touch.agent:
            return self.setting.attribution.of_people([self.setting.attribution.person(self.touch.agent, at)], at)
        return self.setting.attribution.of_tag("owner", {**self._scope, "category": category, "sku": sku}, at)

    def warehouse(self, warehouse: str, at: int) -> Spread:
        """Dimension `warehouse`: holders of the tag `warehouse`."""
        return self.setting.attribution.of_tag("warehouse", {**self._scope, "warehouse": warehouse}, at)

    def order_level(self, buyer: str, placed_at: int, paid_at: int) -> dict[str, Spread]:
        """Dimensions that are the same for all lines: host and live_op, and agent when an inquiry led to the order."""
        attribution = self.setting.attribution
        credits: dict[str, Spread] = {}
        if self.touch.session:
            on_air = self.session.hosts(placed_at, self.setting) or [UNASSIGNED]
            credits["host"] = attribution.of_people(on_air, placed_at)
            credits["live_op"] = attribution.of_tag("live_op", self._scope, placed_at)
        if buyer:
            talks = read_talks(self.view.get(case_key("chats", self.shop, buyer), ()))
            found = adviser(talks, placed_at, paid_at, self.setting) if talks else None
            if found:
                credits["agent"] = attribution.of_people([attribution.person(found, paid_at)], paid_at)
        return credits
