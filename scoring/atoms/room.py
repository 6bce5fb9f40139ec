"""A livestream session as other cases see it, and who is credited in it: hosts on air, the host who explained."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import cast

from scoring.atoms.base import MINUTE, Setting, Value, View
from scoring.attribution import Spread
from scoring.events.base import case_key

EXPLAINED_WITHIN = 10 * MINUTE


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
class LiveRefund:
    """A refund of a live order, dated at its payment; credited to its hosts only where they answer for it."""

    shop: str
    credits: Mapping[str, object]
    paid_at: int
    amount: int
    amount_before: int


def answerable(credits: Mapping[str, object], responsible: str, setting: Setting) -> Mapping[str, object]:
    """The credit of a refund without the hosts when, by the company's choice, they do not answer for its cause."""
    if responsible in setting.policy.host_refund_responsible:
        return credits
    return {dimension: spread for dimension, spread in credits.items() if dimension != "host"}


def explained_key(shop: str, session: str) -> str:
    """The key under which a session tells who explained what; told only when the company credits sales by it."""
    return case_key("explained", shop, session)


def place_of(shop: str, channel: str, session: str, setting: Setting) -> dict[str, str]:
    """What assignments of a session's work can name."""
    return {"brand": setting.attribution.brand(shop), "shop": shop, "channel": channel, "session": session}


def host_spread(people: Sequence[str], place: Mapping[str, str], at: int, setting: Setting) -> Spread:
    """Credit of those on air: equal, or as the tag `host` says when it names everybody who is on air."""
    attribution = setting.attribution
    present = set(people)
    if len(present) > 1:
        configured = attribution.of_tag("host", place, at)
        weights = dict(zip(configured.people, configured.weights, strict=True))
        if all(f"e:{person}" in weights for person in present):
            whole = sum(weights[f"e:{person}"] for person in present)
            return attribution.of_shares({person: Fraction(weights[f"e:{person}"], whole) for person in present}, at)
    return attribution.of_people(people, at)


class LiveCredit:
    """Who is credited with what a session sold: hosts by the company's rule, and the room's operators."""

    def __init__(self, place: Mapping[str, str], view: View, setting: Setting) -> None:
        self.place = place
        self.setting = setting
        self.room = read_room(view.get(case_key("live", place["shop"], place["session"]), ()))
        self._explained = view.get(explained_key(place["shop"], place["session"]), ())

    def spreads(self, sku: str, placed_at: int, paid_at: int | None = None) -> dict[str, Spread]:
        """Dimensions host and live_op of a piece of an order (2-events.md §2.4)."""
        rule = self.setting.policy.host_credit
        at = paid_at if rule == "on_air_at_paid" and paid_at is not None else placed_at
        explainer = self._explainer(sku, placed_at) if rule == "last_explained" else None
        people = self.room.hosts(at, self.setting) if explainer is None else [explainer]
        operators = self.setting.attribution.of_tag("live_op", self.place, placed_at)
        return {"host": host_spread(people, self.place, at, self.setting), "live_op": operators}

    def _explainer(self, sku: str, placed_at: int) -> str | None:
        """The host who last explained the product in the ten minutes before the buyer decided."""
        rows = cast("Iterable[tuple[int, str, str]]", self._explained[0][0]) if self._explained else ()
        told = [
            (at, host) for at, name, host in rows if name == sku and placed_at - EXPLAINED_WITHIN <= at <= placed_at
        ]
        if not told:
            return None
        at, host = told[-1]
        return self.setting.attribution.person(host, at)
