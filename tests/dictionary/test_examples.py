"""Every KPI of the dictionary has a worked example, and the engine answers what was worked out by hand."""

from __future__ import annotations

import pytest

from dashboards.worked import Expected, Worked, read_example
from tests.dictionary.ids import listed_ids
from tests.dictionary.playing import Play, cases_folder, files_by_kpi, mismatches, retracting

FILES = files_by_kpi(cases_folder())
KPIS = sorted(FILES)


@pytest.mark.parametrize("kpi", listed_ids())
def test_has_an_example(kpi: str) -> None:
    """No KPI of the dictionary is without a worked example; one that is fails by its name."""
    assert kpi in FILES, f"{kpi} has no worked example: write examples/kpis/<family>/{kpi}.toml"


@pytest.fixture(scope="module", params=KPIS)
def examples(request: pytest.FixtureRequest) -> list[Worked]:
    """The examples of one KPI after the other; as a fixture, so that all tests of one share its definitions."""
    return [read_example(path) for path in FILES[request.param]]


def check(play: Play, expected: Expected, what: str) -> None:
    """The play answers as expected."""
    wrong = list(mismatches(play.answer(), expected))
    assert not wrong, f"{play.example.file}, {what}: {'; '.join(wrong)}"


def test_the_value(examples: list[Worked]) -> None:
    """The engine gives the value, and the parts and the status when they are written down."""
    for example in examples:
        check(Play(example).tell(example.events), example.expected, "told at once")


def test_any_order(examples: list[Worked]) -> None:
    """The value is the same with the events backwards, at once and one at a time with restarts between, told twice."""
    for example in examples:
        backwards = example.events[::-1]
        at_once = Play(example).tell(backwards)
        check(at_once, example.expected, "backwards")
        one_by_one = Play(example).tell(*([event] for event in backwards), *([event] for event in example.events))
        check(one_by_one, example.expected, "backwards, one at a time, twice")
        assert one_by_one.cells() == at_once.cells(), f"{example.file}: cells depend on the batches"


def test_a_retraction(examples: list[Worked]) -> None:
    """With one event taken back, before it came or after, the value is the one written down, as if it never came."""
    for example in examples:
        if example.retraction is None:
            continue
        taken_back = example.retraction.event
        without = Play(example).tell([event for event in example.events if event["event_id"] != taken_back])
        notice = retracting(example, taken_back)
        for play in (Play(example).tell(example.events, [notice]), Play(example).tell([notice], example.events)):
            check(play, example.retraction.expected, f"without {taken_back}")
            assert play.cells() == without.cells(), f"{example.file}: something of {taken_back} is left"
            assert play.disagreements() == {}, example.file


def test_any_event_taken_back(examples: list[Worked]) -> None:
    """Whatever is taken back, the first event, one in the middle or the last, leaves nothing behind."""
    for example in examples:
        told = [event for event in example.events if event["event_type"] != "event.retracted"]
        for taken_back in told[:1] + told[len(told) // 2 :: max(1, len(told) // 2)][:2]:
            left = [event for event in example.events if event is not taken_back]
            play = Play(example).tell(example.events, [retracting(example, taken_back["event_id"])])
            assert play.cells() == Play(example).tell(left).cells(), f"{example.file}: {taken_back['event_id']}"
            assert play.disagreements() == {}, f"{example.file}: {taken_back['event_id']}"


def test_without_events(examples: list[Worked]) -> None:
    """Asked before anything has happened, or with the events that are left standing, the value is the one written."""
    for example in examples:
        if example.emptied is not None:
            left = [event for event in example.events if event["event_id"] in example.emptied.events]
            check(Play(example).tell(left), example.emptied.expected, "emptied")


def test_the_recount_agrees_at_every_prefix(examples: list[Worked]) -> None:
    """After each event, the cells of the period and of the KPI's windows are those of the independent recount."""
    for example in examples:
        play = Play(example)
        for number, event in enumerate(example.events, start=1):
            play.tell([event])
            assert play.disagreements() == {}, f"{example.file} after {number} events"


def test_parts_merge(examples: list[Worked]) -> None:
    """Rows of two shards, each read in two halves of the days, give the same value as all rows."""
    for example in examples:
        play = Play(example).tell(*([event] for event in example.events))
        assert play.answer_in_parts() == play.answer(), example.file


def test_the_explanation_adds_up(examples: list[Worked]) -> None:
    """The cases that `scoreline explain` lists, each with what it adds, make exactly the cells of the value."""
    for example in examples:
        assert Play(example).tell(example.events).unexplained() == {}, example.file


def test_no_example_of_something_else() -> None:
    """Each example of the shipped folder is about a KPI that exists, and says both that and why in two languages."""
    for kpi, paths in FILES.items():
        for path in paths:
            example = read_example(path)
            assert kpi in Play(example).definitions.kpis, example.file
            assert example.why.zh != example.why.en, example.file
