"""ytd: a cumulative plan; the month earns what the year to date earns more than it did before."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import ClassVar, Self

from scoring.fields import Fields, one_of
from scoring.money import grouped_text
from scoring.plans.base import ZERO, Computed, Detail, PayInputs, PlanFunction, summed
from scoring.plans.flat import Flat
from scoring.plans.flat_excess import FlatExcess
from scoring.plans.flat_first_yuan import FlatFirstYuan
from scoring.plans.slab import Slab
from scoring.plans.whole import Whole

#: The functions of one base that can run on a year to date.
CUMULATIVE: dict[str, type[PlanFunction]] = {
    "flat": Flat,
    "flat_excess": FlatExcess,
    "flat_first_yuan": FlatFirstYuan,
    "slab": Slab,
    "whole": Whole,
}


@dataclass(frozen=True, slots=True)
class YearToDate:
    """pay_m = F(before + month) - F(before) (6-pay.md §6.14); the base is the month, `before` an extra value.

    Annual slab 1 % to 1 000 000, 2 % above: 950 000 before, 150 000 in December: 12 000 - 9 500 = 2 500.
    """

    code: ClassVar[str] = "ytd"
    uses_coefficient: ClassVar[bool] = False
    function: PlanFunction

    def needs(self) -> tuple[str, ...]:
        """The base before this month, and what the inner function needs."""
        return ("before", *self.function.needs())

    def compute(self, inputs: PayInputs) -> Computed:
        """The lines of the year to date, then one line that takes back what it had earned before."""
        before = inputs.named("before")
        year = self.function.compute(replace(inputs, base=before + inputs.base))
        earlier = self.function.compute(replace(inputs, base=before)).amount
        text = f"already earned on {grouped_text(before)} before: {grouped_text(earlier, 4)}"
        return summed(*year.details, Detail("before", text, before, None, ZERO - earlier))

    def warnings(self) -> tuple[str, ...]:
        """Those of the inner function."""
        return self.function.warnings()

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Keys: function, the table of a flat, slab or whole function."""
        inner = fields.inner("function")
        kind = inner.text("kind")
        function_type = CUMULATIVE.get(kind, Flat)
        if kind not in CUMULATIVE:
            inner.require("kind", False, f"{kind!r} cannot run on a year to date: {one_of(CUMULATIVE, kind)}")
            function: PlanFunction = Flat(ZERO)
        else:
            function = function_type.read(inner)
        fields.adopt("function", inner)
        return cls(function)
