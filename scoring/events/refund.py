"""Refunds: requested, completed, rejected."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from scoring.events.base import Event, Instant, Minor, case_key

RefundKind = Literal["refund_only", "return_refund", "exchange", "compensation"]
RefundStage = Literal["pre_ship", "in_transit", "after_delivery"]
Responsible = Literal["buyer", "product", "service", "logistics", "content", "platform"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundEvent(Event):
    """What all refund events share; a refund is read together with its order."""

    refund_id: str
    order_id: str
    line_id: str
    buyer_id: str = ""
    kind: RefundKind = "return_refund"
    stage: RefundStage = "after_delivery"
    reason_code: str = ""
    responsible: Responsible = "buyer"
    refund_amt: Minor = 0
    refund_qty: int = 0
    cogs_back: Minor = 0
    platform_intervened: bool = False

    def case(self) -> str:
        return case_key("order", self.shop_id, self.order_id)

    def subject(self) -> str:
        return case_key("customer", self.shop_id, self.buyer_id or self.order_id)

    def check(self) -> str | None:
        for name in ("refund_amt", "refund_qty", "cogs_back"):
            if getattr(self, name) < 0:
                return f"refund {self.refund_id}: {name} is negative; a refund is given as a positive amount"
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundRequested(RefundEvent):
    """The buyer asked for money or goods back."""

    EVENT_TYPE: ClassVar[str] = "refund.requested"
    requested_at: Instant | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundCompleted(RefundEvent):
    """The money went back; `completed_at` defaults to `occurred_at`."""

    EVENT_TYPE: ClassVar[str] = "refund.completed"
    completed_at: Instant | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundRejected(RefundEvent):
    """The claim was turned down; nothing is paid back."""

    EVENT_TYPE: ClassVar[str] = "refund.rejected"
