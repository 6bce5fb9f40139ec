"""Plans that would pay for one sale twice, or for none: what is warned about, and what the settlement then pays."""

from __future__ import annotations

import pytest

from scoring.definitions import Definitions, read_definitions
from scoring.definitions.catalogue import DIMENSIONS
from scoring.definitions.checks import warnings_of
from scoring.definitions.precedence import EXCLUSIVE, LINE_DIMENSIONS
from tests.scenarios.shop import COMPANY, SELLER, Desk, Teller, shop_texts

RANKED = COMPANY.replace("[policy]\n", '[policy]\nprecedence = ["agent", "shop"]\n')


def commission(number: int, base: str, dimension: str, kind: str = 'kind = "flat"\nrate = "0.1"') -> str:
    """A component of a plan."""
    names = f'id = "c{number}"\nname = {{ zh = "提成", en = "Commission" }}\n'
    return f'[[component]]\n{names}{kind}\nbase = "{base}"\ndimension = "{dimension}"\n'


def texts(*components: str, company: str = RANKED, assignments: str = "") -> dict[str, str]:
    """The small shop whose sellers are paid by these components."""
    plan = SELLER[: SELLER.index("[[component]]")] + "".join(components)
    return shop_texts(company=company, assignments=assignments) | {"plans/seller.toml": plan}


def told(definitions: Definitions) -> list[str]:
    """The warnings about dimensions."""
    return [f"{row.file} {row.message}" for row in warnings_of(definitions) if row.key in ("component", "dimension")]


def test_the_dimension_is_known() -> None:
    """It is a credit dimension itself, and can not take precedence of anything."""
    assert EXCLUSIVE in DIMENSIONS
    assert set(LINE_DIMENSIONS) < set(DIMENSIONS) - {EXCLUSIVE}


@pytest.mark.parametrize(
    "other",
    [
        commission(2, "cs_sales", "agent"),
        commission(2, "live_gmv", "host"),
        commission(2, "gross_profit", "rep"),
        commission(2, "gmv", "exclusive"),
        commission(2, "gmv", "bd", 'kind = "slab"\ntiers = [["0", "0.01"]]'),
    ],
)
def test_two_dimensions_pay_twice(other: str) -> None:
    """A commission on net sales of the owned shop, and one on sales that the person has for another reason."""
    (warning,) = told(read_definitions(texts(commission(1, "net_sales", "shop"), other)))
    assert warning.startswith("plans/seller.toml one sale can be paid twice: c1 in shop and c2 in ")


@pytest.mark.parametrize(
    "other",
    [
        commission(2, "gmv", "shop"),
        commission(2, "ad_gmv", "campaign"),
        commission(2, "orders_paid", "shop"),
        commission(2, "gmv", "bd").replace("base", 'owner = "c:"\nbase'),
        commission(2, "gmv", "bd", 'kind = "fee_saving"\nshare = "0.5"\nrate_target = "0.1"'),
        "",
    ],
)
def test_one_dimension_does_not(other: str) -> None:
    """The same dimension again, what a platform reports for ads, a count, a bonus on the company's sales, savings."""
    assert told(read_definitions(texts(commission(1, "net_sales", "shop"), other))) == []


def test_exclusive_needs_a_precedence() -> None:
    """Without one nobody is credited there: a plan that reads it is warned about, whether it pays or scores."""
    paying = texts(commission(1, "net_sales", "exclusive"), company=COMPANY)
    assert told(read_definitions(paying)) == [
        "plans/seller.toml c1 reads the dimension exclusive, which credits nobody: set precedence in company.toml"
    ]
    scoring = texts(company=COMPANY)
    plan = scoring["plans/seller.toml"].replace('kpi = "net_sales"', 'kpi = "net_sales"\ndimension = "exclusive"')
    assert len(told(read_definitions(scoring | {"plans/seller.toml": plan}))) == 1
    assert told(read_definitions(texts(commission(1, "net_sales", "exclusive")))) == []


def test_a_yuan_is_in_one_pay() -> None:
    """Bob advised the buyer of 200 in Ann's shop, another buyer brings 100: 10 % pay 20 to Bob and 10 to Ann."""
    tell = Teller()
    about = {"session_id": "c1", "customer_id": "b"}
    owner = '[[assignment]]\nperson = "ann"\ntag = "owner"\nfrom = "2026-09-01"\n'
    desk = Desk(texts=texts(commission(1, "gmv", "exclusive"), assignments=owner))
    desk.take(
        tell.event("chat.opened", "03 10:00:00", **about, intent="presale"),
        tell.event("chat.message", "03 10:00:00", **about, sender="customer"),
        tell.event("chat.message", "03 10:00:10", **about, sender="agent", agent_id="acc-bob"),
        tell.event("order.placed", "03 12:00:00", order_id="o1", buyer_id="b"),
        tell.paid("o1", "03 12:05:00", "200.00", buyer_id="b"),
        tell.paid("o2", "03 12:05:00", "100.00", buyer_id="other"),
        tell.paid("o3", "11-01 10:00:00", "5.00", buyer_id="later"),
    )
    body = desk.closing.draft("2026-10", "boss").body
    assert {row["person"]["id"]: row["total"] for row in body["statements"]} == {"ann": "10.00", "bob": "20.00"}
    assert desk.recounted() == []
