"""Who is credited: resolves accounts, assignments and teams as of an instant; shares always sum to exactly one."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from scoring.money import split_whole
from scoring.period import LocalDays
from scoring.reference import UNASSIGNED, Account, Assignment, Reference, Shift

_SPECIFICITY = {
    "session": 128,
    "sku": 64,
    "campaign": 32,
    "warehouse": 32,
    "supplier": 32,
    "cost_centre": 32,
    "partner": 32,
    "category": 16,
    "channel": 8,
    "shop": 4,
    "brand": 2,
}
_CACHED = 200_000


@dataclass(frozen=True, slots=True)
class Spread:
    """Credit for one piece of work, ready to be added to cells.

    `people` are owner keys in ascending order of employee id, `weights` their integer weights that sum to `whole`.
    `teams` are the teams above them on that day, each with the positions of its members in `people`.
    """

    people: tuple[str, ...]
    weights: tuple[int, ...]
    whole: int
    teams: tuple[tuple[str, tuple[int, ...]], ...]

    def split(self, amount: int, before: int = 0) -> tuple[int, ...]:
        """Parts of `amount` per person. `before` is what of the same line was split earlier.

        Splitting the running total and taking differences makes a full refund net to zero for everybody.
        """
        if len(self.people) == 1:
            return (amount,)
        after = split_whole(before + amount, self.weights, self.whole)
        if not before:
            return after
        earlier = split_whole(before, self.weights, self.whole)
        return tuple(late - early for late, early in zip(after, earlier, strict=True))


class Attribution:
    """Answers credit questions from effective-dated reference records; answers are cached per local day."""

    def __init__(self, reference: Reference, days: LocalDays) -> None:
        self.reference = reference
        self.days = days
        self._brands = {shop.id: shop.brand for shop in reference.shops}
        self._people = {person.id: person for person in reference.people}
        self._parents = {team.id: team.parent for team in reference.teams}
        self._accounts: dict[str, list[tuple[Account, str]]] = defaultdict(list)
        for person in reference.people:
            for account in person.accounts:
                self._accounts[account.id].append((account, person.id))
        self._shifts: dict[str, list[Shift]] = {}
        for shift in sorted(reference.shifts, key=lambda shift: shift.start_at):
            self._shifts.setdefault(shift.account, []).append(shift)
        self._assignments: dict[str, list[Assignment]] = defaultdict(list)
        for assignment in reference.assignments:
            self._assignments[assignment.tag].append(assignment)
        # Only scope values that some assignment names can make a difference; all others share one answer.
        self._named: dict[str, dict[str, set[str]]] = {tag: defaultdict(set) for tag in self._assignments}
        for assignment in reference.assignments:
            for name, value in assignment.scope:
                self._named[assignment.tag][name].add(value)
        self._spreads: dict[object, Spread] = {}
        spans = [(row.from_day, row.to_day) for row in reference.assignments]
        spans += [(row.from_day, row.to_day) for person in reference.people for row in person.positions]
        self._change_days = sorted({day for span in spans for day in span if day is not None})
        self._rates: dict[str, list[tuple[str, Fraction]]] = defaultdict(list)
        for rate in reference.rates:
            self._rates[rate.currency].append((rate.day, rate.rate))

    def person(self, account: str, at: int) -> str:
        """The employee behind a platform account (or employee id) at an instant; `unassigned` when nobody is.

        A shift of the account at that instant comes before its dated rows.
        """
        if not account:
            return UNASSIGNED
        if self._shifts and account in self._shifts:
            shifts = self._shifts[account]
            place = bisect_right(shifts, at, key=_start_at)
            if place and at < shifts[place - 1].end_at:
                return shifts[place - 1].person
        rows = self._accounts.get(account)
        if rows:
            day = self.days.day(at)
            for row, person in rows:
                if row.from_day <= day and (row.to_day is None or day < row.to_day):
                    return person
        return account if account in self._people else UNASSIGNED

    def actor(self, account: str, at: int) -> str:
        """Who did something under an account at an instant, when shifts tell who had it; else the account itself.

        Other accounts are resolved as of the credit instant; a shared one would then name who came on later.
        """
        return self.person(account, at) if account in self._shifts else account

    def handed_over(self, account: str, after: int, before: int) -> list[int]:
        """Instants between two instants, both left out, at which a shift of an account begins or ends."""
        shifts = self._shifts.get(account, ())
        return sorted({at for shift in shifts for at in (shift.start_at, shift.end_at) if after < at < before})

    def is_rostered(self, account: str) -> bool:
        """Whether shifts say who used an account, so that it may change hands within a day."""
        return account in self._shifts

    def of_people(self, people: Iterable[str], at: int) -> Spread:
        """Equal shares at an instant, one for each time an employee is named; nobody means `unassigned`."""
        names = tuple(sorted(people)) or (UNASSIGNED,)
        day = self.days.day(at)
        key = (names, day)
        found = self._spreads.get(key)
        if found:
            return found
        shares = tuple((name, Fraction(names.count(name), len(names))) for name in sorted(set(names)))
        return self._keep(key, self._spread(shares, day))

    def of_shares(self, shares: Mapping[str, Fraction], at: int) -> Spread:
        """Given shares of employees at an instant; they add up to one."""
        day, given = self.days.day(at), tuple(sorted(shares.items()))
        return self._spreads.get((given, day)) or self._keep((given, day), self._spread(given, day))

    def of_tag(self, tag: str, scope: Mapping[str, str], at: int) -> Spread:
        """Shares of those who hold `tag` in the most specific matching scope; what is left over is `unassigned`."""
        day = self.days.day(at)
        named = self._named.get(tag)
        key: tuple[str, ...] = (tag, day)
        if named:
            asked = [(scope.get(name, ""), values) for name, values in named.items()]
            key = (tag, day, *[value if value in values else "" for value, values in asked])
        found = self._spreads.get(key)
        if found:
            return found
        return self._keep(key, self._spread(self._holders(tag, scope, day), day))

    def change_days(self, after: str, before: str) -> list[str]:
        """Local days between two days, both left out, on which an assignment or a position begins or ends."""
        days = self._change_days
        return days[bisect_right(days, after) : bisect_left(days, before)]

    def brand(self, shop: str) -> str:
        """The brand of a shop, empty when the shop is not declared."""
        return self._brands.get(shop, "")

    def rate(self, currency: str, at: int) -> Fraction | None:
        """Company-currency units per unit of `currency` on the local day of an instant; None when not known (G7)."""
        if currency == self.reference.company.currency:
            return Fraction(1)
        day, known = self.days.day(at), None
        for from_day, rate in self._rates.get(currency, ()):
            if from_day > day:
                break
            known = rate
        return known

    def _holders(self, tag: str, scope: Mapping[str, str], day: str) -> tuple[tuple[str, Fraction], ...]:
        best, chosen = -1, []
        for assignment in self._assignments.get(tag, ()):
            if not assignment.holds(day) or any(scope.get(key, "") != value for key, value in assignment.scope):
                continue
            rank = sum(_SPECIFICITY[key] for key, _ in assignment.scope)
            if rank > best:
                best, chosen = rank, [assignment]
            elif rank == best:
                chosen.append(assignment)
        shares: dict[str, Fraction] = defaultdict(Fraction)
        for assignment in chosen:
            shares[assignment.person] += assignment.share
        left = 1 - sum(shares.values(), Fraction(0))
        if left < 0:
            # Two scopes of equal rank overlap (say one by shop and one by channel): both count, in proportion.
            shares = {person: share / (1 - left) for person, share in shares.items()}
        elif left:
            shares[UNASSIGNED] += left
        return tuple(sorted(shares.items()))

    def _spread(self, shares: tuple[tuple[str, Fraction], ...], day: str) -> Spread:
        whole = lcm(*(share.denominator for _, share in shares))
        weights = tuple(int(share * whole) for _, share in shares)
        teams: dict[str, list[int]] = defaultdict(list)
        for place, (person, _) in enumerate(shares):
            for team in self.teams_of(person, day):
                teams[team].append(place)
        return Spread(
            people=tuple(f"e:{person}" for person, _ in shares),
            weights=weights,
            whole=whole,
            teams=tuple((f"t:{team}", tuple(places)) for team, places in sorted(teams.items())),
        )

    def teams_of(self, person: str, day: str) -> tuple[str, ...]:
        """The employee's team on a local day and every team above it."""
        known = self._people.get(person)
        position = known.position(day) if known else None
        path, at = [], position.team if position else ""
        while at:
            path.append(at)
            at = self._parents.get(at, "")
        return tuple(path)

    def _keep(self, key: object, spread: Spread) -> Spread:
        if len(self._spreads) >= _CACHED:
            self._spreads.clear()
        self._spreads[key] = spread
        return spread


def _start_at(shift: Shift) -> int:
    return shift.start_at
