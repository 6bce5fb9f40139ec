"""Hands messages to one of the many services that apprise knows: chat groups, mail, generic JSON."""

from __future__ import annotations

from dashboards.notifiers.base import Message, NotDelivered

TYPES = {"critical": "failure", "high": "failure", "medium": "warning", "low": "info"}


class Service:
    """An apprise address; ValueError when apprise does not understand it."""

    def __init__(self, address: str) -> None:
        import apprise  # costs half a second, which every other start of the command line would pay

        self._service = apprise.Apprise()
        if not self._service.add(address):
            scheme = address.partition(":")[0]
            raise ValueError(f"alerts.toml: notify.url: apprise cannot read this {scheme}:// address; check its parts")

    def send(self, message: Message) -> None:
        kind = TYPES.get(message.severity, "warning")
        if message.fields.get("notice") == "clear":
            kind = "success"
        if not self._service.notify(title=f"Scoreline {message.id}", body=message.text, notify_type=kind):
            raise NotDelivered("the service did not accept the message")
