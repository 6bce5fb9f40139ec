"""Who may be promoted, with the evidence; who is promoted stays a person's decision (R11)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from scoring.events.review import ExamScored, ScoreSettled
from scoring.measures.base import MICRO
from scoring.organisation.records import CareerStep
from scoring.period import grain_of, period_of, previous_period


@dataclass(frozen=True, slots=True)
class Eligibility:
    """One person and one step: the totals of the last quarters (None: not settled) and the best exam, if any."""

    person: str
    step: CareerStep
    totals: tuple[tuple[str, Fraction | None], ...]
    exam: Fraction | None

    @property
    def good(self) -> int:
        """How many of these quarters reached the step's total."""
        return sum(total is not None and total >= self.step.total for _, total in self.totals)

    @property
    def missing(self) -> tuple[str, ...]:
        """What is not fulfilled, in words; nothing when the person is eligible."""
        found = []
        if self.good < self.step.at_least:
            found.append(f"{self.good} of the last {self.step.quarters} quarters, {self.step.at_least} wanted")
        if self.step.exam and (self.exam is None or self.exam < self.step.pass_mark):
            found.append(f"exam {self.step.exam} not passed")
        return tuple(found)


def last_quarters(key: str, number: int) -> tuple[str, ...]:
    """A quarter and those before it, the earliest first."""
    period = period_of(key, "UTC")
    keys = [period.key]
    while len(keys) < number:
        period = previous_period(period)
        keys.append(period.key)
    return tuple(keys[::-1])


def eligibility(
    person: str, step: CareerStep, quarter: str, scores: Iterable[ScoreSettled], exams: Iterable[ExamScored]
) -> Eligibility:
    """What one person has reached; `scores` and `exams` are that person's, the scores in total order."""
    if grain_of(quarter) != "quarter":
        raise ValueError(f"{quarter!r} is no quarter: write it as 2026-Q4")
    newest: dict[str, ScoreSettled] = {}
    for score in scores:
        if score.period not in newest or score.revision > newest[score.period].revision:
            newest[score.period] = score
    totals = {period: Fraction(score.total, MICRO) for period, score in newest.items()}
    marks = [Fraction(exam.score, MICRO) for exam in exams if exam.item == step.exam]
    wanted = last_quarters(quarter, step.quarters)
    return Eligibility(person, step, tuple((key, totals.get(key)) for key in wanted), max(marks, default=None))


def eligible(found: Sequence[Eligibility]) -> list[Eligibility]:
    """Those who miss nothing, the one with most good quarters first."""
    return sorted((row for row in found if not row.missing), key=lambda row: (-row.good, row.person))
