"""Sales and promotion on a plan: losses against a floor, spend without sales, and attainments of any KPI."""

from __future__ import annotations

from typing import Any

import pytest

from tests.scenarios.shop import PEOPLE, Desk, Teller, shop_texts

HEAD = """
[plan]
id = "seller"
version = 1
role = "seller"
name = { zh = "销售", en = "Seller" }
purpose = { zh = "卖好货", en = "Sell well" }
period = "month"
[[item]]
kind = "R"
weight = "100"
"""
TARGET = '[[target]]\nowner = "e:ann"\nkpi = "{kpi}"\nperiod = "2026-10"\nvalue = "{value}"\nsource = "own_history"\n'
ANN = """
[[assignment]]
person = "ann"
tag = "owner"
from = "2026-09-01"
[[assignment]]
person = "ann"
tag = "campaign"
from = "2026-09-01"
"""


def desk(item: str, kpi: str, target: str) -> Desk:
    """Ann alone owns shop and campaigns, and is scored by one item."""
    before, after = PEOPLE.split('id = "bob"')
    people = before + 'id = "bob"' + after.replace('plan = "seller"\n', "", 1)
    texts = shop_texts(people=people, assignments=ANN, targets=TARGET.format(kpi=kpi, value=target) if target else "")
    return Desk(texts={**texts, "plans/seller.toml": HEAD + item})


def score(shop: Desk) -> Any:
    """The score of Ann's one item in October, as the settlement gives it."""
    (paper,) = shop.closing.draft("2026-10", "boss").body["statements"]
    (item,) = paper["items"]
    return item["score"]


def spend(tell: Teller, **figures: Any) -> dict[str, Any]:
    """A day of a campaign."""
    start = "2026-10-03T00:00:00+08:00"
    about = {"campaign_id": "k", "interval_start": start, "interval_seconds": 86_400}
    return tell.event("ad.report", "04 09:00:00", **about, **figures)


def test_a_planned_loss_is_scored_against_a_floor() -> None:
    """Vector S7: target -100 000, floor -300 000, actual -80 000 is 220/200: 110; division would punish the better."""
    item = 'kpi = "operating_profit"\nscale = { kind = "FTS", floor = "-300000" }\n'
    shop, tell = desk(item, "operating_profit", "-100000"), Teller()
    shop.take(tell.event("profit.posted", "11-03 10:00:00", cost_centre="s", amount="-80000", period="2026-10"))
    assert score(shop) == "110"


@pytest.mark.parametrize("kpi", ["acos", "tacos", "cac"])
def test_spend_without_a_result_scores_nothing(kpi: str) -> None:
    """20 yuan spent without a sale or a new buyer: the value is empty, the score is 0, not left out."""
    item = f'kpi = "{kpi}"\nscale = {{ kind = "LL" }}\n'
    shop, tell = desk(item, kpi, "0.2"), Teller()
    shop.take(spend(tell, cost="20", clicks=3), tell.paid("later", "11-03 10:00:00", "10"))
    assert shop.value(kpi, "e:ann") is None
    assert score(shop) == "0"


def test_a_plan_scores_the_attainment_of_any_kpi() -> None:
    """Refunds of 20 % against at most 16 %: 2 - 0.2/0.16 = 0.75, which PROP turns into 75."""
    item = 'kpi = "target_attainment.refund_rate_amount"\nscale = { kind = "PROP", cap = "1.2", threshold = "0.6" }\n'
    shop, tell = desk(item, "refund_rate_amount", "0.16"), Teller()
    shop.take(tell.paid("o1", "03 10:00:00", "100"), tell.refunded("o1", "05 10:00:00", "20"))
    shop.take(tell.paid("later", "11-03 10:00:00", "10"))
    assert score(shop) == "75"


def test_a_budget_is_kept_within_a_band() -> None:
    """Costs of 9 500 of a budget of 10 000 are 95 %, within 10 % of the budget: 100."""
    item = 'kpi = "cost_budget_usage"\nscale = { kind = "BAND", tol = "0.1", zero = "0.3" }\n'
    shop, tell = desk(item, "cost_posted", "10000"), Teller()
    cost = {"cost_centre": "s", "amount": "9500", "period": "2026-10"}
    texts = dict(shop.definitions.texts)
    texts["assignments.toml"] += '[[assignment]]\nperson = "ann"\ntag = "cost_centre"\nfrom = "2026-09-01"\n'
    shop = Desk(texts=texts)
    shop.take(tell.event("cost.posted", "20 10:00:00", **cost), tell.paid("later", "11-03 10:00:00", "10"))
    assert score(shop) == "100"


def test_odd_figures_of_finance_block_the_close_by_name() -> None:
    """A figure of no period, and one in a currency without a rate, count nowhere and are named."""
    shop, tell = Desk(), Teller()
    shop.take(tell.event("profit.posted", "03 10:00:00", cost_centre="s", amount="5", period="2026-13"))
    shop.take(tell.event("cost.posted", "03 10:00:00", cost_centre="s", amount="5", period="2026-10", currency="EUR"))
    assert sorted((row.code, row.blocks) for row in shop.store.problems()) == [
        ("finance_period", True),
        ("missing_fx", True),
    ]
    assert shop.cells() == {}


@pytest.mark.parametrize(
    "fields",
    [
        {"event_type": "feedback.received", "order_id": "o1", "stars": 6},
        {"event_type": "feedback.received", "order_id": "o1", "stars": -1},
        {"event_type": "ad.report", "campaign_id": "k", "interval_start": "2026-10-03T00:00:00+08:00", "budget": "-1"},
    ],
)
def test_impossible_figures_are_refused(fields: dict[str, Any]) -> None:
    """Six stars, less than none, and a budget below zero are refused and leave no fact."""
    shop = Desk()
    outcome = shop.take(Teller().event(time="03 10:00:00", **fields))
    assert (outcome.accepted, outcome.rejected) == (0, 1)
