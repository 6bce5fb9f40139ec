"""A conversation: its turns with exact reply times, who held it when, its rating (2-events.md §2.6, 1-5 and 10)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

from scoring.atoms.base import SECOND, Atom, Found, Projection, Setting, View
from scoring.attribution import Spread
from scoring.events.base import Event, case_key
from scoring.events.service import ChatAssigned, ChatMessage, ChatOpened, ChatRated, ChatTransferred
from scoring.period import LocalDays
from scoring.reference import Policy

MISS_SECONDS = 180


@dataclass(frozen=True, slots=True)
class TurnAtom:
    """A turn as one agent experienced it; `seconds` counts only inside the service window (policy B)."""

    shop: str
    credits: Mapping[str, Spread]
    opened_at: int
    in_window: bool
    answered: bool
    within_3min: bool
    is_first: bool
    seconds: int


@dataclass(frozen=True, slots=True)
class Conversation:
    """A human session per agent who replied or was held to a turn."""

    shop: str
    credits: Mapping[str, Spread]
    start_at: int
    session: str


@dataclass(frozen=True, slots=True)
class RatingAtom:
    """The last rating of a conversation."""

    shop: str
    credits: Mapping[str, Spread]
    rated_at: int
    good: int


@dataclass(frozen=True, slots=True)
class Turn:
    """Customer messages without a human reply between them; `reply` is (account, instant) or None."""

    opened: int
    reply: tuple[str, int] | None


@dataclass(frozen=True, slots=True)
class Chat:
    """A conversation as its facts tell it; `holders` is (account, since) in order of time."""

    shop: str
    session: str
    customer: str
    start: int
    first_customer_at: int | None
    holders: tuple[tuple[str, int], ...]
    transfers: tuple[tuple[str, str, int], ...]
    replies: tuple[tuple[str, int], ...]
    turns: tuple[Turn, ...]
    rating: ChatRated | None
    is_presale: bool

    def holder(self, at: int) -> tuple[str, int] | None:
        """Who held the conversation at an instant, and since when."""
        return next(((who, since) for who, since in reversed(self.holders) if since <= at), None)


def sent_at(message: ChatMessage) -> int:
    """When a message was sent."""
    return message.occurred_at if message.sent_at is None else message.sent_at


def read_chat(facts: Sequence[Event], policy: Policy) -> Chat | None:
    """The conversation of a case; None when it is filtered (spam, colleague, test) or nobody said anything."""
    messages: list[ChatMessage] = []
    holders: list[tuple[str, int]] = []
    transfers: list[tuple[str, str, int]] = []
    starts: list[int] = []
    rating: ChatRated | None = None
    is_presale = False
    for fact in facts:
        if isinstance(fact, ChatMessage):
            if fact.is_filtered:
                return None
            messages.append(fact)
            starts.append(sent_at(fact))
        elif isinstance(fact, ChatOpened):
            if fact.is_filtered:
                return None
            is_presale = is_presale or fact.intent == "presale"
            starts.append(fact.occurred_at)
        elif isinstance(fact, ChatAssigned):
            holders.append((fact.agent_id, fact.occurred_at))
            is_presale = is_presale or fact.intent == "presale"
            starts.append(fact.occurred_at)
        elif isinstance(fact, ChatTransferred):
            holders.append((fact.to_agent_id, fact.occurred_at))
            transfers.append((fact.from_agent_id, fact.to_agent_id, fact.occurred_at))
        elif isinstance(fact, ChatRated):
            rating = fact
    if not starts and rating is None:
        return None
    messages.sort(key=lambda message: (sent_at(message), message.source, message.event_id))
    if not holders:
        # Nobody was assigned formally: the agent who first wrote in person has the conversation from there.
        own = (m for m in messages if m.sender == "agent" and not m.is_auto)
        holders.extend((m.agent_id, sent_at(m)) for m in islice(own, 1))
    stage = holders[0][1] if holders else None
    replies = tuple((m.agent_id, sent_at(m)) for m in messages if _is_human_reply(m, stage, policy))
    customer = [m for m in messages if m.sender == "customer"]
    return Chat(
        shop=facts[0].shop_id,
        session=getattr(facts[0], "session_id", ""),
        customer=next((name for name in (getattr(fact, "customer_id", "") for fact in facts) if name), ""),
        start=min(starts, default=facts[0].occurred_at),
        first_customer_at=sent_at(customer[0]) if customer else None,
        holders=tuple(holders),
        transfers=tuple(transfers),
        replies=replies,
        turns=tuple(_turns(messages, stage, policy)),
        rating=rating,
        is_presale=is_presale and bool(holders),
    )


def _is_human_reply(message: ChatMessage, stage: int | None, policy: Policy) -> bool:
    if message.sender != "agent" or message.is_offline_message:
        return False
    if not message.is_auto:
        return True
    return policy.bot_assist_counts and stage is not None and sent_at(message) >= stage


def _turns(messages: Sequence[ChatMessage], stage: int | None, policy: Policy) -> Iterator[Turn]:
    opened: int | None = None
    for message in messages:
        if message.sender == "customer":
            if opened is None and not message.is_offline_message:
                opened = sent_at(message)
        elif opened is not None and _is_human_reply(message, stage, policy):
            yield Turn(opened, (message.agent_id, sent_at(message)))
            opened = None
    if opened is not None:
        yield Turn(opened, None)


class ServiceWindow:
    """The shop's service hours as local times; the end is exclusive."""

    def __init__(self, window: tuple[str, str], days: LocalDays) -> None:
        self.days = days
        self.opens, self.closes = window

    def contains(self, at: int) -> bool:
        """Whether an instant lies inside the service hours of its local day."""
        opens, closes = self._bounds(at)
        return opens <= at < closes

    def seconds(self, start: int, stop: int) -> int:
        """Whole seconds of [start, stop) that lie inside service hours."""
        inside, at = 0, start
        while at < stop:
            opens, closes = self._bounds(at)
            inside += max(0, min(stop, closes) - max(start, opens))
            at = self.days.end_of_day_us(self.days.day(at))
        return inside // SECOND

    def _bounds(self, at: int) -> tuple[int, int]:
        day = self.days.day(at)
        return self.days.clock_us(day, self.opens), self.days.clock_us(day, self.closes)


class ChatCase:
    """The case of one conversation."""

    def publish(self, facts: Sequence[Event], setting: Setting) -> tuple[Projection, ...]:
        chat = read_chat(facts, setting.policy) if facts else None
        if chat is None or not chat.is_presale or not chat.customer or chat.first_customer_at is None:
            return ()
        day = setting.attribution.days.day(chat.first_customer_at)
        value = (chat.session, chat.first_customer_at, chat.replies, chat.holders)
        wakes = (case_key("inquiry", chat.shop, chat.customer, day),)
        return (Projection(case_key("chats", chat.shop, chat.customer), value, wakes),)

    def reads(self, key: str, facts: Sequence[Event]) -> tuple[str, ...]:
        return ()

    def find(self, key: str, facts: Sequence[Event], view: View, setting: Setting) -> Found:
        chat = read_chat(facts, setting.policy) if facts else None
        return Found(tuple(_Evaluation(chat, setting).atoms())) if chat else Found()


class _Evaluation:
    """One evaluation of one conversation."""

    def __init__(self, chat: Chat, setting: Setting) -> None:
        self.chat = chat
        self.setting = setting
        self.window = ServiceWindow(setting.policy.service_window, setting.attribution.days)

    def atoms(self) -> Iterator[tuple[str, Atom]]:
        chat = self.chat
        accounts = [account for account, _ in chat.replies]
        for number, turn in enumerate(chat.turns):
            for account, atom in self._turn(turn, number == 0):
                accounts.append(account)
                yield "turn", atom
        people = sorted({self._person(account, chat.start) for account in accounts})
        if people:
            credit = {"agent": self.setting.attribution.of_people(people, chat.start)}
            yield "conversation", Conversation(chat.shop, credit, chat.start, f"{chat.shop}|{chat.session}")
        if chat.rating is not None:
            yield "rating", self._rating(chat.rating)

    def _person(self, account: str, at: int) -> str:
        return self.setting.attribution.person(account, at)

    def _turn(self, turn: Turn, is_first: bool) -> Iterator[tuple[str, TurnAtom]]:
        chat = self.chat
        stop = turn.reply[1] if turn.reply else None
        for giver, _, moved in chat.transfers:
            if turn.opened < moved and (stop is None or moved < stop):
                since = max((at for who, at in chat.holders if who == giver and at < moved), default=turn.opened)
                if moved - max(turn.opened, since) >= MISS_SECONDS * SECOND:
                    yield self._missed(giver, turn.opened, False)
        if turn.reply is None:
            holder = chat.holder(turn.opened) or next(iter(chat.holders), None)
            yield self._missed(holder[0] if holder else "", turn.opened, is_first)
            return
        account, at = turn.reply
        since = max((moment for who, moment in chat.holders if who == account and moment < at), default=turn.opened)
        clock = max(turn.opened, since)
        yield (
            account,
            TurnAtom(
                shop=chat.shop,
                credits=self._credit(account, turn.opened),
                opened_at=turn.opened,
                in_window=self.window.contains(turn.opened),
                answered=True,
                within_3min=(at - clock) // SECOND <= MISS_SECONDS,
                is_first=is_first,
                seconds=self.window.seconds(clock, at),
            ),
        )

    def _missed(self, account: str, opened: int, is_first: bool) -> tuple[str, TurnAtom]:
        credit, in_window = self._credit(account, opened), self.window.contains(opened)
        return account, TurnAtom(self.chat.shop, credit, opened, in_window, False, False, is_first, 0)

    def _credit(self, account: str, at: int) -> dict[str, Spread]:
        """The account's user at the instant that counts; an account of nobody is `unassigned` (2-events §2.4)."""
        return {"agent": self.setting.attribution.of_people([self._person(account, at)], at)}

    def _rating(self, rating: ChatRated) -> RatingAtom:
        chat = self.chat
        last = chat.replies[-1] if chat.replies else (chat.holders[-1] if chat.holders else None)
        credit = self._credit(last[0] if last else "", rating.occurred_at)
        return RatingAtom(chat.shop, credit, rating.occurred_at, int(rating.rating >= 4))
