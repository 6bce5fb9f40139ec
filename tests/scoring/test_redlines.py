"""Red lines: effects, states, and which of several wins."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.redlines import EFFECTS, STATES, RedLine, RedLined, apply_red_lines

POINTS = {"sales": Fraction(40), "service": Fraction(30)}


def applied(*lines: RedLine) -> RedLined:
    """Red lines on a total of 92 in which sales gave 40 points and service 30."""
    return apply_red_lines(Fraction(92), POINTS, lines)


def test_each_effect_acts_on_its_part() -> None:
    """Cap, zeroed KPI and zero act on the total; the others leave it alone."""
    assert applied(RedLine("a", "cap_total", Fraction(59))).total == 59
    assert applied(RedLine("a", "zero_kpi", kpi="sales")).total == 52
    assert applied(RedLine("a", "zero_total")).total == 0
    limited = applied(RedLine("a", "coefficient", Fraction("0.5")))
    assert (limited.total, limited.coefficient_limit) == (92, Fraction("0.5"))
    assert (applied(RedLine("a", "no_bonus")).total, applied(RedLine("a", "no_bonus")).no_bonus) == (92, True)


def test_the_strongest_on_the_total_wins() -> None:
    """Of a cap at 59, a zeroed KPI and a cap at 79 only the first decides, and the others say so."""
    result = applied(
        RedLine("c", "cap_total", Fraction(79)),
        RedLine("b", "zero_kpi", kpi="service"),
        RedLine("a", "cap_total", Fraction(59)),
    )
    assert result.total == 59
    assert [(step.code, step.applied) for step in result.steps] == [("a", True), ("b", False), ("c", False)]
    assert result.steps[0].reason == "cap_total(59): total 59"
    assert result.steps[1].reason == "zero_kpi(service): total 62; a is stronger"


def test_a_violation_of_another_kind_is_not_lost() -> None:
    """A cap, a coefficient limit and a bonus stop hold side by side; of two limits the lower."""
    result = applied(
        RedLine("a", "cap_total", Fraction(79)),
        RedLine("b", "coefficient", Fraction("0.8")),
        RedLine("c", "coefficient", Fraction("0.6")),
        RedLine("d", "no_bonus"),
    )
    assert (result.total, result.coefficient_limit, result.no_bonus) == (79, Fraction("0.6"), True)
    assert [step.code for step in result.steps if step.applied] == ["a", "c", "d"]


@pytest.mark.parametrize("state", sorted(set(STATES) - {"upheld"}))
def test_only_an_upheld_red_line_acts(state: str) -> None:
    """A red line that is raised, heard or dismissed is listed without effect."""
    result = applied(RedLine("a", "zero_total", state=state), RedLine("b", "no_bonus", state=state))
    assert (result.total, result.no_bonus) == (92, False)
    assert not any(step.applied for step in result.steps)
    assert result.steps[0].reason == f"{state}, not upheld: no effect"


def test_a_red_line_never_raises_a_total() -> None:
    """A cap above the total, or a zeroed KPI without points, has no effect."""
    result = applied(RedLine("a", "cap_total", Fraction(100)), RedLine("b", "zero_kpi", kpi="other"))
    assert result.total == 92
    assert not any(step.applied for step in result.steps)


@given(st.fractions(0, 120, max_denominator=20), st.lists(st.sampled_from(EFFECTS), max_size=5), st.randoms())
def test_order_is_irrelevant(total: Fraction, effects: list[str], shuffle: st.DataObject) -> None:
    """Red lines in any order give the same result, never above the total."""
    lines = [RedLine(f"r{at}", effect, Fraction(at, 5), "sales") for at, effect in enumerate(effects)]
    mixed = list(lines)
    shuffle.shuffle(mixed)  # type: ignore[attr-defined]
    assert apply_red_lines(total, POINTS, lines) == apply_red_lines(total, POINTS, mixed)
    assert apply_red_lines(total, POINTS, lines).total <= total


@pytest.mark.parametrize(
    ("effect", "keys", "message"),
    [
        ("fire", {}, "unknown effect 'fire', use one of cap_total"),
        ("cap_total", {}, "cap_total needs a value of 0 or more"),
        ("coefficient", {"value": Fraction(-1)}, "coefficient needs a value of 0 or more"),
        ("zero_kpi", {}, "zero_kpi needs the id of a KPI"),
        ("no_bonus", {"state": "maybe"}, "unknown state 'maybe'"),
    ],
)
def test_incomplete_red_lines_are_refused(effect: str, keys: dict[str, Fraction | str], message: str) -> None:
    """A red line without what its effect needs is an error that names it."""
    with pytest.raises(ValueError, match=f"red line R7: {message}"):
        RedLine("R7", effect, **keys)  # type: ignore[arg-type]
