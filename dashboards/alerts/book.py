"""Where alerts are kept: the states that survive a restart and the outbox of notices, as ports of plain texts."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

from dashboards.alerts.machine import Phase, State


@dataclass(frozen=True, slots=True)
class Posting:
    """A notice in the outbox: its stable id, its JSON body, and how often its delivery failed."""

    id: str
    body: str
    attempts: int


class AlertBook(Protocol):
    """States by key and an outbox; a store keeps both, a key is `<rule>|<owner>`."""

    def load(self) -> Mapping[str, str]:
        """Every kept state by key, as text."""

    def save(self, states: Mapping[str, str], notices: Mapping[str, str]) -> None:
        """Replace the given states and add notices by id, in one transaction; a notice that is there stays as it is."""

    def due(self, now_us: int, limit: int) -> Sequence[Posting]:
        """Undelivered notices whose time of the next attempt has come, oldest first."""

    def settle(self, notice_id: str, attempts: int, next_us: int | None) -> None:
        """Record a delivery (`next_us` None) or a failed attempt and when to try again."""


class MemoryBook:
    """A book that lasts as long as the process; for boards that only look."""

    def __init__(self) -> None:
        self._states: dict[str, str] = {}
        self._outbox: dict[str, tuple[str, int, int | None]] = {}

    def load(self) -> Mapping[str, str]:
        return dict(self._states)

    def save(self, states: Mapping[str, str], notices: Mapping[str, str]) -> None:
        self._states.update(states)
        for notice_id, body in notices.items():
            self._outbox.setdefault(notice_id, (body, 0, 0))

    def due(self, now_us: int, limit: int) -> Sequence[Posting]:
        waiting = [
            Posting(notice_id, body, attempts)
            for notice_id, (body, attempts, next_us) in self._outbox.items()
            if next_us is not None and next_us <= now_us
        ]
        return waiting[:limit]

    def settle(self, notice_id: str, attempts: int, next_us: int | None) -> None:
        body, _, _ = self._outbox[notice_id]
        self._outbox[notice_id] = (body, attempts, next_us)


def state_text(state: State) -> str:
    """A state as JSON text for a book; `read_state` gives the equal state back."""
    return json.dumps(
        {
            "phase": state.phase.value,
            "timer_us": state.timer_us,
            "fired_us": state.fired_us,
            "seen_us": state.seen_us,
            "is_silent": state.is_silent,
            "value": None if state.value is None else str(state.value),
        },
        separators=(",", ":"),
    )


def read_state(text: str) -> State:
    """The state of a text that `state_text` wrote."""
    fields = json.loads(text)
    return State(
        phase=Phase(fields["phase"]),
        timer_us=fields["timer_us"],
        fired_us=fields["fired_us"],
        seen_us=fields["seen_us"],
        is_silent=fields["is_silent"],
        value=None if fields["value"] is None else Fraction(fields["value"]),
    )
