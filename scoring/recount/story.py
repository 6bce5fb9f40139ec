"""What happened, as the recount reads it: the facts in order, and the cases that several families need."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from scoring.events.base import Event
from scoring.recount.chats import Chat
from scoring.recount.inquiries import Customers
from scoring.recount.live import Room

EventT = TypeVar("EventT", bound=Event)


@dataclass(frozen=True, slots=True)
class Story:
    """Facts in total order; rooms by (shop, session); conversations; orders and who advised their buyers."""

    facts: list[Event]
    rooms: dict[tuple[str, str], Room]
    chats: list[Chat]
    customers: Customers

    def of(self, kind: type[EventT]) -> list[EventT]:
        """The facts of one kind, in order."""
        return [fact for fact in self.facts if isinstance(fact, kind)]
