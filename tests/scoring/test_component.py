"""Components: the order function, coefficient, cap, floor, rounding; gates, guarantees and splits."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.component import (
    NO_TERMS,
    Gate,
    Guarantee,
    Terms,
    hours_share,
    read_guarantee,
    read_terms,
    settle_component,
    settle_guarantee,
    split,
)
from scoring.faults import DefinitionError
from scoring.plans import PayInputs, PlanFunction, read_plan_function

FLAT_1 = read_plan_function({"kind": "flat", "rate": "0.01"}, "plan.toml", "component")
PERFORMANCE = read_plan_function({"kind": "performance"}, "plan.toml", "component")
SESSION = read_plan_function({"kind": "slab", "tiers": [["0", "0.005"], ["100000", "0.01"]]}, "plan.toml", "component")
HOURLY = read_plan_function({"kind": "flat", "rate": "80"}, "plan.toml", "component")


def settled(function: PlanFunction, base: str, terms: Terms = NO_TERMS, coefficient: str = "1") -> int:
    """The fen that a component pays on a base."""
    inputs = PayInputs(Fraction(base), Fraction(coefficient))
    return settle_component(function, inputs, terms, "CNY").amount_minor


def test_the_order_is_coefficient_cap_floor_rounding() -> None:
    """The coefficient applies before the cap: 1 % of 300 000 at 0.8 is 2 400 and stays under a cap of 2 500."""
    assert settled(FLAT_1, "300000", Terms(True, Fraction(2500)), "0.8") == 240_000
    assert settled(FLAT_1, "300000", Terms(True, Fraction(2500)), "1.2") == 250_000
    assert settled(FLAT_1, "100000", Terms(True, None, Fraction(900)), "0.8") == 90_000


def test_a_component_without_coefficient_ignores_it() -> None:
    """Commission is unaffected by the score unless the plan says so."""
    assert settled(FLAT_1, "300000", NO_TERMS, "0.8") == 300_000


def test_the_cap_shows_what_was_forgone() -> None:
    """Computed 3 000 with a cap of 2 500 pays 2 500 and shows 500 forgone."""
    component = settle_component(FLAT_1, PayInputs(Fraction(300_000)), Terms(cap=Fraction(2500)), "CNY")
    assert (component.amount_minor, component.forgone, component.topped_up) == (250_000, 500, 0)
    assert component.details[-1].text == "capped at 2 500, forgone 500"


def test_the_floor_shows_what_it_added() -> None:
    """Computed 900 with a floor of 1 500 pays 1 500 and shows 600 added."""
    component = settle_component(FLAT_1, PayInputs(Fraction(90_000)), Terms(floor=Fraction(1500)), "CNY")
    assert (component.amount_minor, component.forgone, component.topped_up) == (150_000, 0, 600)
    assert [detail.kind for detail in component.details] == ["rate", "floor"]


def test_a_component_rounds_once_at_the_end() -> None:
    """0.5 fen rounds up after all steps, and the rounding is a line of its own."""
    component = settle_component(FLAT_1, PayInputs(Fraction("100.5")), NO_TERMS, "CNY")
    assert component.amount_minor == 101
    assert component.details[-1].kind == "rounding"
    assert component.details[-1].amount == Fraction("0.005")
    assert settled(FLAT_1, "-100.5") == -101


def test_a_currency_without_cents_rounds_to_its_unit() -> None:
    """A yen component is whole yen."""
    component = settle_component(FLAT_1, PayInputs(Fraction(12_345)), NO_TERMS, "JPY")
    assert (component.amount_minor, component.details[-1].text) == (123, "rounded half-up to 123")


def test_a_closed_gate_pays_nothing() -> None:
    """Below its gate a component pays 0, not even the floor, and says why; at the gate it pays."""
    terms = Terms(floor=Fraction(100), gates=(Gate("sales_attainment", Fraction("0.9")),))
    closed = PayInputs(Fraction(90_000), extra={"sales_attainment": Fraction("0.8333")})
    component = settle_component(FLAT_1, closed, terms, "CNY")
    assert component.amount_minor == 0
    assert component.details[0].text == "sales_attainment 83.33% is below the gate 90%"
    opened = PayInputs(Fraction(90_000), extra={"sales_attainment": Fraction("0.9")})
    assert settle_component(FLAT_1, opened, terms, "CNY").amount_minor == 90_000


def test_a_gate_without_a_value_is_never_passed_or_failed() -> None:
    """A gate KPI without a value is an error, because null is not 0."""
    terms = Terms(gates=(Gate("sales_attainment", Fraction("0.9")),))
    with pytest.raises(ValueError, match="sales_attainment has no value"):
        settle_component(FLAT_1, PayInputs(Fraction(1)), terms, "CNY")


def test_the_coefficient_is_never_applied_twice() -> None:
    """Performance pay multiplies by the coefficient itself; terms that do it again are refused."""
    assert settled(PERFORMANCE, "4000", NO_TERMS, "1.2") == 480_000
    with pytest.raises(ValueError, match="multiplies by the coefficient itself"):
        settled(PERFORMANCE, "4000", Terms(multiply_by_coefficient=True), "1.2")


def test_a_higher_of_guarantee_tops_up() -> None:
    """96.5 hours at 80 and 2 100 commission are 9 820; a guarantee of 10 000 adds 180."""
    earned = [
        settle_component(HOURLY, PayInputs(Fraction("96.5")), NO_TERMS, "CNY"),
        settle_component(SESSION, PayInputs(Fraction(260_000)), NO_TERMS, "CNY"),
    ]
    assert [component.amount_minor for component in earned] == [772_000, 210_000]
    top_up = settle_guarantee(Guarantee(Fraction(10_000), "higher_of"), earned, Fraction(1), "CNY")
    assert (top_up.amount_minor, top_up.topped_up) == (18_000, 180)
    assert sum(detail.amount for detail in top_up.details) == 180


def test_a_guarantee_that_is_passed_adds_nothing() -> None:
    """Earning more than the guarantee adds 0, and so does a guarantee prorated below what was earned."""
    earned = [settle_component(HOURLY, PayInputs(Fraction(100)), NO_TERMS, "CNY")]
    assert settle_guarantee(Guarantee(Fraction(8000), "higher_of"), earned, Fraction(1), "CNY").amount_minor == 0
    assert settle_guarantee(Guarantee(Fraction(12_000), "higher_of"), earned, Fraction(1, 2), "CNY").amount_minor == 0


def test_an_additive_guarantee_is_paid_on_top() -> None:
    """The other meaning of 保底: 10 000 beside what was earned, by the share of hours."""
    earned = [settle_component(HOURLY, PayInputs(Fraction(100)), NO_TERMS, "CNY")]
    component = settle_guarantee(Guarantee(Fraction(10_000), "additive"), earned, Fraction(1, 2), "CNY")
    assert component.amount_minor == 500_000


def test_a_guarantee_compares_one_currency() -> None:
    """Yuan and dollars are not compared."""
    earned = [settle_component(HOURLY, PayInputs(Fraction(1)), NO_TERMS, "USD")]
    with pytest.raises(ValueError, match="cannot be compared with another currency"):
        settle_guarantee(Guarantee(Fraction(1), "higher_of"), earned, Fraction(1), "CNY")


def test_hours_that_the_company_cancelled_count_as_delivered() -> None:
    """80 of 100 rostered hours are 0.8, with 20 cancelled by the company 1, and never more than 1."""
    assert hours_share(Fraction(80), Fraction(100)) == Fraction("0.8")
    assert hours_share(Fraction(80), Fraction(100), Fraction(20)) == 1
    assert hours_share(Fraction(120), Fraction(100)) == 1
    with pytest.raises(ValueError, match="no hours were rostered"):
        hours_share(Fraction(1), Fraction(0))


def test_split_ties_go_to_the_lower_employee_id() -> None:
    """100.00 in thirds: the lowest id gets the odd fen, whatever the order of the mapping."""
    third = Fraction(1, 3)
    assert split(10_000, {"e3": third, "e1": third, "e2": third}) == {"e1": 3334, "e2": 3333, "e3": 3333}


@given(
    st.integers(-(10**10), 10**10),
    st.dictionaries(st.text(min_size=1, max_size=4), st.fractions(1, 100, max_denominator=30), min_size=1, max_size=6),
)
def test_splits_over_people_sum_to_the_whole(amount_minor: int, shares: dict[str, Fraction]) -> None:
    """Nothing is lost or made up by a split."""
    assert sum(split(amount_minor, shares).values()) == amount_minor


def test_terms_read_from_a_table() -> None:
    """A complete table gives exact terms."""
    gates = [{"name": "sales_attainment", "at_least": "0.9"}]
    terms = read_terms(
        {"multiply_by_coefficient": True, "cap": "2500", "floor": 0, "gates": gates}, "plan.toml", "terms"
    )
    assert terms == Terms(True, Fraction(2500), Fraction(0), (Gate("sales_attainment", Fraction("0.9")),))
    assert read_terms({}, "plan.toml", "terms") == NO_TERMS


def test_faulty_terms_list_every_fault() -> None:
    """Four faults of one table come in one error."""
    table = {"multiply_by_coefficient": "yes", "cap": "0", "floor": "-1", "gates": [{"name": "x"}], "limit": 1}
    with pytest.raises(DefinitionError) as raised:
        read_terms(table, "plan.toml", "terms")
    keys = [fault.key for fault in raised.value.faults]
    assert keys == ["terms.multiply_by_coefficient", "terms.cap", "terms.floor", "terms.gates[0]", "terms.limit"]


def test_terms_and_function_are_checked_together() -> None:
    """A floor above the cap, and a coefficient on a function that has one, are faults."""
    table = {"multiply_by_coefficient": True, "cap": "10", "floor": "20"}
    with pytest.raises(DefinitionError) as raised:
        read_terms(table, "plan.toml", "terms", PERFORMANCE)
    assert [fault.key for fault in raised.value.faults] == ["terms.multiply_by_coefficient", "terms.floor"]


def test_a_guarantee_must_name_its_meaning() -> None:
    """The two meanings of 保底 differ, so there is no default."""
    assert read_guarantee({"amount": "10000", "mode": "higher_of"}, "f", "k") == Guarantee(
        Fraction(10_000), "higher_of"
    )
    with pytest.raises(DefinitionError) as raised:
        read_guarantee({"amount": "-1"}, "plan.toml", "guarantee")
    assert sorted(fault.key for fault in raised.value.faults) == ["guarantee.amount", "guarantee.mode"]
