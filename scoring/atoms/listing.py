"""The listing of one SKU in one shop: published, changed, wrong, optimised, and the trial of a new product."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from typing import cast

from scoring.atoms.base import Atom, Case, Found, Projection, Setting, View, latest_rows
from scoring.atoms.sku import DAY, DECIDED_AFTER, LAUNCH, life_key, owners_of
from scoring.attribution import Spread
from scoring.events.base import Event
from scoring.events.inventory import (
    ListingChanged,
    ListingError,
    ListingEvent,
    ListingPlanned,
    ListingPublished,
    ListingStats,
)
from scoring.money import round_half_up
from scoring.period import parse_day

MILLION = 1_000_000
OPTIMISATION_DAYS = 14


@dataclass(frozen=True, slots=True)
class ListingWork:
    """A listing published or changed."""

    shop: str
    credits: Mapping[str, Spread]
    done_at: int
    is_publication: bool


@dataclass(frozen=True, slots=True)
class ListingMistake:
    """A confirmed error, credited to the publisher that it names, else to whoever worked on the listing last."""

    shop: str
    credits: Mapping[str, Spread]
    found_at: int


@dataclass(frozen=True, slots=True)
class ListingDue:
    """A listing that was due, and whether it was there in time."""

    shop: str
    credits: Mapping[str, Spread]
    due_at: int
    on_time: int


@dataclass(frozen=True, slots=True)
class Launch:
    """A new product at the end of its first 60 days, when it is decided whether it succeeded."""

    shop: str
    credits: Mapping[str, Spread]
    decided_at: int
    product: str
    trial: str


@dataclass(frozen=True, slots=True)
class Optimisation:
    """How much better a listing converts in the 14 days after a change than in those before, in millionths."""

    shop: str
    credits: Mapping[str, Spread]
    shown_at: int
    uplift: str


class ListingCase(Case):
    """The case of one SKU's listing in a shop."""

    def publish(self, facts: Sequence[Event], setting: Setting) -> tuple[Projection, ...]:
        launch = _launch(facts)
        if launch is None:
            return ()
        head, at = launch
        return (Projection(life_key(head.shop_id, head.sku), (LAUNCH, at, head.category)),)

    def find(self, key: str, facts: Sequence[Event], view: View, setting: Setting) -> Found:
        atoms: list[tuple[str, object]] = []
        publisher = ""
        for fact in facts:
            if isinstance(fact, ListingPublished | ListingChanged):
                publisher = fact.publisher_id or publisher
                credit = _by(fact.publisher_id, fact.occurred_at, setting)
                is_publication = isinstance(fact, ListingPublished)
                atoms.append(("listing_work", ListingWork(fact.shop_id, credit, fact.occurred_at, is_publication)))
            elif isinstance(fact, ListingError):
                credit = _by(fact.publisher_id or publisher, fact.occurred_at, setting)
                atoms.append(("listing_mistake", ListingMistake(fact.shop_id, credit, fact.occurred_at)))
        atoms += [("listing_due", due) for due in _dues(facts, setting)]
        atoms += [("launch", launch) for launch in _trial(facts, setting)]
        atoms += [("optimisation", better) for better in _optimisations(facts, setting)]
        return Found(tuple((kind, cast(Atom, atom)) for kind, atom in atoms))


def _by(publisher: str, at: int, setting: Setting) -> dict[str, Spread]:
    return {"publisher": setting.attribution.of_people([setting.attribution.person(publisher, at)], at)}


def _launch(facts: Sequence[Event]) -> tuple[ListingPublished, int] | None:
    """The publication with the earliest launch, and that instant; putting goods on sale again makes nothing new."""
    published = [fact for fact in facts if isinstance(fact, ListingPublished)]
    if not published:
        return None
    first = min(published, key=_launched_at)
    return first, _launched_at(first)


def _launched_at(fact: ListingPublished) -> int:
    return fact.occurred_at if fact.launch_at is None else fact.launch_at


def _dues(facts: Sequence[Event], setting: Setting) -> list[ListingDue]:
    """One obligation for each due time that a plan or a publication names."""
    published = [fact for fact in facts if isinstance(fact, ListingPublished)]
    named: dict[int, ListingEvent] = {}
    for fact in facts:
        if isinstance(fact, ListingPublished | ListingPlanned) and fact.due_at is not None:
            kept = named.get(fact.due_at)
            if kept is None or (isinstance(kept, ListingPlanned) and isinstance(fact, ListingPublished)):
                named[fact.due_at] = fact
    found = []
    for due, fact in sorted(named.items()):
        on_time = any(row.occurred_at <= due and row.due_at in (None, due) for row in published)
        found.append(ListingDue(fact.shop_id, _by(fact.publisher_id, due, setting), due, int(on_time)))
    return found


def _trial(facts: Sequence[Event], setting: Setting) -> list[Launch]:
    launch = _launch(facts)
    if launch is None:
        return []
    head, at = launch
    decided_at = at + DECIDED_AFTER
    owners = owners_of(setting, head.shop_id, head.category, head.sku, decided_at)
    product = f"{head.shop_id}|{head.sku}"
    policy = setting.policy
    goal = f"goal:{policy.new_product_units}:{policy.new_product_margin}:0:{product}"
    return [Launch(head.shop_id, {"shop": owners}, decided_at, product, goal)]


def _optimisations(facts: Sequence[Event], setting: Setting) -> list[Optimisation]:
    days = setting.attribution.days
    counts: dict[str, tuple[int, int]] = {}
    for row in latest_rows(facts):
        if isinstance(row, ListingStats):
            visitors, buyers = counts.get(days.day(row.day_at), (0, 0))
            counts[days.day(row.day_at)] = visitors + row.visitors, buyers + row.buyers
    found = []
    for fact in facts:
        if not isinstance(fact, ListingChanged) or not fact.is_optimisation:
            continue
        changed_at = fact.occurred_at if fact.changed_at is None else fact.changed_at
        day = days.day(changed_at)
        visitors, buyers = _sum_of(counts, day, -1)
        visitors_after, buyers_after = _sum_of(counts, day, 1)
        if not (visitors and buyers and visitors_after):
            continue
        shown_at = changed_at + OPTIMISATION_DAYS * DAY
        gain = buyers_after * visitors - buyers * visitors_after
        uplift = round_half_up(Fraction(gain * MILLION, buyers * visitors_after))
        owners = owners_of(setting, fact.shop_id, fact.category, fact.sku, shown_at)
        found.append(Optimisation(fact.shop_id, {"shop": owners}, shown_at, str(uplift)))
    return found


def _sum_of(counts: Mapping[str, tuple[int, int]], day: str, step: int) -> tuple[int, int]:
    """Visitors and buyers of the 14 days before (-1) or after (1) a day; the day itself is half of both."""
    visitors = buyers = 0
    for distance in range(1, OPTIMISATION_DAYS + 1):
        more = counts.get((parse_day(day) + timedelta(days=step * distance)).isoformat(), (0, 0))
        visitors, buyers = visitors + more[0], buyers + more[1]
    return visitors, buyers
