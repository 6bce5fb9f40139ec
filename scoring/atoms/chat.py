"""A conversation counted: turns and who missed them, sessions, hand-overs, messages, ratings (2-events.md §2.6)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from scoring.atoms.base import SECOND, Atom, Case, Found, Problem, Projection, Setting, Value, View, total_order
from scoring.atoms.contacts import NEW_CONTACT, Contact, contact_keys, contacts_told, read_contacts
from scoring.atoms.conversation import (
    Chat,
    customer_of,
    packed,
    parent_of,
    read_chat,
    sent_at,
    sessions,
    unpacked,
)
from scoring.atoms.presence import FOREVER, Presence, length, presence_days, presence_key, read_presence
from scoring.atoms.service_window import Piece, window_of
from scoring.atoms.turns import Turn, answerer, handed_on, is_offline, queued, turns_of, waited
from scoring.attribution import Spread
from scoring.events.base import Event, case_key, split_key

LIMIT_3MIN = 180 * SECOND
LIMIT_30S = 30 * SECOND
HOUR = 3600 * SECOND
ANSWERS_COUNTED = 2


@dataclass(frozen=True, slots=True)
class TurnAtom:
    """A turn as one agent experienced it; `seconds` counts only inside the service window (policy B).

    `due_3min` says whether this agent had to keep that limit, in a turn that rates look at (policy A),
    `within_3min` and `late_3min` whether he or she did; `due_30s` is about first turns alone. `is_own` is false for the
    miss of somebody who handed the turn on: the whole shop had that turn only once.
    """

    shop: str
    credits: Mapping[str, Spread]
    opened_at: int
    customer_day: str
    answered: bool
    answered_first: bool
    is_own: bool
    due_3min: bool
    within_3min: bool
    late_3min: bool
    due_30s: bool
    within_30s: bool
    seconds: int


@dataclass(frozen=True, slots=True)
class Queue:
    """What a turn waited for nobody; credited to the team of who got it, never to a person."""

    shop: str
    credits: Mapping[str, Spread]
    opened_at: int
    seconds: int

    @property
    def of_team(self) -> bool:
        """Always: shop and company count it, and people do not add up to them."""
        return True


@dataclass(frozen=True, slots=True)
class Conversation:
    """A human session per agent who replied or had a turn of it.

    `is_missed`: it was closed and nobody ever replied. `is_known`: the customer is known, so that a new contact would
    be seen; `is_final`: it is, and none about the same topic began within 72 hours.
    """

    shop: str
    credits: Mapping[str, Spread]
    start_at: int
    session: str
    is_missed: bool
    is_known: bool
    is_final: bool


@dataclass(frozen=True, slots=True)
class Handover:
    """A session that somebody transferred out; routing by skill is no hand-over."""

    shop: str
    credits: Mapping[str, Spread]
    start_at: int
    session: str


@dataclass(frozen=True, slots=True)
class Exchange:
    """An agent's share of a session on a day: the customer's messages, and own messages, two counted for each."""

    shop: str
    credits: Mapping[str, Spread]
    said_at: int
    asked: int
    said: int


@dataclass(frozen=True, slots=True)
class OfflineMessage:
    """A message left while nobody was there; answered within an hour of the next service hours, or not."""

    shop: str
    credits: Mapping[str, Spread]
    sent_at: int
    answered: int


@dataclass(frozen=True, slots=True)
class RatingAtom:
    """The last invited rating of a conversation."""

    shop: str
    credits: Mapping[str, Spread]
    rated_at: int
    good: int
    bad: int


class ChatCase(Case):
    """The case of one conversation, or of all that a customer said where the platform names no sessions."""

    def publish(self, facts: Sequence[Event], setting: Setting) -> tuple[Projection, ...]:
        parent, customer = parent_of(facts), customer_of(facts)
        told: list[Projection] = []
        if parent:
            shop = facts[0].shop_id
            told.append(Projection(case_key("merged", shop, parent), packed(facts), (case_key("chat", shop, parent),)))
        if customer:
            pieces = [read_chat(part, name, setting.policy) for name, part in sessions(facts)]
            chats = [chat for chat in pieces if chat is not None]
            told.extend(contacts_told(chats, parent))
            told.extend(_advice(chats, parent, setting))
        return tuple(told)

    def reads(self, key: str, facts: Sequence[Event]) -> tuple[str, ...]:
        _, shop, session, *_ = split_key(key)
        instants = {at for fact in facts for at in (fact.occurred_at, sent_at(fact))}
        keys = [presence_key(shop, day) for day in presence_days(instants)]
        customer = customer_of(facts)
        if customer:
            keys.extend(contact_keys(shop, customer, instants))
        if session:
            keys.append(case_key("merged", shop, session))
        return tuple(keys)

    def find(self, key: str, facts: Sequence[Event], view: View, setting: Setting) -> Found:
        _, shop, session, *_ = split_key(key)
        adopted = view.get(case_key("merged", shop, session), ()) if session else ()
        if not facts:
            lost = f"{len(adopted)} conversation(s) were merged into {session}, of which nothing is known (yet)"
            return Found(problems=(Problem("merged_into_unknown", lost),)) if adopted else Found()
        wanted = self.reads(key, facts)
        contacts = read_contacts(wanted, view)
        presence = read_presence(wanted, view)
        own = read_chat(facts, session, setting.policy) if adopted else None
        atoms: list[tuple[str, Atom]] = []
        for chat in self.chats(key, facts, view, setting):
            atoms.extend(_Evaluation(chat, own or chat, presence, (contacts, setting)).atoms())
        return Found(tuple(atoms))

    def chats(self, key: str, facts: Sequence[Event], view: View, setting: Setting) -> Iterator[Chat]:
        """The conversations of the case, with what was merged into them and without what went on elsewhere."""
        _, shop, session, *_ = split_key(key)
        own = () if parent_of(facts) else facts
        adopted = [unpacked(row) for row in view.get(case_key("merged", shop, session), ())] if session else []
        if adopted:
            own = sorted(chain(own, *adopted), key=total_order)
        for name, part in sessions(own):
            chat = read_chat(part, session or name, setting.policy)
            if chat is not None:
                yield chat


def _advice(chats: Sequence[Chat], parent: str, setting: Setting) -> Iterator[Projection]:
    """What inquiries and orders need to know of pre-sale conversations, in one value."""
    presale = [chat for chat in chats if chat.is_presale]
    if not presale:
        return
    first = presale[0]
    value = tuple(_advice_of(chat, parent or chat.session, setting) for chat in presale)
    asked = [chat.first_customer_at for chat in presale if chat.first_customer_at is not None]
    days = sorted({setting.attribution.days.day(at) for at in asked})
    wakes = tuple(case_key("inquiry", first.shop, first.customer, day) for day in days)
    yield Projection(case_key("chats", first.shop, first.customer), value, wakes)


def _advice_of(chat: Chat, session: str, setting: Setting) -> Value:
    actor = setting.attribution.actor
    replies, holders = (tuple((actor(who, at), at) for who, at in rows) for rows in (chat.replies, chat.holders))
    return session, chat.first_customer_at, replies, holders


class _Evaluation:
    """One evaluation of one conversation."""

    def __init__(self, chat: Chat, own: Chat, presence: Presence, known: tuple[Sequence[Contact], Setting]) -> None:
        self.chat = chat
        self.own = own
        self.presence = presence
        self.contacts, self.setting = known
        self.window = window_of(chat.shop, self.setting)
        self.turns = list(turns_of(chat, presence, self.setting.policy))

    def atoms(self) -> Iterator[tuple[str, Atom]]:
        counted = [turn for turn in self.turns if not turn.is_closing]
        accounts = {self._actor(account, at) for account, at in self.chat.replies}
        for number, turn in enumerate(counted):
            accounts.add(self._whose(turn))
            handed = handed_on(self.chat, turn, self.presence)
            accounts.update(self._actor(giver, turn.opened) for giver, _ in handed)
            yield from self._turn(turn, number == 0)
        if accounts:
            yield "conversation", self._conversation(accounts)
        yield from self._handover()
        yield from self._exchanges()
        yield from self._left()
        if self.chat.rating is not None:
            yield "rating", self._rating()

    def _turn(self, turn: Turn, is_first: bool) -> Iterator[tuple[str, Atom]]:
        chat, pieces = self.chat, waited(self.chat, turn, self.presence)
        held = self._held(pieces)
        credits = self._credit(self._whose(turn), turn.opened)
        if turn.reply is not None:
            yield "turn", self._answered(turn, credits, pieces, is_first)
        else:
            due = held >= LIMIT_3MIN, held >= LIMIT_30S
            if any(due):
                yield "turn", self._missed(turn, credits, due, is_first)
            if not all(due):
                # Who went home before the limit did not miss the turn; the team did.
                left = not due[0], not due[1]
                yield "turn", self._missed(turn, {"agent": _teams_only(credits["agent"])}, left, is_first)
        had = {team for team, _ in credits["agent"].teams}
        for giver, given in handed_on(chat, turn, self.presence):
            held = self._held(given)
            if held >= LIMIT_30S:
                # A team that has the turn already has it once.
                spread = self._credit(giver, turn.opened)["agent"]
                spread = replace(spread, teams=tuple(entry for entry in spread.teams if entry[0] not in had))
                missed = self._missed(turn, {"agent": spread}, (held >= LIMIT_3MIN, True), is_first)
                yield "turn", replace(missed, is_own=False)
        nobodys = queued(chat, turn, self.presence)
        seconds = self.window.seconds(nobodys) if nobodys else 0
        if seconds:
            yield "queue", Queue(chat.shop, {"agent": _teams_only(credits["agent"])}, turn.opened, seconds)

    def _held(self, pieces: Sequence[Piece]) -> int:
        """Microseconds of a wait as rates count them: all of them, or by policy those in service hours."""
        if self.setting.policy.rate_window != "pause_clock" or (pieces and pieces[-1][1] == FOREVER):
            return length(pieces)
        return self.window.seconds(pieces) * SECOND

    def _answered(self, turn: Turn, credits: Mapping[str, Spread], pieces: Sequence[Piece], is_first: bool) -> TurnAtom:
        # The limit is met as long as its last second has not passed.
        held = self._held(pieces) // SECOND * SECOND
        pauses = self.setting.policy.average_window == "pause_clock"
        averaged = pauses or self.window.contains(turn.opened)
        return replace(
            self._missed(turn, credits, (True, True), is_first),
            answered=averaged,
            answered_first=averaged and is_first,
            within_3min=self._rated(turn) and held <= LIMIT_3MIN,
            late_3min=self._rated(turn) and held > LIMIT_3MIN,
            within_30s=self._rated(turn) and is_first and held <= LIMIT_30S,
            seconds=self.window.seconds(pieces) if pauses else length(pieces) // SECOND,
        )

    def _rated(self, turn: Turn) -> bool:
        """Whether rates look at a turn: one that began in service hours (policy A), or by policy every one."""
        return self.setting.policy.rate_window == "pause_clock" or self.window.contains(turn.opened)

    def _missed(self, turn: Turn, credits: Mapping[str, Spread], due: tuple[bool, bool], is_first: bool) -> TurnAtom:
        rated = self._rated(turn)
        return TurnAtom(
            shop=self.chat.shop,
            credits=credits,
            opened_at=turn.opened,
            customer_day=self._customer_day(turn.opened),
            answered=False,
            answered_first=False,
            is_own=True,
            due_3min=rated and due[0],
            within_3min=False,
            late_3min=rated and due[0],
            due_30s=rated and is_first and due[1],
            within_30s=False,
            seconds=0,
        )

    def _customer_day(self, at: int) -> str:
        chat = self.chat
        return f"{chat.shop}|{chat.customer or '#' + chat.session}|{self.setting.attribution.days.day(at)}"

    def _conversation(self, accounts: set[str]) -> Conversation:
        chat = self.chat
        people = sorted({self._person(account, chat.start) for account in accounts})
        again = any(
            topic == self.own.topic and root != chat.session and 0 < start - self.own.start <= NEW_CONTACT
            for root, start, topic in self.contacts
        )
        spoke = any(message.sender == "agent" and not message.is_auto for message in chat.messages)
        return Conversation(
            shop=chat.shop,
            credits={"agent": self.setting.attribution.of_people(people, chat.start)},
            start_at=chat.start,
            session=f"{chat.shop}|{chat.session}",
            is_missed=chat.closed_at is not None and not spoke and not chat.replies,
            is_known=bool(self.own.customer),
            is_final=bool(self.own.customer) and not again,
        )

    def _handover(self) -> Iterator[tuple[str, Atom]]:
        chat = self.chat
        moves = [move for move in chat.transfers if not move.is_skill_routing]
        givers = {self._actor(move.from_agent_id, move.occurred_at) for move in moves}
        people = sorted({self._person(account, chat.start) for account in givers})
        if people:
            credit = {"agent": self.setting.attribution.of_people(people, chat.start)}
            yield "handover", Handover(chat.shop, credit, chat.start, f"{chat.shop}|{chat.session}")

    def _exchanges(self) -> Iterator[tuple[str, Atom]]:
        """Messages of both sides by agent and day; the cap runs over the whole session, so midnight costs nothing."""
        talk: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
        for turn in self.turns:
            talk[self._whose(turn)].extend((at, 1, 0) for at in turn.asked)
        for message in self.chat.messages:
            if message.sender == "agent" and not (message.is_auto or message.is_offline_message):
                at = sent_at(message)
                talk[self._actor(message.agent_id, at)].append((at, 0, 1))
        for account in sorted(talk):
            days: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
            for entry in sorted(talk[account]):
                days[self.setting.attribution.days.day(entry[0])].append(entry)
            asked = said = counted = 0
            for entries in days.values():
                before, counted_before = asked, counted
                asked += sum(question for _, question, _ in entries)
                said += sum(answer for _, _, answer in entries)
                counted = min(said, ANSWERS_COUNTED * asked)
                at = entries[0][0]
                credit = self._credit(account, at)
                yield "exchange", Exchange(self.chat.shop, credit, at, asked - before, counted - counted_before)

    def _left(self) -> Iterator[tuple[str, Atom]]:
        """Messages that customers left while nobody was there."""
        chat = self.chat
        spoken = [sent_at(m) for m in chat.messages if m.sender == "agent" and not m.is_auto]
        for message in chat.messages:
            if message.sender != "customer" or not is_offline(message, self.presence):
                continue
            at = sent_at(message)
            answered = next((reply for reply in spoken if reply > at), None)
            in_time = answered is not None and answered <= self.window.next_open(at) + HOUR
            holder = chat.holder(at) or next((who for who, _ in chat.holders), "")
            yield "offline_message", OfflineMessage(chat.shop, self._credit(holder, at), at, int(in_time))

    def _rating(self) -> RatingAtom:
        chat, rating = self.chat, self.chat.rating
        assert rating is not None
        last = chat.replies[-1] if chat.replies else (chat.holders[-1] if chat.holders else None)
        credit = self._credit(self._actor(*last) if last else "", rating.occurred_at)
        good, bad = int(rating.rating >= 4), int(rating.rating <= 2)
        return RatingAtom(chat.shop, credit, rating.occurred_at, good, bad)

    def _whose(self, turn: Turn) -> str:
        return self._actor(answerer(self.chat, turn), turn.reply[1] if turn.reply else turn.opened)

    def _actor(self, account: str, at: int) -> str:
        return self.setting.attribution.actor(account, at)

    def _person(self, account: str, at: int) -> str:
        return self.setting.attribution.person(account, at)

    def _credit(self, account: str, at: int) -> dict[str, Spread]:
        """The account's user at the instant that counts; an account of nobody is `unassigned` (2-events §2.4)."""
        return {"agent": self.setting.attribution.of_people([self._person(account, at)], at)}


def _teams_only(spread: Spread) -> Spread:
    """The teams of a spread without its people."""
    return Spread((), (), spread.whole, tuple((team, ()) for team, _ in spread.teams))
