"""The family of notifiers: by the scheme of an address, how a message leaves the house."""

from __future__ import annotations

from collections.abc import Callable

from dashboards.notifiers.base import Message, NotDelivered, Notifier
from dashboards.notifiers.log import Log
from dashboards.notifiers.service import Service
from dashboards.notifiers.webhook import Webhook

NOTIFIERS: dict[str, Callable[[str], Notifier]] = {
    "log": Log,
    "http": Webhook,
    "https": Webhook,
    "json": Service,
    "jsons": Service,
    "dingtalk": Service,
    "wecombot": Service,
    "lark": Service,
    "mailto": Service,
    "mailtos": Service,
    "slack": Service,
}
"""Notifier by address scheme; "" means log."""


def notifier_for(address: str) -> Notifier:
    """The notifier of an address such as "https://host/hook"; ValueError lists the known schemes."""
    scheme = address.partition(":")[0].lower() if address else "log"
    make = NOTIFIERS.get(scheme)
    if make is None:
        raise ValueError(f"alerts.toml: notify.url: {scheme!r} cannot be sent to; known: {', '.join(NOTIFIERS)}")
    return make(address)


__all__ = ["NOTIFIERS", "Message", "NotDelivered", "Notifier", "notifier_for"]
