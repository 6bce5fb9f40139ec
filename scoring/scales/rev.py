"""REV 说明法/评分: scores given by people, weighted by relation; a review that is missing is never 0."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar, Self

from scoring.fields import Fields, one_of
from scoring.money import plain_text
from scoring.scales.base import HUNDRED, Scored

DEFAULT_WEIGHTS = (("manager", Fraction(70)), ("peers", Fraction(20)), ("self", Fraction(10)))
_MIN_RATERS = {"manager": 1, "peers": 3, "upward": 3, "self": 1}


@dataclass(frozen=True, slots=True)
class Review:
    """A reviewed score 0-100, or None with the reason; the relations that counted and those dropped for few raters."""

    score: Fraction | None
    counted: tuple[str, ...]
    dropped: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True)
class Rev:
    """Σ over relations of weight · mean of its scores, over the relations with enough raters (5-scoring.md §5.4).

    Weights (relation, weight) default to manager 70, peers 20, self 10. Peers and upward need three raters, else they
    are dropped and the others renormalised. Without the manager's review there is no score: it escalates.
    """

    code: ClassVar[str] = "REV"
    weights: tuple[tuple[str, Fraction], ...]

    def score(self, actual: Fraction, target: Fraction | None) -> Scored:
        """A reviewed mean (0-100) is its own score; the target is the expected level and does not enter."""
        if actual < 0 or actual > HUNDRED:
            raise ValueError(f"scale REV: the review {plain_text(actual)} lies outside 0-100: correct the entry")
        return Scored(None, actual, "reviewed score")

    def target_fault(self, target: Fraction | None) -> str | None:
        """A review needs no target."""
        return None

    def review(self, ratings: Mapping[str, Sequence[Fraction]]) -> Review:
        """The score of the ratings of one person, by relation; ValueError on a rating outside 0-100."""
        for given in ratings.values():
            for rating in given:
                self.score(rating, None)
        counted = {
            relation: (weight, ratings[relation])
            for relation, weight in self.weights
            if len(ratings.get(relation, ())) >= _MIN_RATERS[relation]
        }
        dropped = tuple(relation for relation, _ in self.weights if relation not in counted)
        if "manager" in dropped:
            return Review(None, tuple(counted), dropped, "the manager's review is missing: ask the manager's manager")
        if not counted:
            return Review(None, (), dropped, "no relation has enough raters")
        total = sum((weight for weight, _ in counted.values()), Fraction(0))
        score = sum((weight * sum(given, Fraction(0)) / len(given) for weight, given in counted.values()), Fraction(0))
        reason = f"dropped for few raters: {', '.join(dropped)}" if dropped else "all relations counted"
        return Review(score / total, tuple(counted), dropped, reason)

    @classmethod
    def read(cls, fields: Fields) -> Self:
        """Keys: weights, a table of relation to percent that sums to 100 (default manager 70, peers 20, self 10)."""
        if not fields.has("weights"):
            return cls(DEFAULT_WEIGHTS)
        weights = []
        for relation, given in fields.nested("weights").items():
            weight = fields.row_number("weights", relation, given)
            weights.append((relation, weight))
            if relation not in _MIN_RATERS:
                fields.row_fault("weights", relation, f"unknown relation: {one_of(_MIN_RATERS, relation)}")
            if weight < 0:
                fields.row_fault("weights", relation, f"the weight {plain_text(weight)} is negative: use 0 or more")
        total = sum((weight for _, weight in weights), Fraction(0))
        fields.require("weights", total == HUNDRED, f"the weights sum to {plain_text(total)}, not 100")
        return cls(tuple(weights))
