"""Trainings, their effect and exams recounted (3-kpis.md §3.8)."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction

from scoring.events.people import HrTraining, TrainingEffect
from scoring.events.review import ExamScored
from scoring.money import round_half_up
from scoring.recount.book import MICRO, Book, Credit, equally, newest
from scoring.recount.leads import lead_above
from scoring.recount.story import Story


def count_trainings(book: Book, story: Story) -> None:
    """Add attendances, effects and exams."""
    for fact in story.of(HrTraining):
        at = fact.exam_at if fact.exam_at is not None else fact.occurred_at
        credits = [_trainer(book, fact.trainer_id, fact.employee_id, at)]
        if fact.required:
            book.add("trainees", fact.shop_id, at, MICRO, credits)
            if fact.passed and fact.attended:
                book.add("trainees_passed", fact.shop_id, at, MICRO, credits)
    for row in newest(story.of(TrainingEffect), lambda row: (row.employee_id, row.training_id, row.kpi)):
        if row.before > 0:
            at = book.instant(book.local(row.trained_at).date() + timedelta(days=30))
            credits = [_trainer(book, row.trainer_id, row.employee_id, at)]
            rise = round_half_up(Fraction((row.after - row.before) * MICRO, row.before))
            book.add("training_uplift_share", row.shop_id, at, rise, credits)
            book.add("training_uplift_count", row.shop_id, at, MICRO, credits)
    for exam in story.of(ExamScored):
        if not 0 <= exam.score <= 100 * MICRO:
            continue
        at = exam.occurred_at
        credits = [book.credit_person("self", exam.subject_id, at)]
        book.add("exam_points", "", at, exam.score, credits)
        book.add("exam_count", "", at, MICRO, credits)
        book.keep(("exam_last", "last"), "", at, f"{at}:{Fraction(exam.score, MICRO)}", credits)


def _trainer(book: Book, trainer: str, attendee: str, at: int) -> Credit:
    """The trainer, or whoever leads the attendee when nobody is named."""
    if trainer:
        return book.credit_person("trainer", trainer, at)
    day = book.day(at)
    return Credit("trainer", equally(lead_above(book, book.person(attendee, at), day)), day)
