"""Retractions: an earlier fact never happened."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from scoring.events.base import Event, Write, case_key


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRetracted(Event):
    """Cancels one fact by its (source, event_id), whether that fact arrived before or after."""

    EVENT_TYPE: ClassVar[str] = "event.retracted"
    WRITE: ClassVar[Write] = "retract"
    target_source: str
    target_event_id: str
    target_subject: str = ""
    reason_code: str = ""

    def case(self) -> str:
        return case_key("retraction", self.target_source, self.target_event_id)

    def subject(self) -> str:
        return self.target_subject or self.case()
