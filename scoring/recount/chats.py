"""Conversations recounted: sessions, merges, recalls, who held them, who was there (2-events.md §2.6)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from scoring.events.base import Event
from scoring.events.service import (
    AgentPresence,
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
from scoring.recount.book import SECOND_US, Book, in_order

SILENCE_US = 30 * 60 * SECOND_US
DAY_US = 86_400 * SECOND_US
NEVER = 2**62


@dataclass(frozen=True, slots=True)
class Chat:
    """One conversation. `moves` (instant, account) say who got it; `messages` are those that were not taken back.

    `answers` are the human ones of agents; `root` is the session that it went on in when it was merged.
    """

    shop: str
    session_id: str
    root: str
    customer: str
    filtered: bool
    presale: bool
    topic: str
    start: int | None
    asked_at: int | None
    formal: bool
    moves: list[tuple[int, str]]
    handed_over: list[ChatTransferred]
    messages: list[ChatMessage]
    answers: list[ChatMessage]
    ratings: list[ChatRated]
    closed: list[int]

    @property
    def replies(self) -> list[tuple[int, str]]:
        return [(sent(message), message.agent_id) for message in self.answers]

    def holder(self, at: int) -> str | None:
        """Who had the conversation at an instant."""
        return next((agent for moved, agent in reversed(self.moves) if moved <= at), None)

    def got(self, agent: str, before: int, otherwise: int) -> int:
        """When the agent last got the conversation before an instant."""
        return max((at for at, who in self.moves if who == agent and at < before), default=otherwise)


@dataclass(frozen=True, slots=True)
class Shifts:
    """States (instant, agent, state) of a shop's agents on the days of a conversation and the days before, in order."""

    rows: list[tuple[int, str, str]]

    def state(self, agent: str, at: int) -> str:
        """The agent's state at an instant, "" when nothing is known."""
        return next((state for since, who, state in reversed(self.rows) if who == agent and since <= at), "")

    def deserted(self, at: int) -> bool:
        """Whether everybody of whom something is known is offline."""
        states = {self.state(agent, at) for _, agent, _ in self.rows} - {""}
        return states == {"offline"}

    def there(self, agent: str, start: int, end: int) -> list[tuple[int, int]]:
        """The stretches of [start, end) in which the agent was not offline."""
        marks = sorted({start, end, *(at for at, who, _ in self.rows if who == agent and start < at < end)})
        return [(low, high) for low, high in pairwise(marks) if low >= start and self.state(agent, low) != "offline"]


@dataclass(frozen=True, slots=True)
class Conversations:
    """All conversations: `pieces` as the platform split them, `whole` with merged ones in their parents.

    `shifts` and the `own` piece belong to a whole one by (shop, session).
    """

    pieces: list[Chat]
    whole: list[Chat]
    shifts: dict[tuple[str, str], Shifts]
    own: dict[tuple[str, str], Chat]


def sent(fact: Event) -> int:
    """When it was said or done."""
    return fact.sent_at if isinstance(fact, ChatMessage) and fact.sent_at is not None else fact.occurred_at


def read_conversations(book: Book, facts: list[Event]) -> Conversations:
    """Every conversation that the facts tell of."""
    cases: dict[tuple[str, str, str], list[ChatEvent]] = {}
    for fact in in_order(facts):
        if isinstance(fact, ChatEvent):
            who = "" if fact.session_id else fact.customer_id or f"|{fact.source}|{fact.event_id}"
            cases.setdefault((fact.shop_id, fact.session_id, who), []).append(fact)
    presence = [fact for fact in in_order(facts) if isinstance(fact, AgentPresence)]
    found = Conversations([], [], {}, {})
    merged: dict[tuple[str, str], list[ChatEvent]] = {}
    for (shop, session, _), rows in cases.items():
        root = _root(session, rows)
        if root != session:
            merged.setdefault((shop, root), []).extend(row for row in rows if not isinstance(row, ChatMerged))
        for name, part in _sessions(session, rows):
            piece = read_conversation(book, part, name, root if session else name)
            found.pieces.append(piece)
            found.own[shop, name] = piece
    for (shop, session, _), rows in cases.items():
        own = [] if _root(session, rows) != session else rows
        own = in_order([*own, *(merged.get((shop, session), []) if session else [])])
        days = {at // DAY_US - back for row in rows for at in (row.occurred_at, sent(row)) for back in (0, 1)}
        shifts = _shifts([row for row in presence if row.shop_id == shop and row.occurred_at // DAY_US in days])
        for name, part in _sessions(session, own):
            found.whole.append(read_conversation(book, part, name, name))
            found.shifts[shop, name] = shifts
    return found


def _root(session: str, rows: list[ChatEvent]) -> str:
    parents = [row.parent_session_id for row in rows if isinstance(row, ChatMerged)]
    parents = [parent for parent in parents if session and parent not in ("", session)]
    return parents[-1] if parents else session


def _customer(rows: list[ChatEvent]) -> str:
    return next((row.customer_id for row in rows if row.customer_id), "")


def _shifts(rows: list[AgentPresence]) -> Shifts:
    return Shifts([(row.occurred_at, row.agent_id, row.state) for row in rows])


def _sessions(session: str, rows: list[ChatEvent]) -> list[tuple[str, list[ChatEvent]]]:
    """The session of the platform; without one, stretches of talk with silences of at most 30 minutes inside."""
    if not rows or session:
        return [(session, rows)] if rows else []
    parts: list[list[ChatEvent]] = []
    last: int | None = None
    for row in sorted(rows, key=lambda row: (sent(row), row.source, row.event_id)):
        talks = isinstance(row, ChatMessage | ChatOpened | ChatAssigned)
        if not parts or (talks and last is not None and sent(row) > last + SILENCE_US):
            parts.append([])
        parts[-1].append(row)
        if talks:
            last = sent(row)
    return [(f"~{_customer(part) or part[0].event_id}@{sent(part[0])}", in_order(part)) for part in parts]


def read_conversation(book: Book, facts: list[ChatEvent], session: str, root: str) -> Chat:
    """The conversation that these facts tell of."""
    messages = _not_taken_back(facts)
    opened = [fact for fact in facts if isinstance(fact, ChatOpened)]
    assigned = [fact for fact in facts if isinstance(fact, ChatAssigned)]
    handed = [fact for fact in facts if isinstance(fact, ChatTransferred)]
    formal: list[ChatAssigned | ChatTransferred] = [
        fact for fact in in_order(facts) if isinstance(fact, ChatAssigned | ChatTransferred)
    ]
    moves = [
        (fact.occurred_at, fact.agent_id if isinstance(fact, ChatAssigned) else fact.to_agent_id) for fact in formal
    ]
    own_words = [(sent(fact), fact.agent_id) for fact in messages if fact.sender == "agent" and not fact.is_auto]
    moves = moves or own_words[:1]
    ratings = [fact for fact in facts if isinstance(fact, ChatRated) and fact.is_invited]
    begins = [fact.occurred_at for fact in [*opened, *assigned]] + [sent(fact) for fact in messages]
    begins = begins or [fact.occurred_at for fact in facts[:1] if ratings]
    intents = [fact.intent for fact in in_order(facts) if isinstance(fact, ChatOpened | ChatAssigned)]
    return Chat(
        shop=facts[0].shop_id,
        session_id=session,
        root=root,
        customer=_customer(facts),
        filtered=any(fact.is_filtered for fact in facts if isinstance(fact, ChatOpened | ChatMessage)),
        presale="presale" in intents,
        topic=next((intent for intent in intents if intent != "unknown"), "unknown"),
        start=min(begins, default=None),
        asked_at=next((sent(fact) for fact in messages if fact.sender == "customer"), None),
        formal=bool(formal),
        moves=moves,
        handed_over=handed,
        messages=messages,
        answers=[fact for fact in messages if _is_human(book, moves, fact)],
        ratings=ratings,
        closed=[fact.occurred_at for fact in facts if isinstance(fact, ChatClosed)],
    )


def _is_human(book: Book, moves: list[tuple[int, str]], message: ChatMessage) -> bool:
    staged = bool(moves) and moves[0][0] <= sent(message)
    automatic = message.is_auto and not (book.policy.bot_assist_counts and staged)
    return message.sender == "agent" and not automatic and not message.is_offline_message


def _not_taken_back(facts: list[ChatEvent]) -> list[ChatMessage]:
    """Messages as they were sent, without what was recalled before the other side had said anything."""
    spoken = sorted(
        (fact for fact in facts if isinstance(fact, ChatMessage)),
        key=lambda fact: (sent(fact), fact.source, fact.event_id),
    )
    kept = []
    for message in spoken:
        recalls = [
            fact.occurred_at
            for fact in facts
            if isinstance(fact, ChatRecalled) and fact.message_id == (message.message_id or message.event_id)
        ]
        if message.sender == "customer":
            others = [sent(one) for one in spoken if one.sender == "agent" and not one.is_auto]
        else:
            others = [sent(one) for one in spoken if one.sender == "customer"]
        if all(any(sent(message) <= at <= recalled for at in others) for recalled in recalls):
            kept.append(message)
    return kept
