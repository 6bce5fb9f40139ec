"""Sends what is due in the outbox: at least once, by a stable id, and again after a growing pause when it fails."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from fractions import Fraction

from dashboards.alerts.book import AlertBook, Posting
from dashboards.notifiers import Message, NotDelivered, Notifier
from dashboards.texts import Voice
from dashboards.view.figures import Style
from dashboards.view.owners import Missing, owner_name
from scoring.definitions import Definitions

log = logging.getLogger("scoreline.alerts")

FIRST_PAUSE_US, LONGEST_PAUSE_US = 5_000_000, 600_000_000
BATCH = 20


def send_due(book: AlertBook, notifier: Notifier, definitions: Definitions, lang: str, now_us: int) -> int:
    """Try every notice that is due; the number delivered. A failure is recorded with the time of the next attempt."""
    delivered = 0
    for posting in book.due(now_us, BATCH):
        next_us = attempt(posting, notifier, definitions, lang, now_us)
        book.settle(posting.id, posting.attempts + 1, next_us)
        delivered += next_us is None
    return delivered


def attempt(posting: Posting, notifier: Notifier, definitions: Definitions, lang: str, now_us: int) -> int | None:
    """Send one notice: None when it was accepted, else when to try again."""
    try:
        notifier.send(message_of(posting, definitions, lang))
    except NotDelivered as error:
        pause_us: int = min(FIRST_PAUSE_US << min(posting.attempts, 10), LONGEST_PAUSE_US)
        log.warning("notice %s not delivered (%s); next attempt in %d s", posting.id, error, pause_us // 1_000_000)
        return now_us + pause_us
    return None


def message_of(posting: Posting, definitions: Definitions, lang: str) -> Message:
    """A notice in words: one sentence in the language, and the fields for machines."""
    fields: Mapping[str, object] = json.loads(posting.body)
    voice = Voice(lang)
    company = definitions.reference.company
    style = Style(voice, company.currency, company.zone)
    kpi = definitions.kpis.get(str(fields["kpi"]))
    unit = kpi.unit if kpi else "count"
    threshold = str(fields["threshold"])
    value = fields["value"]
    text = voice.say(
        f"alert.notice.{fields['notice']}",
        owner=_name(definitions, str(fields["owner"]), voice),
        kpi=voice.pick(kpi.name) if kpi else fields["kpi"],
        value="—" if value is None else style.figure(Fraction(str(value)), unit),
        threshold=threshold[:1] + style.figure(Fraction(threshold[1:]), unit),
    )
    return Message(posting.id, text, str(fields["severity"]), fields)


def _name(definitions: Definitions, owner: str, voice: Voice) -> str:
    try:
        return owner_name(definitions, owner, voice)
    except Missing:
        return owner
