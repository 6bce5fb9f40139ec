"""Reviews, claims and chargebacks of an order; its case is the order's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from scoring.atoms.base import Atom, Setting
from scoring.atoms.credit import OrderCredit, Touch
from scoring.atoms.order_reading import Order
from scoring.attribution import Spread
from scoring.events.base import Event
from scoring.events.feedback import FeedbackReceived

GOOD_STARS = 4


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a buyer said; credited to the owners of the line (else of the first line) when it was said."""

    shop: str
    credits: Mapping[str, Spread]
    occurred_at: int
    kind: str
    stars: int

    @property
    def is_review(self) -> bool:
        """Whether it is a review with stars."""
        return self.kind == "review" and self.stars > 0

    @property
    def is_good(self) -> bool:
        """Whether it is a review with four or five stars."""
        return self.kind == "review" and self.stars >= GOOD_STARS


def find_feedback(facts: Sequence[Event], order: Order | None, setting: Setting) -> tuple[tuple[str, Atom], ...]:
    """The feedback of an order, or of one that is not known."""
    return tuple(
        ("feedback", cast(Atom, _atom(fact, order, setting))) for fact in facts if isinstance(fact, FeedbackReceived)
    )


def _atom(fact: FeedbackReceived, order: Order | None, setting: Setting) -> Feedback:
    lines = order.lines if order else ()
    line = next((line for line in lines if line.line_id == fact.line_id), lines[0] if lines else None)
    touch = order.touch if order else Touch(fact.channel, "", "")
    category, sku = (line.category, line.sku) if line else ("", "")
    credit = OrderCredit(fact.shop_id, touch, {}, setting).owners(category, sku, fact.occurred_at)
    return Feedback(fact.shop_id, {"shop": credit}, fact.occurred_at, fact.kind, fact.stars)
