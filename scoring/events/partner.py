"""B2B inquiries, payments and partners."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from scoring.events.base import Event, Instant, Micro, Minor, case_key


@dataclass(frozen=True, slots=True, kw_only=True)
class InquiryEvent(Event):
    """What all B2B inquiry events share."""

    inquiry_id: str
    buyer_id: str

    def case(self) -> str:
        return case_key("b2b", self.shop_id, self.inquiry_id)

    def subject(self) -> str:
        return case_key("customer", self.shop_id, self.buyer_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class InquiryReceived(InquiryEvent):
    """A buyer asked."""

    EVENT_TYPE: ClassVar[str] = "inquiry.received"
    is_spam: bool = False
    agent_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class InquiryReplied(InquiryEvent):
    """Somebody answered; an automatic answer is marked and never counts as a reply."""

    EVENT_TYPE: ClassVar[str] = "inquiry.replied"
    agent_id: str
    replied_at: Instant | None = None
    is_robot: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class InquiryMarkedSpam(InquiryEvent):
    """The inquiry was marked as spam; within 24 hours of its receipt that removes it, later it does not."""

    EVENT_TYPE: ClassVar[str] = "inquiry.marked_spam"
    marked_at: Instant | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceEvent(Event):
    """What all events of an invoice share; `agent_id` names its rep, else the holder of the tag `rep` has it."""

    invoice_id: str
    buyer_id: str
    invoice_amt: Minor
    due_at: Instant
    agent_id: str = ""

    def case(self) -> str:
        return case_key("invoice", self.shop_id, self.invoice_id)

    def subject(self) -> str:
        return case_key("customer", self.shop_id, self.buyer_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceIssued(InvoiceEvent):
    """An invoice went out; an invoice on which nothing came in is known by this alone."""

    EVENT_TYPE: ClassVar[str] = "invoice.issued"


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentReceived(InvoiceEvent):
    """Money came in on an invoice; each event is one receipt, and all tell the invoice's amount and due time."""

    EVENT_TYPE: ClassVar[str] = "payment.received"
    paid_amt: Minor


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerEvent(Event):
    """What all partner events share."""

    partner_id: str

    def case(self) -> str:
        return case_key("partner", self.partner_id)

    def subject(self) -> str:
        return case_key("partner", self.partner_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerContacted(PartnerEvent):
    """A partner was spoken to; two-way when the partner answered."""

    EVENT_TYPE: ClassVar[str] = "partner.contacted"
    two_way: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerSampleSent(PartnerEvent):
    """A sample went out."""

    EVENT_TYPE: ClassVar[str] = "partner.sample_sent"
    sku: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerFirstLive(PartnerEvent):
    """The partner showed the product for the first time."""

    EVENT_TYPE: ClassVar[str] = "partner.first_live"
    sku: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PartnerDeal(PartnerEvent):
    """A deal was signed."""

    EVENT_TYPE: ClassVar[str] = "partner.deal"
    weight: Micro = 1_000_000
    subject_id: str = ""
