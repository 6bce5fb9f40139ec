"""STEP 层差法: a table of steps; reaching a bound gives the score of its step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import ClassVar, Self

from scoring.fields import Fields
from scoring.money import percent_text, plain_text
from scoring.scales.base import ATTAINMENTS, Scored, attained, attained_target_fault, monotone

#: The default table of 5-scoring.md §5.3: (lower bound, inclusive; score), highest first; below the last one scores 0.
S8: tuple[tuple[Fraction, Fraction], ...] = (
    (Fraction("1.00"), Fraction(100)),
    (Fraction("0.90"), Fraction(85)),
    (Fraction("0.80"), Fraction(70)),
    (Fraction("0.70"), Fraction(55)),
    (Fraction("0.60"), Fraction(40)),
    (Fraction("0.50"), Fraction(25)),
    (Fraction("0.40"), Fraction(10)),
)


@dataclass(frozen=True, slots=True)
class Step:
    """The score of the highest step whose lower bound (inclusive) x reaches; below all of them, `otherwise`.

    x is A = actual/target (`of` "ratio"), 2 - actual/target ("lower") or the actual itself ("value").
    With the default table A 0.8999 scores 70 and A 0.90 scores 85.
    """

    code: ClassVar[str] = "STEP"
    steps: tuple[tuple[Fraction, Fraction], ...]
    otherwise: Fraction
    of: str

    def score(self, actual: Fraction, target: Fraction | None) -> Scored:
        """The score of `actual`; ValueError when x needs a target and it is missing or not above 0."""
        fault = self.target_fault(target)
        if fault is not None:
            raise ValueError(f"scale {self.code}: {fault}")
        x = attained(self.of, actual, target)
        attainment = None if self.of == "value" else x
        for bound, points in self.steps:
            if x >= bound:
                return Scored(attainment, points, f"{self._name} >= {self._text(bound)}, score {plain_text(points)}")
        lowest = self.steps[-1][0]
        reason = f"{self._name} < {self._text(lowest)}, score {plain_text(self.otherwise)}"
        return Scored(attainment, self.otherwise, reason)

    def target_fault(self, target: Fraction | None) -> str | None:
        """A target must be above 0, unless the table is keyed on the value itself."""
        return attained_target_fault(self.of, target)

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Keys: of (default "ratio"), steps (default S8), otherwise (score below the lowest step, default 0).

        `steps` is a list of [lower bound, score], or a list of ranges {from, below, score} that must cover the whole
        line exactly once; a range without `from` is the lowest one, and one without `below` the highest.
        """
        of = fields.choice("of", ATTAINMENTS, "ratio")
        otherwise = fields.number("otherwise", Fraction(0))
        if fields.has("steps") and any(isinstance(row, Mapping) for row in fields.rows("steps")):
            steps, otherwise = _ranges(fields)
        else:
            steps = tuple(sorted(fields.pairs("steps", S8), reverse=True))
        bounds, points = [bound for bound, _ in steps], [score for _, score in steps]
        repeated = sorted({bound for bound in bounds if bounds.count(bound) > 1})
        listed = ", ".join(plain_text(bound) for bound in repeated)
        fields.require("steps", not repeated, f"steps overlap: the bound {listed} appears twice, keep one of them")
        turns = "the scores go up and down: along the table a better result may not score less"
        fields.require("steps", monotone([*points, otherwise]), turns, "otherwise")
        fields.require("steps", all(score >= 0 for score in points), "a score is negative: use 0 or more")
        fields.require("otherwise", otherwise >= 0, "a score is negative: use 0 or more")
        return cls(steps, otherwise, of)

    @property
    def _name(self) -> str:
        return "value" if self.of == "value" else "A"

    def _text(self, bound: Fraction) -> str:
        return plain_text(bound) if self.of == "value" else percent_text(bound)


@dataclass(frozen=True, slots=True)
class _Range:
    start: Fraction | None
    end: Fraction | None
    score: Fraction


def _ranges(fields: Fields) -> tuple[tuple[tuple[Fraction, Fraction], ...], Fraction]:
    """Steps and the score below them from ranges `{from, below, score}`; each gap and overlap is a fault."""
    ranges = [_range(fields, position, row) for position, row in enumerate(fields.rows("steps"))]
    ranges.sort(key=lambda row: (row.start is not None, row.start or Fraction(0)))
    lowest, highest = ranges[0], ranges[-1]
    seams = [_seam_fault(left, right) for left, right in pairwise(ranges)]
    if lowest.start is not None:
        seams.append(
            f"gap: nothing covers values below {plain_text(lowest.start)}; leave `from` out of the lowest range"
        )
    if highest.end is not None:
        seams.append(f"gap: nothing covers {plain_text(highest.end)} and up; leave `below` out of the highest range")
    fields.fault_each("steps", [seam for seam in seams if seam is not None])
    steps = tuple((row.start, row.score) for row in reversed(ranges) if row.start is not None)
    fields.require("steps", len(steps) > 0, "one range gives everybody the same score: add a second one")
    return steps, lowest.score


def _range(fields: Fields, position: int, row: object) -> _Range:
    if not isinstance(row, Mapping) or "score" not in row or not set(row) <= {"from", "below", "score"}:
        fields.row_fault("steps", position, f"{row!r} is not a range: write {{from, below, score}}, score is required")
        return _Range(None, None, Fraction(0))
    start, end, score = (
        fields.row_number("steps", position, row[name]) if name in row else None for name in ("from", "below", "score")
    )
    if start is not None and end is not None and start >= end:
        message = f"the range from {plain_text(start)} below {plain_text(end)} is empty: `below` must be above `from`"
        fields.row_fault("steps", position, message)
    return _Range(start, end, score or Fraction(0))


def _seam_fault(left: _Range, right: _Range) -> str | None:
    if left.end is None or right.start is None or left.end > right.start:
        upper = "the highest value" if left.end is None else plain_text(left.end)
        lower = "the lowest value" if right.start is None else plain_text(right.start)
        return f"overlap: one range reaches up to {upper} and the next starts at {lower}; each value needs one range"
    if left.end < right.start:
        return f"gap: nothing covers {plain_text(left.end)} to {plain_text(right.start)}; each value needs one range"
    return None
