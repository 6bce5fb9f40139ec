"""The envelope every event carries (2-events.md §2.1) and the kinds of number a field may hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

Minor = Annotated[int, "minor"]
"""Money in minor units of the event's currency; on the wire a decimal text such as "12.50"."""

Instant = Annotated[int, "instant"]
"""Microseconds since the Unix epoch, UTC; on the wire an RFC 3339 text with an offset."""

Micro = Annotated[int, "micro"]
"""A score, weight or share in millionths; on the wire a decimal with at most six places."""

Write = Literal["append", "upsert", "retract"]
Channel = Literal["marketplace", "live", "short_video", "b2b", "private_domain", "store"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A fact about the business. Two events with equal (source, event_id) are one event."""

    EVENT_TYPE: ClassVar[str] = ""
    WRITE: ClassVar[Write] = "append"

    event_id: str
    occurred_at: Instant
    source: str
    shop_id: str
    tenant_id: str = "default"
    channel: Channel = "marketplace"
    currency: str = "CNY"
    revision: int = 1
    schema_version: int = 1

    def case(self) -> str:
        """Key of the smallest group of facts that must be read together (architecture, idea 1)."""
        raise NotImplementedError

    def subject(self) -> str:
        """Routing key: every fact of a subject meets on one partition."""
        raise NotImplementedError

    def restates(self) -> str | None:
        """Key of the row that an upsert replaces inside its case; None for appended facts."""
        return None

    def check(self) -> str | None:
        """A sentence that names the first impossible value, or None when the event is sound."""
        return None


def case_key(kind: str, *parts: str) -> str:
    """Join parts into a case key; "|" and "%" inside a part are escaped, so different parts never give one key."""
    plain = "|".join((kind, *parts))
    if "%" not in plain and plain.count("|") == len(parts):
        return plain
    return "|".join((kind, *(part.replace("%", "%25").replace("|", "%7C") for part in parts)))


def split_key(key: str) -> list[str]:
    """The kind and the parts of a case key."""
    return [part.replace("%7C", "|").replace("%25", "%") for part in key.split("|")]
