"""Laws that every pay function obeys, tested over the whole table."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.component import Terms, settle_component
from scoring.faults import DefinitionError
from scoring.plans import PLANS, PayInputs, PlanFunction, read_plan_function, table_of_plan

TIERS = [["0", "0.01"], ["50000", "0.02"], ["100000", "0.03"]]
#: A complete table of each kind.
TABLES: dict[str, dict[str, object]] = {
    "flat": {"rate": "0.015"},
    "flat_excess": {"rate": "0.015", "threshold": "50000"},
    "flat_first_yuan": {"rate": "0.015", "threshold": "50000"},
    "slab": {"tiers": TIERS},
    "whole": {"tiers": [["0", "0.01"], ["1", "0.015"]], "tiers_of": "attainment"},
    "fee_saving": {"share": "0.2", "rate_target": "0.08", "gate": "0.9"},
    "performance": {},
    "quarter_bonus": {},
    "ytd": {"function": {"kind": "slab", "tiers": TIERS}},
}
EXTRA = {
    "target": Fraction(200_000),
    "spend": Fraction(20_000),
    "sales_target": Fraction(300_000),
    "attainment": Fraction("0.95"),
    "before": Fraction(70_000),
}
bases = st.fractions(min_value=-(10**7), max_value=10**7, max_denominator=100)
coefficients = st.fractions(min_value=0, max_value=Fraction(3, 2), max_denominator=20)


def function_of(kind: str) -> PlanFunction:
    """The function of the sample table of `kind`."""
    return read_plan_function({"kind": kind, **TABLES[kind]}, "plan.toml", "component")


def inputs_of(base: Fraction, coefficient: Fraction = Fraction(1)) -> PayInputs:
    """Inputs with a value for everything that a sample needs."""
    return PayInputs(base, coefficient, Fraction(2, 3), EXTRA)


def test_every_kind_has_a_sample() -> None:
    """The laws below run over every kind of the table."""
    assert set(TABLES) == set(PLANS)


@pytest.mark.parametrize("kind", PLANS)
def test_every_kind_reads_back(kind: str) -> None:
    """The table written from a function reads back as the same function."""
    function = function_of(kind)
    assert function.code == kind
    assert read_plan_function(table_of_plan(function), "plan.toml", "component") == function


@pytest.mark.parametrize("kind", PLANS)
def test_every_kind_explains_itself(kind: str) -> None:
    """Each kind has a docstring with its formula and its source."""
    assert "6-pay.md" in (PLANS[kind].__doc__ or "")


@pytest.mark.parametrize("kind", PLANS)
@given(base=bases, coefficient=coefficients)
def test_details_sum_to_the_amount(kind: str, base: Fraction, coefficient: Fraction) -> None:
    """The amount is a Fraction, its details add up to it, and base · rate is the amount of a rated line."""
    computed = function_of(kind).compute(inputs_of(base, coefficient))
    assert isinstance(computed.amount, Fraction)
    assert computed.details
    assert sum(detail.amount for detail in computed.details) == computed.amount
    for detail in computed.details:
        assert detail.text
        assert detail.rate is None or detail.base * detail.rate == detail.amount


@pytest.mark.parametrize("kind", PLANS)
@given(base=bases, coefficient=coefficients, multiply=st.booleans())
def test_details_sum_to_the_settled_amount(kind: str, base: Fraction, coefficient: Fraction, multiply: bool) -> None:
    """After coefficient, cap, floor and rounding the details still add up, to the fen."""
    function = function_of(kind)
    terms = Terms(multiply and not function.uses_coefficient, Fraction(2_500), Fraction(300))
    component = settle_component(function, inputs_of(base, coefficient), terms, "CNY")
    assert sum(detail.amount for detail in component.details) == Fraction(component.amount_minor, 100)
    assert 30_000 <= component.amount_minor <= 250_000


@pytest.mark.parametrize("kind", PLANS)
def test_a_missing_value_is_never_zero(kind: str) -> None:
    """Without a value that a function needs there is an error that names it, not an amount."""
    function = function_of(kind)
    for name in function.needs():
        extra = {key: value for key, value in EXTRA.items() if key != name}
        with pytest.raises(ValueError, match=f"{name} has no value"):
            function.compute(PayInputs(Fraction(400_000), extra=extra))


@pytest.mark.parametrize("kind", PLANS)
def test_every_kind_needs_no_more_than_it_says(kind: str) -> None:
    """With just the values that `needs` lists, the function computes."""
    function = function_of(kind)
    extra = {name: EXTRA[name] for name in function.needs()}
    assert function.compute(PayInputs(Fraction(400_000), extra=extra)).details


@pytest.mark.parametrize("kind", PLANS)
def test_every_kind_refuses_unknown_keys(kind: str) -> None:
    """A key that a function does not know is a fault with the known ones."""
    with pytest.raises(DefinitionError, match=r"plan.toml: component.colour: unknown key 'colour'"):
        read_plan_function({"kind": kind, **TABLES[kind], "colour": "red"}, "plan.toml", "component")


def test_an_unknown_kind_lists_the_known_ones() -> None:
    """A misspelt kind is answered with the nearest one and all of them."""
    with pytest.raises(DefinitionError) as raised:
        read_plan_function({"kind": "slap", "tiers": TIERS}, "plan.toml", "component")
    assert "did you mean 'slab'?" in raised.value.faults[0].message
    assert all(kind in raised.value.faults[0].message for kind in PLANS)
