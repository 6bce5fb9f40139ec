"""HR facts: joining, leaving, assignment, leave, shifts, training."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from scoring.events.base import Event, Instant, Micro, Write, case_key


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
    """A shift, half-open; a shift in a warehouse names it."""

    EVENT_TYPE: ClassVar[str] = "hr.shift"
    from_at: Instant
    to_at: Instant
    warehouse_id: str = ""

    def case(self) -> str:
        return case_key("shift", self.employee_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class HrTraining(HrEvent):
    """Somebody's part in a training with an exam; who need not attend is marked as not required."""

    EVENT_TYPE: ClassVar[str] = "hr.training"
    attended: bool
    passed: bool = False
    trainer_id: str = ""
    training_id: str = ""
    required: bool = True
    exam_at: Instant | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanAcknowledged(HrEvent):
    """Somebody has read and accepted a version of the plan that applies to them."""

    EVENT_TYPE: ClassVar[str] = "plan.acknowledged"
    plan: str
    version: int = 1

    def check(self) -> str | None:
        return "a version is 1 or more" if self.version < 1 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingEffect(HrEvent):
    """The daily mean of an attendee's KPI in the 30 days before and after a training; restated by revision."""

    EVENT_TYPE: ClassVar[str] = "training.effect"
    WRITE: ClassVar[Write] = "upsert"
    training_id: str
    kpi: str
    before: Micro
    after: Micro
    trained_at: Instant
    trainer_id: str = ""

    def case(self) -> str:
        return case_key("training", self.employee_id, self.training_id, self.kpi)

    def restates(self) -> str | None:
        return "row"
