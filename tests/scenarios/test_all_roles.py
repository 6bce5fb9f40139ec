"""24 people in the 24 roles of the catalogue play the month of all departments, and every plan is scored."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pytest

from examples.shop.simulator import lines
from scoring.measures import Rows
from scoring.period import period_of
from scoring.settlement import PersonResult, settle
from tests.scenarios.roster import PEOPLE, PERIOD, QUARTER, roster_texts
from tests.scenarios.shop import Desk

SCALE = Fraction(1, 60)
SMALL_SCALE = Fraction(1, 400)
BATCH = 500
TAKEN_BACK = 200
SCORED_AT_LEAST = 18


@pytest.fixture(scope="module")
def desk() -> Desk:
    """The company after its month."""
    found = Desk(texts=roster_texts())
    raw = [line.raw for line in lines(7, scale=SCALE, families="all")]
    for start in range(0, len(raw), BATCH):
        found.take(*raw[start : start + BATCH])
    return found


@pytest.fixture(scope="module")
def results(desk: Desk) -> Mapping[str, PersonResult]:
    """Everybody's result by role: of the month, or of its quarter where the plan runs by quarters."""
    rows: dict[tuple[str, str, str], list[tuple[str, str, int]]] = defaultdict(list)
    for (owner, dimension, measure, day, item), amount in desk.store.all_cells("0", "9"):
        rows[owner, dimension, measure].append((day, item, amount))

    def read(owner: str, dimension: str, measure: str, first: str, last: str) -> Rows:
        return [row for row in rows.get((owner, dimension, measure), ()) if first <= row[0] <= last]

    found = [*settle(desk.definitions, PERIOD, read), *settle(desk.definitions, QUARTER, read)]
    return {result.scope.position.role: result for result in found}


def test_everybody_is_settled(results: Mapping[str, PersonResult]) -> None:
    """Each of the 24 roles has a result of the person who holds it."""
    assert {role: result.scope.person.id for role, result in results.items()} == PEOPLE
    assert len(results) == 24


@pytest.mark.parametrize("role", sorted(PEOPLE))
def test_a_total_or_the_reason(role: str, results: Mapping[str, PersonResult]) -> None:
    """A plan has a total with its subtotals of result, process and review, or says what must be decided and why."""
    result = results[role]
    kinds = {line.section: line for line in result.card.kinds}
    assert set(kinds) == {item.kind for item in result.plan.items} <= {"R", "P", "V"}
    assert sum(line.weight for line in kinds.values()) == 100
    if result.card.status == "scored":
        assert result.card.total_2dp is not None and result.card.chain is not None
        assert sum((line.points for line in kinds.values()), Fraction(0)) == result.card.chain.weighted_total
        assert not result.open_questions
    else:
        assert result.card.status == "needs_manual"
        assert any("60 %" in question for question in result.open_questions)
    for item in result.items:
        assert item.status in ("ok", "empty", "insufficient"), (item.kpi.id, item.status)
        assert (item.scored is not None) == (item.status == "ok")


def test_most_have_a_total(results: Mapping[str, PersonResult]) -> None:
    """The month brings enough of every department for most plans, with a result, a process and a review part."""
    scored = {role for role, result in results.items() if result.card.status == "scored"}
    assert len(scored) >= SCORED_AT_LEAST, sorted(PEOPLE.keys() - scored)


def test_the_cells_are_the_recount_s(desk: Desk) -> None:
    """Over all families and all people the cells of the month equal the independent recount, and nothing was lost."""
    period = period_of(PERIOD, "Asia/Shanghai")
    assert desk.recounted(period.first_day, period.last_day) == []
    counts = desk.reader.counts()
    assert counts["in"] == counts["accepted"] + counts["duplicates"] + counts["rejected"] + counts["conflicts"]
    assert counts["conflicts"] == 0


def retraction_of(event: dict[str, Any]) -> bytes:
    """What takes an event back, as the same source tells it."""
    head = {name: event[name] for name in ("occurred_at", "source", "shop_id")}
    target = {"target_source": event["source"], "target_event_id": event["event_id"], "reason_code": "mistake"}
    told = {"event_id": f"retraction of {event['event_id']}", "event_type": "event.retracted"}
    return json.dumps({**head, **told, **target}).encode()


def test_all_families_in_any_order() -> None:
    """A small month of everything with 200 events taken back: shuffled, the same cells, recounted."""
    rng = random.Random(5)
    raw = [line.raw for line in lines(7, scale=SMALL_SCALE, families="all") if not line.fault]
    raw += [retraction_of(json.loads(line)) for line in rng.sample(raw, TAKEN_BACK)]
    texts = roster_texts()
    ordered, shuffled = Desk(texts=texts), Desk(texts=texts)
    for start in range(0, len(raw), BATCH):
        ordered.take(*raw[start : start + BATCH])
    rng.shuffle(raw)
    while raw:
        size = rng.choice((1, 5, 40, 300))
        shuffled.take(*raw[:size])
        del raw[:size]
    assert shuffled.cells() == ordered.cells()
    for first, last in (("2026-10-01", "2026-10-31"), ("0001-01-01", "2026-12-31")):
        assert shuffled.recounted(first, last) == []
