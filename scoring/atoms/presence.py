"""Agents' presence: who is offline when, told to conversations by day (2-events.md §2.6-7)."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import cast

from scoring.atoms.base import Case, Found, Projection, Setting, Value, View
from scoring.atoms.service_window import Piece
from scoring.events.base import Event, case_key
from scoring.events.service import DAY_US, AgentPresence

FOREVER = 1 << 62
OFFLINE = "offline"


class PresenceCase(Case):
    """The case of one agent's presence on one day; days are UTC's, because a case key knows no zone."""

    def publish(self, facts: Sequence[Event], setting: Setting) -> tuple[Projection, ...]:
        states: dict[int, str] = {}
        shop = agent = ""
        for fact in facts:
            if isinstance(fact, AgentPresence):
                shop, agent = fact.shop_id, fact.agent_id
                states[fact.occurred_at] = fact.state
        days: dict[int, list[tuple[int, str]]] = defaultdict(list)
        for at, state in _turning_points(states):
            # A day is also told to the next one, so that a conversation reads one key for both.
            for day in (at // DAY_US, at // DAY_US + 1):
                days[day].append((at, state))
        return tuple(Projection(presence_key(shop, day), (agent, tuple(rows))) for day, rows in days.items())

    def find(self, key: str, facts: Sequence[Event], view: View, setting: Setting) -> Found:
        return Found()


def _turning_points(states: Mapping[int, str]) -> Iterator[tuple[int, str]]:
    """The changes by which an agent goes offline or comes back; busy is there, so it wakes no conversation."""
    was_offline: bool | None = None
    for at, state in sorted(states.items()):
        if (state == OFFLINE) != was_offline:
            was_offline = state == OFFLINE
            yield at, state


def presence_key(shop: str, day: int) -> str:
    """Under which the presence of a shop's agents on a day and the day before is published."""
    return case_key("presences", shop, str(day))


def presence_days(instants: Iterable[int]) -> list[int]:
    """The days of these instants."""
    return sorted({at // DAY_US for at in instants})


class Presence:
    """What is known about the agents of a shop on some days; an agent of whom nothing is known is never offline."""

    def __init__(self, rows: Iterable[Value]) -> None:
        known: dict[str, dict[int, str]] = defaultdict(dict)
        for agent, states in rows:
            known[cast(str, agent)].update((at, state) for at, state in cast("Collection[tuple[int, str]]", states))
        self._changes = {agent: sorted(states.items()) for agent, states in known.items()}

    def all_offline(self, at: int) -> bool:
        """Whether somebody's presence is known at an instant, and everybody known is offline."""
        if not self._changes:
            return False
        states = [state for agent in self._changes if (state := self._state(agent, at))]
        return bool(states) and all(state == OFFLINE for state in states)

    def online(self, agent: str, start: int, stop: int) -> list[Piece]:
        """The parts of [start, stop) in which the agent is not offline."""
        if start >= stop:
            return []
        if agent not in self._changes:
            return [(start, stop)]
        inside = [(at, state) for at, state in self._changes[agent] if start < at < stop]
        cuts = [(start, self._state(agent, start)), *inside]
        ends = [*(at for at, _ in inside), stop]
        return [(at, end) for (at, state), end in zip(cuts, ends, strict=True) if state != OFFLINE]

    def _state(self, agent: str, at: int) -> str:
        changes = self._changes[agent]
        place = bisect_right(changes, (at, "~"))
        return changes[place - 1][1] if place else ""


def read_presence(keys: Iterable[str], view: View) -> Presence:
    """The presence told under these keys."""
    return Presence(row for key in keys if key.startswith("presences|") for row in view.get(key, ()))


def length(pieces: Iterable[Piece]) -> int:
    """Microseconds of all pieces together."""
    return sum(stop - start for start, stop in pieces)
