"""Each rater's mean and spread beside everybody's, for calibration; it changes no score (5-scoring.md §5.4)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from scoring.events.review import ReviewSubmitted
from scoring.measures.base import MICRO


@dataclass(frozen=True, slots=True)
class Rater:
    """How one person scored others in a period; `spread` is the mean distance from the rater's own mean."""

    reviewer: str
    scores: int
    mean: Fraction
    spread: Fraction
    lowest: Fraction
    highest: Fraction
    beside: Fraction
    """The rater's mean less the mean of all scores of the period."""


def raters(reviews: Iterable[ReviewSubmitted]) -> list[Rater]:
    """Every rater's habits over these reviews, the most generous first; own scores of oneself are left out.

    Of a restated score only the newest revision counts; `reviews` are in total order.
    """
    newest: dict[tuple[str, ...], ReviewSubmitted] = {}
    for review in reviews:
        key = (review.subject_id, review.item, review.period, review.relation, review.reviewer_id)
        if review.relation != "self" and (key not in newest or review.revision > newest[key].revision):
            newest[key] = review
    by_rater: dict[str, list[Fraction]] = {}
    for review in newest.values():
        by_rater.setdefault(review.reviewer_id, []).append(Fraction(review.score, MICRO))
    every = [score for scores in by_rater.values() for score in scores]
    found = [_rater(name, scores, _mean(every)) for name, scores in by_rater.items()]
    return sorted(found, key=lambda row: (-row.mean, row.reviewer))


def _rater(name: str, scores: list[Fraction], overall: Fraction) -> Rater:
    mean = _mean(scores)
    spread = _mean([abs(score - mean) for score in scores])
    return Rater(name, len(scores), mean, spread, min(scores), max(scores), mean - overall)


def _mean(values: list[Fraction]) -> Fraction:
    return sum(values, Fraction(0)) / len(values)
