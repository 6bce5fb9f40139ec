"""A small trend line as SVG path texts, computed in whole units of a 600 x 120 box."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from scoring.money import round_half_up

WIDTH, HEIGHT, PAD = 600, 120, 10


@dataclass(frozen=True, slots=True)
class Spark:
    """Paths of a trend: `line` the curve, `area` what lies below it, (x, y) its last point; empty without values."""

    line: str
    area: str
    x: int
    y: int
    label: str


def spark(values: Sequence[Fraction | None], from_zero: bool, label: str) -> Spark:
    """The trend of values in equal steps; None is a gap. Amounts start their axis at zero."""
    known = [value for value in values if value is not None]
    if not known:
        return Spark("", "", 0, 0, label)
    low, high = min(known), max(known)
    if from_zero:
        low, high = min(low, Fraction(0)), max(high, Fraction(0))
    height = (high - low) or Fraction(1)
    step = Fraction(WIDTH - 2 * PAD, max(len(values) - 1, 1))
    runs: list[list[tuple[int, int]]] = [[]]
    for place, value in enumerate(values):
        if value is None:
            runs.append([])
            continue
        up = Fraction(1, 2) if high == low else (value - low) / height
        runs[-1].append((PAD + round_half_up(step * place), HEIGHT - PAD - round_half_up((HEIGHT - 2 * PAD) * up)))
    drawn = [run for run in runs if run]
    last_x, last_y = drawn[-1][-1]
    return Spark("".join(map(_line, drawn)), "".join(map(_area, drawn)), last_x, last_y, label)


def _line(run: list[tuple[int, int]]) -> str:
    start, *rest = run
    return f"M{start[0]} {start[1]}" + "".join(f"L{x} {y}" for x, y in rest or [start])


def _area(run: list[tuple[int, int]]) -> str:
    return f"{_line(run)}L{run[-1][0]} {HEIGHT}L{run[0][0]} {HEIGHT}Z"
