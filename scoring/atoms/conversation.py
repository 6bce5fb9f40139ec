"""What the facts of a conversation say together: messages, holders, replies, ratings (2-events.md §2.6, 1-2, 8)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from itertools import islice
from typing import cast

from scoring.atoms.base import MINUTE, Value, total_order
from scoring.events.base import Event
from scoring.events.service import (
    ChatAssigned,
    ChatClosed,
    ChatEvent,
    ChatMerged,
    ChatMessage,
    ChatOpened,
    ChatRated,
    ChatRecalled,
    ChatTransferred,
)
from scoring.reference import Policy

GAP = 30 * MINUTE
_KINDS: dict[str, type[ChatEvent]] = {
    kind.EVENT_TYPE: kind
    for kind in (ChatAssigned, ChatClosed, ChatMessage, ChatOpened, ChatRated, ChatRecalled, ChatTransferred)
}


@dataclass(frozen=True, slots=True)
class Chat:
    """A conversation as its facts tell it; `holders` is (account, since) in order of time.

    `stage` is when the human stage began; `held_formally` says whether the platform told who has the conversation.
    """

    shop: str
    session: str
    customer: str
    start: int
    messages: tuple[ChatMessage, ...]
    holders: tuple[tuple[str, int], ...]
    held_formally: bool
    transfers: tuple[ChatTransferred, ...]
    replies: tuple[tuple[str, int], ...]
    rating: ChatRated | None
    is_presale: bool
    topic: str
    closed_at: int | None

    @property
    def stage(self) -> int | None:
        """When the human stage began."""
        return self.holders[0][1] if self.holders else None

    @property
    def first_customer_at(self) -> int | None:
        """The customer's first message, offline ones included."""
        return next((sent_at(message) for message in self.messages if message.sender == "customer"), None)

    def holder(self, at: int) -> str | None:
        """Who held the conversation at an instant."""
        return next((who for who, since in reversed(self.holders) if since <= at), None)

    def got(self, account: str, before: int, otherwise: int) -> int:
        """When an account last got the conversation before an instant."""
        return max((since for who, since in self.holders if who == account and since < before), default=otherwise)


def sent_at(fact: Event) -> int:
    """When something was said or done; a message may tell it apart from when it was reported."""
    return fact.sent_at if isinstance(fact, ChatMessage) and fact.sent_at is not None else fact.occurred_at


def parent_of(facts: Sequence[Event]) -> str:
    """The session that a merged session went on in, by its last merge; empty when it was not merged."""
    session = session_of(facts)
    merged = [fact.parent_session_id for fact in facts if isinstance(fact, ChatMerged) and session]
    return next((parent for parent in reversed(merged) if parent not in ("", session)), "")


def session_of(facts: Sequence[Event]) -> str:
    """The platform's name of the session; empty when it gives none."""
    return next((fact.session_id for fact in facts if isinstance(fact, ChatEvent) and fact.session_id), "")


def customer_of(facts: Sequence[Event]) -> str:
    """The customer of these facts, as far as any of them tells."""
    return next((fact.customer_id for fact in facts if isinstance(fact, ChatEvent) and fact.customer_id), "")


def packed(facts: Sequence[Event]) -> Value:
    """The facts as a value that another case can read; a merge itself is not told on."""
    return tuple(
        (fact.EVENT_TYPE, *(getattr(fact, field.name) for field in fields(fact)))
        for fact in facts
        if fact.EVENT_TYPE in _KINDS
    )


def unpacked(value: Value) -> list[Event]:
    """The facts of such a value."""
    found: list[Event] = []
    for row in cast("Sequence[Value]", value):
        kind = _KINDS[cast(str, row[0])]
        told = dict(zip((field.name for field in fields(kind)), row[1:], strict=True))
        found.append(kind(**told))  # type: ignore[arg-type]
    return found


def sessions(facts: Sequence[Event]) -> Iterator[tuple[str, Sequence[Event]]]:
    """Conversations by name: that of the platform, else what a customer said without 30 minutes of silence."""
    name = session_of(facts)
    if name or not facts:
        if facts:
            yield name, facts
        return
    groups: list[list[Event]] = []
    spoken: int | None = None
    for fact in sorted(facts, key=lambda fact: (sent_at(fact), fact.source, fact.event_id)):
        speaks = isinstance(fact, ChatMessage | ChatOpened | ChatAssigned)
        if not groups or (speaks and spoken is not None and sent_at(fact) - spoken > GAP):
            groups.append([])
        groups[-1].append(fact)
        spoken = sent_at(fact) if speaks else spoken
    for group in groups:
        yield f"~{customer_of(group) or group[0].event_id}@{sent_at(group[0])}", sorted(group, key=total_order)


def read_chat(facts: Sequence[Event], session: str, policy: Policy) -> Chat | None:
    """The conversation of these facts; None when it is filtered (spam, colleague, test) or nothing is known of it."""
    if any(fact.is_filtered for fact in facts if isinstance(fact, ChatMessage | ChatOpened)):
        return None
    messages = standing_messages(facts)
    starts = [sent_at(fact) for fact in messages]
    starts += [fact.occurred_at for fact in facts if isinstance(fact, ChatOpened | ChatAssigned)]
    ratings = [fact for fact in facts if isinstance(fact, ChatRated) and fact.is_invited]
    if not starts and not ratings:
        return None
    formal = [_taken(fact) for fact in facts if isinstance(fact, ChatAssigned | ChatTransferred)]
    # Nobody was assigned formally: the agent who first wrote in person has the conversation from there.
    own = ((m.agent_id, sent_at(m)) for m in messages if m.sender == "agent" and not m.is_auto)
    holders = tuple(formal) or tuple(islice(own, 1))
    stage = holders[0][1] if holders else None
    intents = [fact.intent for fact in facts if isinstance(fact, ChatOpened | ChatAssigned)]
    return Chat(
        shop=facts[0].shop_id,
        session=session,
        customer=customer_of(facts),
        start=min(starts, default=facts[0].occurred_at),
        messages=tuple(messages),
        holders=holders,
        held_formally=bool(formal),
        transfers=tuple(fact for fact in facts if isinstance(fact, ChatTransferred)),
        replies=tuple((m.agent_id, sent_at(m)) for m in messages if is_human_reply(m, stage, policy)),
        rating=ratings[-1] if ratings else None,
        is_presale="presale" in intents,
        topic=next((intent for intent in intents if intent != "unknown"), "unknown"),
        closed_at=max((fact.occurred_at for fact in facts if isinstance(fact, ChatClosed)), default=None),
    )


def _taken(fact: ChatAssigned | ChatTransferred) -> tuple[str, int]:
    return (fact.agent_id if isinstance(fact, ChatAssigned) else fact.to_agent_id), fact.occurred_at


def standing_messages(facts: Sequence[Event]) -> list[ChatMessage]:
    """Messages in order of sending, without those recalled before the other side said anything."""
    said = [fact for fact in facts if isinstance(fact, ChatMessage)]
    said.sort(key=lambda message: (sent_at(message), message.source, message.event_id))
    recalls = [fact for fact in facts if isinstance(fact, ChatRecalled)]
    if not recalls:
        return said
    return [message for message in said if not any(_undone(message, recall, said) for recall in recalls)]


def _undone(message: ChatMessage, recall: ChatRecalled, said: Sequence[ChatMessage]) -> bool:
    if recall.message_id != (message.message_id or message.event_id):
        return False
    return not any(
        sent_at(message) <= sent_at(other) <= recall.occurred_at
        for other in said
        if (other.sender == "customer" if message.sender != "customer" else _is_personal(other))
    )


def _is_personal(message: ChatMessage) -> bool:
    return message.sender == "agent" and not message.is_auto


def is_human_reply(message: ChatMessage, stage: int | None, policy: Policy) -> bool:
    """Whether a message answers a customer: an agent's own, and by policy what a bot drafted in the human stage."""
    if message.sender != "agent" or message.is_offline_message:
        return False
    if not message.is_auto:
        return True
    return policy.bot_assist_counts and stage is not None and sent_at(message) >= stage
