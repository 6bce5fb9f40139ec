"""What a plan decides about its scorecard, through the real settlement: schemes, subtotals, missing values."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from dashboards.renderers.text import TextPaper
from scoring.settlement import PersonResult, settle
from streams.closing import with_run
from streams.closing.recounting import windows_of
from tests.scenarios.shop import PEOPLE, SELLER, TARGETS, Desk, Teller, shop_texts

ITEM = '[[item]]\nkpi = "{}"\nkind = "{}"\nweight = "{}"\nscale = {{ kind = "PROP", threshold = "0" }}\n{}\n'
HEAD, COMPONENTS = SELLER.split("[[item]]")[0], "[[component]]" + SELLER.split("[[component]]", 1)[1]


def plan(scheme: str, *items: str) -> str:
    """The seller's plan with another scheme and other items."""
    return HEAD.replace('period = "month"', f'period = "month"\nscheme = "{scheme}"') + "".join(items) + COMPONENTS


def settled(plan_text: str, month: str = "2026-10", **texts: str) -> PersonResult:
    """Ann's result: 540 of 600 sold in October, 300 of 600 in November; her share of each month's one order is 0.6."""
    desk = Desk(texts=shop_texts(**{"plans/seller": plan_text, **texts}))
    tell = Teller()
    desk.take(tell.paid("o1", "03 10:00:00", "900.00"), tell.paid("o2", "11-03 10:00:00", "500.00"))
    return next(row for row in settle(desk.definitions, month, desk.closing.read) if row.scope.person.id == "ann")


SALES = ITEM.format("net_sales", "R", "55", 'section = "performance"')


def test_sections_have_a_weight_of_their_own() -> None:
    """30/55/15 without an exam and without a review: performance stands for the whole, but 55 of 100 needs a human.

    The section's own score is 90 (540 of 600). With teamwork known too, 70 of 100 is enough: orders, 0.6 of 1.2, stand
    in for it and score 50, so 55 x 90 + 15 x 50 over 70 is 81.43.
    """
    exam = ITEM.format("csat", "V", "30", 'section = "skill"\ntarget = "1"')
    work = ITEM.format("review_teamwork", "V", "15", 'section = "teamwork"\ntarget = "1"')
    alone = settled(plan("30/55/15", exam, SALES, work))
    assert alone.card.status == "needs_manual"
    assert {line.section: line.score for line in alone.card.sections} == {
        "skill": None,
        "performance": 90,
        "teamwork": None,
    }
    done = ITEM.format("orders_paid", "P", "15", 'section = "teamwork"\ntarget = "1.2"')
    result = settled(plan("30/55/15", exam, SALES, done))
    assert result.card.total_2dp == Fraction("81.43")


def test_a_gap_stays_inside_its_section() -> None:
    """In KPI+behaviour what one KPI lacks goes to the other KPI, not to the behaviour: 80 x 90 + 20 x 50 is 82.

    Spread over the whole plan it would be (40 x 90 + 20 x 50) / 60 = 76.67.
    """
    sales = ITEM.format("net_sales", "R", "40", "")
    rated = ITEM.format("csat", "R", "40", 'target = "1"')
    conduct = ITEM.format("orders_paid", "V", "20", 'target = "1.2"')
    assert settled(plan("KPI+behaviour", sales, rated, conduct)).card.total_2dp == 82
    assert settled(plan("result/process/review", sales, rated, conduct)).card.total_2dp == Fraction("76.67")


def test_a_plan_may_weigh_the_sections_of_a_scheme() -> None:
    """KPI+behaviour as 70/30: 70 x 90 + 30 x 50 = 78."""
    sales = ITEM.format("net_sales", "R", "70", "")
    conduct = ITEM.format("orders_paid", "V", "30", 'target = "1.2"')
    text = plan("KPI+behaviour", sales, conduct)
    text = text.replace("[[item]]", '[plan.sections]\nkpi = "70"\nbehaviour = "30"\n[[item]]', 1)
    assert settled(text).card.total_2dp == 78


def test_subtotals_by_kind() -> None:
    """60 x 90 of results and 40 x 50 of process: the score sheet shows 54 and 20 (R10)."""
    result = settled(
        plan(
            "result/process/review",
            ITEM.format("net_sales", "R", "60", ""),
            ITEM.format("orders_paid", "P", "40", 'target = "1.2"'),
        )
    )
    assert [(line.section, line.weight, line.points) for line in result.card.kinds] == [("R", 60, 54), ("P", 40, 20)]


GAP = (
    '[[gap]]\nperson = "ann"\nperiod = "2026-10"\nkpi = "csat"\nreason = { zh = "因", en = "own" }\n'
    'decided_by = "boss"\n'
)


@pytest.mark.parametrize(
    ("missing", "texts", "total"),
    [
        ("redistribute", {}, "90"),
        ("neutral(70)", {}, "85"),
        ("zero", {}, "90"),
        ("zero", {"points": GAP}, "67.50"),
        ("carry_last", {}, "90"),
    ],
)
def test_a_value_that_is_missing(missing: str, texts: dict[str, str], total: str) -> None:
    """75 x 90 with 25 of satisfaction that nobody rated: dropped, 70, or 0 where somebody decided it was her doing."""
    rated = ITEM.format("csat", "R", "25", f'target = "1"\nmissing = "{missing}"')
    result = settled(plan("result/process/review", ITEM.format("net_sales", "R", "75", ""), rated), **texts)
    assert result.card.total_2dp == Fraction(total)


def test_the_last_score_is_carried() -> None:
    """December has no order, so its average order value is unknown: November's 300 of 200 counts, at most 120.

    Sales of 0 of 600 score 0: 60 x 0 + 40 x 120 = 48. Too little is present for it to settle by itself.
    """
    carried = ITEM.format("aov_order", "R", "40", 'target = "200"\nmissing = "carry_last"')
    result = settled(
        plan("result/process/review", ITEM.format("net_sales", "R", "60", ""), carried), "2026-12", targets=TARGETS
    )
    assert [line.treatment for line in result.card.lines] == ["scored", "carried"]
    assert result.card.total_2dp == 48


def statement_of(plan_text: str, month: str = "2026-11", **texts: str) -> dict[str, Any]:
    """Ann's statement of a draft: in November she sold 300 of 600, with 0.6 of one order."""
    desk = Desk(texts=shop_texts(**{"plans/seller": plan_text, **texts}))
    tell = Teller()
    desk.take(tell.paid("o1", "03 10:00:00", "900.00"), tell.paid("o2", "11-03 10:00:00", "500.00"))
    desk.take(tell.paid("o3", "12-31 10:00:00", "1.00"))
    draft = desk.closing.draft(month, "boss")
    return next(row for row in with_run(draft.body, 1, draft.digest, "draft") if row["person"]["id"] == "ann")


def text_of(paper: dict[str, Any]) -> str:
    """The statement as plain text in Chinese, its lines joined so that words broken over lines are found."""
    return "".join(TextPaper().render(paper, "zh").decode().split())


def test_the_statement_shows_subtotals_and_sections() -> None:
    """300 of 600 is 50, and 0.6 of 1.2 orders is 50: subtotals 40 and 10, sections with weight, score and points."""
    sales = ITEM.format("net_sales", "R", "80", "")
    conduct = ITEM.format("orders_paid", "V", "20", 'target = "1.2"')
    paper = statement_of(plan("KPI+behaviour", sales, conduct))
    assert paper["plan"]["scheme"] == "KPI+behaviour"
    assert paper["score"]["subtotals"] == {"R": "40", "V": "10"}
    assert paper["score"]["sections"] == [
        {"section": "kpi", "weight": "80", "score": "50", "points": "40"},
        {"section": "behaviour", "weight": "20", "score": "50", "points": "10"},
    ]
    assert "结果指标小计" in text_of(paper)


def test_the_statement_shows_what_filled_a_gap() -> None:
    """A neutral 70 for a rating that nobody gave stands with its treatment: 60 x 50 + 40 x 70 = 58."""
    rated = ITEM.format("csat", "R", "40", 'target = "1"\nmissing = "neutral(70)"')
    paper = statement_of(plan("result/process/review", ITEM.format("net_sales", "R", "60", ""), rated))
    assert [(row["treatment"], row["counted_score"]) for row in paper["items"]] == [("scored", "50"), ("neutral", "70")]
    assert paper["score"]["total"] == "58.00"
    assert "无值，按中性分计" in text_of(paper)


def test_the_statement_shows_the_team() -> None:
    """0.7 x 50 of her own and 0.3 x 100 of the team's 500 of 500 are 65, with both figures beside it."""
    text = plan("result/process/review", ITEM.format("net_sales", "R", "100", ""))
    text = text.replace("[[item]]", '[plan.blend]\nalpha = "0.7"\n[[item]]', 1)
    team = TARGETS.split("[[target]]")[1].replace("e:ann", "t:desk").replace("2026-10", "2026-11").replace("600", "500")
    paper = statement_of(text, targets=f"{TARGETS}[[target]]{team}")
    assert paper["score"]["blend"] == {"alpha": "0.7", "individual": "50", "team": "100"}
    assert (paper["score"]["weighted"], paper["score"]["total"]) == ("65", "65.00")
    assert "0.7x50+(1-0.7)x100" in text_of(paper)


def test_the_statement_of_a_short_stay() -> None:
    """Three days of November: no total, the coefficient 1, and the paper says why."""
    people = PEOPLE.replace('from = "2026-09-01"', 'from = "2026-11-26"', 1)
    paper = statement_of(plan("result/process/review", ITEM.format("net_sales", "R", "100", "")), people=people)
    assert (paper["score"]["status"], paper["score"]["total"], paper["score"]["coefficient"]) == (
        "short_stay",
        None,
        "1",
    )
    assert (paper["period"]["target_share"], paper["period"]["base_share"]) == ("1/6", "1/6")
    assert "在岗时间过短，不评分" in text_of(paper)


def test_a_close_recounts_what_is_carried() -> None:
    """The periods that a carried score comes from are held against the facts too."""
    carried = ITEM.format("aov_order", "R", "40", 'target = "200"\nmissing = "carry_last"')
    text = plan("result/process/review", ITEM.format("net_sales", "R", "60", ""), carried)
    desk = Desk(texts=shop_texts(**{"plans/seller": text}))
    wanted = windows_of(desk.definitions, "2026-12-01", "2026-12-31")
    spans = [("2026-09-01", "2026-09-30"), ("2026-10-01", "2026-10-31"), ("2026-11-01", "2026-11-30")]
    assert [span for span in sorted(wanted) if "orders_paid" in wanted[span]] == spans
    tell = Teller()
    after = {**tell.paid("o2", "12-01 10:00:00", "1.00"), "occurred_at": "2027-01-02T10:00:00+08:00"}
    desk.take(tell.paid("o1", "11-03 10:00:00", "500.00"), after)
    ann = desk.closing.draft("2026-12", "boss").body["statements"][0]
    assert [row["treatment"] for row in ann["items"]] == ["scored", "carried"]
