"""HR facts: joining, leaving, assignment, leave, shifts, training."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from scoring.events.base import Event, Instant, case_key


@dataclass(frozen=True, slots=True, kw_only=True)
class HrEvent(Event):
    """What all HR events share."""

    employee_id: str

    def case(self) -> str:
        return case_key("hr", self.employee_id)

    def subject(self) -> str:
        return case_key("employee", self.employee_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class HrJoined(HrEvent):
    """Somebody started."""

    EVENT_TYPE: ClassVar[str] = "hr.joined"
    role: str = ""
    manager_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HrLeft(HrEvent):
    """Somebody left."""

    EVENT_TYPE: ClassVar[str] = "hr.left"
    voluntary: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class HrAssigned(HrEvent):
    """Somebody got another role or manager."""

    EVENT_TYPE: ClassVar[str] = "hr.assigned"
    role: str
    manager_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HrLeave(HrEvent):
    """An absence, half-open."""

    EVENT_TYPE: ClassVar[str] = "hr.leave"
    leave_type: str
    from_at: Instant
    to_at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class HrShift(HrEvent):
    """A shift, half-open."""

    EVENT_TYPE: ClassVar[str] = "hr.shift"
    from_at: Instant
    to_at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class HrTraining(HrEvent):
    """A training with an exam."""

    EVENT_TYPE: ClassVar[str] = "hr.training"
    attended: bool
    passed: bool = False
    trainer_id: str = ""
