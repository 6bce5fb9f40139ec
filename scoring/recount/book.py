"""The recount's own calendar, people, splits and sums."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import TypeVar
from zoneinfo import ZoneInfo

from scoring.events.base import Event
from scoring.money import exponent_of
from scoring.reference import Reference

Key = tuple[str, str, str]
MICRO = 1_000_000
SECOND_US = 1_000_000
NOBODY = "unassigned"
RANKS = {
    "brand": 1,
    "shop": 2,
    "channel": 3,
    "category": 4,
    "campaign": 5,
    "warehouse": 5,
    "supplier": 5,
    "cost_centre": 5,
    "partner": 5,
    "sku": 6,
    "session": 7,
}
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EventT = TypeVar("EventT", bound=Event)


@dataclass(frozen=True, slots=True)
class Credit:
    """Who did it: shares by employee in one dimension, with the local day that decides about teams."""

    dimension: str
    shares: dict[str, Fraction]
    day: str


def in_order(events: Iterable[EventT]) -> list[EventT]:
    """Facts by (occurred_at, source, event_id)."""
    return sorted(events, key=lambda fact: (fact.occurred_at, fact.source, fact.event_id))


def newest(facts: Iterable[EventT], key: Callable[[EventT], object]) -> list[EventT]:
    """Of the rows with one key the highest revision; of equal revisions the first."""
    best: dict[object, EventT] = {}
    for fact in in_order(facts):
        held = best.get(key(fact))
        if held is None or fact.revision > held.revision:
            best[key(fact)] = fact
    return list(best.values())


def split(total: int, shares: dict[str, Fraction]) -> dict[str, int]:
    """`total` in whole parts by share: floor each, then one more to the largest remainders, smallest id first."""
    exact = {name: abs(total) * share for name, share in shares.items()}
    parts = {name: amount.numerator // amount.denominator for name, amount in exact.items()}
    missing = abs(total) - sum(parts.values())
    for name in sorted(shares, key=lambda name: (parts[name] - exact[name], name))[:missing]:
        parts[name] += 1
    return parts if total >= 0 else {name: -part for name, part in parts.items()}


def equally(names: Iterable[str]) -> dict[str, Fraction]:
    """Equal shares of everybody listed (twice listed, twice the share); nobody listed: unassigned."""
    listed = list(names) or [NOBODY]
    return {name: Fraction(listed.count(name), len(listed)) for name in listed}


class Book:
    """Adds what each fact is worth to everybody it is worth something to."""

    def __init__(self, reference: Reference, first_day: str, last_day: str) -> None:
        self.reference, self.policy = reference, reference.policy
        self.zone = ZoneInfo(reference.company.zone)
        self.first_day, self.last_day = first_day, last_day
        self.parents = {team.id: team.parent for team in reference.teams}
        self.brands = {shop.id: shop.brand for shop in reference.shops}
        self.sums: dict[Key, int] = {}
        self.items: dict[Key, set[str]] = {}
        self.values: dict[Key, list[int]] = {}
        self.kept: dict[tuple[str, Key], list[tuple[str, str]]] = {}

    def local(self, us: int) -> datetime:
        return (EPOCH + timedelta(microseconds=us)).astimezone(self.zone)

    def day(self, us: int) -> str:
        return self.local(us).date().isoformat()

    def instant(self, day: date, clock: str = "00:00") -> int:
        """The UTC microseconds of a local time."""
        local = datetime(day.year, day.month, day.day, int(clock[:2]), int(clock[3:]), tzinfo=self.zone)
        return (local - EPOCH) // timedelta(microseconds=1)

    def end_of_day(self, us: int, days_later: int = 0) -> int:
        return self.instant(self.local(us).date() + timedelta(days=1 + days_later))

    def cut_at_midnights(self, start: int, end: int) -> list[tuple[int, int]]:
        pieces = []
        while start < end:
            stop = min(end, self.end_of_day(start))
            pieces.append((start, stop))
            start = stop
        return pieces

    def person(self, account: str, us: int) -> str:
        """Who used a platform account then, by shift, else on that day; a person's own id stands for the person."""
        for shift in self.reference.shifts:
            if shift.account == account and shift.start_at <= us < shift.end_at:
                return shift.person
        day = self.day(us)
        for person in self.reference.people:
            for row in person.accounts:
                if row.id == account and row.from_day <= day and (row.to_day is None or day < row.to_day):
                    return person.id
        return account if any(person.id == account for person in self.reference.people) else NOBODY

    def doer(self, account: str, us: int) -> str:
        """Who acted under an account that has shifts, as of the act; another account as it is."""
        has_shifts = any(shift.account == account for shift in self.reference.shifts)
        return self.person(account, us) if has_shifts else account

    def credit_person(self, dimension: str, account: str, us: int) -> Credit:
        return Credit(dimension, {self.person(account, us): Fraction(1)}, self.day(us))

    def credit_tag(self, dimension: str, tag: str, atom: dict[str, str], us: int) -> Credit:
        """The holders of a tag by the most specific assignment whose whole scope matches; the rest is nobody's."""
        day = self.day(us)
        best: list[int] | None = None
        shares: dict[str, Fraction] = {}
        place = {"brand": self.brands.get(atom["shop"], ""), **atom}
        for row in self.reference.assignments:
            in_force = row.from_day <= day and (row.to_day is None or day < row.to_day)
            if row.tag == tag and in_force and all(place.get(key) == value for key, value in row.scope):
                ranks = sorted((RANKS[key] for key, _ in row.scope), reverse=True)
                if best is None or ranks > best:
                    best, shares = ranks, {}
                if ranks == best:
                    shares[row.person] = shares.get(row.person, Fraction(0)) + row.share
        rest = 1 - sum(shares.values(), Fraction(0))
        return Credit(dimension, shares | {NOBODY: rest} if rest else shares, day)

    def teams(self, person_id: str, day: str) -> list[str]:
        """The team of the person's position on that day and all teams above it."""
        found: list[str] = []
        for person in self.reference.people:
            for row in person.positions if person.id == person_id else ():
                if not found and row.from_day <= day and (row.to_day is None or day < row.to_day):
                    team = row.team
                    while team:
                        found.append(team)
                        team = self.parents.get(team, "")
        return found

    def rate(self, currency: str, us: int) -> Fraction | None:
        """Company minor units for one minor unit of `currency` on the local day of `us`; None: no rate is known."""
        home, day = self.reference.company.currency, self.day(us)
        known = [row for row in self.reference.rates if row.currency == currency and row.day <= day]
        if currency == home:
            return Fraction(1)
        scale = Fraction(10 ** exponent_of(home), 10 ** exponent_of(currency))
        return max(known, key=lambda row: row.day).rate * scale if known else None

    def add(self, measure: str, shop: str, at: int, amount: int, credits: list[Credit]) -> None:
        """An amount to shop and company (not when `shop` is empty), and split within each dimension."""
        if not self.first_day <= self.day(at) <= self.last_day:
            return
        parts = {(f"s:{shop}", ""): amount, ("c:", ""): amount} if shop else {}
        for credit in credits:
            for person, part in split(amount, credit.shares).items():
                for owner in (f"e:{person}", *(f"t:{team}" for team in self.teams(person, credit.day))):
                    parts[owner, credit.dimension] = parts.get((owner, credit.dimension), 0) + part
        for (owner, dimension), part in parts.items():
            key = (owner, dimension, measure)
            self.sums[key] = self.sums.get(key, 0) + part

    def mark(self, measure: str, shop: str, at: int, item: str, credits: list[Credit]) -> None:
        """An item, counted once per owner in the period."""
        for key in self._whole_keys(measure, shop, at, credits):
            self.items.setdefault(key, set()).add(item)

    def note(self, measure: str, shop: str, at: int, value: int, credits: list[Credit]) -> None:
        """One value of a distribution."""
        for key in self._whole_keys(measure, shop, at, credits):
            self.values.setdefault(key, []).append(value)

    def keep(self, measure: tuple[str, str], shop: str, at: int, item: str, credits: list[Credit]) -> None:
        """One item of a multiset of another kind; `measure` is (name, kind).

        Kinds are those of `READERS`: "repeated", "last" (items "<us>:<value>"), "median", "standing" and "idle".
        """
        name, kind = measure
        for key in self._whole_keys(name, shop, at, credits):
            self.kept.setdefault((kind, key), []).append((self.day(at), item))

    def _whole_keys(self, measure: str, shop: str, at: int, credits: list[Credit]) -> set[Key]:
        if not self.first_day <= self.day(at) <= self.last_day:
            return set()
        keys = {(f"s:{shop}", "", measure), ("c:", "", measure)} if shop else set()
        for credit in credits:
            for person in credit.shares:
                keys.add((f"e:{person}", credit.dimension, measure))
                keys.update((f"t:{team}", credit.dimension, measure) for team in self.teams(person, credit.day))
        return keys

    def totals(self) -> dict[Key, Fraction]:
        """What has been added up; a distribution is read at its 90th percentile by nearest rank."""
        read = {key: Fraction(amount) for key, amount in self.sums.items()}
        read |= {key: Fraction(len(items)) for key, items in self.items.items()}
        for key, values in self.values.items():
            rank = (9 * len(values) + 9) // 10
            read[key] = Fraction(sorted(values)[rank - 1])
        read |= {key: READERS[kind](rows) for (kind, key), rows in self.kept.items()}
        return {key: value for key, value in read.items() if value}


def _repeated(rows: list[tuple[str, str]]) -> Fraction:
    days: dict[str, set[str]] = {}
    for day, item in rows:
        days.setdefault(item, set()).add(day)
    return Fraction(sum(len(seen) > 1 for seen in days.values()))


def _last(rows: list[tuple[str, str]]) -> Fraction:
    _, value = max((int(item.partition(":")[0]), Fraction(item.partition(":")[2])) for _, item in rows)
    return value


def _median(rows: list[tuple[str, str]]) -> Fraction:
    values = sorted(int(item) for _, item in rows)
    return Fraction(values[(len(values) - 1) // 2] + values[len(values) // 2], 2 * MICRO)


def _stock(rows: list[tuple[str, str]], idle: bool) -> Fraction:
    """Items are JSON: [goods, "sold"], or [goods, warehouse, instant, 1 there or 0 gone, cost, 1 old or 0 not]."""
    told = [json.loads(item) for _, item in rows]
    sold = [row[0] for row in told if len(row) == 2]
    total = 0
    for place in {(row[0], row[1]) for row in told if len(row) > 2}:
        _, is_there, cost, is_old = max(row[2:] for row in told if len(row) > 2 and (row[0], row[1]) == place)
        if is_there and (not idle or (is_old and place[0] not in sold)):
            total += cost
    return Fraction(total)


READERS: dict[str, Callable[[list[tuple[str, str]]], Fraction]] = {
    "standing": lambda rows: _stock(rows, idle=False),
    "idle": lambda rows: _stock(rows, idle=True),
    "repeated": _repeated,
    "last": _last,
    "median": _median,
}
