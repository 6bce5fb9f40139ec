"""What a notifier is given and what it promises."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


class NotDelivered(Exception):
    """A message did not leave; the text says why, without the address, which may hold a secret."""


@dataclass(frozen=True, slots=True)
class Message:
    """A notice: `id` is stable over attempts, so that a receiver can drop a repetition; `text` is one sentence."""

    id: str
    text: str
    severity: str
    fields: Mapping[str, object]


class Notifier(Protocol):
    """Sends one message and returns when it was accepted."""

    def send(self, message: Message) -> None:
        """Send; NotDelivered when it was not accepted."""
