"""Turns of a conversation, and how long whom a customer waited for (2-events.md §2.6, 3-5, 7, 9, 10)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from scoring.atoms.conversation import Chat, is_human_reply, sent_at
from scoring.atoms.presence import FOREVER, Presence
from scoring.atoms.service_window import Piece
from scoring.events.service import ChatMessage
from scoring.reference import Policy


@dataclass(frozen=True, slots=True)
class Turn:
    """Customer messages without a human reply between them, `asked` at these instants.

    `reply` is (account, instant) or None. A closing turn is only thanks after an answer, and needs no reply.
    """

    asked: tuple[int, ...]
    reply: tuple[str, int] | None
    is_closing: bool

    @property
    def opened(self) -> int:
        """When it began."""
        return self.asked[0]

    @property
    def stop(self) -> int:
        """When it ended; far in the future when it is open."""
        return self.reply[1] if self.reply else FOREVER


def is_offline(message: ChatMessage, presence: Presence) -> bool:
    """Whether a customer's message arrived while nobody was there."""
    return message.is_offline_message or presence.all_offline(sent_at(message))


def turns_of(chat: Chat, presence: Presence, policy: Policy) -> Iterator[Turn]:
    """The turns in order of time."""
    asked: list[ChatMessage] = []
    answered = False
    for message in chat.messages:
        if message.sender == "customer":
            if not is_offline(message, presence):
                asked.append(message)
        elif asked and is_human_reply(message, chat.stage, policy):
            yield _turn(asked, (message.agent_id, sent_at(message)), answered and policy.closing_turn_filter)
            asked, answered = [], True
    if asked:
        yield _turn(asked, None, answered and policy.closing_turn_filter)


def _turn(asked: list[ChatMessage], reply: tuple[str, int] | None, may_close: bool) -> Turn:
    closing = may_close and all(message.is_short for message in asked)
    return Turn(tuple(sent_at(message) for message in asked), reply, closing)


def answerer(chat: Chat, turn: Turn) -> str:
    """Whose turn it is: who replied, else who had the conversation last."""
    if turn.reply:
        return turn.reply[0]
    return chat.holders[-1][0] if chat.holders else ""


def waited(chat: Chat, turn: Turn, presence: Presence) -> list[Piece]:
    """When the customer waited for the answerer: from the later of question and hand-over, without time offline.

    Who replies is there, whatever presence says: answering while offline must not stop the clock.
    """
    account = answerer(chat, turn)
    clock = max(turn.opened, chat.got(account, turn.stop, turn.opened))
    pieces = presence.online(account, clock, turn.stop)
    if turn.reply is not None:
        seen = pieces[-1][1] if pieces else clock
        if seen < turn.stop:
            pieces.append((seen, turn.stop))
    return pieces


def handed_on(chat: Chat, turn: Turn, presence: Presence) -> Iterator[tuple[str, list[Piece]]]:
    """(account, when the customer waited for it) of everybody who gave the conversation away in the open turn."""
    for move in chat.transfers:
        if turn.opened < move.occurred_at < turn.stop:
            since = chat.got(move.from_agent_id, move.occurred_at, turn.opened)
            pieces = presence.online(move.from_agent_id, max(turn.opened, since), move.occurred_at)
            yield move.from_agent_id, pieces


def queued(chat: Chat, turn: Turn, presence: Presence) -> list[Piece]:
    """The parts of an ended wait in which nobody had the conversation, or who had it was offline."""
    if not chat.held_formally:
        return []
    stop = turn.stop
    if turn.reply is None:
        seen = [since for _, since in chat.holders] + ([chat.closed_at] if chat.closed_at is not None else [])
        stop = max((at for at in seen if at > turn.opened), default=turn.opened)
    clock = max(turn.opened, chat.got(answerer(chat, turn), stop, turn.opened)) if turn.reply else stop
    cuts = sorted({turn.opened, clock, *(since for _, since in chat.holders if turn.opened < since < clock)})
    pieces: list[Piece] = []
    for start, end in pairwise(cuts):
        holder = chat.holder(start)
        pieces += _rest(start, end, presence.online(holder, start, end) if holder is not None else [])
    if turn.reply is not None:
        pieces += _rest(clock, stop, waited(chat, turn, presence))
    return pieces


def _rest(start: int, end: int, there: list[Piece]) -> Iterator[Piece]:
    for begin, stop in there:
        if start < begin:
            yield start, begin
        start = stop
    if start < end:
        yield start, end
