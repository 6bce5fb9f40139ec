"""The closed set of events: one family a file, one table of all types."""

from __future__ import annotations

from scoring.events import (
    ad,
    content,
    correction,
    finance,
    inventory,
    live,
    order,
    partner,
    people,
    refund,
    review,
    service,
    task,
    traffic,
)
from scoring.events.base import Event

FAMILIES: dict[str, tuple[type[Event], ...]] = {
    "order": (
        order.OrderPlaced,
        order.OrderPaid,
        order.OrderCancelled,
        order.OrderShipped,
        order.OrderDelivered,
        order.OrderCompleted,
    ),
    "refund": (refund.RefundRequested, refund.RefundCompleted, refund.RefundRejected),
    "traffic": (traffic.TrafficDay,),
    "ad": (ad.AdReport,),
    "live": (
        live.LiveStarted,
        live.LiveEnded,
        live.LiveHostOn,
        live.LiveHostOff,
        live.LiveAudience,
        live.LiveCounters,
        live.LiveEntered,
        live.LiveLeft,
        live.LiveFollow,
        live.LiveInteraction,
        live.LiveProductExposed,
        live.LiveProductClicked,
        live.LiveViolation,
        live.LiveStepDone,
    ),
    "service": (
        service.ChatMessage,
        service.ChatOpened,
        service.ChatAssigned,
        service.ChatTransferred,
        service.ChatClosed,
        service.ChatMerged,
        service.ChatRated,
        service.AgentPresence,
        service.TicketOpened,
        service.TicketResolved,
        service.TicketReopened,
        service.QaScored,
    ),
    "content": (content.ContentPublished, content.ContentStats),
    "inventory": (
        inventory.StockSnapshot,
        inventory.StockReceived,
        inventory.StockCounted,
        inventory.PoCreated,
        inventory.PoReceived,
        inventory.ListingPublished,
        inventory.ListingError,
        inventory.ShipmentError,
    ),
    "task": (task.TaskCreated, task.TaskDelivered, task.TaskAccepted, task.TaskRejected),
    "partner": (
        partner.InquiryReceived,
        partner.InquiryReplied,
        partner.PaymentReceived,
        partner.PartnerContacted,
        partner.PartnerSampleSent,
        partner.PartnerFirstLive,
        partner.PartnerDeal,
    ),
    "review": (review.ReviewSubmitted, review.ExamScored, review.SurveyAnswered, review.GoalMilestone),
    "people": (
        people.HrJoined,
        people.HrLeft,
        people.HrAssigned,
        people.HrLeave,
        people.HrShift,
        people.HrTraining,
    ),
    "finance": (
        finance.CostPosted,
        finance.ProfitPosted,
        finance.MarketPosted,
        finance.FxPosted,
        finance.CogsAdjusted,
    ),
    "correction": (correction.EventRetracted,),
}

EVENT_TYPES: dict[str, type[Event]] = {kind.EVENT_TYPE: kind for family in FAMILIES.values() for kind in family}

__all__ = ["EVENT_TYPES", "FAMILIES", "Event"]
