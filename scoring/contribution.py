"""From a case's facts to cell contributions: a pure function of facts, reference data and definitions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import cast

from scoring.atoms import CASES, Atom, Case, Problem, Projection, Setting, View
from scoring.attribution import Attribution, Spread
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


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A measure turned into plain functions."""

    name: str
    at: Callable[[object], object]
    value: Callable[[object], object]
    where: Callable[[object], bool] | None
    before: Callable[[object], object] | None
    dimensions: tuple[str, ...]
    is_multiset: bool
    factor: int
    rolling: bool
    totals: Callable[[object], bool] | None


class Program:
    """Compiled definitions: evaluates cases. Two programs with equal definitions give equal contributions."""

    def __init__(self, measures: Sequence[Measure], reference: Reference) -> None:
        self.setting = Setting(Attribution(reference, LocalDays(reference.company.zone)), reference.policy)
        self.days = self.setting.attribution.days
        # Measures of one atom that count at the same instant share the look-up of its day.
        self._measures: dict[str, dict[str, list[_Compiled]]] = defaultdict(lambda: defaultdict(list))
        for measure in measures:
            compiled = _compile(measure)
            for atom in measure.atoms:
                self._measures[atom][measure.at].append(compiled)

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
        case = _case(key)
        if case is None:
            return Evaluation({})
        found = case.find(key, facts, view, self.setting)
        totals: Contributions = defaultdict(int)
        for kind, atom in found.atoms:
            for measures in self._measures[kind].values() if kind in self._measures else ():
                self._count(measures, atom, totals)
        return Evaluation({name: amount for name, amount in totals.items() if amount}, found.problems)

    def _count(self, measures: Sequence[_Compiled], atom: Atom, totals: Contributions) -> None:
        at = cast("int | None", measures[0].at(atom))
        if at is None:
            return
        day = self.days.day(at)
        for measure in measures:
            if measure.where is not None and not measure.where(atom):
                continue
            value = measure.value(atom)
            add = _add_item if measure.is_multiset else _add_amount
            if value or measure.is_multiset:
                add(measure, atom, day, value, totals)
                if measure.rolling:
                    add(measure, atom, f"{MINUTE_PREFIX}{at // MINUTE_US}", value, totals)


def _case(key: str) -> Case | None:
    return CASES.get(key.partition("|")[0])


def _add_item(measure: _Compiled, atom: Atom, period: str, value: object, totals: Contributions) -> None:
    item = str(value)
    if measure.totals is not None and measure.totals(atom):
        totals["c:", "", measure.name, period, item] += 1
        totals[f"s:{atom.shop}", "", measure.name, period, item] += 1
    for dimension in measure.dimensions:
        spread = atom.credits.get(dimension)
        if spread is None:
            continue
        for person in spread.people:
            totals[person, dimension, measure.name, period, item] += 1
        for team, _ in spread.teams:
            totals[team, dimension, measure.name, period, item] += 1


def _add_amount(measure: _Compiled, atom: Atom, period: str, value: object, totals: Contributions) -> None:
    name, amount = measure.name, cast(int, value) * measure.factor
    if measure.totals is not None and measure.totals(atom):
        totals["c:", "", name, period, ""] += amount
        totals[f"s:{atom.shop}", "", name, period, ""] += amount
    before = cast(int, measure.before(atom)) * measure.factor if measure.before else 0
    for dimension in measure.dimensions:
        spread: Spread | None = atom.credits.get(dimension)
        if spread is None:
            continue
        if len(spread.people) == 1:
            totals[spread.people[0], dimension, name, period, ""] += amount
            for team, _ in spread.teams:
                totals[team, dimension, name, period, ""] += amount
            continue
        parts = spread.split(amount, before)
        for person, part in zip(spread.people, parts, strict=True):
            totals[person, dimension, name, period, ""] += part
        for team, places in spread.teams:
            part = amount if len(places) == len(parts) else sum(parts[place] for place in places)
            totals[team, dimension, name, period, ""] += part


def _compile(measure: Measure) -> _Compiled:
    return _Compiled(
        name=measure.name,
        at=attrgetter(measure.at),
        value=attrgetter(measure.value) if measure.value != "1" else _one,
        where=_all(measure.where) if measure.where else None,
        before=attrgetter(measure.before) if measure.before else None,
        dimensions=measure.dimensions,
        is_multiset=AGGREGATIONS[measure.kind].is_multiset,
        factor=1 if measure.unit == "money" else MICRO // _stored_scale(measure.unit),
        rolling=measure.rolling,
        totals=_TOTALS[measure.totals] if measure.totals in _TOTALS else attrgetter(measure.totals),
    )


def _stored_scale(unit: str) -> int:
    return MICRO if unit == "points" else 1


def _one(atom: object) -> object:
    return 1


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


__all__ = ["Contributions", "Evaluation", "Key", "Program", "changes"]
