"""People by hand: headcounts through moves and returns, trainings, exams, goals and the totals of reports."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pytest

from scoring.kpi import KpiValue
from scoring.money import decimal_text
from tests.scenarios.shop import CODEC, COMPANY, NOW_US, PEOPLE, Desk, Teller, Wire, raw_of, shop_texts

MOVING = PEOPLE.replace(
    'plan = "seller"\nfrom = "2026-09-01"\nperformance_base = "1000"\n[[person.account]]\nid = "acc-bob"',
    'plan = "seller"\nfrom = "2026-09-01"\nto = "2026-10-10"\n[[person.position]]\nteam = "ops"\nrole = "lead"\n'
    'from = "2026-10-10"\nto = "2026-10-20"\n[[person.account]]\nid = "acc-bob"',
)
assert MOVING != PEOPLE


def told(*events: Wire, **files: str) -> Desk:
    """A desk after these events backwards; cells and recount agree over all days."""
    desk = Desk(texts=shop_texts(**files))
    assert desk.take(*events[::-1]).rejected == 0
    assert desk.recounted("0001-01-01", "2027-12-31") == []
    return desk


def turnover(desk: Desk, owner: str, period: str = "2026-10") -> tuple[Fraction | None, Fraction | None, str]:
    """Leavers, mean headcount and status."""
    found: KpiValue = desk.kpi("staff_turnover_rate", owner, period)
    return found.numerator, found.denominator, found.status


def codes(desk: Desk) -> list[str]:
    """The codes of open problems."""
    return [problem.code for problem in desk.store.problems()]


def test_k9(vectors: Mapping[str, list[Mapping[str, Any]]]) -> None:
    """Vector K9: 20 at the start, 18 at the end, 3 voluntary leavers: 3/19 = 15.79 %."""
    vector = next(row for row in vectors["kpi"] if row["id"] == "K9")
    start, end, leavers = (vector[name] for name in ("start", "end", "leavers"))
    tell = Teller()
    events = [tell.event("hr.joined", "09-01 09:00:00", employee_id=f"old{n}") for n in range(start)]
    came = end - start + leavers
    events += [tell.event("hr.joined", "15 09:00:00", employee_id=f"new{n}") for n in range(came)]
    events += [tell.event("hr.left", "20 18:00:00", employee_id=f"old{n}") for n in range(leavers)]
    found = told(*events).kpi("staff_turnover_rate", "c:")
    assert (found.value, found.status) == (Fraction(3, 19), "ok")
    assert found.value is not None
    assert decimal_text(found.value, 4) == vector["rate_4dp"]


def test_a_move_between_teams() -> None:
    """Bob moves from the desk up to operations on the 10th: the desk loses a head, operations above it none.

    His position ends on the 20th; he leaves on the 25th and counts where he was last.
    """
    tell = Teller()
    start = "09-01 09:00:00"
    joined = [tell.event("hr.joined", start, employee_id=who) for who in ("ann", "bob", "boss")]
    desk = told(*joined, tell.event("hr.left", "25 18:00:00", employee_id="bob"), people=MOVING)
    assert turnover(desk, "t:desk") == (0, Fraction(3, 2), "insufficient")
    assert turnover(desk, "t:ops") == (1, Fraction(5, 2), "insufficient")
    assert turnover(desk, "e:bob") == (1, Fraction(1, 2), "insufficient")
    assert turnover(desk, "c:") == (1, Fraction(5, 2), "insufficient")


def test_leaving_on_the_first_day_without_a_position() -> None:
    """Who leaves on the day on which the position has ended counts in the team of the day before."""
    tell = Teller()
    gone = PEOPLE.replace(
        'from = "2026-09-01"\nperformance_base = "1000"\n[[person.account]]\nid = "acc-ann"',
        'from = "2026-09-01"\nto = "2026-10-12"\nperformance_base = "1000"\n[[person.account]]\nid = "acc-ann"',
    )
    joined = tell.event("hr.joined", "09-01 09:00:00", employee_id="ann")
    desk = told(joined, tell.event("hr.left", "12 00:00:00", employee_id="ann"), people=gone)
    assert turnover(desk, "t:desk") == (1, Fraction(1, 2), "insufficient")


def test_dismissals_count_when_the_company_says_so() -> None:
    """By default only who left of their own will; with turnover_leavers = "all" everybody."""
    tell = Teller()
    events = [
        tell.event("hr.joined", "09-01 09:00:00", employee_id="ann"),
        tell.event("hr.left", "12 09:00:00", employee_id="ann", voluntary=False),
    ]
    assert turnover(told(*events), "c:")[0] == 0
    everybody = COMPANY.replace("[policy]\n", '[policy]\nturnover_leavers = "all"\n')
    assert turnover(told(*events, company=everybody), "c:")[0] == 1


def test_coming_back_and_odd_facts() -> None:
    """Joined twice in a row is one head; left twice is one leaver; a return is a new head."""
    tell = Teller()
    events = [
        tell.event("hr.joined", "09-01 09:00:00", employee_id="ann"),
        tell.event("hr.joined", "09-02 09:00:00", employee_id="ann"),
        tell.event("hr.left", "05 09:00:00", employee_id="ann"),
        tell.event("hr.left", "06 09:00:00", employee_id="ann"),
        tell.event("hr.joined", "20 09:00:00", employee_id="ann"),
    ]
    desk = told(*events)
    assert turnover(desk, "c:") == (1, 1, "insufficient")
    assert codes(desk) == []


def test_a_leaving_without_a_joining() -> None:
    """The leaver counts, the headcount is not taken below zero, and a problem asks for the joining."""
    desk = told(Teller().event("hr.left", "05 09:00:00", employee_id="ann"))
    assert turnover(desk, "t:desk") == (1, 0, "insufficient")
    assert desk.value("staff_turnover_rate", "c:") is None
    assert codes(desk) == ["hr_unjoined"]


def test_somebody_unknown_is_counted() -> None:
    """An employee whom people.toml does not know is a head of the company, credited to nobody by name."""
    desk = told(Teller().event("hr.joined", "09-01 09:00:00", employee_id="stranger"))
    assert turnover(desk, "c:")[1] == 1
    assert turnover(desk, "e:unassigned")[1] == 1


def test_training_without_a_trainer_is_the_lead_s() -> None:
    """Nobody is named as trainer: Ann's lead is the boss above her team, which has no lead itself."""
    tell = Teller()
    events = [
        tell.event("hr.training", "05 09:00:00", employee_id="ann", attended=True, passed=True),
        tell.event("hr.training", "05 09:00:00", employee_id="bob", attended=False, passed=True),
    ]
    desk = told(*events)
    assert desk.value("training_effect", "e:boss") == Fraction(1, 2)
    assert desk.value("training_effect", "c:") == Fraction(1, 2)


def test_uplift_over_nothing() -> None:
    """A mean of 0 before says nothing about a rise: no value, and a problem that blocks nothing."""
    about: dict[str, Any] = {"employee_id": "ann", "training_id": "t", "kpi": "gmv", "trainer_id": "boss"}
    event = Teller().event(
        "training.effect", "20 09:00:00", **about, before="0", after="5", trained_at="2026-09-10T09:00:00+08:00"
    )
    desk = told(event)
    assert desk.value("training_uplift", "e:boss") is None
    assert codes(desk) == ["training_base"]


def test_exams_of_one_instant() -> None:
    """Of two exams at the very same instant the better one is the last one."""
    tell = Teller()
    events = [
        tell.event("exam.scored", "09-05 09:00:00", subject_id="ann", item="x", score=score) for score in ("80.5", "60")
    ]
    desk = told(*events)
    assert desk.value("skill_exam_score", "e:ann") == Fraction("80.5")
    assert desk.value("skill_exam_score", "e:ann", "2026-09") == Fraction("70.25")


def test_an_impossible_result() -> None:
    """101 of 100 points are not counted, and are said."""
    desk = told(Teller().event("exam.scored", "05 09:00:00", subject_id="ann", item="x", score="101"))
    assert desk.value("skill_exam_score", "e:ann") is None
    assert codes(desk) == ["exam_score"]


def milestone(tell: Teller, time: str, completion: str, **fields: Any) -> Wire:
    """A milestone of Ann's."""
    about = {"subject_id": "ann", "goal_id": "g", "reviewer_id": "boss"}
    return tell.event("goal.milestone", time, **{**about, "completion": completion, **fields})


def test_a_goal_is_not_confirmed_by_its_owner_under_another_name() -> None:
    """Ann's account is Ann: what it confirms is not counted, and is said."""
    tell = Teller()
    desk = told(milestone(tell, "05 09:00:00", "0.4"), milestone(tell, "06 09:00:00", "1", reviewer_id="acc-ann"))
    assert desk.value("innovation_goal_attainment", "e:ann") == Fraction("0.4")
    assert codes(desk) == ["goal_own_word"]


def test_a_goal_stands_until_its_next_milestone() -> None:
    """A goal of September still counts in October and November; weight 0 takes it out of the count."""
    tell = Teller()
    goal = milestone(tell, "09-05 09:00:00", "0.4", weight="2")
    desk = told(goal, milestone(tell, "11-05 09:00:00", "0.4", weight="0"))
    assert desk.value("innovation_goal_attainment", "e:ann", "2026-10") == Fraction("0.4")
    assert desk.value("innovation_goal_attainment", "t:desk", "2026-10") == Fraction("0.4")
    assert desk.value("innovation_goal_attainment", "e:ann", "2026-11") is None


def settled(tell: Teller, who: str, period: str, total: str) -> Wire:
    """A locked total."""
    return tell.event("score.settled", "11-12 09:00:00", subject_id=who, period=period, total=total)


@pytest.mark.parametrize(
    ("period", "expected"),
    [("2026-08", None), ("2026-09", Fraction(1)), ("2026-10", Fraction(1)), ("2026-11", None)],
)
def test_a_total_stands_for_one_more_period(period: str, expected: Fraction | None) -> None:
    """September's total is the latest one in October; in November somebody without a newer one is not counted."""
    assert told(settled(Teller(), "ann", "2026-09", "90")).value("direct_report_excellence_rate", "e:boss", period) == (
        expected
    )


def test_a_quarter_beside_its_last_month() -> None:
    """Of totals that end on one day the shorter period's is the latest: September's 80, not the quarter's 95."""
    tell = Teller()
    desk = told(settled(tell, "ann", "2026-09", "80"), settled(tell, "ann", "2026-Q3", "95"))
    found = desk.kpi("direct_report_excellence_rate", "e:boss", "2026-09")
    assert (found.numerator, found.denominator) == (0, 1)


@pytest.mark.parametrize("period", ["October", "9999-Q3"])
def test_a_total_of_no_period(period: str) -> None:
    """A total about no period of the calendar blocks the close by name; others of the person still count."""
    tell = Teller()
    desk = told(settled(tell, "ann", period, "95"), settled(tell, "ann", "2026-10", "92"))
    assert desk.value("direct_report_excellence_rate", "e:boss") == 1
    (problem,) = desk.store.problems()
    assert (problem.code, problem.blocks) == ("score_period", True)


REVIEW = {"subject_id": "a", "item": "x", "score": "70", "relation": "peer", "period": "2026-10"}


@pytest.mark.parametrize(
    ("event_type", "fields", "words"),
    [
        ("review.submitted", {**REVIEW, "reviewer_id": " "}, "names its reviewer"),
        ("survey.answered", {"subject_id": "a", "item": "x", "score": "-1"}, "outside 0 to 100"),
        ("survey.answered", {"subject_id": "a", "item": "x", "score": "5", "relation": "manager"}, "by name"),
        ("goal.milestone", {"subject_id": "a", "goal_id": "g", "reviewer_id": "a", "completion": "1"}, "another"),
        ("goal.milestone", {"subject_id": "a", "goal_id": "g", "reviewer_id": "b", "completion": "2"}, "0 to 1"),
        ("checkin.submitted", {"subject_id": "a", "week": "2026-W45", "rating": "500"}, "outside 0 to 100"),
        ("proposal.decided", {"proposal_id": "p", "decision": "rejected", "decided_by": "b"}, "reason"),
        ("proposal.decided", {"proposal_id": "p", "decision": "adopted", "decided_by": ""}, "name who"),
    ],
)
def test_impossible_facts_are_refused(event_type: str, fields: dict[str, Any], words: str) -> None:
    """What can not be is refused at the door, with a sentence that says why."""
    refused = CODEC.decode(raw_of(Teller().event(event_type, "05 09:00:00", **fields)), "line 1", NOW_US)
    assert words in getattr(refused, "detail", "accepted")
