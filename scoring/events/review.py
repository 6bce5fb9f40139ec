"""Reviews, exams, surveys and milestones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from scoring.events.base import Event, Micro, Write, case_key

Relation = Literal["self", "manager", "peer", "report"]
GoalKind = Literal["innovation", "development", "department"]
HUNDRED = 100_000_000
WHOLE = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectEvent(Event):
    """What all events about one employee's work share."""

    subject_id: str

    def subject(self) -> str:
        return case_key("employee", self.subject_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewSubmitted(SubjectEvent):
    """One rater's score of one item for one period; a higher revision replaces a lower one."""

    EVENT_TYPE: ClassVar[str] = "review.submitted"
    reviewer_id: str
    relation: Relation
    item: str
    score: Micro
    period: str
    comment: str = ""
    weight: Micro = 1_000_000
    evidence: str = ""

    def case(self) -> str:
        return case_key("review", self.subject_id, self.item, self.period)

    def restates(self) -> str | None:
        return f"{self.relation}:{self.reviewer_id}"

    def check(self) -> str | None:
        if not 0 <= self.score <= HUNDRED:
            return "score is outside 0 to 100"
        if not self.reviewer_id.strip():
            return "a review names its reviewer; anonymous answers are survey.answered"
        if (self.score > 90_000_000 or self.score < 60_000_000) and not self.comment.strip():
            return "a score above 90 or below 60 needs a comment with evidence"
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExamScored(SubjectEvent):
    """An exam result, 0 to 100."""

    EVENT_TYPE: ClassVar[str] = "exam.scored"
    item: str
    score: Micro

    def case(self) -> str:
        return case_key("exam", self.subject_id, self.item, self.source, self.event_id)


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyAnswered(SubjectEvent):
    """One answer of an anonymous survey about a person, 0 to 100; with a period it counts in the review of its item."""

    EVENT_TYPE: ClassVar[str] = "survey.answered"
    item: str
    score: Micro
    relation: Relation = "report"
    period: str = ""

    def case(self) -> str:
        if self.period:
            return case_key("review", self.subject_id, self.item, self.period)
        return case_key("survey", self.subject_id, self.item, self.source, self.event_id)

    def check(self) -> str | None:
        if self.relation == "manager":
            return "a manager reviews by name: send review.submitted"
        return None if 0 <= self.score <= HUNDRED else "score is outside 0 to 100"


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalMilestone(SubjectEvent):
    """Progress on a goal, confirmed by somebody else than its owner."""

    EVENT_TYPE: ClassVar[str] = "goal.milestone"
    goal_id: str
    reviewer_id: str
    completion: Micro
    weight: Micro = 1_000_000
    kind: GoalKind = "innovation"

    def case(self) -> str:
        return case_key("goal", self.subject_id, self.goal_id)

    def check(self) -> str | None:
        if self.reviewer_id == self.subject_id:
            return "a milestone is confirmed by another person"
        if not 0 <= self.completion <= WHOLE:
            return "completion is outside 0 to 1"
        return "weight is below 0" if self.weight < 0 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreSettled(SubjectEvent):
    """The locked total of somebody's plan for a period, after calibration; a higher revision replaces a lower one."""

    EVENT_TYPE: ClassVar[str] = "score.settled"
    WRITE: ClassVar[Write] = "upsert"
    period: str
    total: Micro

    def case(self) -> str:
        return case_key("score", self.subject_id)

    def restates(self) -> str | None:
        return self.period
