"""A member of a shop: joined, left, active; the case reads the orders that the same buyer paid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scoring.atoms.base import Atom, Case, Found, Setting, View
from scoring.attribution import Spread
from scoring.events.base import Event, case_key, split_key
from scoring.events.member import MemberInteracted, MemberJoined, MemberLeft


@dataclass(frozen=True, slots=True)
class MemberChange:
    """One member more or less; both are credited to the shop's owners when the member joined."""

    shop: str
    credits: Mapping[str, Spread]
    changed_at: int
    change: int


@dataclass(frozen=True, slots=True)
class MemberActivity:
    """An interaction or a paid order while the buyer was a member; credited like the membership."""

    shop: str
    credits: Mapping[str, Spread]
    active_at: int
    member: str


@dataclass(frozen=True, slots=True)
class _Stay:
    """A membership from an instant until before another one."""

    credits: Mapping[str, Spread]
    joined_at: int
    left_at: int | None

    def holds(self, at: int) -> bool:
        return self.joined_at <= at and (self.left_at is None or at < self.left_at)


class MemberCase(Case):
    """The case of one member of a shop."""

    def reads(self, key: str, facts: Sequence[Event]) -> tuple[str, ...]:
        _, shop, member = split_key(key)
        return (case_key("orders", shop, member),) if facts else ()

    def find(self, key: str, facts: Sequence[Event], view: View, setting: Setting) -> Found:
        _, shop, member = split_key(key)
        stays = _stays(facts, setting)
        atoms: list[tuple[str, Atom]] = []
        for stay in stays:
            atoms.append(("member_change", MemberChange(shop, stay.credits, stay.joined_at, 1)))
            if stay.left_at is not None:
                atoms.append(("member_change", MemberChange(shop, stay.credits, stay.left_at, -1)))
        acts = [fact.occurred_at for fact in facts if isinstance(fact, MemberInteracted)]
        acts += [paid for _, _, paid in view.get(case_key("orders", shop, member), ()) if isinstance(paid, int)]
        atoms.extend(
            ("member_activity", MemberActivity(shop, stay.credits, at, f"{shop}|{member}"))
            for at in acts
            for stay in stays
            if stay.holds(at)
        )
        return Found(tuple(atoms))


def _stays(facts: Sequence[Event], setting: Setting) -> list[_Stay]:
    """Memberships in order; joining twice is joining once, and who never joined can not leave."""
    stays: list[_Stay] = []
    joined: MemberJoined | None = None
    for fact in facts:
        if isinstance(fact, MemberJoined) and joined is None:
            joined = fact
        elif isinstance(fact, MemberLeft) and joined is not None:
            stays.append(_Stay(_credit(joined, setting), joined.occurred_at, fact.occurred_at))
            joined = None
    if joined is not None:
        stays.append(_Stay(_credit(joined, setting), joined.occurred_at, None))
    return stays


def _credit(fact: MemberJoined, setting: Setting) -> Mapping[str, Spread]:
    scope = {"brand": setting.attribution.brand(fact.shop_id), "shop": fact.shop_id, "channel": fact.channel}
    return {"shop": setting.attribution.of_tag("owner", scope, fact.occurred_at)}
