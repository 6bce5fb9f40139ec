"""performance: performance pay, by coefficient and eligible share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from scoring.fields import Fields
from scoring.money import grouped_text, percent_text, plain_text
from scoring.plans.base import Computed, Detail, PayInputs, summed


@dataclass(frozen=True, slots=True)
class Performance:
    """base · f · coefficient (6-pay.md §6.9); the base is the person's performance pay for a full period.

    4 000 at coefficient 1.2 is 4 800; 3 000 for 20 of 30 days at 1.2 is 2 400.
    """

    code: ClassVar[str] = "performance"
    uses_coefficient: ClassVar[bool] = True

    def needs(self) -> tuple[str, ...]:
        """Nothing beside base, coefficient and eligible share."""
        return ()

    def compute(self, inputs: PayInputs) -> Computed:
        """The base for the eligible share of the period, then what the coefficient adds or takes."""
        present = inputs.base * inputs.eligible_share
        share_text = f"{grouped_text(inputs.base)} for {percent_text(inputs.eligible_share, 2)} of the period"
        present_text = f"{share_text} = {grouped_text(present, 4)}"
        changed = present * (inputs.coefficient - 1)
        return summed(
            Detail("present", present_text, inputs.base, inputs.eligible_share, present),
            Detail(
                "coefficient",
                f"coefficient {plain_text(inputs.coefficient)}: {grouped_text(present + changed, 4)}",
                present,
                None,
                changed,
            ),
        )

    def warnings(self) -> tuple[str, ...]:
        """None."""
        return ()

    @classmethod
    def read(cls, _fields: Fields) -> Self:
        """No keys."""
        return cls()
