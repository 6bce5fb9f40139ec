"""Tasks, projects, reports and suggestions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from scoring.events.base import Event, Instant, Micro, case_key

TaskKind = Literal["task", "project", "report", "suggestion"]


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskEvent(Event):
    """What all task events share."""

    task_id: str
    assignee_id: str

    def case(self) -> str:
        return case_key("task", self.task_id)

    def subject(self) -> str:
        return case_key("employee", self.assignee_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskCreated(TaskEvent):
    """A piece of work was handed out, or a suggestion was submitted; what has no due time never falls due."""

    EVENT_TYPE: ClassVar[str] = "task.created"
    due_at: Instant | None = None
    kind: TaskKind = "task"
    project_id: str = ""
    weight: Micro = 1_000_000

    def check(self) -> str | None:
        return "weight is negative; a task counts for nothing or more" if self.weight < 0 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskDueMoved(TaskEvent):
    """The due time was moved; it counts when it was not the assignee who moved it."""

    EVENT_TYPE: ClassVar[str] = "task.due_moved"
    due_at: Instant
    moved_by: str
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskDelivered(TaskEvent):
    """The assignee handed the work in."""

    EVENT_TYPE: ClassVar[str] = "task.delivered"
    delivered_at: Instant | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskAccepted(TaskEvent):
    """The requester accepted the work."""

    EVENT_TYPE: ClassVar[str] = "task.accepted"
    accepted_at: Instant | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRejected(TaskEvent):
    """The requester sent the work back."""

    EVENT_TYPE: ClassVar[str] = "task.rejected"
    is_requirement_change: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskErrorConfirmed(TaskEvent):
    """An error in the delivered work was confirmed, such as a wrong figure in a report."""

    EVENT_TYPE: ClassVar[str] = "task.error_confirmed"
    confirmed_at: Instant | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskDecided(TaskEvent):
    """It was decided whether a suggestion is adopted; of several decisions the last one counts."""

    EVENT_TYPE: ClassVar[str] = "task.decided"
    adopted: bool
    decided_at: Instant | None = None
