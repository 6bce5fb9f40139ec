"""Conversations recounted: turns, replies, sessions received, ratings (2-events.md §2.6)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction

from scoring.events.base import Event
from scoring.events.service import ChatAssigned, ChatMessage, ChatOpened, ChatRated, ChatTransferred
from scoring.recount.book import MICRO, SECOND_US, Book, Credit, in_order

LIMIT_US = 180 * SECOND_US


@dataclass(frozen=True, slots=True)
class Chat:
    """One conversation. `moves` (instant, account) say who got it; `replies` are human; `talk` is both sides in order,
    None for the customer, without offline messages; `asked_at` is the customer's first message."""

    shop: str
    session_id: str
    customer: str
    filtered: bool
    presale: bool
    start: int | None
    asked_at: int | None
    moves: list[tuple[int, str]]
    handed_over: list[tuple[int, str]]
    talk: list[tuple[int, str | None]]
    replies: list[tuple[int, str]]
    ratings: list[ChatRated]

    def holder(self, at: int) -> str | None:
        """Who had the conversation at an instant."""
        return next((agent for moved, agent in reversed(self.moves) if moved <= at), None)

    def got(self, agent: str, before: int, otherwise: int) -> int:
        """When the agent last got the conversation before an instant."""
        return max((at for at, who in self.moves if who == agent and at < before), default=otherwise)


@dataclass(frozen=True, slots=True)
class Turn:
    """A customer waits from `opened_at`; `agent` replied at `replied_at` or let it pass (None)."""

    opened_at: int
    agent: str
    replied_at: int | None


def _sent(message: ChatMessage) -> int:
    return message.occurred_at if message.sent_at is None else message.sent_at


def read_conversation(book: Book, facts: list[Event]) -> Chat:
    """The conversation that these facts tell of."""
    facts = in_order(facts)
    messages = [fact for fact in facts if isinstance(fact, ChatMessage)]
    messages.sort(key=lambda fact: (_sent(fact), fact.source, fact.event_id))
    opened = [fact for fact in facts if isinstance(fact, ChatOpened)]
    assigned = [fact for fact in facts if isinstance(fact, ChatAssigned)]
    handed = [fact for fact in facts if isinstance(fact, ChatTransferred)]
    formal = in_order(fact for fact in facts if isinstance(fact, ChatAssigned | ChatTransferred))
    moves = [
        (fact.occurred_at, fact.agent_id if isinstance(fact, ChatAssigned) else fact.to_agent_id) for fact in formal
    ]
    own_words = [(_sent(fact), fact.agent_id) for fact in messages if fact.sender == "agent" and not fact.is_auto]
    moves = moves or own_words[:1]
    talk: list[tuple[int, str | None]] = []
    for fact in messages:
        staged = bool(moves) and moves[0][0] <= _sent(fact)
        human = fact.sender == "agent" and (not fact.is_auto or (book.policy.bot_assist_counts and staged))
        if not fact.is_offline_message and (fact.sender == "customer" or human):
            talk.append((_sent(fact), fact.agent_id if human else None))
    return Chat(
        shop=facts[0].shop_id,
        session_id=str(getattr(facts[0], "session_id", "")),
        customer=next((name for name in (getattr(fact, "customer_id", "") for fact in facts) if name), ""),
        filtered=any(fact.is_filtered for fact in facts if isinstance(fact, ChatOpened | ChatMessage)),
        presale=bool(moves) and any(getattr(fact, "intent", "") == "presale" for fact in facts),
        start=min(
            [fact.occurred_at for fact in [*opened, *assigned]] + [_sent(fact) for fact in messages], default=None
        ),
        asked_at=next((_sent(fact) for fact in messages if fact.sender == "customer"), None),
        moves=moves,
        handed_over=[(fact.occurred_at, fact.from_agent_id) for fact in handed],
        talk=talk,
        replies=[(at, agent) for at, agent in talk if agent is not None],
        ratings=[fact for fact in facts if isinstance(fact, ChatRated)],
    )


def turns(chat: Chat) -> list[Turn]:
    """Every run of customer messages, with who answered it or who had it when it stayed open."""
    found, opened_at = [], None
    for at, agent in chat.talk:
        if agent is None:
            opened_at = at if opened_at is None else opened_at
        elif opened_at is not None:
            found.append(Turn(opened_at, agent, at))
            opened_at = None
    if opened_at is not None:
        holder = chat.holder(opened_at)
        later = chat.moves[0][1] if chat.moves else ""
        found.append(Turn(opened_at, later if holder is None else holder, None))
    return found


def givers(chat: Chat, turn: Turn) -> list[str]:
    """Who handed the conversation on during the turn after holding it for the limit or longer."""
    return [
        giver
        for at, giver in chat.handed_over
        if turn.opened_at < at and (turn.replied_at is None or at < turn.replied_at)
        if at - max(turn.opened_at, chat.got(giver, at, turn.opened_at)) >= LIMIT_US
    ]


def count_conversation(book: Book, chat: Chat) -> None:
    """Add a conversation; a filtered one adds nothing."""
    if chat.filtered:
        return
    agents = {agent for _, agent in chat.replies}
    for number, turn in enumerate(turns(chat)):
        missed = givers(chat, turn)
        agents |= {turn.agent, *missed}
        _count_turn(book, chat, turn, number == 0)
        if _in_window(book, turn.opened_at):
            for giver in missed:
                credit = book.credit_person("agent", giver, turn.opened_at)
                book.add("turns", chat.shop, turn.opened_at, MICRO, [credit])
    if agents and chat.start is not None:
        people = {book.person(agent, chat.start): Fraction(1) for agent in agents}
        credit = Credit("agent", people, book.day(chat.start))
        book.mark("sessions", chat.shop, chat.start, f"{chat.shop}|{chat.session_id}", [credit])
    if chat.ratings:
        rated = chat.ratings[-1]
        last = (chat.replies or chat.moves or [(0, "")])[-1][1]
        credits = [book.credit_person("agent", last, rated.occurred_at)]
        book.add("ratings", chat.shop, rated.occurred_at, MICRO, credits)
        book.add("ratings_good", chat.shop, rated.occurred_at, MICRO if rated.rating >= 4 else 0, credits)


def _count_turn(book: Book, chat: Chat, turn: Turn, is_first: bool) -> None:
    at, replied_at = turn.opened_at, turn.replied_at
    credits = [book.credit_person("agent", turn.agent, at)]
    in_window = _in_window(book, at)
    if in_window:
        book.add("turns", chat.shop, at, MICRO, credits)
    if replied_at is None:
        return
    clock = min(replied_at, max(at, chat.got(turn.agent, replied_at, at)))
    if in_window and (replied_at - clock) // SECOND_US * SECOND_US <= LIMIT_US:
        book.add("turns_3min", chat.shop, at, MICRO, credits)
    seconds = _window_seconds(book, clock, replied_at)
    book.add("replies", chat.shop, at, MICRO, credits)
    book.add("reply_seconds", chat.shop, at, seconds * MICRO, credits)
    if is_first:
        book.add("first_replies", chat.shop, at, MICRO, credits)
        book.add("first_reply_seconds", chat.shop, at, seconds * MICRO, credits)
        book.note("first_reply_p90", chat.shop, at, seconds, credits)


def _in_window(book: Book, us: int) -> bool:
    opens, closes = book.policy.service_window
    return opens <= book.local(us).strftime("%H:%M") < closes


def _window_seconds(book: Book, start: int, end: int) -> int:
    """Whole seconds of [start, end) inside the service windows of all days (policy B)."""
    opens, closes = book.policy.service_window
    day, inside = book.local(start).date(), 0
    while day <= book.local(end).date():
        overlap = min(end, book.instant(day, closes)) - max(start, book.instant(day, opens))
        inside += max(0, overlap)
        day += timedelta(days=1)
    return inside // SECOND_US
