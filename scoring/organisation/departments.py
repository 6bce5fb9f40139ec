"""What departments bring and cost (R16)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Department:
    """A team's contribution, cost and output in a period; None is not known."""

    team: str
    contribution: Fraction | None
    cost: Fraction | None
    output: Fraction | None

    @property
    def margin(self) -> Fraction | None:
        """contribution - cost."""
        return None if self.contribution is None or self.cost is None else self.contribution - self.cost

    @property
    def unit_cost(self) -> Fraction | None:
        """Cost per unit of output; None without output."""
        return None if self.cost is None or not self.output else self.cost / self.output


def department_table(departments: Sequence[Department]) -> list[Department]:
    """Departments from the largest margin to the smallest; those whose margin is not known come last."""
    return sorted(departments, key=lambda row: (row.margin is None, -(row.margin or Fraction(0)), row.team))
