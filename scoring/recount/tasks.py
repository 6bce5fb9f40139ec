"""Tasks, projects, reports and suggestions recounted (3-kpis.md §3.4)."""

from __future__ import annotations

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
from scoring.recount.book import MICRO, NOBODY, SECOND_US, Book, Credit
from scoring.recount.orders import when
from scoring.recount.story import Story

THIRTY_DAYS = 30 * 86_400 * SECOND_US


def count_tasks(book: Book, story: Story) -> None:
    """Add every piece of work that somebody handed out."""
    works: dict[str, list[TaskEvent]] = {}
    for fact in story.facts:
        if isinstance(fact, TaskEvent):
            works.setdefault(fact.task_id, []).append(fact)
    for facts in works.values():
        for created in facts:
            if isinstance(created, TaskCreated):
                _count(book, created, facts)
                break


def _count(book: Book, created: TaskCreated, facts: list[TaskEvent]) -> None:
    shop = created.shop_id
    if created.kind == "suggestion":
        decided = [fact for fact in facts if isinstance(fact, TaskDecided)]
        if decided:
            at = when(decided[-1], "decided_at")
            book.add("suggestions_decided", shop, at, MICRO, [_credit(book, created, facts, at)])
            if decided[-1].adopted:
                book.add("suggestions_adopted", shop, at, MICRO, [_credit(book, created, facts, at)])
        return
    delivered = sorted(when(fact, "delivered_at") for fact in facts if isinstance(fact, TaskDelivered))
    accepted = sorted(when(fact, "accepted_at") for fact in facts if isinstance(fact, TaskAccepted))
    faulty = [fact for fact in facts if isinstance(fact, TaskRejected) and not fact.is_requirement_change]
    due = _due(book, created, facts)
    if due is not None:
        on_time = bool(delivered) and delivered[0] <= due
        first_time = on_time and bool(accepted) and not faulty
        hit = first_time if created.kind == "project" else on_time
        credits = [_credit(book, created, facts, due)]
        book.add(f"{created.kind}s_due", shop, due, MICRO, credits)
        name = "projects_right_first_time" if created.kind == "project" else f"{created.kind}s_on_time"
        book.add(name, shop, due, MICRO * hit, credits)
    if created.kind == "task" and accepted:
        credits = [_credit(book, created, facts, accepted[0])]
        book.add("tasks_accepted", shop, accepted[0], MICRO, credits)
        book.add("task_weight", shop, accepted[0], created.weight, credits)
        if faulty:
            book.add("tasks_reworked", shop, accepted[0], MICRO, credits)
    if created.kind == "report" and delivered:
        credits = [_credit(book, created, facts, delivered[0])]
        book.add("reports_delivered", shop, delivered[0], MICRO, credits)
        errors = [when(fact, "confirmed_at") for fact in facts if isinstance(fact, TaskErrorConfirmed)]
        if not [at for at in errors if at - delivered[0] <= THIRTY_DAYS]:
            book.add("reports_accurate", shop, delivered[0], MICRO, credits)


def _credit(book: Book, created: TaskCreated, facts: list[TaskEvent], at: int) -> Credit:
    return book.credit_person("assignee", _whose(created, facts, at), at)


def _whose(created: TaskCreated, facts: list[TaskEvent], at: int) -> str:
    """Whom the last event up to an instant names; before the task was handed out, who then got it."""
    whose = created.assignee_id
    begun = False
    for fact in facts:
        begun = begun or fact is created
        if begun and fact.occurred_at <= at:
            whose = fact.assignee_id
    return whose


def _due(book: Book, created: TaskCreated, facts: list[TaskEvent]) -> int | None:
    """The due time that was last set by somebody else than who had the work then."""
    due = created.due_at
    for fact in facts:
        if isinstance(fact, TaskDueMoved):
            at = fact.occurred_at
            whose = _whose(created, facts, at)
            mover = book.person(fact.moved_by, at)
            if fact.moved_by != whose and (mover == NOBODY or mover != book.person(whose, at)):
                due = fact.due_at
    return due
