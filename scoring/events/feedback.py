"""What buyers say about an order on the platform: reviews, negative feedback, claims and chargebacks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from scoring.events.base import Event, case_key

FeedbackKind = Literal["review", "negative", "a_to_z", "chargeback"]
MOST_STARS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackReceived(Event):
    """A buyer reviewed an order or claimed about it; feedback is read together with its order.

    `stars` is 1 to 5 for reviews and 0 where the platform gives none. A claim that the platform turned down arrives as
    a new fact after the first one is retracted, or with `is_denied` from the start. Review texts are not stored (G11).
    """

    EVENT_TYPE: ClassVar[str] = "feedback.received"

    order_id: str
    buyer_id: str = ""
    line_id: str = ""
    kind: FeedbackKind = "review"
    stars: int = 0
    is_denied: bool = False

    def case(self) -> str:
        return case_key("order", self.shop_id, self.order_id)

    def subject(self) -> str:
        return case_key("customer", self.shop_id, self.buyer_id or self.order_id)

    def check(self) -> str | None:
        if not 0 <= self.stars <= MOST_STARS:
            return f"stars is {self.stars}; reviews have 1 to {MOST_STARS} stars, 0 means that none were given"
        return None
