"""fee_saving: a share of the advertising money that was allowed and not spent."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar, Self

from scoring.fields import Fields
from scoring.money import grouped_text, percent_text, plain_text
from scoring.plans.base import Computed, PayInputs, nothing, rate_warnings, rated, read_rate, summed


@dataclass(frozen=True, slots=True)
class FeeSaving:
    """c = share · max(0, allowed - spend) when sales reach the gate (6-pay.md §6.8).

    allowed = rate_target · net sales (the base), or a fixed `budget`. `gate` is the lowest attainment of
    `sales_target`; a fixed budget must have one, because not advertising saves everything. Overspending is not charged.
    Sales 500 000 at 8 % allow 40 000; spend 34 000, share 20 %: 1 200.
    """

    code: ClassVar[str] = "fee_saving"
    uses_coefficient: ClassVar[bool] = False
    share: Fraction
    rate_target: Fraction | None
    budget: Fraction | None
    gate: Fraction | None

    def needs(self) -> tuple[str, ...]:
        """The spend, and the sales target when there is a gate."""
        return ("spend",) if self.gate is None else ("spend", "sales_target")

    def compute(self, inputs: PayInputs) -> Computed:
        """The share of what was saved, or nothing with the reason."""
        closed = self._closed(inputs)
        if closed is not None:
            return nothing(closed, inputs.base)
        allowed, how = self._allowed(inputs.base)
        spend = inputs.named("spend")
        saved = allowed - spend
        if saved <= 0:
            return nothing(f"allowed {how}; spent {grouped_text(spend)}: nothing saved", saved)
        label = f"allowed {how}, spent {grouped_text(spend)}, saved {grouped_text(saved)}"
        return summed(rated("saved", label, saved, self.share))

    def warnings(self) -> tuple[str, ...]:
        """A share above 1."""
        return rate_warnings(self.share)

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Keys: share (required), one of rate_target and budget, gate (a ratio; required with budget)."""
        share = read_rate(fields, "share")
        rate_target = read_rate(fields, "rate_target") if fields.has("rate_target") else None
        budget, gate = fields.optional_number("budget"), fields.optional_number("gate")
        one = (rate_target is None) != (budget is None)
        fields.require("", one, "give rate_target (a share of sales) or budget (a fixed amount), and only one of them")
        fields.require("budget", budget is None or budget >= 0, "the budget is negative: use 0 or more")
        fields.require("gate", gate is None or gate > 0, "the gate is not above 0: leave it out or write 0.9")
        unguarded = budget is not None and gate is None
        fields.require("gate", not unguarded, "a fixed budget needs a gate: not advertising would save all of it")
        return cls(share, rate_target, budget, gate)

    def _closed(self, inputs: PayInputs) -> str | None:
        if self.gate is None:
            return None
        target = inputs.named("sales_target")
        if target <= 0:
            raise ValueError(f"the sales gate needs a target above 0, not {plain_text(target)}")
        attainment = inputs.base / target
        if attainment >= self.gate:
            return None
        return f"sales reach {percent_text(attainment, 2)} of the target, below the gate {percent_text(self.gate)}"

    def _allowed(self, sales: Fraction) -> tuple[Fraction, str]:
        if self.rate_target is not None:
            allowed = self.rate_target * sales
            return allowed, f"{percent_text(self.rate_target)} of {grouped_text(sales)} = {grouped_text(allowed)}"
        if self.budget is not None:
            return self.budget, f"the budget {grouped_text(self.budget)}"
        raise ValueError("fee_saving has neither rate_target nor budget: read it with read_plan_function")
