"""A task, project, report or suggestion: when it was due, delivered, accepted, found wrong or decided."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from scoring.atoms.base import SECOND, Atom, Case, Found, Problem, Setting, View
from scoring.attribution import Spread
from scoring.events.base import Event
from scoring.events.task import (
    TaskAccepted,
    TaskCreated,
    TaskDecided,
    TaskDelivered,
    TaskDueMoved,
    TaskErrorConfirmed,
    TaskEvent,
    TaskRejected,
)
from scoring.period import instant_text
from scoring.reference import UNASSIGNED

DAY = 86_400 * SECOND
ERROR_DAYS = 30


@dataclass(frozen=True, slots=True)
class DueWork:
    """Work at its due time, delivered or not; credited to the assignee on that day."""

    shop: str
    credits: Mapping[str, Spread]
    due_at: int
    kind: str
    on_time: int
    right_first_time: int

    @property
    def is_task(self) -> bool:
        """Whether it is a plain task."""
        return self.kind == "task"

    @property
    def is_project(self) -> bool:
        """Whether it is a project."""
        return self.kind == "project"

    @property
    def is_report(self) -> bool:
        """Whether it is a report."""
        return self.kind == "report"


@dataclass(frozen=True, slots=True)
class AcceptedTask:
    """A plain task when it was first accepted; `reworked` when it was ever sent back for a fault of the work."""

    shop: str
    credits: Mapping[str, Spread]
    accepted_at: int
    weight: int
    reworked: int


@dataclass(frozen=True, slots=True)
class DeliveredReport:
    """A report when it was first delivered; accurate unless an error was confirmed within 30 days."""

    shop: str
    credits: Mapping[str, Spread]
    delivered_at: int
    accurate: int


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A suggestion when it was decided."""

    shop: str
    credits: Mapping[str, Spread]
    decided_at: int
    adopted: int


class TaskCase(Case):
    """The case of one piece of work."""

    def find(self, key: str, facts: Sequence[Event], view: View, setting: Setting) -> Found:
        created = next((fact for fact in facts if isinstance(fact, TaskCreated)), None)
        if created is None:
            unknown = f"{len(facts)} event(s) of a task that nobody created"
            return Found(problems=(Problem("task_unknown", unknown),)) if facts else Found()
        due_at, problems = _due(created, facts, setting)
        evaluation = _Evaluation(created, facts, setting)
        return Found(tuple(evaluation.atoms(due_at)), tuple(problems))


def _due(created: TaskCreated, facts: Sequence[Event], setting: Setting) -> tuple[int | None, list[Problem]]:
    """The due time after all moves by others than the assignee, and what a person should look at."""
    due, problems = created.due_at, []
    for fact in facts:
        if not isinstance(fact, TaskDueMoved):
            continue
        move = f"due time moved to {instant_text(fact.due_at)} on {instant_text(fact.occurred_at)}"
        if _is_own(_assignee(created, facts, fact.occurred_at), fact, setting):
            problems.append(Problem("due_moved_by_assignee", f"{move} by the assignee; it does not count"))
            continue
        if due is not None and fact.occurred_at > due:
            problems.append(Problem("due_moved_late", f"{move}, after it had passed"))
        due = fact.due_at
    if due is None and created.kind != "suggestion":
        problems.append(Problem("task_without_due", f"a {created.kind} without a due time never falls due"))
    return due, problems


def _assignee(created: TaskCreated, facts: Sequence[Event], at: int) -> str:
    """Whose the work was at an instant: each event of it names its assignee from there on."""
    known = [fact for fact in facts[facts.index(created) :] if isinstance(fact, TaskEvent) and fact.occurred_at <= at]
    return (known[-1] if known else created).assignee_id


def _is_own(assignee: str, move: TaskDueMoved, setting: Setting) -> bool:
    mover, person = (setting.attribution.person(who, move.occurred_at) for who in (move.moved_by, assignee))
    return move.moved_by == assignee or (mover == person and mover != UNASSIGNED)


class _Evaluation:
    """One evaluation of one piece of work."""

    def __init__(self, created: TaskCreated, facts: Sequence[Event], setting: Setting) -> None:
        self.created = created
        self.facts = facts
        self.setting = setting
        self.delivered = _earliest(facts, TaskDelivered, "delivered_at")
        self.accepted = _earliest(facts, TaskAccepted, "accepted_at")
        self.rejected = any(isinstance(fact, TaskRejected) and not fact.is_requirement_change for fact in facts)

    def atoms(self, due_at: int | None) -> Iterator[tuple[str, Atom]]:
        created, delivered = self.created, self.delivered
        shop, kind = created.shop_id, created.kind
        if kind == "suggestion":
            yield from self._decided()
            return
        if due_at is not None:
            on_time = delivered is not None and delivered <= due_at
            first_time = on_time and self.accepted is not None and not self.rejected
            yield "due_work", DueWork(shop, self._credit(due_at), due_at, kind, int(on_time), int(first_time))
        if kind == "task" and self.accepted is not None:
            credit = self._credit(self.accepted)
            yield "accepted_task", AcceptedTask(shop, credit, self.accepted, created.weight, int(self.rejected))
        if kind == "report" and delivered is not None:
            yield (
                "delivered_report",
                DeliveredReport(shop, self._credit(delivered), delivered, self._accurate(delivered)),
            )

    def _accurate(self, delivered: int) -> int:
        until = delivered + ERROR_DAYS * DAY
        found = [_at(fact, "confirmed_at") for fact in self.facts if isinstance(fact, TaskErrorConfirmed)]
        return int(not any(at <= until for at in found))

    def _decided(self) -> Iterator[tuple[str, Atom]]:
        decisions = [fact for fact in self.facts if isinstance(fact, TaskDecided)]
        if decisions:
            at = _at(decisions[-1], "decided_at")
            yield "suggestion", Suggestion(self.created.shop_id, self._credit(at), at, int(decisions[-1].adopted))

    def _credit(self, at: int) -> Mapping[str, Spread]:
        attribution, assignee = self.setting.attribution, _assignee(self.created, self.facts, at)
        return {"assignee": attribution.of_people([attribution.person(assignee, at)], at)}


def _at(fact: Event, field: str) -> int:
    told: int | None = getattr(fact, field)
    return fact.occurred_at if told is None else told


def _earliest(facts: Sequence[Event], kind: type[Event], field: str) -> int | None:
    return min((_at(fact, field) for fact in facts if isinstance(fact, kind)), default=None)
