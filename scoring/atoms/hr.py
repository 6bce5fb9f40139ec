"""One employee's joining, moving between teams, leaving and trainings (3-kpis.md §3.8)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from scoring.atoms.base import Atom, Case, Found, Problem, Setting, View
from scoring.atoms.training import trained
from scoring.attribution import Spread
from scoring.events.base import Event
from scoring.events.people import HrTraining
from scoring.organisation.leads import home_day, person_of
from scoring.organisation.stays import Stay, stays_of

UNJOINED = Problem("hr_unjoined", "somebody left who never joined; record the joining, so that headcounts are right")


@dataclass(frozen=True, slots=True)
class Headcount:
    """One head more or less: on joining, leaving, and in two teams at once on moving between them."""

    shop: str
    credits: Mapping[str, Spread]
    changed_at: int
    change: int


@dataclass(frozen=True, slots=True)
class Leaver:
    """Somebody who left, credited to the teams of the last day before."""

    shop: str
    credits: Mapping[str, Spread]
    left_at: int
    voluntary: bool
    counts: bool


class HrCase(Case):
    """The case of one employee."""

    def find(self, key: str, facts: Sequence[Event], view: View, setting: Setting) -> Found:
        atoms: list[tuple[str, Atom]] = []
        stays = stays_of(facts)
        for stay in stays:
            atoms.extend(_found(stay, setting))
        atoms.extend(("training", trained(fact, setting)) for fact in facts if isinstance(fact, HrTraining))
        unjoined = any(stay.joined is None for stay in stays)
        return Found(tuple(atoms), (UNJOINED,) if unjoined else ())


def _found(stay: Stay, setting: Setting) -> Iterator[tuple[str, Atom]]:
    homes = _Homes(stay, setting)
    credit = homes.first
    if stay.joined is not None:
        at = stay.joined.occurred_at
        yield "headcount", Headcount(homes.shop, credit, at, 1)
        for at, moved in homes.moves():
            yield "headcount", Headcount(homes.shop, credit, at, -1)
            yield "headcount", Headcount(homes.shop, moved, at, 1)
            credit = moved
    if stay.left is not None:
        at, voluntary = stay.left.occurred_at, stay.left.voluntary
        if stay.joined is not None:
            yield "headcount", Headcount(homes.shop, credit, at, -1)
        counts = voluntary or setting.policy.turnover_leavers == "all"
        yield "leaver", Leaver(homes.shop, credit, at, voluntary, counts)


class _Homes:
    """The teams of an employee during a stay."""

    def __init__(self, stay: Stay, setting: Setting) -> None:
        attribution = setting.attribution
        self._attribution = attribution
        self._days = attribution.days
        # Somebody who leaves has no position any more on that day: what counts is the day before.
        self._end = self._days.day(stay.left.occurred_at) if stay.left else "9999-12-31"
        head = stay.joined or stay.left
        assert head is not None
        start = head.occurred_at
        before = self._days.day(self._days.start_of_day_us(self._days.day(start)) - 1)
        self._first_day = self._days.day(start) if stay.joined else before
        self.shop = head.shop_id
        self._person = attribution.person(head.employee_id, start)
        self._record = person_of(attribution.reference, self._person)
        self.first = self._credit(self._first_day)

    def _credit(self, day: str) -> dict[str, Spread]:
        at = self._days.start_of_day_us(home_day(self._record, day))
        return {"self": self._attribution.of_people([self._person], at)}

    def moves(self) -> Iterator[tuple[int, dict[str, Spread]]]:
        """When the teams change before the end, and to which."""
        now = self.first
        for position in sorted(self._record.positions if self._record else (), key=lambda one: one.from_day):
            if self._first_day < position.from_day < self._end:
                moved = self._credit(position.from_day)
                if moved != now:
                    yield self._days.start_of_day_us(position.from_day), moved
                now = moved
