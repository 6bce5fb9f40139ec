"""A partner (an influencer who sells for the company): contacts, samples, first livestreams, deals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scoring.atoms.base import SECOND, Atom, Case, Found, Setting, View
from scoring.attribution import Spread
from scoring.events.base import Event
from scoring.events.partner import PartnerContacted, PartnerDeal, PartnerFirstLive, PartnerSampleSent

DAY = 86_400 * SECOND
LIVE_DAYS = 30


@dataclass(frozen=True, slots=True)
class PartnerContact:
    """A contact in which the partner answered."""

    shop: str
    credits: Mapping[str, Spread]
    contacted_at: int
    partner: str


@dataclass(frozen=True, slots=True)
class Sample:
    """A sample 30 days after it went out, when it is known whether the partner showed the product by then."""

    shop: str
    credits: Mapping[str, Spread]
    matures_at: int
    went_live: int


@dataclass(frozen=True, slots=True)
class Deal:
    """A signed deal with its weight in millionths; credited to who signed it."""

    shop: str
    credits: Mapping[str, Spread]
    signed_at: int
    weight: int


class PartnerCase(Case):
    """The case of one partner."""

    def find(self, key: str, facts: Sequence[Event], view: View, setting: Setting) -> Found:
        attribution, atoms = setting.attribution, list[tuple[str, Atom]]()
        shown = _shown(facts)
        for fact in facts:
            at = fact.occurred_at
            if isinstance(fact, PartnerContacted) and fact.two_way:
                contact = PartnerContact(fact.shop_id, {"bd": _owner(fact, at, setting)}, at, fact.partner_id)
                atoms.append(("partner_contact", contact))
            elif isinstance(fact, PartnerSampleSent):
                ripe = at + LIVE_DAYS * DAY
                sample = Sample(fact.shop_id, {"bd": _owner(fact, ripe, setting)}, ripe, int(_name(fact) in shown))
                atoms.append(("sample", sample))
            elif isinstance(fact, PartnerDeal):
                signer = attribution.of_people([attribution.person(fact.subject_id, at)], at)
                atoms.append(("deal", Deal(fact.shop_id, {"self": signer}, at, fact.weight)))
        return Found(tuple(atoms))


def _owner(fact: PartnerContacted | PartnerSampleSent, at: int, setting: Setting) -> Spread:
    shop = {"brand": setting.attribution.brand(fact.shop_id), "shop": fact.shop_id, "channel": fact.channel}
    return setting.attribution.of_tag("bd", {**shop, "partner": fact.partner_id}, at)


def _name(fact: Event) -> tuple[str, str]:
    return fact.source, fact.event_id


def _shown(facts: Sequence[Event]) -> set[tuple[str, str]]:
    """Samples that a first livestream followed within 30 days; each livestream follows the last sample before it."""
    shown = set()
    for live in facts:
        if not isinstance(live, PartnerFirstLive):
            continue
        before = [
            fact
            for fact in facts
            if isinstance(fact, PartnerSampleSent)
            and live.occurred_at - LIVE_DAYS * DAY <= fact.occurred_at <= live.occurred_at
            and (fact.sku == live.sku or not fact.sku or not live.sku)
        ]
        if before:
            shown.add(_name(before[-1]))
    return shown
