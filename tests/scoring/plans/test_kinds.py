"""Each pay function against the worked examples of 6-pay.md, and the properties of §6.16."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.plans import Cliff, Computed, PayInputs, Whole, plan_warnings, read_plan_function
from scoring.plans.slab import Slab

T = [["0", "0.01"], ["50000", "0.02"], ["100000", "0.03"]]
bases = st.fractions(min_value=-(10**6), max_value=10**7, max_denominator=100)
rates = st.fractions(min_value=0, max_value=1, max_denominator=200)


def computed(kind: str, base: str, extra: dict[str, str] | None = None, **keys: object) -> Computed:
    """What a function with these keys pays on a base."""
    function = read_plan_function({"kind": kind, **keys}, "plan.toml", "component")
    return function.compute(PayInputs(Fraction(base), extra={k: Fraction(v) for k, v in (extra or {}).items()}))


def test_slab_itemises_its_brackets() -> None:
    """120 000 on tiers T is 500 + 1 000 + 600, one line each."""
    result = computed("slab", "120000", tiers=T)
    assert [detail.text for detail in result.details] == [
        "0-50 000 at 1% = 500",
        "50 000-100 000 at 2% = 1 000",
        "above 100 000: 20 000 at 3% = 600",
    ]
    assert result.amount == 2100


def test_slab_is_continuous_at_its_bounds() -> None:
    """One fen beyond a bound pays the next rate on that fen only: 500.0002."""
    assert computed("slab", "50000", tiers=T).amount == 500
    assert computed("slab", "50000.01", tiers=T).amount == Fraction("500.0002")
    assert computed("slab", "0", tiers=T).amount == computed("slab", "-5", tiers=T).amount == 0


def test_tiers_may_be_keyed_on_attainment() -> None:
    """1 % to target, 1.5 % to 120 %, 2 % above, on a target of 200 000: 260 000 earns 3 000."""
    tiers = [["0", "0.01"], ["1", "0.015"], ["1.2", "0.02"]]
    assert computed("slab", "260000", {"target": "200000"}, tiers=tiers, tiers_of="attainment").amount == 3000
    assert computed("whole", "260000", {"target": "200000"}, tiers=tiers, tiers_of="attainment").amount == 5200
    with pytest.raises(ValueError, match="need a target above 0"):
        computed("slab", "260000", {"target": "0"}, tiers=tiers, tiers_of="attainment")


@st.composite
def slabs(draw: st.DrawFn) -> Slab:
    """A slab with one to five tiers, the first from 0."""
    bounds = draw(st.lists(st.integers(1, 10**6), unique=True, max_size=4))
    return Slab(tuple((Fraction(bound), draw(rates)) for bound in [0, *sorted(bounds)]))


@given(slabs(), bases, st.fractions(min_value=0, max_value=10**6, max_denominator=100))
def test_slab_never_falls_and_never_jumps(slab: Slab, base: Fraction, more: Fraction) -> None:
    """More sales never pay less, and never more than the highest rate on what was added: no cliff anywhere."""
    low, high = (slab.compute(PayInputs(x)).amount for x in (base, base + more))
    assert 0 <= high - low <= slab.max_rate * more


@given(slabs(), bases)
def test_slab_pays_at_most_its_highest_rate(slab: Slab, base: Fraction) -> None:
    """f(x) <= max_rate · x for x above 0, and 0 otherwise."""
    amount = slab.compute(PayInputs(base)).amount
    assert amount <= max(Fraction(0), slab.max_rate * base)


@given(slabs(), st.lists(st.fractions(min_value=0, max_value=10**6, max_denominator=100), max_size=6))
def test_a_year_to_date_sums_to_the_year(slab: Slab, months: list[Fraction]) -> None:
    """Months paid cumulatively add up to the function of the whole year."""
    function = read_plan_function(
        {"kind": "ytd", "function": {"kind": "slab", "tiers": [[str(b), str(r)] for b, r in slab.tiers]}}, "f", "k"
    )
    before, paid = Fraction(0), Fraction(0)
    for month in months:
        paid += function.compute(PayInputs(month, extra={"before": before})).amount
        before += month
    assert paid == slab.compute(PayInputs(before)).amount


@given(rates, bases)
def test_a_full_refund_of_a_flat_plan_nets_to_zero(rate: Fraction, base: Fraction) -> None:
    """Flat commission on a sale and on its refund cancel."""
    table = {"kind": "flat", "rate": str(rate)}
    function = read_plan_function(table, "f", "k")
    assert function.compute(PayInputs(base)).amount + function.compute(PayInputs(-base)).amount == 0


def test_whole_has_cliffs() -> None:
    """One fen of sales is worth 1 000 at 100 000, and the function lists each cliff."""
    assert computed("whole", "99999.99", tiers=T).amount == Fraction("1999.9998")
    assert computed("whole", "100000", tiers=T).amount == 3000
    assert computed("whole", "-1", tiers=T).amount == 0
    function = read_plan_function({"kind": "whole", "tiers": T}, "plan.toml", "component")
    assert isinstance(function, Whole)
    assert function.cliffs() == (
        Cliff(Fraction(50_000), Fraction(500)),
        Cliff(Fraction(100_000), Fraction(1_000)),
    )


def test_cliffs_and_high_rates_are_warned_of() -> None:
    """A cliff suggests slab, a threshold suggests flat_excess, and a rate above 1 looks like a percentage."""
    whole = read_plan_function({"kind": "whole", "tiers": T}, "plan.toml", "component")
    warnings = plan_warnings(whole, "plan.toml", "component")
    assert len(warnings) == 2
    assert "cliff at 50 000: reaching it changes the pay by 500 at once; slab has no cliffs" in str(warnings[0])
    flat = read_plan_function({"kind": "flat", "rate": "1.5"}, "plan.toml", "component")
    assert "1.5% is written 0.015" in str(plan_warnings(flat, "plan.toml", "component")[0])
    first = read_plan_function(
        {"kind": "flat_first_yuan", "rate": "0.01", "threshold": "50000"}, "plan.toml", "component"
    )
    assert "flat_excess has none" in str(plan_warnings(first, "plan.toml", "component")[0])
    assert plan_warnings(read_plan_function({"kind": "slab", "tiers": T}, "f", "k"), "f", "k") == ()


def test_thresholds_differ_in_what_they_pay_on() -> None:
    """At the threshold the excess form pays 0 and the first-yuan form pays on everything."""
    assert computed("flat_excess", "50000", rate="0.015", threshold="50000").amount == 0
    assert computed("flat_first_yuan", "50000", rate="0.015", threshold="50000").amount == 750
    assert computed("flat_first_yuan", "49999.99", rate="0.015", threshold="50000").amount == 0


SAVING = {"spend": "34000", "sales_target": "550000"}


def test_fee_saving_shows_what_was_saved() -> None:
    """500 000 at 8 % allows 40 000, 34 000 spent, a fifth of 6 000 is 1 200."""
    result = computed("fee_saving", "500000", SAVING, share="0.2", rate_target="0.08", gate="0.9")
    assert result.amount == 1200
    assert result.details[0].text == ("allowed 8% of 500 000 = 40 000, spent 34 000, saved 6 000 at 20% = 1 200")


def test_fee_saving_needs_its_gate_and_charges_nothing() -> None:
    """Below the gate, or overspent, the result is 0 with the reason."""
    below = computed(
        "fee_saving", "500000", {**SAVING, "sales_target": "600000"}, share="0.2", budget="50000", gate="0.9"
    )
    assert (below.amount, below.details[0].text) == (0, "sales reach 83.33% of the target, below the gate 90%")
    over = computed("fee_saving", "500000", {"spend": "46000"}, share="0.2", rate_target="0.08")
    assert over.amount == 0
    assert over.details[0].text == "allowed 8% of 500 000 = 40 000; spent 46 000: nothing saved"


def test_performance_pay_follows_share_and_coefficient() -> None:
    """3 000 for 20 of 30 days is 2 000, at coefficient 1.2 2 400, one line for each step."""
    function = read_plan_function({"kind": "performance"}, "f", "k")
    result = function.compute(PayInputs(Fraction(3000), Fraction("1.2"), Fraction(20, 30)))
    assert result.amount == 2400
    assert [(detail.kind, detail.amount) for detail in result.details] == [("present", 2000), ("coefficient", 400)]


@pytest.mark.parametrize(
    ("attainment", "pay"),
    [("0.7999", 0), ("0.8", 7500), ("0.9", 11250), ("1", 15000), ("1.1", 18750), ("1.2", 22500), ("2", 22500)],
)
def test_a_quarter_bonus_pays_from_its_threshold_to_its_cap(attainment: str, pay: int) -> None:
    """Nothing below 0.8, half at 0.8, all at 1.0, one and a half from 1.2."""
    assert computed("quarter_bonus", "15000", {"attainment": attainment}).amount == pay
