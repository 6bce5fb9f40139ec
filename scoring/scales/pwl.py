"""PWL 分段线性插值: straight lines between knots, for threshold, acceptable, target and stretch levels."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import ClassVar, Self

from scoring.fields import Fields
from scoring.money import percent_text, plain_text
from scoring.scales.base import ATTAINMENTS, Scored, attained, attained_target_fault, interpolated, read_knots

#: Threshold, acceptable, target and stretch (5-scoring.md §5.3).
DEFAULT_KNOTS: tuple[tuple[Fraction, Fraction], ...] = (
    (Fraction("0.6"), Fraction(0)),
    (Fraction("0.8"), Fraction(60)),
    (Fraction("1.0"), Fraction(100)),
    (Fraction("1.2"), Fraction(120)),
)


@dataclass(frozen=True, slots=True)
class PiecewiseLinear:
    """The score at x on straight lines between knots (x, score), flat outside the first and the last.

    x is A = actual/target (`of` "ratio"), 2 - actual/target ("lower") or the actual itself ("value").
    With the default knots A 0.7 scores 30 and A 1.5 scores 120.
    """

    code: ClassVar[str] = "PWL"
    knots: tuple[tuple[Fraction, Fraction], ...]
    of: str

    def score(self, actual: Fraction, target: Fraction | None) -> Scored:
        """The score of `actual`; ValueError when x needs a target and it is missing or not above 0."""
        fault = self.target_fault(target)
        if fault is not None:
            raise ValueError(f"scale {self.code}: {fault}")
        x = attained(self.of, actual, target)
        return Scored(None if self.of == "value" else x, interpolated(x, self.knots), self._reason(x))

    def target_fault(self, target: Fraction | None) -> str | None:
        """A target must be above 0, unless the curve is keyed on the value itself."""
        return attained_target_fault(self.of, target)

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Keys: knots (default 0.6/0, 0.8/60, 1.0/100, 1.2/120), of (default "ratio")."""
        return cls(read_knots(fields, DEFAULT_KNOTS), fields.choice("of", ATTAINMENTS, "ratio"))

    def _reason(self, x: Fraction) -> str:
        (first, _), (last, _) = self.knots[0], self.knots[-1]
        if x < first:
            return f"{self._name} < first knot {self._text(first)}, its score"
        if x > last:
            return f"{self._name} > last knot {self._text(last)}, its score"
        for (left, y0), (right, y1) in pairwise(self.knots):
            if x <= right:
                scores = f"score between {plain_text(y0)} and {plain_text(y1)}"
                return f"{self._text(left)} <= {self._name} <= {self._text(right)}, {scores}"
        return f"{self._name} = last knot {self._text(last)}, its score"

    @property
    def _name(self) -> str:
        return "value" if self.of == "value" else "A"

    def _text(self, x: Fraction) -> str:
        return plain_text(x) if self.of == "value" else percent_text(x)
