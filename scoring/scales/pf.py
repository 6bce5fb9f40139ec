"""PF 非此即彼法: all or nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from operator import eq, ge, gt, le, lt
from typing import ClassVar, Self

from scoring.fields import Fields
from scoring.money import plain_text
from scoring.scales.base import HUNDRED, NO_TARGET, Scored, checked

CONDITIONS: dict[str, Callable[[Fraction, Fraction], bool]] = {">=": ge, "<=": le, "=": eq, ">": gt, "<": lt}


@dataclass(frozen=True, slots=True)
class PassFail:
    """100 when `actual condition target` holds, else 0 (5-scoring.md §5.3); `condition` is one of CONDITIONS.

    No severe violation: condition "<=" with target 0.
    """

    code: ClassVar[str] = "PF"
    condition: str

    def score(self, actual: Fraction, target: Fraction | None) -> Scored:
        """The score of `actual`; ValueError when the target is missing (0 is a target)."""
        wanted = checked(self, target)
        passed = CONDITIONS[self.condition](actual, wanted)
        verb = "holds" if passed else "fails"
        reason = f"actual {self.condition} {plain_text(wanted)} {verb}, score {100 if passed else 0}"
        return Scored(None, HUNDRED if passed else Fraction(0), reason)

    def target_fault(self, target: Fraction | None) -> str | None:
        """Any target is fine, but there must be one."""
        return NO_TARGET if target is None else None

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Keys: condition (default ">=")."""
        return cls(fields.choice("condition", tuple(CONDITIONS), ">="))
