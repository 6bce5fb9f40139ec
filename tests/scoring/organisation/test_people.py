"""Leads, rights, careers, check-ins and proposals by hand."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from scoring.events.organisation import CheckinSubmitted, ProposalDecided, ProposalEvent, ProposalSubmitted
from scoring.events.review import ExamScored, ReviewSubmitted, ScoreSettled
from scoring.organisation.calibration import raters
from scoring.organisation.checkins import notes
from scoring.organisation.development import progress
from scoring.organisation.leads import home_day, lead_of, reports_of
from scoring.organisation.promotion import Eligibility, eligibility, eligible, last_quarters
from scoring.organisation.proposals import proposals, share_decided
from scoring.organisation.records import CareerStep, DevelopmentGoal, Grant
from scoring.organisation.rights import Rights
from scoring.reference import Company, Label, Person, Position, Reference, Team

NAME = Label("名", "name")
DAY = "2026-10-15"
HEAD: dict[str, Any] = {"source": "x", "shop_id": "s", "occurred_at": 0}


def person(name: str, *positions: tuple[str, str, str | None]) -> Person:
    """Somebody with positions (team, from, to)."""
    return Person(name, NAME, tuple(Position(team, "any", "", start, end) for team, start, end in positions))


REFERENCE = Reference(
    Company("c", NAME, "Asia/Shanghai", "CNY"),
    teams=(Team("top", NAME, lead="lin"), Team("mid", NAME, "top"), Team("cs", NAME, "mid", "sun")),
    people=(
        person("lin", ("top", "2026-01-01", None)),
        person("sun", ("cs", "2026-01-01", None)),
        person("dan", ("cs", "2026-01-01", "2026-10-10"), ("mid", "2026-10-20", None)),
        person("eve"),
    ),
)


@pytest.mark.parametrize(
    ("who", "day", "lead"),
    [
        ("dan", "2026-10-01", "sun"),
        ("dan", "2026-10-15", "sun"),
        ("dan", "2026-10-20", "lin"),
        ("sun", DAY, "lin"),
        ("lin", DAY, ""),
        ("eve", DAY, ""),
        ("nobody", DAY, ""),
        ("dan", "2025-12-31", ""),
    ],
)
def test_who_leads(who: str, day: str, lead: str) -> None:
    """The first lead upwards who is somebody else; between two positions the last team's; at the top nobody."""
    assert lead_of(REFERENCE, who, day) == lead


def test_a_reviewer_sees_direct_reports_only() -> None:
    """Sun reviews Dan while he is there; Lin reviews Sun, and Dan from the 20th on."""
    assert reports_of(REFERENCE, "sun", "2026-10-01") == ("dan",)
    assert reports_of(REFERENCE, "sun", DAY) == ()
    assert reports_of(REFERENCE, "lin", "2026-10-20") == ("sun", "dan")


def test_home_days() -> None:
    """The day itself in a position or before the first; the last day of the last position in a gap."""
    dan = REFERENCE.people[2]
    days = ("2025-06-01", "2026-10-09", "2026-10-10", "2026-10-19", "2026-10-20")
    assert [home_day(dan, day) for day in days] == ["2025-06-01", "2026-10-09", "2026-10-09", "2026-10-09", days[-1]]


def rights(*rows: tuple[str, str, str, str | None]) -> Rights:
    """Lin's grants: right, scope, from, to."""
    return Rights(REFERENCE, [Grant("lin", right, scope, start, end, "owner") for right, scope, start, end in rows])


def test_rights_are_separate_grants() -> None:
    """A veto over the team above covers its people and teams on the days of the grant, and is no right to plan."""
    held = rights(("veto", "t:mid", "2026-10-01", "2026-11-01"))
    assert held.may("lin", "veto", "e:sun", DAY)
    assert held.may("lin", "veto", "t:cs", DAY)
    assert not held.may("lin", "plan", "e:sun", DAY)
    assert not held.may("sun", "veto", "e:sun", DAY)
    assert not held.may("lin", "veto", "t:top", DAY)
    assert not held.may("lin", "veto", "e:lin", DAY)
    assert not held.may("lin", "veto", "e:sun", "2026-11-01")
    assert not held.may("lin", "veto", "e:dan", DAY)
    assert held.may("lin", "veto", "e:dan", "2026-10-20")


def test_leading_alone_grants_nothing() -> None:
    """Lin leads the company's top team and may nothing without a grant; one over the company covers shops too."""
    assert not rights().may("lin", "suggest", "e:dan", DAY)
    assert rights(("dispatch", "c:", "2026-01-01", None)).may("lin", "dispatch", "s:s", DAY)


STEP = CareerStep("agent", "supervisor", 4, 3, Fraction(90), "lead", Fraction(80))


def score(period: str, total: int, revision: int = 1) -> ScoreSettled:
    """A settled total in points."""
    given = {"event_id": f"{period}-{revision}", "subject_id": "dan", "period": period, "revision": revision}
    return ScoreSettled(**HEAD, **given, total=total * 1_000_000)


def judged(scores: list[ScoreSettled], mark: int | None) -> Eligibility:
    """Dan after these totals and an exam."""
    exams = (
        [] if mark is None else [ExamScored(**HEAD, event_id="x", subject_id="dan", item="lead", score=mark * 10**6)]
    )
    other = ExamScored(**HEAD, event_id="y", subject_id="dan", item="other", score=99 * 10**6)
    return eligibility("dan", STEP, "2026-Q3", scores, [*exams, other])


GOOD = [score("2025-Q4", 95), score("2026-Q1", 70), score("2026-Q2", 90), score("2026-Q3", 92)]


def test_three_of_four_quarters_and_an_exam() -> None:
    """95, 70, 90, 92: three reach 90, and the exam of 80 is passed; the quarters are the evidence."""
    found = judged(GOOD, 80)
    assert found.missing == ()
    assert found.totals == (("2025-Q4", 95), ("2026-Q1", 70), ("2026-Q2", 90), ("2026-Q3", 92))
    assert eligible([found, judged(GOOD, None)]) == [found]


def test_what_is_missing_is_named() -> None:
    """A restated total, a quarter that is not settled, an older one and a failed exam do not help."""
    scores = [score("2025-Q3", 99), *GOOD[1:], score("2026-Q2", 89, revision=2)]
    found = judged(scores, 79)
    assert found.missing == ("1 of the last 4 quarters, 3 wanted", "exam lead not passed")
    assert found.totals[0] == ("2025-Q4", None)


def test_quarters_only() -> None:
    """The years are crossed backwards, and another period than a quarter is refused."""
    assert last_quarters("2026-Q1", 3) == ("2025-Q3", "2025-Q4", "2026-Q1")
    with pytest.raises(ValueError, match="2026-Q4"):
        eligibility("dan", STEP, "2026-10", [], [])


def checkin(week: str, rating: int, blockers: int = 0, revision: int = 1) -> CheckinSubmitted:
    """A week of Dan's."""
    about: dict[str, Any] = {"event_id": f"{week}-{revision}", "subject_id": "dan", "week": week, "revision": revision}
    return CheckinSubmitted(**HEAD, **about, rating=rating * 10**6, blockers=blockers)


def test_the_weeks_of_a_month() -> None:
    """October 2026 has five Thursdays, W40 (the 1st) to W44 (the 29th); W45 is November's. 60, 80, 70 on average 70."""
    rows = [checkin("2026-W39", 1), checkin("2026-W40", 60, 1), checkin("2026-W42", 50), checkin("2026-W44", 70, 2)]
    found = notes(
        [*rows, checkin("2026-W42", 80, revision=2), checkin("2026-W45", 1), checkin("October", 1)],
        "2026-10-01",
        "2026-10-31",
    )
    assert [week.week for week in found.weeks] == ["2026-W40", "2026-W42", "2026-W44"]
    assert (found.average, found.blockers) == (70, 3)
    assert notes([], "2026-10-01", "2026-10-31").average is None


def test_proposals_are_followed() -> None:
    """Open and postponed ones come first; a decision after a postponement counts; a decision about nothing is none."""

    def made(name: str, at: int) -> ProposalSubmitted:
        return ProposalSubmitted(
            event_id=f"s{name}", source="x", shop_id="s", occurred_at=at, proposal_id=name, author_id="dan"
        )

    def decided(name: str, at: int, decision: Any) -> ProposalDecided:
        about: dict[str, Any] = {"proposal_id": name, "decision": decision, "decided_by": "lin", "reason_code": "cost"}
        return ProposalDecided(event_id=f"d{name}{at}", source="x", shop_id="s", occurred_at=at, **about)

    facts: list[ProposalEvent] = [made("a", 1), made("b", 2), made("c", 3)]
    facts += [decided("a", 4, "postponed"), decided("c", 5, "rejected"), decided("x", 6, "adopted")]
    rows = proposals(facts)
    assert [(row.id, row.state, row.decided_by) for row in rows] == [
        ("a", "postponed", "lin"),
        ("b", "open", ""),
        ("c", "rejected", "lin"),
    ]
    assert share_decided(rows) == (1, 3)
    assert [row.state for row in proposals([*facts, decided("a", 9, "adopted")])] == ["open", "adopted", "rejected"]


def test_development_goals_in_force() -> None:
    """Dan's own goals of that day with where they stand; what is not known is not reached."""

    def goal(name: str, who: str, end: str | None) -> DevelopmentGoal:
        return DevelopmentGoal(name, who, NAME, "csat", "", Fraction(9, 10), "2026-10-01", end)

    goals = [goal("now", "dan", None), goal("over", "dan", DAY), goal("other", "sun", None)]
    (found,) = progress(goals, "dan", DAY, lambda goal: Fraction(9, 10))
    assert (found.goal.id, found.reached) == ("now", True)
    assert not progress(goals, "dan", DAY, lambda goal: None)[0].reached


def review(who: str, subject: str, score: int, **fields: Any) -> ReviewSubmitted:
    """A review of October."""
    about: dict[str, Any] = {"event_id": f"{who}{subject}{fields}", "reviewer_id": who, "subject_id": subject}
    about |= {"relation": "manager", "item": "review_attitude", "period": "2026-10", "comment": "seen", **fields}
    return ReviewSubmitted(**HEAD, **about, score=score * 10**6)


def test_raters_beside_each_other() -> None:
    """Lin gave 60 and (restated) 80, Sun 85; the mean of all is 75. Dan's view of himself is no rating of others."""
    given = [
        review("lin", "dan", 60),
        review("lin", "eve", 99),
        review("lin", "eve", 80, revision=2),
        review("sun", "eve", 85),
        review("dan", "dan", 100, relation="self"),
    ]
    sun, lin = raters(given)
    assert (sun.reviewer, sun.scores, sun.mean, sun.spread, sun.beside) == ("sun", 1, 85, 0, 10)
    assert (lin.mean, lin.spread, lin.lowest, lin.highest, lin.beside) == (70, 10, 60, 80, -5)
    assert raters([]) == []
