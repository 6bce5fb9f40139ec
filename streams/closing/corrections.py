"""Late facts of a sealed period: its settlement is run again with its own definitions, and the delta is itemised."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from scoring.contribution import changes
from scoring.definitions import Definitions
from scoring.events.correction import EventRetracted
from scoring.money import decimal_text, exponent_of
from scoring.period import Period, instant_text, period_of
from scoring.settlement import ComponentResult, PersonResult, settle
from scoring.statement import Json, exact_text, label_json, money_text
from streams.codec import event_key
from streams.evidence import Cell, Extent, Groups, cells_of, standing, walk
from streams.stores.base import Close, Fact

if TYPE_CHECKING:
    from streams.closing.service import Closing

LISTED_FACTS = 200
EVERYTHING: frozenset[Cell] = frozenset()


def corrections(closing: Closing, period: Period) -> dict[str, list[Json]]:
    """Adjustments by person that belong into `period`: every earlier sealed period as it would settle today."""
    found: dict[str, list[Json]] = defaultdict(list)
    sealed = closing.sealed()
    for close in sealed:
        origin = period_of(close.period, closing.definitions.reference.company.zone)
        if origin.end_us > period.start_us:
            continue
        for person, rows in _of_period(closing, close, origin, sealed).items():
            found[person].extend(rows)
    return dict(found)


def _of_period(closing: Closing, close: Close, origin: Period, sealed: Sequence[Close]) -> dict[str, list[Json]]:
    definitions = closing.definitions_of(close)
    results = settle(definitions, origin.key, closing.read)
    paid = _paid(close)
    already = _already(sealed, origin.key)
    late: dict[frozenset[Cell], list[Json]] | None = None
    found: dict[str, list[Json]] = defaultdict(list)
    for result in results:
        for row in result.components:
            key = (result.scope.person.id, result.scope.first_day, row.component.id)
            before = paid.get(key)
            if before is None:
                continue
            minor = _minor(before["amount"], row.settled.currency)
            delta = row.settled.amount_minor - minor - already.get(key, 0)
            if not delta:
                continue
            if late is None:
                late = _late_facts(closing, close, definitions, origin, results)
            moved = _Moved(result, row, before, already.get(key, 0), delta)
            found[result.scope.person.id].append(_row(moved, _facts_of(result, row, late, definitions)))
    return found


def _paid(close: Close) -> dict[tuple[str, str, str], Json]:
    rows: dict[tuple[str, str, str], Json] = {}
    for paper in json.loads(close.body)["statements"]:
        for component in paper["components"]:
            key = (paper["person"]["id"], paper["period"]["first_day"], component["id"])
            rows[key] = {**component, "score": paper["score"]}
    return rows


def _already(sealed: Sequence[Close], origin: str) -> dict[tuple[str, str, str], int]:
    """What later periods have already corrected, in minor units, by (person, first day, component)."""
    sums: dict[tuple[str, str, str], int] = defaultdict(int)
    for close in sealed:
        for paper in json.loads(close.body)["statements"]:
            for row in paper["adjustments"]:
                if row["origin_period"] == origin:
                    key = (paper["person"]["id"], row["origin_first_day"], row["component"])
                    sums[key] += _minor(row["amount"], paper["currency"])
    return sums


def _minor(text: str, currency: str) -> int:
    return int(Fraction(text) * 10 ** exponent_of(currency))


@dataclass(frozen=True, slots=True)
class _Moved:
    """A component that would be settled differently today; `already` and `delta` are minor units."""

    result: PersonResult
    row: ComponentResult
    before: Json
    already: int
    delta: int


def _total(result: PersonResult) -> str | None:
    total = result.card.total_2dp
    return None if total is None else decimal_text(total, 2)


def _row(moved: _Moved, facts: list[Json]) -> Json:
    result, row, before = moved.result, moved.row, moved.before
    currency = row.settled.currency
    return {
        "origin_period": result.scope.period.key,
        "origin_first_day": result.scope.first_day,
        "component": row.component.id,
        "name": label_json(row.component.name),
        "before": before["amount"],
        "after": money_text(row.settled.amount_minor, currency),
        "already": money_text(moved.already, currency),
        "amount": money_text(moved.delta, currency),
        "moved": {
            "base": [before["base"], exact_text(row.base_amount)],
            "coefficient": [before["coefficient"], exact_text(result.coefficient)],
            "total": [before["score"]["total"], _total(result)],
            "details": [
                [detail["text"] for detail in before["details"]],
                [detail.text for detail in row.settled.details],
            ],
        },
        "facts_in_all": len(facts),
        "facts": facts[:LISTED_FACTS],
    }


def _facts_of(
    result: PersonResult, row: ComponentResult, late: dict[frozenset[Cell], list[Json]], definitions: Definitions
) -> list[Json]:
    groups = [cells_of(row.base, definitions)] if row.base is not None else []
    moved_score = row.component.kind == "performance" or row.component.terms.multiply_by_coefficient
    if moved_score:
        groups.extend(cells_of(item.value, definitions) for item in result.items)
    named = [fact for group in groups for fact in late.get(group, ())]
    # Credit can move through another case, say a late chat that led to an order: then every late fact is named.
    rows = {(fact["source"], fact["event_id"]): fact for fact in named or late[EVERYTHING]}
    return [rows[key] for key in sorted(rows)]


def _late_facts(
    closing: Closing, close: Close, definitions: Definitions, origin: Period, results: Sequence[PersonResult]
) -> dict[frozenset[Cell], list[Json]]:
    """Facts that arrived after the seal, by the groups of cells that their cases changed in the origin period."""
    values = [item.value for result in results for item in result.items]
    values += [row.base for result in results for row in result.components if row.base is not None]
    by_case = _named_by_case(closing, close.cut_batch)
    found: dict[frozenset[Cell], list[Json]] = {EVERYTHING: [row for rows in by_case.values() for row in rows]}
    extent = Extent(origin.first_day, origin.last_day, close.cut_batch)
    index = Groups({cells_of(value, definitions) for value in values}, extent)
    cases = sorted(by_case)
    now, then = (
        walk(closing.store, closing.codec, closing.program, cases, keep)
        for keep in (standing, lambda fact: fact.batch <= extent.batch or fact.is_retracted)
    )
    for today, sealed in zip(now, then, strict=True):
        moved = changes(today.contributions, sealed.contributions)
        for group in index.hit(moved):
            found.setdefault(group, []).extend(by_case[today.case])
    return found


def _named_by_case(closing: Closing, cut: int) -> dict[str, list[Json]]:
    """Facts after the cut by the case that they changed; a retraction is named where it took something away."""
    late = closing.store.facts_after(cut)
    retractions: dict[bytes, Json] = {}
    for fact in late:
        event = closing.codec.restore(fact.event_type, fact.body)
        if isinstance(event, EventRetracted):
            retractions[event_key(event.target_source, event.target_event_id)] = _fact_json(closing, fact)
    by_case: dict[str, list[Json]] = defaultdict(list)
    for fact in late:
        named = retractions.get(fact.event_key) if fact.is_retracted else None
        by_case[fact.case].append(named or _fact_json(closing, fact))
    return dict(by_case)


def _fact_json(closing: Closing, fact: Fact) -> Json:
    event = closing.codec.restore(fact.event_type, fact.body)
    return {
        "source": event.source,
        "event_id": event.event_id,
        "event_type": fact.event_type,
        "occurred_at": instant_text(event.occurred_at),
    }
