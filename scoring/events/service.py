"""Customer service: conversations, agents' presence, tickets, quality scores."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from scoring.events.base import Event, Instant, Micro, case_key

Sender = Literal["customer", "agent", "bot", "system"]
DAY_US = 86_400_000_000
Intent = Literal["presale", "aftersale", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatEvent(Event):
    """What all events of a conversation share; chat text is never needed and never stored (G11).

    Without `session_id` the customer's messages form conversations by themselves, split where 30 minutes are silent;
    without a customer too, each event stands alone.
    """

    session_id: str = ""
    customer_id: str = ""

    def case(self) -> str:
        if self.session_id:
            return case_key("chat", self.shop_id, self.session_id)
        if self.customer_id:
            return case_key("chat", self.shop_id, "", self.customer_id)
        return case_key("chat", self.shop_id, "", "", self.source, self.event_id)

    def subject(self) -> str:
        return case_key("customer", self.shop_id, self.customer_id or self.session_id or self.event_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatMessage(ChatEvent):
    """One message; `sent_at` defaults to `occurred_at`. `is_short` marks thanks and emoji.

    `message_id` is the platform's name of it, by which it can be recalled; without one its `event_id` is.
    """

    EVENT_TYPE: ClassVar[str] = "chat.message"
    sender: Sender
    sent_at: Instant | None = None
    agent_id: str = ""
    is_auto: bool = False
    is_filtered: bool = False
    is_offline_message: bool = False
    is_short: bool = False
    message_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatRecalled(ChatEvent):
    """A message was taken back; before anybody answered it, it never happened."""

    EVENT_TYPE: ClassVar[str] = "chat.recalled"
    message_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatOpened(ChatEvent):
    """The platform opened the conversation."""

    EVENT_TYPE: ClassVar[str] = "chat.opened"
    intent: Intent = "unknown"
    is_filtered: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatAssigned(ChatEvent):
    """A human agent got the conversation; the human stage starts here."""

    EVENT_TYPE: ClassVar[str] = "chat.assigned"
    agent_id: str
    intent: Intent = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatTransferred(ChatEvent):
    """One agent handed the conversation to another."""

    EVENT_TYPE: ClassVar[str] = "chat.transferred"
    from_agent_id: str
    to_agent_id: str
    is_skill_routing: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatClosed(ChatEvent):
    """The conversation ended."""

    EVENT_TYPE: ClassVar[str] = "chat.closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatMerged(ChatEvent):
    """This conversation is a continuation of `parent_session_id`."""

    EVENT_TYPE: ClassVar[str] = "chat.merged"
    parent_session_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatRated(ChatEvent):
    """The customer rated the conversation from 1 to 5; the last invited rating counts."""

    EVENT_TYPE: ClassVar[str] = "chat.rated"
    rating: int
    is_invited: bool = True

    def check(self) -> str | None:
        return None if 1 <= self.rating <= 5 else f"rating is {self.rating}; ratings run from 1 to 5"


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentPresence(Event):
    """An agent's account went online, busy or offline; read together by agent and day (UTC)."""

    EVENT_TYPE: ClassVar[str] = "agent.presence"
    agent_id: str
    state: Literal["online", "busy", "offline"]

    def case(self) -> str:
        return case_key("presence", self.shop_id, self.agent_id, str(self.occurred_at // DAY_US))

    def subject(self) -> str:
        return case_key("employee", self.agent_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketEvent(Event):
    """What all ticket events share."""

    ticket_id: str
    agent_id: str = ""
    customer_id: str = ""

    def case(self) -> str:
        return case_key("ticket", self.shop_id, self.ticket_id)

    def subject(self) -> str:
        return case_key("customer", self.shop_id, self.customer_id or self.ticket_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketOpened(TicketEvent):
    """A service case was opened with a promise to resolve it within `sla_seconds`."""

    EVENT_TYPE: ClassVar[str] = "ticket.opened"
    sla_seconds: int = 86400


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketAssigned(TicketEvent):
    """The case went to another agent."""

    EVENT_TYPE: ClassVar[str] = "ticket.assigned"


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketWaiting(TicketEvent):
    """From here the case waits for the customer."""

    EVENT_TYPE: ClassVar[str] = "ticket.waiting"


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketResumed(TicketEvent):
    """The customer answered; the case goes on."""

    EVENT_TYPE: ClassVar[str] = "ticket.resumed"


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketResolved(TicketEvent):
    """The case was resolved."""

    EVENT_TYPE: ClassVar[str] = "ticket.resolved"


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketReopened(TicketEvent):
    """The case came back."""

    EVENT_TYPE: ClassVar[str] = "ticket.reopened"


@dataclass(frozen=True, slots=True, kw_only=True)
class QaScored(Event):
    """A sampled conversation was scored by quality assurance, 0 to 100; scored twice, it counts once, by the mean."""

    EVENT_TYPE: ClassVar[str] = "qa.scored"
    agent_id: str
    score: Micro
    session_id: str = ""

    def case(self) -> str:
        if self.session_id:
            return case_key("qa", self.shop_id, self.agent_id, self.session_id, "")
        return case_key("qa", self.shop_id, self.source, self.event_id)

    def subject(self) -> str:
        return case_key("employee", self.agent_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class ComplaintUpheld(Event):
    """A complaint about an agent was examined and found right; dated when that was decided."""

    EVENT_TYPE: ClassVar[str] = "complaint.upheld"
    agent_id: str
    session_id: str = ""

    def case(self) -> str:
        return case_key("complaint", self.shop_id, self.source, self.event_id)

    def subject(self) -> str:
        return case_key("employee", self.agent_id)
