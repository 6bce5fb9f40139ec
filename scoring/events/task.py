"""Tasks and projects."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from scoring.events.base import Event, Instant, Micro, case_key


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
    """A piece of work was handed out."""

    EVENT_TYPE: ClassVar[str] = "task.created"
    due_at: Instant
    kind: str = "task"
    project_id: str = ""
    weight: Micro = 1_000_000


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
