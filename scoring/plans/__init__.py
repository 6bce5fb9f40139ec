"""The family of pay functions (6-pay.md §6.1-6.14): from a base to an itemised, unrounded amount."""

from __future__ import annotations

from collections.abc import Mapping

from scoring.faults import Fault
from scoring.fields import Fields, one_of, table_of
from scoring.plans.base import Computed, Detail, PayInputs, PlanFunction
from scoring.plans.fee_saving import FeeSaving
from scoring.plans.flat import Flat
from scoring.plans.flat_excess import FlatExcess
from scoring.plans.flat_first_yuan import FlatFirstYuan
from scoring.plans.performance import Performance
from scoring.plans.quarter_bonus import QuarterBonus
from scoring.plans.slab import Slab
from scoring.plans.whole import Cliff, Whole
from scoring.plans.ytd import YearToDate

__all__ = [
    "PLANS",
    "Cliff",
    "Computed",
    "Detail",
    "PayInputs",
    "PlanFunction",
    "Whole",
    "plan_warnings",
    "read_plan_function",
    "table_of_plan",
]

PLANS: dict[str, type[PlanFunction]] = {
    "flat": Flat,
    "flat_excess": FlatExcess,
    "flat_first_yuan": FlatFirstYuan,
    "slab": Slab,
    "whole": Whole,
    "fee_saving": FeeSaving,
    "performance": Performance,
    "quarter_bonus": QuarterBonus,
    "ytd": YearToDate,
}


def read_plan_function(table: Mapping[str, object], file: str, key: str) -> PlanFunction:
    """The pay function of a table such as `{kind = "slab", tiers = [["0", "0.01"], ["50000", "0.02"]]}`.

    Raises DefinitionError with every fault: unknown kind or key, number not exact, tiers that do not start at 0 or do
    not ascend, negative rate, fixed budget without a gate. What is only unusual is in `plan_warnings`.
    """
    fields = Fields(table, file, key)
    kind = fields.text("kind")
    function_type = PLANS.get(kind)
    if function_type is None:
        fields.require("kind", False, f"unknown pay function {kind!r}: {one_of(PLANS, kind)}")
        fields.stop()
    function = function_type.read(fields)
    fields.finish()
    return function


def plan_warnings(function: PlanFunction, file: str, key: str) -> tuple[Fault, ...]:
    """What is allowed but unusual in a pay function: rates above 1, cliffs."""
    return tuple(Fault(file, key, warning) for warning in function.warnings())


def table_of_plan(function: PlanFunction) -> dict[str, object]:
    """The table that `read_plan_function` turns back into this function."""
    table: dict[str, object] = {"kind": function.code, **table_of(function)}
    if isinstance(function, YearToDate):
        table["function"] = table_of_plan(function.function)
    return table
