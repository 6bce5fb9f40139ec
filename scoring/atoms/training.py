"""Trainings: who passed, and by how much a KPI of the attendees rose in the 30 days after (3-kpis.md §3.8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction

from scoring.atoms.base import Case, Found, Problem, Setting, View, latest_rows
from scoring.attribution import Spread
from scoring.events.base import Event
from scoring.events.people import HrTraining, TrainingEffect
from scoring.measures.base import MICRO
from scoring.money import round_half_up
from scoring.organisation.leads import lead_of
from scoring.period import parse_day

UPLIFT_DAYS = 30


@dataclass(frozen=True, slots=True)
class TrainingAtom:
    """One attendee of a training, dated at the exam and credited to the trainer, else to the attendee's lead."""

    shop: str
    credits: Mapping[str, Spread]
    exam_at: int
    required: bool
    passed: bool


@dataclass(frozen=True, slots=True)
class Uplift:
    """By which share a KPI of one attendee rose, in millionths, dated 30 days after the training."""

    shop: str
    credits: Mapping[str, Spread]
    seen_at: int
    share: int


def trained(fact: HrTraining, setting: Setting) -> TrainingAtom:
    """What one attendance counts; who was absent has not passed."""
    at = fact.occurred_at if fact.exam_at is None else fact.exam_at
    credit = _trainer(fact.trainer_id, fact.employee_id, at, setting)
    return TrainingAtom(fact.shop_id, credit, at, fact.required, fact.attended and fact.passed)


def _trainer(trainer: str, attendee: str, at: int, setting: Setting) -> dict[str, Spread]:
    attribution = setting.attribution
    if trainer:
        people = [attribution.person(trainer, at)]
    else:
        lead = lead_of(attribution.reference, attribution.person(attendee, at), attribution.days.day(at))
        people = [lead] if lead else []
    return {"trainer": attribution.of_people(people, at)}


class TrainingCase(Case):
    """The case of one attendee, training and KPI: the measured effect."""

    def find(self, key: str, facts: Sequence[Event], view: View, setting: Setting) -> Found:
        rows = [fact for fact in latest_rows(facts) if isinstance(fact, TrainingEffect)]
        if not rows:
            return Found()
        (row,) = rows
        if row.before <= 0:
            return Found(problems=(Problem("training_base", f"{row.kpi}: no rise is known over a mean of 0 or less"),))
        days = setting.attribution.days
        after = parse_day(days.day(row.trained_at)) + timedelta(days=UPLIFT_DAYS)
        at = days.start_of_day_us(after.isoformat())
        share = round_half_up(Fraction(row.after - row.before, row.before) * MICRO)
        credit = _trainer(row.trainer_id, row.employee_id, at, setting)
        return Found((("uplift", Uplift(row.shop_id, credit, at, share)),))
