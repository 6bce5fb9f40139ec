"""Kinds of case, one a file; a case key's first part names its kind. Facts of other kinds are kept but not measured."""

from __future__ import annotations

from scoring.atoms.ad import AdCase, AdPiece
from scoring.atoms.airtime import AirtimeCase, OnAir
from scoring.atoms.b2b import B2bCase, InquiryDay, InquiryDayCase, ReceivedInquiry
from scoring.atoms.base import Atom, Case, Found, Problem, Projection, Setting, View, total_order
from scoring.atoms.buyer import BuyerCase, FirstRefund, FirstSale, NewBuyer
from scoring.atoms.chat import (
    ChatCase,
    Conversation,
    Exchange,
    Handover,
    OfflineMessage,
    Queue,
    RatingAtom,
    TurnAtom,
)
from scoring.atoms.content import ContentCase, ContentDay, PlannedItem, PublishedItem
from scoring.atoms.creative import CreativeCase, CreativeDay
from scoring.atoms.exam import Exam, ExamCase
from scoring.atoms.feedback import Feedback
from scoring.atoms.finance import Cost, CostCase, Market, MarketCase, Profit, ProfitCase
from scoring.atoms.fulfilment import DeliveryPromise, OrderFault, Shipment, ShipPromise
from scoring.atoms.goal import GoalCase, GoalStep
from scoring.atoms.hr import Headcount, HrCase, Leaver
from scoring.atoms.inquiry import Conversion, Inquiry, InquiryCase
from scoring.atoms.invoice import Invoice, InvoiceCase
from scoring.atoms.labour import Labour, ShiftCase
from scoring.atoms.listing import Launch, ListingCase, ListingDue, ListingMistake, ListingWork, Optimisation
from scoring.atoms.live import Audience, LiveCase, Minute, Session
from scoring.atoms.live_moments import Engagement, Follow, PlannedSession, ProductCard, RunbookStep, Violation
from scoring.atoms.member import MemberActivity, MemberCase, MemberChange
from scoring.atoms.order import LineRefund, OrderCase, PaidLine, PaidOrder, PlacedOrder
from scoring.atoms.partner import Deal, PartnerCase, PartnerContact, Sample
from scoring.atoms.presence import PresenceCase
from scoring.atoms.purchase import PurchaseCase, PurchaseDue, PurchaseReceipt, PurchaseSaving
from scoring.atoms.quality import Complaint, ComplaintCase, QaCase, QaSample
from scoring.atoms.review import ReviewAtom, ReviewCase
from scoring.atoms.room import LiveRefund
from scoring.atoms.score import ReportScore, ScoreCase
from scoring.atoms.sku import GoodsSale, LaunchSale, SkuSale
from scoring.atoms.stock import SkuOffer, StockCase, StockCount, StockDay, StockLevel, StockReceipt
from scoring.atoms.task import AcceptedTask, DeliveredReport, DueWork, Suggestion, TaskCase
from scoring.atoms.ticket import TicketCase, TicketDone, TicketDue
from scoring.atoms.traffic import TrafficCase, Visits
from scoring.atoms.training import TrainingAtom, TrainingCase, Uplift

CASES: dict[str, Case] = {
    "listing": ListingCase(),
    "po": PurchaseCase(),
    "shift": ShiftCase(),
    "stock": StockCase(),
    "buyer": BuyerCase(),
    "member": MemberCase(),
    "ad": AdCase(),
    "airtime": AirtimeCase(),
    "b2b": B2bCase(),
    "b2b_day": InquiryDayCase(),
    "chat": ChatCase(),
    "complaint": ComplaintCase(),
    "content": ContentCase(),
    "cost": CostCase(),
    "creative": CreativeCase(),
    "exam": ExamCase(),
    "goal": GoalCase(),
    "hr": HrCase(),
    "inquiry": InquiryCase(),
    "invoice": InvoiceCase(),
    "live": LiveCase(),
    "market": MarketCase(),
    "order": OrderCase(),
    "partner": PartnerCase(),
    "presence": PresenceCase(),
    "profit": ProfitCase(),
    "qa": QaCase(),
    "review": ReviewCase(),
    "score": ScoreCase(),
    "task": TaskCase(),
    "ticket": TicketCase(),
    "traffic": TrafficCase(),
    "training": TrainingCase(),
}

ATOMS: dict[str, type[object]] = {
    "delivery_promise": DeliveryPromise,
    "goods_sale": GoodsSale,
    "labour": Labour,
    "launch": Launch,
    "launch_sale": LaunchSale,
    "listing_due": ListingDue,
    "listing_mistake": ListingMistake,
    "listing_work": ListingWork,
    "optimisation": Optimisation,
    "order_fault": OrderFault,
    "purchase_due": PurchaseDue,
    "purchase_receipt": PurchaseReceipt,
    "purchase_saving": PurchaseSaving,
    "ship_promise": ShipPromise,
    "shipment": Shipment,
    "sku_offer": SkuOffer,
    "sku_sale": SkuSale,
    "stock_count": StockCount,
    "stock_day": StockDay,
    "stock_level": StockLevel,
    "stock_receipt": StockReceipt,
    "feedback": Feedback,
    "member_activity": MemberActivity,
    "member_change": MemberChange,
    "new_buyer": NewBuyer,
    "accepted_task": AcceptedTask,
    "ad_piece": AdPiece,
    "complaint": Complaint,
    "conversation": Conversation,
    "conversion": Conversion,
    "content_day": ContentDay,
    "content_item": PublishedItem,
    "content_plan": PlannedItem,
    "cost": Cost,
    "creative_day": CreativeDay,
    "deal": Deal,
    "delivered_report": DeliveredReport,
    "due_work": DueWork,
    "exam": Exam,
    "exchange": Exchange,
    "first_refund": FirstRefund,
    "first_sale": FirstSale,
    "goal": GoalStep,
    "handover": Handover,
    "headcount": Headcount,
    "inquiry": Inquiry,
    "inquiry_day": InquiryDay,
    "invoice": Invoice,
    "leaver": Leaver,
    "line_refund": LineRefund,
    "live_audience": Audience,
    "live_engagement": Engagement,
    "live_follow": Follow,
    "live_minute": Minute,
    "live_plan": PlannedSession,
    "live_product": ProductCard,
    "live_refund": LiveRefund,
    "live_session": Session,
    "live_step": RunbookStep,
    "live_violation": Violation,
    "market": Market,
    "offline_message": OfflineMessage,
    "on_air": OnAir,
    "paid_line": PaidLine,
    "paid_order": PaidOrder,
    "partner_contact": PartnerContact,
    "placed_order": PlacedOrder,
    "profit": Profit,
    "qa_sample": QaSample,
    "queue": Queue,
    "rating": RatingAtom,
    "received_inquiry": ReceivedInquiry,
    "report_score": ReportScore,
    "review": ReviewAtom,
    "ticket_done": TicketDone,
    "ticket_due": TicketDue,
    "training": TrainingAtom,
    "sample": Sample,
    "suggestion": Suggestion,
    "turn": TurnAtom,
    "uplift": Uplift,
    "visits": Visits,
}
"""Kinds of atom; a measure names one and the fields that it reads."""

__all__ = ["ATOMS", "CASES", "Atom", "Case", "Found", "Problem", "Projection", "Setting", "View", "total_order"]
