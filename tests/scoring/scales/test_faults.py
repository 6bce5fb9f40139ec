"""Every validator of a scale: what is refused, where, and that all faults come at once."""

from __future__ import annotations

import pytest

from scoring.faults import DefinitionError
from scoring.scales import read_scale


def faults_of(kind: str, **keys: object) -> list[str]:
    """The faults of a table, as "key: message"."""
    with pytest.raises(DefinitionError) as raised:
        read_scale({"kind": kind, **keys}, "plan.toml", "item")
    return [f"{fault.key}: {fault.message}" for fault in raised.value.faults]


@pytest.mark.parametrize(
    ("kind", "keys", "message"),
    [
        ("PROP", {"cap": "0"}, "item.cap: the cap 0 is not above 0"),
        ("PROP", {"cap": "-1"}, "item.cap: the cap -1 is not above 0"),
        ("PROP", {"threshold": "1.3"}, "item.threshold: the threshold 1.3 must lie between 0 and the cap 1.2"),
        ("PROP", {"cap": 1.2}, "item.cap: 1.2 is not an exact number"),
        ("PROP", {"cap": "120%"}, "item.cap: '120%' is not a number"),
        ("PROP", {"cap": True}, "item.cap: True is not an exact number"),
        ("PROP", {"target": "0"}, "item.target: the target 0 is not above 0"),
        ("LL", {"target": "-1"}, "item.target: the target -1 is not above 0"),
        ("LI", {"cap": "0"}, "item.cap: the cap 0 is not above 0"),
        ("FT", {}, "item.floor: 'floor' is missing"),
        ("FT", {"floor": "0.98", "target": "0.98"}, "item.target: the target 0.98 is not above the floor 0.98"),
        ("FTS", {"floor": "5", "target": "-5"}, "item.target: the target -5 is not above the floor 5"),
        ("STEP", {"steps": []}, "item.steps: [] is not a list with at least one row"),
        ("STEP", {"steps": [["1"]]}, "item.steps[0]: ['1'] is not a pair of numbers"),
        ("STEP", {"steps": [["1", "100"], ["1.0", "90"]]}, "item.steps: steps overlap: the bound 1 appears twice"),
        ("STEP", {"steps": [["1", "80"], ["0.9", "90"], ["0.8", "70"]]}, "item.steps: the scores go up and down"),
        ("STEP", {"steps": [["1", "100"]], "otherwise": "-5"}, "item.otherwise: a score is negative"),
        ("STEP", {"of": "median"}, "item.of: unknown of 'median'"),
        ("PWL", {"knots": [["1", "100"]]}, "item.knots: a curve needs at least two knots"),
        ("PWL", {"knots": [["1", "0"], ["1", "100"]]}, "item.knots: the x of the knots must ascend strictly"),
        ("PWL", {"knots": [["0", "0"], ["1", "100"], ["2", "50"]]}, "item.knots: the y of the knots go up and down"),
        ("PWL", {"knots": [["0", "-1"], ["1", "100"]]}, "item.knots: a knot has a negative y"),
        ("DED", {"step": "0", "pts": "2"}, "item.step: the step 0 is not above 0"),
        ("DED", {"step": "1", "pts": "-2"}, "item.pts: the points -2 are not above 0"),
        ("DED", {"step": "1", "pts": "2", "rounding": "half"}, "item.rounding: unknown rounding 'half'"),
        ("ADD", {"base": "130", "step": "1", "pts": "1"}, "item.cap: the cap 120 lies below the base 130"),
        ("PF", {"condition": "about"}, "item.condition: unknown condition 'about'"),
        ("BAND", {"tol": "0.2", "zero": "0.2"}, "item.zero: zero 20% must lie above the tolerance 20%"),
        ("BAND", {"tol": "-0.1", "zero": "0.2"}, "item.tol: the tolerance -10% is negative"),
        ("REV", {"weights": {"manager": "70", "peers": "20"}}, "item.weights: the weights sum to 90, not 100"),
        ("REV", {"weights": {"manager": "70", "friends": "30"}}, "item.weights.friends: unknown relation"),
        ("REV", {"weights": "70/20/10"}, "item.weights: '70/20/10' is not a table"),
    ],
)
def test_each_fault_is_named(kind: str, keys: dict[str, object], message: str) -> None:
    """A faulty table gives exactly one fault, at its key, with what is wrong."""
    faults = faults_of(kind, **keys)
    assert len(faults) == 1
    assert faults[0].startswith(message)


def test_a_gap_between_ranges_is_refused() -> None:
    """The livestream sheet that leaves 90-100 % undefined does not pass."""
    ranges = [
        {"from": "1", "score": "30"},
        {"from": "0.8", "below": "0.9", "score": "20"},
        {"below": "0.8", "score": "0"},
    ]
    assert faults_of("STEP", steps=ranges) == ["item.steps: gap: nothing covers 0.9 to 1; each value needs one range"]


def test_overlapping_ranges_are_refused() -> None:
    """Two ranges that both claim 0.85 do not pass."""
    ranges = [{"from": "0.8", "score": "30"}, {"below": "0.9", "score": "20"}]
    assert faults_of("STEP", steps=ranges) == [
        "item.steps: overlap: one range reaches up to 0.9 and the next starts at 0.8; each value needs one range"
    ]


def test_ranges_must_reach_both_ends() -> None:
    """A table without an open lowest and an open highest range has two gaps, and both are listed."""
    ranges = [{"from": "0.5", "below": "0.8", "score": "10"}, {"from": "0.8", "below": "1.2", "score": "20"}]
    assert [fault.split(";")[0] for fault in faults_of("STEP", steps=ranges)] == [
        "item.steps: gap: nothing covers values below 0.5",
        "item.steps: gap: nothing covers 1.2 and up",
    ]


def test_two_open_ranges_overlap() -> None:
    """Two ranges without a lower bound claim the same values."""
    ranges = [{"below": "0.8", "score": "10"}, {"below": "0.9", "score": "20"}, {"from": "0.9", "score": "30"}]
    assert any("overlap" in fault for fault in faults_of("STEP", steps=ranges))


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ({"from": "0.9", "below": "0.9", "score": "1"}, "the range from 0.9 below 0.9 is empty"),
        ({"from": "0.9"}, "is not a range: write {from, below, score}"),
        ({"from": "0.9", "to": "1", "score": "1"}, "is not a range"),
        (["0.9", "1"], "is not a range"),
        ({"from": "x", "score": "1"}, "'x' is not a number"),
    ],
)
def test_a_row_that_is_no_range_is_refused(row: object, message: str) -> None:
    """A bad row is reported with its position, and nothing is derived from it."""
    faults = faults_of("STEP", steps=[row, {"below": "0.9", "score": "0"}])
    assert len(faults) == 1
    assert faults[0].startswith("item.steps[0]: ")
    assert message in faults[0]


def test_all_faults_come_at_once() -> None:
    """Five faults in one table are five lines of one error, each with file and key."""
    table = {"kind": "DED", "step": 0.5, "pts": "-2", "rounding": "up", "better": 1, "x": 1}
    with pytest.raises(DefinitionError) as raised:
        read_scale(table, "plan.toml", "items[3]")
    lines = str(raised.value).splitlines()
    assert [line.split(": ")[1] for line in lines] == [
        f"items[3].{name}" for name in ("step", "pts", "rounding", "better", "x")
    ]
    assert all(line.startswith("plan.toml: ") for line in lines)
