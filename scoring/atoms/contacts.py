"""When a customer came back: conversations told to each other by stretches of 72 hours (3-kpis.md §3.5)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import cast

from scoring.atoms.base import SECOND, Projection, View
from scoring.atoms.conversation import Chat
from scoring.events.base import case_key

NEW_CONTACT = 72 * 3600 * SECOND
Contact = tuple[str, int, str]
"""(session that it went on in, start, topic)."""


def contact_keys(shop: str, customer: str, instants: Iterable[int]) -> list[str]:
    """Under which contacts are told that come within 72 hours of these instants."""
    return [_key(shop, customer, stretch) for stretch in sorted({at // NEW_CONTACT for at in instants})]


def contacts_told(chats: Sequence[Chat], parent: str) -> Iterator[Projection]:
    """The contacts of a case. Each is also told to the stretch before, so that nobody reads more than his own.

    A new contact wakes the conversations of these days and not all that the customer ever had.
    """
    told: dict[int, list[Contact]] = defaultdict(list)
    for chat in chats:
        if chat.first_customer_at is not None:
            for stretch in (chat.start // NEW_CONTACT, chat.start // NEW_CONTACT - 1):
                told[stretch].append((parent or chat.session, chat.start, chat.topic))
    for stretch, contacts in told.items():
        yield Projection(_key(chats[0].shop, chats[0].customer, stretch), tuple(contacts))


def read_contacts(keys: Iterable[str], view: View) -> list[Contact]:
    """The contacts told under these keys; one may stand twice."""
    rows = (row for key in keys if key.startswith("contacts|") for row in view.get(key, ()))
    return [(root, start, topic) for row in rows for root, start, topic in cast("Sequence[Contact]", row)]


def _key(shop: str, customer: str, stretch: int) -> str:
    return case_key("contacts", shop, customer, str(stretch))
