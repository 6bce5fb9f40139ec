"""From a case's facts to cell contributions: a pure function of facts, reference data and definitions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import cast

from scoring.atoms import CASES, Atom, Case, Found, Problem, Projection, Setting, View
from scoring.attribution import Attribution
from scoring.events.base import Event
from scoring.measures import AGGREGATIONS, MICRO, Measure
from scoring.period import LocalDays
from scoring.reference import Reference

Key = tuple[str, str, str, str, str]
"""(owner, dimension, measure, period, item); a period is a local day or "m:<minutes since the epoch>"."""

Contributions = dict[Key, int]

MINUTE_US = 60_000_000
MINUTE_PREFIX = "m:"


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What one case adds to cells, and what is odd about it."""

    contributions: Contributions
    problems: tuple[Problem, ...] = ()


Add = Callable[[Atom, Sequence[str], Contributions, int], None]
"""Adds what a measure counts in an atom to the cells of some periods, 1 or -1 times."""


@dataclass(frozen=True, slots=True)
class _Group:
    """Measures of one atom that count at the same instant, so that they share the look-up of its day."""

    at: Callable[[Atom], int | None]
    daily: tuple[Add, ...]
    rolling: tuple[Add, ...]


class Program:
    """Compiled definitions: evaluates cases. Two programs with equal definitions give equal contributions."""

    def __init__(self, measures: Sequence[Measure], reference: Reference) -> None:
        self.setting = Setting(Attribution(reference, LocalDays(reference.company.zone)), reference.policy)
        self.days = self.setting.attribution.days
        self._groups = _grouped(measures)

    def publish(self, key: str, facts: Sequence[Event]) -> tuple[Projection, ...]:
        """What a case tells other cases; `facts` are in total order and not retracted."""
        case = _case(key)
        return case.publish(facts, self.setting) if case and facts else ()

    def reads(self, key: str, facts: Sequence[Event]) -> tuple[str, ...]:
        """Keys of projections that the case depends on."""
        case = _case(key)
        return case.reads(key, facts) if case else ()

    def evaluate(self, key: str, facts: Sequence[Event], view: View) -> Evaluation:
        """Contributions of a case: what it adds to cells, as a function of the set of its facts."""
        totals: Contributions = defaultdict(int)
        found = self.found(key, facts, view)
        self.add(found.atoms, totals)
        return Evaluation({name: amount for name, amount in totals.items() if amount}, found.problems)

    def found(self, key: str, facts: Sequence[Event], view: View) -> Found:
        """The atoms of a case, and what is odd about it."""
        case = _case(key)
        return case.find(key, facts, view, self.setting) if case else Found()

    def add(self, atoms: Iterable[tuple[str, Atom]], totals: Contributions, sign: int = 1) -> None:
        """Add what atoms contribute to `totals`, a defaultdict, 1 or -1 times; a sum of zero stays there as a zero."""
        day_of = self.days.day
        for kind, atom in atoms:
            for group in self._groups.get(kind, ()):
                at = group.at(atom)
                if at is None:
                    continue
                periods = (day_of(at),)
                for add in group.daily:
                    add(atom, periods, totals, sign)
                if group.rolling:
                    both = (*periods, f"{MINUTE_PREFIX}{at // MINUTE_US}")
                    for add in group.rolling:
                        add(atom, both, totals, sign)


def unlike(
    after: Sequence[tuple[str, Atom]], before: Sequence[tuple[str, Atom]]
) -> tuple[Sequence[tuple[str, Atom]], Sequence[tuple[str, Atom]]]:
    """The atoms of each side that the other does not have: what both have contributes nothing to the difference."""
    if not before or not after:
        return after, before
    gone, new = list(before), []
    for row in after:
        if row in gone:
            gone.remove(row)
        else:
            new.append(row)
    return new, gone


def _grouped(measures: Sequence[Measure]) -> dict[str, tuple[_Group, ...]]:
    sorted_out: dict[str, dict[str, list[Measure]]] = defaultdict(lambda: defaultdict(list))
    for measure in measures:
        for atom in measure.atoms:
            sorted_out[atom][measure.at].append(measure)
    return {
        atom: tuple(
            _Group(
                attrgetter(at),
                tuple(_compiled(measure) for measure in same if not measure.rolling),
                tuple(_compiled(measure) for measure in same if measure.rolling),
            )
            for at, same in by_instant.items()
        )
        for atom, by_instant in sorted_out.items()
    }


def _case(key: str) -> Case | None:
    return CASES.get(key.partition("|")[0])


def _compiled(measure: Measure) -> Add:
    counts = _item_adder(measure) if AGGREGATIONS[measure.kind].is_multiset else _amount_adder(measure)
    if not measure.where:
        return counts
    where = _all(measure.where)

    def add(atom: Atom, periods: Sequence[str], cells: Contributions, sign: int) -> None:
        if where(atom):
            counts(atom, periods, cells, sign)

    return add


def _item_adder(measure: Measure) -> Add:
    """For multisets: one more of what the measure reads, whole for each owner."""
    name, dimensions = measure.name, measure.dimensions
    value_of, is_total = _reader(measure), _total(measure)

    def add(atom: Atom, periods: Sequence[str], cells: Contributions, sign: int) -> None:
        item = str(value_of(atom))
        counts_in_all = is_total is not None and is_total(atom)
        for period in periods:
            if counts_in_all:
                cells["c:", "", name, period, item] += sign
                cells[f"s:{atom.shop}", "", name, period, item] += sign
            for dimension in dimensions:
                spread = atom.credits.get(dimension)
                if spread is None:
                    continue
                for person in spread.people:
                    cells[person, dimension, name, period, item] += sign
                for team, _ in spread.teams:
                    cells[team, dimension, name, period, item] += sign

    return add


def _amount_adder(measure: Measure) -> Add:
    """For sums: the amount for totals and teams, its parts for the people who share it."""
    name, dimensions = measure.name, measure.dimensions
    value_of, is_total, factor = _reader(measure), _total(measure), _factor(measure)
    before_of = attrgetter(measure.before) if measure.before else _nothing

    def add(atom: Atom, periods: Sequence[str], cells: Contributions, sign: int) -> None:
        amount = value_of(atom) * factor
        if not amount:
            return
        signed = amount * sign
        counts_in_all = is_total is not None and is_total(atom)
        for period in periods:
            if counts_in_all:
                cells["c:", "", name, period, ""] += signed
                cells[f"s:{atom.shop}", "", name, period, ""] += signed
            for dimension in dimensions:
                spread = atom.credits.get(dimension)
                if spread is None:
                    continue
                if len(spread.people) == 1:
                    cells[spread.people[0], dimension, name, period, ""] += signed
                    for team, _ in spread.teams:
                        cells[team, dimension, name, period, ""] += signed
                else:
                    parts = [part * sign for part in spread.split(amount, before_of(atom) * factor)]
                    for person, part in zip(spread.people, parts, strict=True):
                        cells[person, dimension, name, period, ""] += part
                    for team, places in spread.teams:
                        part = signed if len(places) == len(parts) else sum(parts[place] for place in places)
                        cells[team, dimension, name, period, ""] += part

    return add


def _reader(measure: Measure) -> Callable[[Atom], int]:
    return attrgetter(measure.value) if measure.value != "1" else _one


def _total(measure: Measure) -> Callable[[Atom], bool] | None:
    return _TOTALS[measure.totals] if measure.totals in _TOTALS else attrgetter(measure.totals)


def _factor(measure: Measure) -> int:
    return 1 if measure.unit == "money" else MICRO // _stored_scale(measure.unit)


def _stored_scale(unit: str) -> int:
    return MICRO if unit == "points" else 1


def _one(atom: object) -> int:
    return 1


def _nothing(atom: object) -> int:
    return 0


def _always(atom: object) -> bool:
    return True


_TOTALS: dict[str, Callable[[object], bool] | None] = {"always": _always, "never": None}


def _all(names: tuple[str, ...]) -> Callable[[object], bool]:
    getters = [(attrgetter(name.removeprefix("not ")), name.startswith("not ")) for name in names]
    if len(getters) == 1 and not getters[0][1]:
        return cast("Callable[[object], bool]", getters[0][0])
    return lambda atom: all(bool(getter(atom)) != negated for getter, negated in getters)


def changes(after: Mapping[Key, int], before: Mapping[Key, int]) -> Contributions:
    """after - before, without zeros."""
    delta = dict(after)
    for key, amount in before.items():
        left = delta.get(key, 0) - amount
        if left:
            delta[key] = left
        else:
            delta.pop(key, None)
    return delta


__all__ = ["Contributions", "Evaluation", "Key", "Program", "changes", "unlike"]
