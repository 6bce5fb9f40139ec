"""Hanfeng's definitions: they load without a fault and keep the rules that their README promises."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from dashboards.web import BoardSettings
from scoring.definitions import Definitions, read_definitions
from streams.folder import catalogue_texts

REPOSITORY = Path(__file__).resolve().parents[2]
FOLDER = REPOSITORY / "examples" / "shop" / "definitions"
PERIOD = "2026-10"
KPIS = frozenset(
    "gmv orders_placed orders_paid units_sold buyers_paid refund_amount net_sales net_sales_settled gross_profit "
    "gross_margin_rate sales_attainment aov_buyer aov_order refund_rate_amount refund_rate_cohort ad_spend ad_gmv roas "
    "ctr cpc promo_fee_rate promo_fee_saved live_hours live_views live_acu live_pcu live_gmv live_net_sales live_gpm "
    "live_conversion_rate live_gmv_per_hour sessions_received first_response_time_avg first_response_time_p90 "
    "avg_response_time reply_rate_3min csat inquiry_paid_conversion cs_sales on_time_ship_rate review_execution "
    "review_teamwork".split()
)


def files() -> dict[str, dict[str, Any]]:
    """Every TOML file of the folder by its relative name."""
    return {p.relative_to(FOLDER).as_posix(): tomllib.loads(p.read_text("utf-8")) for p in FOLDER.rglob("*.toml")}


def plans() -> list[dict[str, Any]]:
    """The plan files."""
    return [body for name, body in sorted(files().items()) if name.startswith("plans/")]


@pytest.fixture(scope="module")
def definitions() -> Definitions:
    """The folder as the product reads it."""
    texts = {p.relative_to(FOLDER).as_posix(): p.read_text("utf-8") for p in FOLDER.rglob("*.toml")}
    return read_definitions(catalogue_texts() | texts)


def floats_in(value: object) -> Iterator[object]:
    """Every float below a TOML value."""
    if isinstance(value, float):
        yield value
    for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from floats_in(part)


def test_the_folder_loads_without_a_fault(definitions: Definitions) -> None:
    """The product reads all files; eighteen people hold eleven roles, each with a plan of its role."""
    people = definitions.reference.people
    positions = [position for person in people for position in person.positions]
    assert len(people) == 18
    assert len({position.role for position in positions}) == 11
    assert all(definitions.plans[position.plan].role == position.role for position in positions)


def test_no_number_is_a_float() -> None:
    """TOML floats would round; every number is a text or a whole number."""
    assert list(floats_in(files())) == []


def test_plans_name_only_the_kpis_of_this_release() -> None:
    """Items, components and gates use ids of the closed list."""
    for plan in plans():
        components = plan["component"]
        named = {item["kpi"] for item in plan["item"]}
        named |= {component["base"] for component in components if "base" in component}
        named |= {component["gate"]["kpi"] for component in components if "gate" in component}
        assert named <= KPIS, plan["plan"]["id"]


def test_weights_sum_to_a_hundred_over_five_to_eight_items() -> None:
    """Each plan has 5 to 8 items whose weights sum to exactly 100."""
    for plan in plans():
        assert sum(Fraction(item["weight"]) for item in plan["item"]) == 100, plan["plan"]["id"]
        assert 5 <= len(plan["item"]) <= 8, plan["plan"]["id"]


def test_a_plan_names_every_kpi_that_it_reads(definitions: Definitions) -> None:
    """The promotion manager: seven are on the scorecard, the gate among them; then base and spend of the fee saved."""
    scored = ("roas", "promo_fee_rate", "sales_attainment", "ad_gmv", "ctr", "review_execution", "review_teamwork")
    assert definitions.plans["promotion_manager"].kpis() == (*scored, "net_sales", "ad_spend")


def test_every_own_target_is_set(definitions: Definitions) -> None:
    """Each person's items without a number in the plan have a target row from the shop's own history."""
    missing = []
    for person in definitions.reference.people:
        for item in definitions.plans[person.positions[0].plan].items:
            kpi = item.source.kpi
            wanted = definitions.kpis[kpi].of_target or ("" if item.target is not None or item.kind == "V" else kpi)
            owner = item.source.of(f"e:{person.id}")
            if wanted and definitions.target(owner, wanted, PERIOD) is None:
                missing.append((person.id, owner, wanted))
    assert missing == []
    own = [target for target in definitions.reference.targets if target.owner != "c:"]
    assert {target.source for target in own} == {"own_history"}


def test_no_target_is_without_a_reader(definitions: Definitions) -> None:
    """Every target row is read by somebody's item, an attainment, fee rate or gate of its owner, or the overview."""
    read = {("s:hanfeng-douyin", "net_sales")}
    for person in definitions.reference.people:
        for item in definitions.plans[person.positions[0].plan].items:
            kpi = definitions.kpis[item.source.kpi]
            read.add((item.source.of(f"e:{person.id}"), kpi.of_target or kpi.id))
    read |= {("c:", kpi) for kpi in (*BoardSettings().company_kpis, "orders_paid")}
    assert {(target.owner, target.kpi) for target in definitions.reference.targets} <= read


def test_every_kind_of_pay_occurs() -> None:
    """The plans show all kinds of this release, one with a cap, one with a floor and one with a gate."""
    components = [component for plan in plans() for component in plan["component"]]
    assert {component["kind"] for component in components} == {
        "fixed", "performance", "flat", "flat_excess", "flat_first_yuan", "slab", "whole", "fee_saving",
    }  # fmt: skip
    assert all(any(key in component for component in components) for key in ("cap", "floor", "gate"))


def test_accounts_change_hands_and_one_is_unclaimed(definitions: Definitions) -> None:
    """kf-03 has two users one after the other, kf-99 none."""
    users = {
        account_id: [
            (person.id, account.from_day, account.to_day)
            for person in definitions.reference.people
            for account in person.accounts
            if account.id == account_id
        ]
        for account_id in ("kf-03", "kf-99")
    }
    assert users == {"kf-03": [("e14", "2026-09-01", "2026-10-16"), ("e15", "2026-10-16", None)], "kf-99": []}
