"""Reviews of one person, item and period, weighted by relation (5-scoring.md §5.4)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from scoring.atoms.base import Case, Found, Problem, Setting, View, latest_rows
from scoring.attribution import Spread
from scoring.events.base import Event
from scoring.events.review import ReviewSubmitted, SurveyAnswered
from scoring.money import round_half_up
from scoring.period import period_of
from scoring.reviewing import ITEMS, OTHER, ReviewItem


def _asks(item: str) -> property:
    """A flag of the atom: whether it is about this item."""
    return property(lambda atom: atom.item == item, doc=f"Whether the item is {item}.")


@dataclass(frozen=True, slots=True)
class ReviewAtom:
    """The weighted score of one item in micro points, dated at the end of its period."""

    shop: str
    credits: Mapping[str, Spread]
    ended_at: int
    item: str
    points: int

    is_execution = _asks("review_execution")
    is_initiative = _asks("review_initiative")
    is_teamwork = _asks("review_teamwork")
    is_attitude = _asks("review_attitude")
    is_ability = _asks("review_ability")
    is_report_quality = _asks("review_report_quality")
    is_problem_solving = _asks("review_problem_solving")
    is_creativity = _asks("review_creativity")
    is_market_insight = _asks("review_market_insight")
    is_team_management = _asks("review_team_management")
    is_process_improvement = _asks("review_process_improvement")
    is_external_relations = _asks("review_external_relations")
    is_decision_quality = _asks("review_decision_quality")


def weighted(scores: Mapping[str, Sequence[int]], item: ReviewItem) -> int | None:
    """Weighted mean of the relations' means in micro points; None when no relation has enough raters."""
    total, weight_sum = Fraction(0), 0
    for relation, weight in item.weights.items():
        given = scores.get(relation, ())
        if given and len(given) >= item.fewest.get(relation, 1):
            total += weight * Fraction(sum(given), len(given))
            weight_sum += weight
    return round_half_up(total / weight_sum) if weight_sum else None


class ReviewCase(Case):
    """The case of one person, item and period: reviews by name, and anonymous answers of a survey."""

    def find(self, key: str, facts: Sequence[Event], view: View, setting: Setting) -> Found:
        reviews = [fact for fact in latest_rows(facts) if isinstance(fact, ReviewSubmitted)]
        given: list[ReviewSubmitted | SurveyAnswered] = list(reviews)
        given += [fact for fact in facts if isinstance(fact, SurveyAnswered)]
        if not given:
            return Found()
        head = given[0]
        try:
            ended_at = period_of(head.period, setting.attribution.days.zone).end_us - 1
        except ValueError as error:
            return Found(problems=(Problem("review_period", str(error), blocks=True),))
        item = ITEMS.get(head.item, OTHER)
        scores: dict[str, list[int]] = defaultdict(list)
        for fact in given:
            scores[fact.relation].append(fact.score)
        points = weighted(scores, item)
        missing = _missing(reviews, item, head.item, points)
        if missing or points is None:
            return Found(problems=missing)
        person = setting.attribution.person(head.subject_id, ended_at)
        credit = {"self": setting.attribution.of_people([person], ended_at)}
        return Found((("review", ReviewAtom(head.shop_id, credit, ended_at, head.item, points)),))


def _missing(
    reviews: Sequence[ReviewSubmitted], item: ReviewItem, name: str, points: int | None
) -> tuple[Problem, ...]:
    """What has to come before the item can be scored; until then it is not scored, which is not a score of 0."""
    if points is None:
        return (Problem("review_too_few", f"{name}: too few raters to count"),)
    if not any(review.relation == "manager" for review in reviews):
        return (Problem("review_no_manager", f"{name}: the manager's review is missing; ask the manager's manager"),)
    if item.needs_evidence and not any(review.evidence.strip() for review in reviews):
        return (Problem("review_no_evidence", f"{name}: no review lists evidence; add what was improved"),)
    return ()
