"""Writes messages to the log: the notifier of an installation that has no address yet."""

from __future__ import annotations

import logging

from dashboards.notifiers.base import Message

log = logging.getLogger("scoreline.notices")


class Log:
    """Writes each message as one line at the level warning: which rule, not whose name or number."""

    def __init__(self, address: str = "") -> None:
        del address

    def send(self, message: Message) -> None:
        log.warning("alert notice %s, severity %s; see the board", message.id, message.severity)
