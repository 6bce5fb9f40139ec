"""Results of skill exams (3-kpis.md §3.8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from scoring.atoms.base import Case, Found, Problem, Setting, View
from scoring.attribution import Spread
from scoring.events.base import Event
from scoring.events.review import HUNDRED, ExamScored
from scoring.measures.base import MICRO


@dataclass(frozen=True, slots=True)
class Exam:
    """One exam of one person, in micro points."""

    shop: str
    credits: Mapping[str, Spread]
    scored_at: int
    points: int

    @property
    def mark(self) -> str:
        """The result as an item that the latest one is chosen from."""
        return f"{self.scored_at}:{Fraction(self.points, MICRO)}"


class ExamCase(Case):
    """The case of one exam."""

    def find(self, key: str, facts: Sequence[Event], view: View, setting: Setting) -> Found:
        attribution = setting.attribution
        atoms, problems = [], []
        for fact in facts:
            if not isinstance(fact, ExamScored):
                continue
            if not 0 <= fact.score <= HUNDRED:
                problems.append(Problem("exam_score", f"{fact.item}: a result outside 0 to 100 is not counted"))
                continue
            at = fact.occurred_at
            credit = {"self": attribution.of_people([attribution.person(fact.subject_id, at)], at)}
            atoms.append(("exam", Exam(fact.shop_id, credit, at, fact.score)))
        return Found(tuple(atoms), tuple(problems))
