"""Reviews of one person, item and period, weighted by relation (5-scoring.md §5.4)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from scoring.atoms.base import Found, Problem, Projection, Setting, View, latest_rows
from scoring.attribution import Spread
from scoring.events.base import Event
from scoring.events.review import ReviewSubmitted
from scoring.money import round_half_up
from scoring.period import period_of

WEIGHTS = {"manager": 70, "peer": 20, "self": 10}
TEAMWORK_WEIGHTS = {"peer": 60, "manager": 40}
LEAST_RATERS = {"peer": 3, "report": 3}


@dataclass(frozen=True, slots=True)
class ReviewAtom:
    """The weighted score of one item in micro points, dated at the end of its period."""

    shop: str
    credits: Mapping[str, Spread]
    ended_at: int
    item: str
    points: int

    @property
    def is_execution(self) -> bool:
        """Whether the item is execution (执行力)."""
        return self.item == "review_execution"

    @property
    def is_teamwork(self) -> bool:
        """Whether the item is teamwork (团队协作)."""
        return self.item == "review_teamwork"


def weighted(reviews: Sequence[ReviewSubmitted], item: str) -> int | None:
    """Weighted mean of the relations' means in micro points; None when no relation has enough raters."""
    weights = TEAMWORK_WEIGHTS if item == "review_teamwork" else WEIGHTS
    by_relation: dict[str, list[int]] = defaultdict(list)
    for review in reviews:
        by_relation[review.relation].append(review.score)
    total, weight_sum = Fraction(0), 0
    for relation, weight in weights.items():
        scores = by_relation.get(relation, [])
        if scores and len(scores) >= LEAST_RATERS.get(relation, 1):
            total += weight * Fraction(sum(scores), len(scores))
            weight_sum += weight
    return round_half_up(total / weight_sum) if weight_sum else None


class ReviewCase:
    """The case of one person, item and period."""

    def publish(self, facts: Sequence[Event], setting: Setting) -> tuple[Projection, ...]:
        return ()

    def reads(self, key: str, facts: Sequence[Event]) -> tuple[str, ...]:
        return ()

    def find(self, key: str, facts: Sequence[Event], view: View, setting: Setting) -> Found:
        reviews = [fact for fact in latest_rows(facts) if isinstance(fact, ReviewSubmitted)]
        if not reviews:
            return Found()
        head = reviews[0]
        try:
            ended_at = period_of(head.period, setting.attribution.days.zone).end_us - 1
        except ValueError as error:
            return Found(problems=(Problem("review_period", str(error), blocks=True),))
        points = weighted(reviews, head.item)
        if points is None:
            return Found(problems=(Problem("review_too_few", f"{head.item}: too few raters to count"),))
        person = setting.attribution.person(head.subject_id, ended_at)
        credit = {"self": setting.attribution.of_people([person], ended_at)}
        return Found((("review", ReviewAtom(head.shop_id, credit, ended_at, head.item, points)),))
