"""Stories of people: joining and leaving, trainings and exams, goals, surveys and settled totals, with mishaps."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.generators.company import SHOPS

if TYPE_CHECKING:
    from tests.generators.month import Month

PEOPLE = ("e01", "e02", "e04", "e05", "e06", "e07", "nobody", "cs-shared")
ITEMS = (
    "review_team_management",
    "review_process_improvement",
    "review_attitude",
    "review_decision_quality",
    "review_of_ours",
)
DAY = 24 * 60 * 60 * 1_000_000


def employment(month: Month) -> None:
    """Somebody joins, moves, leaves, comes back; now and then the joining was never told, or told twice."""
    rng = month.rng
    who, at = {"employee_id": rng.choice(PEOPLE)}, month.some_time()
    if month.chance(85):
        for _ in range(rng.choice((1, 1, 1, 2))):
            month.emit("hr.joined", at, rng.choice(SHOPS), **who, role="any")
    if month.chance(30):
        month.emit("hr.assigned", at + DAY, rng.choice(SHOPS), **who, role="other")
    if month.chance(60):
        left = at + rng.choice((0, 1, DAY, 2 * DAY, 9 * DAY, -DAY))
        for _ in range(rng.choice((1, 1, 2))):
            month.emit("hr.left", left, rng.choice(SHOPS), **who, voluntary=month.chance(70))
        if month.chance(30):
            month.emit("hr.joined", left + rng.choice((0, DAY, 5 * DAY)), rng.choice(SHOPS), **who)


def training(month: Month) -> None:
    """A training of some people, its exam and its effect, restated at times."""
    rng, at, shop = month.rng, month.some_time(), month.rng.choice(SHOPS)
    name, trainer = f"t{month.number}", rng.choice(("e05", "e07", "ghost", None))
    for who in rng.sample(PEOPLE, rng.randint(1, 4)):
        told = {"attended": month.chance(80), "passed": month.chance(70), "required": month.chance(85)}
        exam = month.text(at + rng.choice((0, DAY))) if month.chance(40) else None
        about = {"employee_id": who, "training_id": name, "trainer_id": trainer}
        month.emit("hr.training", at, shop, **about, **told, exam_at=exam)
        for _ in range(rng.choice((0, 1, 1, 2))):
            values = {"before": f"{rng.randint(-1, 30)}.5", "after": f"{rng.randint(0, 40)}"}
            trained = month.text(at - rng.choice((0, 29, 30)) * DAY)
            revision = rng.choice((1, 1, 2))
            month.emit(
                "training.effect",
                at,
                shop,
                **about,
                **values,
                kpi=rng.choice(("gmv", "csat")),
                trained_at=trained,
                revision=revision,
            )


def exams(month: Month) -> None:
    """One person sits exams, some at the same instant."""
    who, at = {"subject_id": month.rng.choice(PEOPLE), "item": "product"}, month.some_time()
    for _ in range(month.rng.randint(1, 3)):
        score = f"{month.rng.randint(0, 102)}.{month.rng.choice(('5', '25', '333333'))}"
        month.emit("exam.scored", at, month.rng.choice(SHOPS), **who, score=score)
        at += month.rng.choice((0, 0, DAY))


def goal(month: Month) -> None:
    """A goal's milestones, confirmed by others and once by the owner under another name."""
    rng, at = month.rng, month.some_time()
    who = {"subject_id": rng.choice(("e01", "e04", "e07")), "goal_id": rng.choice(("g1", "g2"))}
    for _ in range(rng.randint(1, 4)):
        worth = {"completion": f"0.{rng.randint(0, 999_999):06}", "weight": f"{rng.randint(0, 3)}.333333"}
        kind = rng.choice(("innovation", "innovation", "innovation", "development"))
        reviewer = rng.choice(("e05", "e05", "cs-1", "ghost"))
        month.emit("goal.milestone", at, rng.choice(SHOPS), **who, **worth, kind=kind, reviewer_id=reviewer)
        at += rng.choice((0, DAY, 3 * DAY))


def survey(month: Month) -> None:
    """A review of one item with a survey and perhaps a list of evidence."""
    rng = month.rng
    about = {"subject_id": rng.choice(PEOPLE), "item": rng.choice(ITEMS), "period": rng.choice(("2026-10", "2026-W44"))}
    for _ in range(rng.randint(0, 4)):
        told = about if month.chance(90) else {**about, "period": ""}
        month.emit("survey.answered", month.some_time(), rng.choice(SHOPS), **told, score=f"{rng.randint(0, 100)}")
    for number in range(rng.randint(1, 4)):
        rater = {"reviewer_id": f"p{number}", "relation": rng.choice(("manager", "peer", "self", "report"))}
        proof = {"evidence": rng.choice(("doc-1, doc-2", " ", None)), "comment": "seen"}
        score = f"{rng.randint(0, 100)}"
        month.emit("review.submitted", month.some_time(), rng.choice(SHOPS), **about, **rater, **proof, score=score)


def settled_totals(month: Month) -> None:
    """Totals of one person over periods of several lengths, restated at times."""
    rng, who = month.rng, month.rng.choice(PEOPLE)
    periods = (
        "2026-08",
        "2026-09",
        "2026-10",
        "2026-Q3",
        "2026-W40",
        "2026-W43",
        "2026-10-01",
        "2025",
        "9999-Q3",
        "autumn",
    )
    for period in rng.sample(periods, rng.randint(1, 4)):
        for revision in range(1, rng.choice((2, 2, 3))):
            total = rng.choice(("90", "89.99", "97.5", "60"))
            fields = {"subject_id": who, "period": period, "total": total, "revision": revision}
            month.emit("score.settled", month.some_time(), rng.choice(SHOPS), **fields)


ALL: tuple[Callable[[Month], None], ...] = (employment, training, exams, goal, survey, settled_totals)
