"""Every validator of a pay function: what is refused and where."""

from __future__ import annotations

import pytest

from scoring.faults import DefinitionError
from scoring.plans import read_plan_function


@pytest.mark.parametrize(
    ("kind", "keys", "message"),
    [
        ("flat", {}, "component.rate: 'rate' is missing"),
        ("flat", {"rate": "-0.01"}, "component.rate: the rate -0.01 is negative"),
        ("flat", {"rate": 0.01}, "component.rate: 0.01 is not an exact number"),
        ("flat", {"rate": "1_5"}, "component.rate: '1_5' is not a number"),
        ("flat", {"rate": "０.1"}, "component.rate: '０.1' is not a number"),
        ("flat", {"rate": "1/0"}, "component.rate: '1/0' is not a number"),
        ("flat_excess", {"rate": "0.1", "threshold": "-1"}, "component.threshold: the threshold is negative"),
        ("flat_first_yuan", {"rate": "0.1", "threshold": "0"}, "component.threshold: the threshold is not above 0"),
        ("slab", {"tiers": [["1", "0.1"]]}, "component.tiers: the first tier starts at 1, not 0"),
        (
            "slab",
            {"tiers": [["0", "0.1"], ["5", "0.2"], ["5", "0.3"]]},
            "component.tiers: the bounds of the",
        ),
        ("slab", {"tiers": [["0", "0.1"], ["5", "-0.2"]]}, "component.tiers: the rate -0.2 is negative"),
        ("slab", {"tiers": [["0", "0.1", "x"]]}, "component.tiers[0]: ['0', '0.1', 'x'] is not a pair of numbers"),
        ("slab", {"tiers": "0.1"}, "component.tiers: '0.1' is not a list"),
        ("whole", {"tiers": [["0", "0.1"]], "tiers_of": "x"}, "component.tiers_of: unknown tiers_of 'x'"),
        ("fee_saving", {"share": "0.2"}, "component: give rate_target (a share of sales) or budget"),
        ("fee_saving", {"share": "0.2", "budget": "1"}, "component.gate: a fixed budget needs a gate"),
        ("fee_saving", {"share": "0.2", "rate_target": "0.1", "gate": "0"}, "component.gate: the gate is not above 0"),
        ("quarter_bonus", {"knots": [["0.8", "1"], ["1", "0.5"]]}, "component.knots: the payout falls"),
        ("performance", {"rate": "1"}, "component.rate: unknown key 'rate'"),
        ("ytd", {}, "component.function: 'function' is missing"),
        ("ytd", {"function": {"kind": "ytd"}}, "component.function.kind: 'ytd' cannot run on a year to date"),
        ("ytd", {"function": {"kind": "flat", "rate": "-1"}}, "component.function.rate: the rate -1 is negative"),
        ("ytd", {"function": {"kind": "flat", "rate": "1", "x": 1}}, "component.function.x: unknown key 'x'"),
    ],
)
def test_each_fault_is_named(kind: str, keys: dict[str, object], message: str) -> None:
    """A faulty table gives exactly one fault, at its key, with what is wrong."""
    with pytest.raises(DefinitionError) as raised:
        read_plan_function({"kind": kind, **keys}, "plan.toml", "component")
    faults = [f"{fault.key}: {fault.message}" for fault in raised.value.faults]
    assert len(faults) == 1
    assert faults[0].startswith(message)


def test_all_faults_come_at_once() -> None:
    """Three faults of one list of tiers and an unknown key are four lines of one error."""
    tiers = [["10", "0.01"], ["5", "-0.02"]]
    with pytest.raises(DefinitionError) as raised:
        read_plan_function({"kind": "slab", "tiers": tiers, "colour": "red"}, "plan.toml", "component")
    assert len(str(raised.value).splitlines()) == 4
