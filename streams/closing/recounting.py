"""Holds the cells of a period against an independent recount from facts; differences block the close."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import groupby

from scoring.definitions import Definitions
from scoring.events.base import Event
from scoring.kpi import measures_read
from scoring.measures import AGGREGATIONS
from scoring.period import Period, key_containing, period_of, previous_period
from scoring.recount import recount
from scoring.settlement import CARRIED_PERIODS
from scoring.windows import span_of
from streams.codec import Codec
from streams.stores.base import Store

LISTED = 20
Cell = tuple[str, str, str]
"""(owner, dimension, measure)."""


def counted(store: Store, definitions: Definitions, first_day: str, last_day: str) -> dict[Cell, Fraction]:
    """Every measure of the days as its cells say; sums as they are stored, zeros left out."""
    found: dict[Cell, Fraction] = {}
    rows = store.all_cells(first_day, last_day)
    for cell, group in groupby(rows, key=lambda row: row[0][:3]):
        kind = AGGREGATIONS[definitions.measures[cell[2]].kind]
        value = kind.read([(key[3], key[4], amount) for key, amount in group], Fraction(1))
        if value:
            found[cell] = value
    return found


def effective_facts(store: Store, codec: Codec) -> Iterator[Event]:
    """Every fact that is not retracted, as an event."""
    for fact in store.all_facts():
        yield codec.restore(fact.event_type, fact.body)


def windows_of(definitions: Definitions, first_day: str, last_day: str) -> dict[tuple[str, str], set[str]]:
    """Days outside a period that KPIs of plans look at: {(first day, last day): measures}."""
    on_plans = {kpi for plan in definitions.plans.values() for kpi in plan.kpis()}
    found: dict[tuple[str, str], set[str]] = {}
    for kpi in sorted(on_plans):
        for measure, window in measures_read(definitions.kpis[kpi], definitions.kpis):
            if window:
                found.setdefault(span_of(window, first_day, last_day), set()).add(measure)
    for span, measures in _carried(definitions, first_day).items():
        found.setdefault(span, set()).update(measures)
    return found


def _carried(definitions: Definitions, first_day: str) -> dict[tuple[str, str], set[str]]:
    """The periods before, for KPIs that take their last score when there is none (`missing = "carry_last"`)."""
    found: dict[tuple[str, str], set[str]] = {}
    for plan in definitions.plans.values():
        carried = {item.source.kpi for item in plan.items if item.missing == "carry_last"}
        measures = {name for kpi in carried for name, _ in measures_read(definitions.kpis[kpi], definitions.kpis)}
        period = period_of(key_containing(first_day, plan.period), definitions.reference.company.zone)
        for _ in range(CARRIED_PERIODS if measures else 0):
            period = previous_period(period)
            found.setdefault((period.first_day, period.last_day), set()).update(measures)
    return found


def differences(
    store: Store, codec: Codec, definitions: Definitions, first_day: str, last_day: str
) -> list[tuple[Cell, Fraction, Fraction]]:
    """(cell, counted, recounted) where the two disagree; empty when they agree on everything."""
    return _differing(store, list(effective_facts(store, codec)), definitions, (first_day, last_day))


def differences_behind(
    store: Store, codec: Codec, definitions: Definitions, first_day: str, period: Period
) -> list[tuple[Cell, Fraction, Fraction]]:
    """As `differences`, from `first_day` to the end of a period, and of what its plans read on other days."""
    facts = list(effective_facts(store, codec))
    wrong = _differing(store, facts, definitions, (first_day, period.last_day))
    for span, measures in windows_of(definitions, period.first_day, period.last_day).items():
        wrong.extend(row for row in _differing(store, facts, definitions, span) if row[0][2] in measures)
    return wrong


def _differing(
    store: Store, facts: Sequence[Event], definitions: Definitions, span: tuple[str, str]
) -> list[tuple[Cell, Fraction, Fraction]]:
    by_cells: Mapping[Cell, Fraction] = counted(store, definitions, *span)
    by_facts = recount(facts, definitions, *span)
    zero = Fraction(0)
    return [
        (cell, by_cells.get(cell, zero), by_facts.get(cell, zero))
        for cell in sorted(by_cells.keys() | by_facts.keys())
        if by_cells.get(cell, zero) != by_facts.get(cell, zero)
    ]
