"""What people tell upwards: weekly check-ins without their text, and proposals with their decision."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from scoring.events.base import Event, Micro, Write, case_key

HUNDRED = 100_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckinSubmitted(Event):
    """One week of one person: how it went, 0 to 100, and how many things block; a higher revision replaces a lower."""

    EVENT_TYPE: ClassVar[str] = "checkin.submitted"
    WRITE: ClassVar[Write] = "upsert"
    subject_id: str
    week: str
    rating: Micro
    blockers: int = 0

    def case(self) -> str:
        return case_key("checkin", self.subject_id, self.week)

    def subject(self) -> str:
        return case_key("employee", self.subject_id)

    def restates(self) -> str | None:
        return "row"

    def check(self) -> str | None:
        if not 0 <= self.rating <= HUNDRED:
            return "rating is outside 0 to 100"
        return "blockers is below 0" if self.blockers < 0 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalEvent(Event):
    """What all events of a proposal share; its text stays where it was written."""

    proposal_id: str

    def case(self) -> str:
        return case_key("proposal", self.proposal_id)

    def subject(self) -> str:
        return self.case()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalSubmitted(ProposalEvent):
    """Somebody proposes something to those above (R21)."""

    EVENT_TYPE: ClassVar[str] = "proposal.submitted"
    author_id: str
    addressee_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalDecided(ProposalEvent):
    """The answer, by a named person and with a reason where it is no."""

    EVENT_TYPE: ClassVar[str] = "proposal.decided"
    decision: Literal["adopted", "rejected", "postponed"]
    decided_by: str
    reason_code: str = ""

    def check(self) -> str | None:
        if not self.decided_by:
            return "a proposal is decided by a person; name who decided"
        if self.decision != "adopted" and not self.reason_code:
            return f"a proposal that is {self.decision} gets a reason"
        return None
