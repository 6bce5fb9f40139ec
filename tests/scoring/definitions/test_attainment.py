"""The derived attainment of any KPI: by its direction, with its sample, and only where dividing means something."""

from __future__ import annotations

from fractions import Fraction

import pytest

from scoring.definitions.attainment import attainment_of
from tests.scenarios.shop import Desk, Teller, shop_texts

TARGET = '[[target]]\nowner = "e:ann"\nkpi = "{kpi}"\nperiod = "2026-10"\nvalue = "{value}"\nsource = "own_history"\n'


def desk(**targets: str) -> Desk:
    """The small shop with targets of Ann, who owns 60 %."""
    rows = "".join(TARGET.format(kpi=kpi, value=value) for kpi, value in targets.items())
    return Desk(texts=shop_texts(targets=rows))


@pytest.mark.parametrize(
    ("kpi", "target", "expected"),
    [
        # Ann has 60 of the order of 100: of 80 that is 0.75.
        ("gmv", "80", Fraction(3, 4)),
        # Refunds of 12 against at most 10: 2 - 12/10 = 0.8; against at most 4 that is 2 - 3, not below 0.
        ("refund_amount", "10", Fraction(4, 5)),
        ("refund_amount", "4", Fraction(0)),
        # 12/60 = 20 % refunded against 16 %: 2 - 0.2/0.16 = 0.75.
        ("refund_rate_amount", "0.16", Fraction(3, 4)),
        # 60 per order against 48: 1.25.
        ("aov_buyer", "48", Fraction(5, 4)),
        ("gmv", "0", None),
        ("refund_rate_amount", "-1", None),
    ],
)
def test_attainment_goes_by_direction(kpi: str, target: str, expected: Fraction | None) -> None:
    """Higher better: actual/target. Lower better: 2 - actual/target, not below 0. No target above 0: empty."""
    teller, shop = Teller(), desk(**{kpi: target})
    shop.take(teller.paid("o1", "03 10:00:00", "100", buyer_id="b1"), teller.refunded("o1", "04 10:00:00", "20"))
    # The buyer counts wholly for everybody with a share, money by share: 60 of 100, 12 of 20.
    assert shop.value(f"target_attainment.{kpi}", "e:ann") == expected


def test_a_plan_can_name_an_attainment_without_a_target_row() -> None:
    """An item names target_attainment.gmv though no target stands yet: it is known, and empty until one does."""
    plan = shop_texts()["plans/seller.toml"].replace('kpi = "net_sales"', 'kpi = "target_attainment.gmv"', 1)
    plan = plan.replace('target = "own"\n', "")
    definitions = Desk(texts={**shop_texts(targets=""), "plans/seller.toml": plan}).definitions
    assert definitions.plans["seller"].items[0].source.kpi == "target_attainment.gmv"


def test_the_sample_of_a_ratio_is_kept() -> None:
    """A ratio's attainment has the ratio's denominator, so its minimum sample means what it meant."""
    kpi = Desk().definitions.kpis["ctr"]
    derived = attainment_of(kpi)
    assert derived is not None
    assert derived.denominator is not None
    assert derived.denominator.names == ("ad_impressions",)
    assert derived.min_sample == 1000


def test_bands_and_attainments_have_none() -> None:
    """A band has no side to be on, and an attainment holds its target already."""
    kpis = Desk().definitions.kpis
    assert attainment_of(kpis["ad_spend"]) is None
    assert attainment_of(kpis["sales_attainment"]) is None
