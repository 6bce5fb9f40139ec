"""Red lines (一票否决): what an upheld violation does to a total, a coefficient and a bonus."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from scoring.money import plain_text

EFFECTS = ("cap_total", "zero_kpi", "zero_total", "coefficient", "no_bonus")
STATES = ("raised", "heard", "upheld", "dismissed")


@dataclass(frozen=True, slots=True)
class RedLine:
    """A red line of one person: its event `code`, its `effect` (one of EFFECTS) and its `state` (one of STATES).

    `value` is the cap of cap_total (points) or the limit of coefficient; `kpi` the KPI of zero_kpi. Only an upheld
    red line has an effect: a human decided it after hearing the employee. ValueError when a part is missing.
    """

    code: str
    effect: str
    value: Fraction | None = None
    kpi: str | None = None
    state: str = "upheld"

    def __post_init__(self) -> None:
        if self.effect not in EFFECTS:
            raise ValueError(f"red line {self.code}: unknown effect {self.effect!r}, use one of {', '.join(EFFECTS)}")
        if self.state not in STATES:
            raise ValueError(f"red line {self.code}: unknown state {self.state!r}, use one of {', '.join(STATES)}")
        if self.effect in ("cap_total", "coefficient") and (self.value is None or self.value < 0):
            raise ValueError(f"red line {self.code}: {self.effect} needs a value of 0 or more")
        if self.effect == "zero_kpi" and not self.kpi:
            raise ValueError(f"red line {self.code}: zero_kpi needs the id of a KPI")


@dataclass(frozen=True, slots=True)
class RedLineStep:
    """One red line on a scorecard: whether it decided the result (`applied`) and why, as a sentence."""

    code: str
    effect: str
    applied: bool
    reason: str


@dataclass(frozen=True, slots=True)
class RedLined:
    """What the red lines leave: the total, the highest coefficient allowed (None: any), whether bonuses are paid."""

    total: Fraction
    coefficient_limit: Fraction | None
    no_bonus: bool
    steps: tuple[RedLineStep, ...]


def apply_red_lines(total: Fraction, points_of: Mapping[str, Fraction], red_lines: Sequence[RedLine]) -> RedLined:
    """The total after points, with the strongest upheld red line applied (5-scoring.md §5.7).

    `points_of` gives the weighted points of each KPI that counted; a zeroed KPI takes its own points away. Red lines
    that act on the total do not add up: the one that leaves the lowest total wins, the first by code among equals.
    Likewise the lowest coefficient wins. The three things acted on (total, coefficient, bonus) are independent, so
    that a second violation of another kind is never lost.
    """
    upheld = sorted((line for line in red_lines if line.state == "upheld"), key=lambda line: line.code)
    left = {line: _total_left(line, total, points_of) for line in upheld if line.effect in _ON_TOTAL}
    strongest = min(left, key=lambda line: left[line], default=None)
    limits = {line: line.value for line in upheld if line.effect == "coefficient" and line.value is not None}
    lowest = min(limits, key=lambda line: limits[line], default=None)
    total_left = total if strongest is None else left[strongest]
    steps = []
    for line in sorted(red_lines, key=lambda line: line.code):
        if line.state != "upheld":
            steps.append(RedLineStep(line.code, line.effect, False, f"{line.state}, not upheld: no effect"))
        elif line.effect == "no_bonus":
            steps.append(RedLineStep(line.code, line.effect, True, "no bonus is paid"))
        elif line.effect == "coefficient":
            steps.append(_step(line, lowest, f"coefficient at most {plain_text(limits[line])}"))
        elif left[line] == total:
            steps.append(RedLineStep(line.code, line.effect, False, "the total is not above what it leaves: no effect"))
        else:
            steps.append(_step(line, strongest, f"{_effect_text(line)}: total {plain_text(left[line])}"))
    no_bonus = any(line.effect == "no_bonus" for line in upheld)
    return RedLined(total_left, None if lowest is None else limits[lowest], no_bonus, tuple(steps))


_ON_TOTAL = ("cap_total", "zero_kpi", "zero_total")


def _total_left(line: RedLine, total: Fraction, points_of: Mapping[str, Fraction]) -> Fraction:
    if line.effect == "cap_total" and line.value is not None:
        return min(total, line.value)
    if line.effect == "zero_kpi":
        return max(Fraction(0), total - points_of.get(line.kpi or "", Fraction(0)))
    return Fraction(0)


def _effect_text(line: RedLine) -> str:
    detail = line.kpi if line.effect == "zero_kpi" else None if line.value is None else plain_text(line.value)
    return line.effect if detail is None else f"{line.effect}({detail})"


def _step(line: RedLine, winner: RedLine | None, reason: str) -> RedLineStep:
    if line is winner:
        return RedLineStep(line.code, line.effect, True, reason)
    stronger = "" if winner is None else winner.code
    return RedLineStep(line.code, line.effect, False, f"{reason}; {stronger} is stronger")
