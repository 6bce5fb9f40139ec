"""Each KPI can stand on a plan with weight and curve and gives a score, as R44 to R79 ask."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from fractions import Fraction

import pytest

from dashboards.worked import Worked, read_example
from scoring.definitions import Definitions
from scoring.definitions.plans import read_plan
from scoring.definitions.table import Table
from scoring.faults import Fault
from scoring.period import grain_of
from scoring.reference import Label, Person, Position
from scoring.settlement import ItemResult, settle
from tests.dictionary.playing import Play, cases_folder, files_by_kpi

FILES = files_by_kpi(cases_folder())
JUDGE = "judge"
EIGHTY = Fraction(80)


def plan_of(example: Worked, direction: str) -> str:
    """A plan with this one KPI, on a straight line on which the example's value lies at 80 points."""
    value = example.expected.value or Fraction(0)
    scores = ("100", "60") if direction == "down" else ("60", "100")
    knots = f'[["{value - 1}", "{scores[0]}"], ["{value + 1}", "{scores[1]}"]]'
    dimension = f'dimension = "{example.dimension}"\n' if example.dimension else ""
    return (
        f'[plan]\nid = "one"\nversion = 1\nrole = "one"\nperiod = "{grain_of(example.period)}"\n'
        'name = { zh = "一", en = "One" }\npurpose = { zh = "试", en = "Try" }\n'
        f'[[item]]\nkpi = "{example.kpi}"\nkind = "R"\nweight = "100"\nowner = "{example.owner}"\n{dimension}'
        f'target = "1"\nscale = {{ kind = "PWL", of = "value", knots = {knots} }}\n'
        '[[component]]\nid = "performance"\nname = { zh = "绩效", en = "Performance" }\nkind = "performance"\n'
    )


def with_plan(definitions: Definitions, example: Worked) -> Definitions:
    """The definitions with one person more, who holds the plan all the time."""
    faults: list[Fault] = []
    text = plan_of(example, definitions.kpis[example.kpi].direction)
    root = Table("plans/one.toml", "", tomllib.loads(text), faults)
    plan = read_plan(root, definitions.kpis, {example.owner})
    assert not faults, [str(fault) for fault in faults]
    position = Position(definitions.reference.teams[0].id, "one", plan.id, "2020-01-01", None)
    judge = Person(JUDGE, Label("评", "Judge"), (position,))
    people = (*definitions.reference.people, judge)
    return replace(definitions, reference=replace(definitions.reference, people=people), plans={plan.id: plan})


def scored(example: Worked) -> ItemResult:
    """The KPI as a settlement of the example's period scores it."""
    play = Play(example).tell(example.events)
    definitions = with_plan(play.definitions, example)
    results = settle(definitions, example.period, play.store.cells)
    (result,) = (row for row in results if row.scope.person.id == JUDGE)
    return result.items[0]


@pytest.mark.parametrize("kpi", sorted(FILES))
def test_a_kpi_is_scored(kpi: str) -> None:
    """The settlement sees the value of the example: 80 points where it is a value, no score where it is null."""
    for example in map(read_example, FILES[kpi]):
        item = scored(example)
        assert item.value.value == example.expected.value, example.file
        if item.status == "missing_target":
            assert example.expected.value is None, example.file
        elif item.value.status == "ok":
            assert item.scored is not None and item.scored.score == EIGHTY, example.file
        else:
            assert item.scored is None or item.kpi.empty_scores_zero, example.file
