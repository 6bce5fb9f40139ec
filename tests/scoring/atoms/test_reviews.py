"""Reviews by hand: weights by relation, enough raters, restated scores."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from tests.scenarios.shop import Desk, Teller, Wire


def review(tell: Teller, who: str, relation: str, score: str, **fields: Any) -> Wire:
    """A review of Ann by somebody."""
    about = {"subject_id": "ann", "item": "review_execution", "period": "2026-10", "comment": "seen"}
    return tell.event(
        "review.submitted",
        "30 10:00:00",
        **{**about, "reviewer_id": who, "relation": relation, "score": score, **fields},
    )


def scored(*events: Wire, kpi: str = "review_execution") -> Fraction | None:
    """Ann's score after these reviews."""
    desk = Desk()
    desk.take(*events[::-1])
    assert desk.recounted() == []
    return desk.value(kpi, "e:ann")


def test_relations_are_weighted() -> None:
    """Manager 80 at 70 %, peers 60, 70, 80 at 20 %, self 90 at 10 %: 56 + 14 + 9 = 79."""
    tell = Teller()
    peers = [review(tell, name, "peer", score) for name, score in (("p1", "60"), ("p2", "70"), ("p3", "80"))]
    assert scored(review(tell, "boss", "manager", "80"), *peers, review(tell, "ann", "self", "90")) == 79


def test_two_peers_are_too_few() -> None:
    """Peers count from three on; the rest is weighed anew: (70 x 80 + 10 x 90) / 80 = 81.25."""
    tell = Teller()
    peers = [review(tell, name, "peer", "20") for name in ("p1", "p2")]
    found = scored(review(tell, "boss", "manager", "80"), *peers, review(tell, "ann", "self", "90"))
    assert found == Fraction("81.25")
    assert scored(*peers) is None


def test_teamwork_is_for_peers_and_manager() -> None:
    """Teamwork: peers 60 %, manager 40 %; one's own view does not count: 42 + 32 = 74."""
    tell = Teller()
    item = {"item": "review_teamwork"}
    peers = [review(tell, name, "peer", "70", **item) for name in ("p1", "p2", "p3")]
    own = review(tell, "ann", "self", "100", **item)
    assert scored(review(tell, "boss", "manager", "80", **item), *peers, own, kpi="review_teamwork") == 74


def test_a_score_can_be_restated() -> None:
    """The highest revision of a rater's score counts, whatever the order."""
    tell = Teller()
    assert scored(review(tell, "boss", "manager", "80", revision=2), review(tell, "boss", "manager", "60")) == 80


def test_the_score_belongs_to_its_period() -> None:
    """It is dated at the end of the period that it is about, and counts for the person and her teams only."""
    tell, desk = Teller(), Desk()
    desk.take(review(tell, "boss", "manager", "80"))
    assert desk.value("review_execution", "e:ann", "2026-10-31") == 80
    assert desk.value("review_execution", "e:ann", "2026-10-30") is None
    assert desk.value("review_execution", "t:desk") == 80
    assert desk.value("review_execution", "c:") is None
    assert desk.value("review_execution", "e:bob") is None


def test_a_period_that_is_none() -> None:
    """A review about no period is a problem that blocks the close by name."""
    tell, desk = Teller(), Desk()
    desk.take(review(tell, "boss", "manager", "80", period="October"))
    (problem,) = desk.store.problems()
    assert (problem.code, problem.blocks) == ("review_period", True)


def test_without_the_manager_there_is_no_score() -> None:
    """Peers and self alone give no score, not even 0, and the manager's manager is asked; it blocks no close."""
    tell, desk = Teller(), Desk()
    peers = [review(tell, name, "peer", "80") for name in ("p1", "p2", "p3")]
    desk.take(*peers, review(tell, "ann", "self", "90"))
    assert desk.value("review_execution", "e:ann") is None
    (problem,) = desk.store.problems()
    assert (problem.code, problem.blocks) == ("review_no_manager", False)
    assert desk.recounted() == []


def test_process_improvement_needs_evidence() -> None:
    """Without a list of evidence the item has no score and says so; with one it has: (70 x 80 + 10 x 60) / 80."""
    tell, desk = Teller(), Desk()
    item = {"item": "review_process_improvement"}
    desk.take(review(tell, "boss", "manager", "80", **item, evidence=" "))
    assert desk.value("review_process_improvement", "e:ann") is None
    assert [problem.code for problem in desk.store.problems()] == ["review_no_evidence"]
    desk.take(review(tell, "ann", "self", "60", **item, evidence="SOP-12"))
    assert desk.value("review_process_improvement", "e:ann") == Fraction("77.5")
    assert desk.store.problems() == []
    assert desk.recounted() == []


def answer(tell: Teller, score: str, **fields: Any) -> Wire:
    """One anonymous answer about Ann as a leader."""
    about = {"subject_id": "ann", "item": "review_team_management", "period": "2026-10"}
    return tell.event("survey.answered", "30 11:00:00", **{**about, "score": score, **fields})


def test_the_survey_among_reports() -> None:
    """Manager 80, and three answers of 50: (70 x 80 + 20 x 50) / 90 = 220/3, rounded to the millionth."""
    tell = Teller()
    manager = review(tell, "boss", "manager", "80", item="review_team_management")
    answers = [answer(tell, "50") for _ in range(3)]
    assert scored(manager, *answers, kpi="review_team_management") == Fraction("73.333333")
    assert scored(manager, *answers[1:], kpi="review_team_management") == 80


def test_an_answer_about_no_period_is_kept_aside() -> None:
    """Answers without a period belong to no review: the third one is missing, and the survey does not count."""
    tell = Teller()
    manager = review(tell, "boss", "manager", "80", item="review_team_management")
    answers = [answer(tell, "50"), answer(tell, "50"), answer(tell, "50", period="")]
    assert scored(manager, *answers, kpi="review_team_management") == 80
