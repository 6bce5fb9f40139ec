"""`scoreline organisation`: what each command answers about a small company of two, and what it refuses."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.dashboards.cli.shell import Shell, Wire, november

DECISIONS = """
[[decision]]
id = "new-desk"
title = { zh = "新流程", en = "A new desk" }
owner = "p01"
start = "2025-11-05"
end = "2025-11-06"
kpi = "net_sales"
measured_on = "s:my-shop"
expected = "-50000"
"""
GRANTS = """
[[grant]]
person = "p01"
right = "veto"
scope = "t:sales"
from = "2025-01-01"
granted_by = "owner"
"""
CAREERS = """
[[step]]
from_role = "operations_specialist"
to_role = "operations_manager"
quarters = 1
at_least = 1
exam = "leading"
pass_mark = "80"
[[goal]]
id = "lead"
person = "p01"
title = { zh = "会带队", en = "Lead a team" }
exam = "leading"
wanted = "90"
from = "2025-01-01"
"""
COSTS = """
[[assignment]]
person = "p01"
tag = "cost_centre"
cost_centre = "cc1"
from = "2025-01-01"
"""


def told(number: int, event_type: str, day: str, **fields: Any) -> Wire:
    """An event at noon in Shanghai."""
    head = {"event_id": f"p{number}", "event_type": event_type, "occurred_at": f"{day}T12:00:00+08:00"}
    return {**head, "source": "hand", "shop_id": "my-shop", **fields}


def people() -> list[Wire]:
    """p02 joined in January, was trained by p01 and left on 4 November; p01 did well and sat an exam."""
    return [
        told(1, "hr.joined", "2025-01-02", employee_id="p02"),
        told(2, "hr.left", "2025-11-04", employee_id="p02"),
        told(3, "hr.training", "2025-11-04", employee_id="p02", attended=True, trainer_id="p01", training_id="t1"),
        told(4, "score.settled", "2025-12-01", subject_id="p01", period="2025-Q4", total="92"),
        told(5, "exam.scored", "2025-11-20", subject_id="p01", item="leading", score="85"),
        told(6, "checkin.submitted", "2025-11-07", subject_id="p01", week="2025-W45", rating="70", blockers=2),
        told(7, "checkin.submitted", "2025-11-14", subject_id="p01", week="2025-W46", rating="80"),
        told(8, "proposal.submitted", "2025-11-10", proposal_id="pr1", author_id="p02", addressee_id="p01"),
        told(9, "proposal.decided", "2025-11-12", proposal_id="pr1", decision="adopted", decided_by="p01"),
        told(10, "proposal.submitted", "2025-11-15", proposal_id="pr2", author_id="p02"),
        told(11, "cost.posted", "2025-11-30", cost_centre="cc1", period="2025-11", amount="3000.00"),
    ]


@pytest.fixture
def company(shell: Shell) -> Shell:
    """The starter home with decisions, grants, careers and what happened to its two people."""
    folder = shell.home / "definitions"
    for name, text in (("decisions", DECISIONS), ("grants", GRANTS), ("careers", CAREERS)):
        (folder / f"{name}.toml").write_text(text, "utf-8")
    assignments = folder / "assignments.toml"
    assignments.write_text(assignments.read_text("utf-8") + COSTS, "utf-8")
    summary = shell.ingest(*november(), *people())
    assert summary["accepted"] == 14
    return shell


def asked(company: Shell, *words: str) -> Any:
    """What `scoreline organisation ...` prints with --json."""
    return company.json("organisation", *words)


def test_turnover(company: Shell) -> None:
    """p02 left on the 4th: 250,000 yuan in the 30 days up to it, 150,000 in the 30 days after."""
    (row,) = asked(company, "turnover", "--period", "2025-11")
    assert (row["person"], row["day"], row["team"], row["known"]) == ("p02", "2025-11-04", "sales", True)
    assert row["effects"] == [
        {"kpi": "net_sales", "before": "250000", "after": "150000", "change": "-100000", "share": "-0.4"}
    ]
    assert asked(company, "turnover", "--period", "2025-10") == []


def test_decisions(company: Shell) -> None:
    """Two days of 150,000 against two of 250,000: a fall of 50,000 was expected, one of 100,000 observed."""
    (row,) = asked(company, "decisions", "--owner", "p01", "--period", "2025-11")
    assert (row["expected"], row["observed"], row["reached"]) == ("-50000", "-100000", True)
    assert asked(company, "decisions", "--owner", "p02") == []


def test_quarters(company: Shell) -> None:
    """Sales of the last quarter against none in the one before."""
    rows = asked(company, "quarters", "net_sales", "--quarter", "2025-Q4", "--number", "2")
    assert [(row["quarter"], row["value"], row["change"]) for row in rows] == [
        ("2025-Q3", "0", None),
        ("2025-Q4", "400010", "400010"),
    ]


def test_departments(company: Shell) -> None:
    """400,000 less costs of 3,000 for two orders, which is 1,500 an order."""
    (row,) = asked(company, "departments", "--period", "2025-11", "--output", "orders_paid")
    assert (row["contribution"], row["cost"], row["margin"]) == ("400000", "3000", "397000")
    assert (row["output"], row["cost_per_unit"]) == ("2", "1500")


def test_promotion(company: Shell) -> None:
    """p01 has 92 points and an exam of 85; p02 has neither, and what is missing is named."""
    first, second = asked(company, "promotion", "--quarter", "2025-Q4")
    assert (first["person"], first["eligible"], first["exam"]) == ("p01", True, "85")
    assert first["totals"] == {"2025-Q4": "92"}
    assert (second["person"], second["asked_of"]) == ("p02", "p01")
    assert second["missing"] == ["0 of the last 1 quarters, 1 wanted", "exam leading not passed"]


def test_checkins(company: Shell) -> None:
    """Two weeks of November, 75 on average, two blockers."""
    found = asked(company, "checkins", "--person", "p01", "--period", "2025-11")
    assert (found["average"], found["blockers"]) == ("75", 2)
    assert [week["week"] for week in found["weeks"]] == ["2025-W45", "2025-W46"]


def test_proposals(company: Shell) -> None:
    """The open one comes first; the other was adopted by p01."""
    rows = asked(company, "proposals")
    assert [(row["id"], row["state"], row["decided_by"]) for row in rows] == [
        ("pr2", "open", ""),
        ("pr1", "adopted", "p01"),
    ]


def test_rights(company: Shell) -> None:
    """p01 may veto what concerns the team, and ends with 1 where there is no grant."""
    words = ("organisation", "may", "--person", "p01", "--owner", "e:p02", "--right")
    assert company.at_home(*words, "veto").code == 0
    refused = company.at_home(*words, "plan")
    assert (refused.code, "NOT plan" in refused.out) == (1, True)
    assert "did you mean 'veto'" in company.at_home(*words, "vetto").err


def test_development(company: Shell) -> None:
    """The exam of 85 is not yet the 90 that are wanted."""
    (row,) = asked(company, "development", "--person", "p01", "--period", "2025-11")
    assert (row["shown_by"], row["wanted"], row["now"], row["reached"]) == ("leading", "90", "85", False)


def test_training_effects_become_a_kpi(company: Shell) -> None:
    """p02 sold 100,000 in the 30 days before and 60,000 in the 30 days after: -40 %, dated 4 December, for p01."""
    printed = company.ok("organisation", "training", "net_sales")
    assert company.ingest(*printed.splitlines())["accepted"] == 1
    found = company.json("kpi", "training_uplift", "--owner", "e:p01", "--period", "2025-12")
    assert found["value"] == "-0.4"


def test_for_people(company: Shell) -> None:
    """Without --json there is a table, or a sentence when there is nothing."""
    assert "p02" in company.ok("organisation", "turnover", "--period", "2025-11")
    assert "Nothing to show." in company.ok("organisation", "turnover", "--period", "2025-10")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("turnover", "--period", "2025-11", "--kpi", "net_sale"), "did you mean 'net_sales'"),
        (("turnover", "--period", "November"), "names no period"),
        (("promotion", "--quarter", "2025-11"), "is no quarter"),
    ],
)
def test_wrong_use(company: Shell, words: tuple[str, ...], said: str) -> None:
    """A wrong name ends with 2 and says what would be right."""
    ended = company.at_home("organisation", *words)
    assert ended.code == 2
    assert said in ended.err


def test_totals_become_a_kpi(company: Shell) -> None:
    """Totals of a period that is not sealed are refused; sealed ones are events that are accepted and counted."""
    assert "no draft" in company.at_home("organisation", "scores", "--period", "2025-11").err
    company.draft()
    assert "not sealed" in company.at_home("organisation", "scores", "--period", "2025-11").err
    company.seal()
    totals = {row["person"]["id"]: row["score"]["total"] for row in company.json("statement", "--period", "2025-11")}
    printed = company.ok("organisation", "scores", "--period", "2025-11").splitlines()
    events = [json.loads(line) for line in printed]
    assert {event["subject_id"]: event["total"] for event in events} == totals
    assert company.ingest(*printed)["accepted"] == 2
    found = company.json("kpi", "direct_report_excellence_rate", "--owner", "e:p01", "--period", "2025-11")
    assert found["denominator"] == "1"


def test_raters(company: Shell) -> None:
    """p01 gave 70 and 80: a mean of 75 and a spread of 5."""
    about = {"item": "review_attitude", "period": "2025-11", "reviewer_id": "p01", "relation": "manager"}
    company.ingest(
        told(20, "review.submitted", "2025-12-01", **about, subject_id="p02", score="70"),
        told(21, "review.submitted", "2025-12-01", **about, subject_id="p03", score="80"),
    )
    (row,) = asked(company, "raters", "--period", "2025-11")
    assert (row["reviewer"], row["scores"], row["mean"], row["spread"]) == ("p01", 2, "75", "5")
