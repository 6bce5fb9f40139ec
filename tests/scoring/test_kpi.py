"""The KPI table of this release, and what a KPI answers when there is nothing, too little, or no target."""

from __future__ import annotations

from fractions import Fraction

import pytest

from scoring.kpi import DIRECTIONS, UNITS, Evaluator, Kpi, Question, measures_read
from scoring.measures import Rows
from tests.scenarios.shop import Desk, Teller, definitions_of, shop_texts

KPIS = """
gmv orders_placed orders_paid units_sold buyers_paid refund_amount net_sales net_sales_settled gross_profit
gross_margin_rate sales_attainment aov_buyer aov_order refund_rate_amount refund_rate_cohort ad_spend ad_gmv roas ctr
cpc promo_fee_rate promo_fee_saved live_hours live_views live_acu live_pcu live_gmv live_net_sales live_gpm
live_conversion_rate live_gmv_per_hour sessions_received first_response_time_avg first_response_time_p90
avg_response_time reply_rate_3min csat inquiry_paid_conversion cs_sales on_time_ship_rate review_execution
review_teamwork
""".split()

DEFINITIONS = definitions_of(tuple(sorted(shop_texts().items())))


def nothing(owner: str, dimension: str, measure: str) -> Rows:
    """A store without a single row."""
    return []


def no_target(kpi: str) -> Fraction | None:
    """Nobody set a target."""
    return None


def evaluated(
    kpi: str, rows: dict[str, int] | None = None, targets: dict[str, Fraction] | None = None
) -> tuple[Fraction | None, str]:
    """Value and status of a KPI over stored sums by measure, for an employee."""
    evaluator = Evaluator(DEFINITIONS.kpis, DEFINITIONS.measures, "CNY")
    found = evaluator.evaluate(
        DEFINITIONS.kpis[kpi],
        Question(
            "e:ann", evaluator.dimension(DEFINITIONS.kpis[kpi], "e:ann", None), "2026-10", "2026-10-01", "2026-10-31"
        ),
        lambda owner, dimension, measure, first, last: (
            [("2026-10-01", "", rows[measure])] if rows and measure in rows else []
        ),
        lambda name: (targets or {}).get(name),
    )
    return found.value, found.status


def test_all_kpis_of_this_release_are_there() -> None:
    """The catalogue holds the 42 KPIs of the first release."""
    assert len(KPIS) == 42
    assert set(KPIS) <= DEFINITIONS.kpis.keys()


@pytest.mark.parametrize("kpi", sorted(DEFINITIONS.kpis))
def test_a_kpi_is_complete(kpi: str) -> None:
    """Both languages, a known unit and direction, a way to credit it, and only names that exist."""
    row: Kpi = DEFINITIONS.kpis[kpi]
    assert row.name.zh
    assert row.name.en
    assert row.about.zh
    assert row.about.en
    assert row.unit in UNITS
    assert row.direction in DIRECTIONS
    assert row.dimensions
    assert {name for name, _ in measures_read(row, DEFINITIONS.kpis)} <= DEFINITIONS.measures.keys()


@pytest.mark.parametrize("kpi", KPIS)
def test_nothing_is_none_and_not_zero(kpi: str) -> None:
    """Without facts a ratio has no value; a sum is 0; only what needs a target or values has none."""
    value, status = evaluated(kpi)
    row = DEFINITIONS.kpis[kpi]
    if row.denominator is not None or kpi in ("promo_fee_saved", "first_response_time_p90"):
        assert value is None
        assert status in ("empty", "insufficient")
    else:
        assert (value, status) == (0, "ok")


@pytest.mark.parametrize("kpi", [name for name in KPIS if DEFINITIONS.kpis[name].denominator is not None])
def test_a_zero_denominator_is_none(kpi: str) -> None:
    """A numerator over nothing is not known, whatever the numerator is."""
    row = DEFINITIONS.kpis[kpi]
    assert row.denominator is not None
    sums = {name: 5_000_000 for name in row.numerator.names if name not in row.denominator.names}
    evaluator = Evaluator(DEFINITIONS.kpis, DEFINITIONS.measures, "CNY")
    found = evaluator.evaluate(
        row,
        Question("c:", "", "2026-10", "2026-10-01", "2026-10-31"),
        lambda owner, dimension, measure, first, last: [("2026-10-01", "", sums[measure])] if measure in sums else [],
        no_target,
    )
    assert found.value is None
    assert found.denominator in (0, None)


def test_natural_units() -> None:
    """Money comes in yuan, counts and seconds whole, hours in hours, a rate as a ratio."""
    assert evaluated("gmv", {"gmv": 12345}) == (Fraction("123.45"), "ok")
    assert evaluated("orders_paid", {"orders_paid": 2_500_000}) == (Fraction(5, 2), "ok")
    assert evaluated("live_hours", {"live_seconds": 5400 * 1_000_000}) == (Fraction(3, 2), "ok")
    assert evaluated("refund_rate_amount", {"gmv": 300, "refund_amount": 100}) == (Fraction(1, 3), "ok")
    assert evaluated("cpc", {"ad_cost": 250, "ad_clicks": 10_000_000}) == (Fraction("0.25"), "ok")
    assert evaluated("live_gmv_per_hour", {"live_gmv": 10_000, "live_seconds": 1800 * 1_000_000}) == (200, "ok")


def test_too_small_a_sample() -> None:
    """Below the least denominator the value stands but is marked; at it, it counts."""
    assert evaluated("csat", {"ratings": 9_000_000, "ratings_good": 9_000_000}) == (1, "insufficient")
    assert evaluated("csat", {"ratings": 10_000_000, "ratings_good": 9_000_000}) == (Fraction(9, 10), "ok")
    assert evaluated("ctr", {"ad_impressions": 999_000_000, "ad_clicks": 0}) == (0, "insufficient")
    assert evaluated("ctr", {"ad_impressions": 1_000_000_000, "ad_clicks": 0}) == (0, "ok")


def test_net_sales_below_zero() -> None:
    """Net sales may be negative; a rate over them is then not known instead of a wrong sign."""
    refunded = {"gmv": 100, "refund_amount": 300}
    assert evaluated("net_sales", refunded) == (-2, "ok")
    assert evaluated("gross_margin_rate", refunded) == (None, "empty")
    assert evaluated("promo_fee_rate", {**refunded, "ad_cost": 100}) == (None, "empty")


def test_attainment_needs_a_target() -> None:
    """Attainment divides by the target of net sales; without one, or with 0, it is not known."""
    sums = {"gmv": 11_000}
    assert evaluated("sales_attainment", sums) == (None, "empty")
    assert evaluated("sales_attainment", sums, {"net_sales": Fraction(0)}) == (None, "empty")
    assert evaluated("sales_attainment", sums, {"net_sales": Fraction(100)}) == (Fraction(11, 10), "ok")


def test_fees_saved() -> None:
    """Target rate times net sales minus spend, never below 0: 5 % of 1,000 minus 30 is 20."""
    target = {"promo_fee_rate": Fraction("0.05")}
    assert evaluated("promo_fee_saved", {"gmv": 100_000, "ad_cost": 3_000}, target) == (20, "ok")
    assert evaluated("promo_fee_saved", {"gmv": 100_000, "ad_cost": 6_000}, target) == (0, "ok")


def test_the_dimension_follows_the_owner() -> None:
    """Shops and the company have no credit dimension; people and teams get the KPI's first unless asked otherwise."""
    evaluator = Evaluator(DEFINITIONS.kpis, DEFINITIONS.measures, "CNY")
    live = DEFINITIONS.kpis["live_gmv"]
    found = [
        evaluator.dimension(live, owner, wanted)
        for owner in ("e:ann", "t:desk", "s:s", "c:")
        for wanted in (None, "live_op")
    ]
    assert found == ["host", "live_op", "host", "live_op", "", "", "", ""]


def test_a_kpi_over_two_dimensions() -> None:
    """Promotion fee rate reads spend by campaign and sales by owner, each in the dimension that it has."""
    owners = '[[assignment]]\nperson = "ann"\ntag = "{}"\nfrom = "2026-09-01"\n'
    desk, tell = Desk(texts=shop_texts(assignments=owners.format("owner") + owners.format("campaign"))), Teller()
    ad = {"campaign_id": "k", "interval_start": "2026-10-03T10:00:00+08:00", "cost": "8.00"}
    desk.take(tell.paid("o", "03 10:00:00", "100.00"), tell.event("ad.report", "03 11:00:00", **ad))
    for dimension in (None, "shop", "campaign"):
        assert desk.kpi("promo_fee_rate", "e:ann", dimension=dimension).value == Fraction("0.08")
    assert desk.value("promo_fee_rate", "c:") == Fraction("0.08")


def test_a_period_is_the_sum_of_its_days() -> None:
    """An additive KPI of a month is the sum over its days; days outside do not count; the series shows each."""
    desk, tell = Desk(), Teller()
    desk.take(*(tell.paid(day, f"{day} 23:59:59", "1.00") for day in ("09-30", "01", "31", "11-01")))
    assert [desk.value("gmv", "c:", key) for key in ("2026-10", "2026-10-01", "2026-W40", "2026-Q4", "2026")] == [
        2,
        1,
        2,
        3,
        4,
    ]
    days = ["2026-09-30", "2026-10-01", "2026-10-02"]
    assert [row.value for row in desk.reader.series("gmv", "c:", days)] == [1, 1, 0]
    assert desk.reader.series("gmv", "c:", []) == []
