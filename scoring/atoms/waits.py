"""Customers who wait right now, for live views and alerts; settled numbers need no clock (2-events.md §2.6-10)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scoring.atoms.base import SECOND, Setting, View
from scoring.atoms.chat import ChatCase
from scoring.atoms.conversation import sent_at
from scoring.atoms.presence import Presence, length, read_presence
from scoring.atoms.service_window import window_of
from scoring.atoms.turns import turns_of
from scoring.events.base import Event

_NOTHING: Mapping[str, Sequence[tuple[object, ...]]] = {}


@dataclass(frozen=True, slots=True)
class OpenWait:
    """A turn without an answer. `agent` has the conversation (an account, empty in the queue) since `clock_start`.

    `wait_seconds` is now minus the clock's start, without time in which the agent was offline; `open_seconds` is how
    long the customer has waited altogether. `is_queued`: nobody has it, or who has it is offline now.
    """

    shop: str
    session: str
    agent: str
    opened_at: int
    clock_start: int
    wait_seconds: int
    open_seconds: int
    is_queued: bool
    in_window: bool


def open_waits(facts: Sequence[Event], now_us: int, setting: Setting, view: View = _NOTHING) -> tuple[OpenWait, ...]:
    """The open turns of one conversation's facts as of an instant, longest wait first; facts after it do not count.

    `view` are the projections that the case reads: presence of agents and merged conversations.
    """
    known = [fact for fact in facts if fact.occurred_at <= now_us and sent_at(fact) <= now_us]
    if not known:
        return ()
    case, key = ChatCase(), known[0].case()
    presence = read_presence(case.reads(key, known), view)
    found: list[OpenWait] = []
    for chat in case.chats(key, known, view, setting):
        inside = window_of(chat.shop, setting)
        for turn in turns_of(chat, presence, setting.policy):
            ended = chat.closed_at is not None and chat.closed_at >= turn.asked[-1]
            if turn.reply is None and not turn.is_closing and not ended:
                holder = chat.holder(now_us) or ""
                clock = max(turn.opened, chat.got(holder, now_us + 1, turn.opened))
                seconds = _waited(holder, clock, now_us, presence)
                found.append(
                    OpenWait(
                        shop=chat.shop,
                        session=chat.session,
                        agent=holder,
                        opened_at=turn.opened,
                        clock_start=clock,
                        wait_seconds=seconds,
                        open_seconds=(now_us - turn.opened) // SECOND,
                        is_queued=not holder or not presence.online(holder, now_us, now_us + 1),
                        in_window=inside.contains(turn.opened),
                    )
                )
    return tuple(sorted(found, key=lambda wait: (-wait.open_seconds, wait.session)))


def _waited(holder: str, clock: int, now_us: int, presence: Presence) -> int:
    return length(presence.online(holder, clock, now_us)) // SECOND
