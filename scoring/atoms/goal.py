"""Goals: the latest confirmed milestone of each, as steps that add up to it on any day (3-kpis.md §3.8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from scoring.atoms.base import Case, Found, Problem, Setting, View
from scoring.attribution import Spread
from scoring.events.base import Event
from scoring.events.review import GoalMilestone
from scoring.measures.base import MICRO
from scoring.money import round_half_up


@dataclass(frozen=True, slots=True)
class GoalStep:
    """A milestone, or the same with its sign turned when the next one takes its place; in millionths."""

    shop: str
    credits: Mapping[str, Spread]
    at: int
    weight: int
    achieved: int
    kind: str

    @property
    def is_innovation(self) -> bool:
        """Whether the goal is an innovation goal."""
        return self.kind == "innovation"


class GoalCase(Case):
    """The case of one goal of one person."""

    def find(self, key: str, facts: Sequence[Event], view: View, setting: Setting) -> Found:
        attribution = setting.attribution
        atoms: list[tuple[str, GoalStep]] = []
        problems: list[Problem] = []
        standing: GoalStep | None = None
        for fact in facts:
            if not isinstance(fact, GoalMilestone):
                continue
            at = fact.occurred_at
            person = attribution.person(fact.subject_id, at)
            if attribution.person(fact.reviewer_id, at) == person:
                problems.append(Problem("goal_own_word", f"goal {fact.goal_id}: confirmed by its owner, not counted"))
                continue
            if standing is not None:
                turned = (-standing.weight, -standing.achieved)
                atoms.append(("goal", GoalStep(fact.shop_id, standing.credits, at, *turned, standing.kind)))
            achieved = round_half_up(Fraction(fact.weight * fact.completion, MICRO))
            credit = {"self": attribution.of_people([person], at)}
            standing = GoalStep(fact.shop_id, credit, at, fact.weight, achieved, fact.kind)
            atoms.append(("goal", standing))
        return Found(tuple(atoms), tuple(problems[:1]))
