"""Orders by hand: lines, refunds, currencies, settlement, live and service credit, shipping promises."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from tests.scenarios.shop import SIXTY_FORTY, Desk, Teller, Wire, shop_texts

USD = '[[rate]]\ncurrency = "USD"\nday = "2026-10-01"\nrate = "7.1234"\n'
JPY = '[[rate]]\ncurrency = "JPY"\nday = "2026-10-01"\nrate = "0.048173"\n'
WAREHOUSE = '[[assignment]]\nperson = "boss"\ntag = "warehouse"\nfrom = "2026-09-01"\n'


def line(number: int, amount: str, **fields: Any) -> dict[str, Any]:
    """An order line."""
    return {"line_id": str(number), "sku": "A", "qty": 1, "paid_amt": amount, **fields}


def taken(*events: Wire, **texts: str) -> Desk:
    """A desk that took these events, in one batch, backwards."""
    desk = Desk(texts=shop_texts(**texts))
    desk.take(*events[::-1])
    assert desk.recounted() == []
    return desk


def test_lines_and_subsidy() -> None:
    """What the merchant earns is paid amount plus platform subsidy; pieces and costs add up over lines."""
    lines = [line(1, "10.00", platform_subsidy_amt="2.50", qty=3, cogs="4.00"), line(2, "1.00", cogs="0.50")]
    desk = taken(Teller().event("order.paid", "03 10:00:00", order_id="o", lines=lines, buyer_id="b"))
    values = [desk.value(kpi, "c:") for kpi in ("gmv", "units_sold", "orders_paid", "buyers_paid", "gross_profit")]
    assert values == [Fraction("13.5"), 4, 1, 1, 9]


def test_an_order_paid_in_two_parts() -> None:
    """Lines of several payments add up by line id, the first telling of a line counts, the order counts once."""
    tell = Teller()
    desk = taken(
        tell.event("order.paid", "03 10:00:00", order_id="o", lines=[line(1, "10.00")]),
        tell.event("order.paid", "04 10:00:00", order_id="o", lines=[line(1, "99.00"), line(2, "5.00")]),
    )
    assert [desk.value("gmv", "c:", day) for day in ("2026-10-03", "2026-10-04")] == [15, 0]
    assert desk.value("orders_paid", "c:") == 1


def test_lines_told_when_the_order_was_placed() -> None:
    """A payment without lines pays those that the order was placed with; the placing dates the order."""
    tell = Teller()
    desk = taken(
        tell.event("order.placed", "02 23:00:00", order_id="o", lines=[line(1, "10.00")]),
        tell.event("order.paid", "03 01:00:00", order_id="o"),
    )
    assert [desk.value(kpi, "c:", "2026-10-02") for kpi in ("orders_placed", "orders_paid")] == [1, 0]
    assert [desk.value(kpi, "c:", "2026-10-03") for kpi in ("orders_placed", "orders_paid", "gmv")] == [0, 1, 10]


def test_an_order_that_nobody_paid() -> None:
    """It is an order placed and nothing else."""
    desk = taken(Teller().event("order.placed", "02 10:00:00", order_id="o", lines=[line(1, "10.00")]))
    assert [desk.value(kpi, "c:") for kpi in ("orders_placed", "orders_paid", "gmv")] == [1, 0, 0]


@pytest.mark.parametrize("flag", ["is_test", "is_internal", "is_brush"])
def test_orders_that_do_not_count(flag: str) -> None:
    """A flag on either telling takes the whole order out, refunds too."""
    tell = Teller()
    desk = taken(
        tell.event("order.placed", "02 10:00:00", order_id="o", **{flag: True}),
        tell.paid("o", "03 10:00:00", "10.00"),
        tell.refunded("o", "04 10:00:00", "10.00"),
        tell.event("order.shipped", "04 11:00:00", order_id="o", promised_ship_at="2026-10-05T00:00:00+08:00"),
    )
    assert desk.cells() == {}


def test_a_line_never_gives_back_more_than_it_brought() -> None:
    """Refunds are clipped at the line's sales in order of completion, and the excess is shown as a problem."""
    tell = Teller()
    desk = taken(
        tell.paid("o", "03 10:00:00", "10.00"),
        tell.refunded("o", "05 10:00:00", "8.00", refund_id="second"),
        tell.refunded("o", "04 10:00:00", "6.00", refund_id="first"),
    )
    assert [desk.value("refund_amount", "c:", day) for day in ("2026-10-04", "2026-10-05")] == [6, 4]
    assert desk.value("net_sales", "c:") == 0
    assert [row.code for row in desk.store.problems()] == ["refund_exceeds_line"]


def test_refunds_that_move_no_money_or_come_twice() -> None:
    """An exchange is no refund; the same refund told twice counts as it was told first."""
    tell = Teller()
    desk = taken(
        tell.paid("o", "03 10:00:00", "10.00"),
        tell.refunded("o", "04 10:00:00", "9.00", refund_id="x", kind="exchange"),
        tell.refunded("o", "04 10:00:00", "2.00", refund_id="y"),
        tell.refunded("o", "05 10:00:00", "7.00", refund_id="y"),
    )
    assert desk.value("refund_amount", "c:") == 2


def test_goods_that_come_back() -> None:
    """Returned goods lower the costs on the day of the refund; a compensation brings none back."""
    tell = Teller()
    desk = taken(
        tell.event("order.paid", "03 10:00:00", order_id="o", lines=[line(1, "10.00", cogs="4.00")]),
        tell.refunded("o", "04 10:00:00", "5.00", refund_id="a", kind="return_refund", cogs_back="3.00"),
        tell.refunded("o", "04 11:00:00", "1.00", refund_id="b", kind="compensation", cogs_back="1.00"),
    )
    assert desk.value("gross_profit", "c:") == (10 - 6) - (4 - 3)


def test_restated_costs() -> None:
    """The highest revision of a line's cost counts."""
    tell = Teller()
    about = {"order_id": "o", "line_id": "1", "period": "2026-10"}
    desk = taken(
        tell.event("order.paid", "03 10:00:00", order_id="o", lines=[line(1, "10.00", cogs="4.00")]),
        tell.event("cogs.adjusted", "05 10:00:00", **about, amount="6.00", revision=3),
        tell.event("cogs.adjusted", "06 10:00:00", **about, amount="5.00", revision=2),
    )
    assert desk.value("gross_profit", "c:") == 4


def test_foreign_money() -> None:
    """Each line is converted on its own at the rate of the day it was paid, half-up to the cent.

    10.01 USD x 7.1234 = 71.305... -> 71.31; 1,000 JPY x 0.048173 = 48.173 -> 48.17.
    """
    tell = Teller()
    desk = taken(
        tell.paid("u", "03 10:00:00", "10.01", currency="USD"),
        tell.paid("j", "03 10:00:00", "1000", currency="JPY"),
        fx=USD + JPY,
    )
    assert [cell for key, cell in desk.cells().items() if key[:3] == ("c:", "", "gmv")] == [7131 + 4817]


def test_without_a_rate_an_order_waits() -> None:
    """An order paid before the first rate counts nowhere, and the problem blocks by name."""
    desk = taken(Teller().paid("u", "09-30 10:00:00", "10.00", currency="USD"), fx=USD)
    assert desk.cells() == {}
    (problem,) = desk.store.problems()
    assert (problem.case, problem.code, problem.blocks) == ("order|s|u", "missing_fx", True)


def test_settled_sales() -> None:
    """Sales settle when the order completes, else seven days after delivery, less all refunds whenever they came."""
    tell = Teller()
    desk = taken(
        tell.paid("done", "03 10:00:00", "10.00"),
        tell.event("order.completed", "05 10:00:00", order_id="done"),
        tell.refunded("done", "20 10:00:00", "1.00"),
        tell.paid("there", "03 10:00:00", "20.00"),
        tell.event("order.delivered", "06 10:00:00", order_id="there"),
        tell.paid("open", "03 10:00:00", "40.00"),
    )
    days = ("2026-10-05", "2026-10-13", "2026-10")
    assert [desk.value("net_sales_settled", "c:", day) for day in days] == [9, 20, 29]


def test_promises_to_ship() -> None:
    """On time is up to the very instant of the promise; cancelled before it is no promise; unshipped is late."""
    tell, promise = Teller(), {"promised_ship_at": "2026-10-05T10:00:00+08:00"}
    events = [
        tell.paid(name, "03 10:00:00", "1.00", **promise)
        for name in ("early", "sharp", "late", "never", "off", "after")
    ]
    events += [
        tell.event("order.shipped", "04 10:00:00", order_id="early"),
        tell.event("order.shipped", "05 10:00:00", order_id="sharp"),
        tell.event("order.shipped", "05 10:00:01", order_id="late"),
        tell.event("order.cancelled", "05 10:00:00", order_id="off"),
        tell.event("order.cancelled", "05 10:00:01", order_id="after"),
    ]
    desk = taken(*events, assignments=SIXTY_FORTY + WAREHOUSE)
    found = desk.kpi("on_time_ship_rate", "e:boss")
    assert (found.numerator, found.denominator) == (2, 5)
    assert desk.kpi("on_time_ship_rate", "c:", "2026-10-05").denominator == 5


def talk(tell: Teller, time: str, agent: str, session: str, **fields: Any) -> list[Wire]:
    """A pre-sale conversation of buyer b with one answer ten seconds later."""
    about = {"session_id": session, "customer_id": "b"}
    later = time[:-2] + "10"
    return [
        tell.event("chat.opened", time, **about, intent="presale"),
        tell.event("chat.message", time, **about, sender="customer"),
        tell.event("chat.message", later, **about, sender="agent", agent_id=agent, **fields),
    ]


def test_the_last_agent_before_the_order() -> None:
    """Service sales go to who wrote last before the order was placed; words after it do not matter."""
    tell = Teller()
    events = [
        *talk(tell, "03 10:00:00", "acc-ann", "c1"),
        *talk(tell, "03 11:00:00", "acc-bob", "c2"),
        *talk(tell, "03 12:00:30", "acc-ann", "c3"),
        tell.event("order.placed", "03 12:00:00", order_id="o", buyer_id="b"),
        tell.paid("o", "03 12:05:00", "10.00", buyer_id="b"),
    ]
    desk = taken(*events)
    assert [desk.value("cs_sales", owner) for owner in ("e:ann", "e:bob", "t:desk", "c:")] == [0, 10, 10, 10]


@pytest.mark.parametrize(("paid", "sales"), [("04 23:59:59", 10), ("05 00:00:00", 0)])
def test_the_window_ends_with_the_next_day(paid: str, sales: int) -> None:
    """An inquiry of the 3rd leads to orders paid until the end of the 4th."""
    tell = Teller()
    desk = taken(*talk(tell, "03 10:00:00", "acc-ann", "c1"), tell.paid("o", paid, "10.00", buyer_id="b"))
    assert desk.value("cs_sales", "e:ann") == sales


def test_orders_without_a_talk_are_nobodys_service() -> None:
    """No inquiry: no service sales for anybody, not even unassigned or the company."""
    tell = Teller()
    desk = taken(*talk(tell, "03 10:00:00", "acc-ann", "c1"), tell.paid("o", "03 11:00:00", "10.00", buyer_id="other"))
    assert not any(key[2] == "cs_gmv" for key in desk.cells())


def test_two_agents_at_one_instant() -> None:
    """Of two messages at the same instant the later one in the total order wins, not the larger account."""
    tell = Teller()
    same = talk(tell, "03 10:00:00", "acc-bob", "c1")
    same.append(
        tell.event(
            "chat.message",
            "03 10:00:10",
            session_id="c1",
            customer_id="b",
            sender="agent",
            agent_id="acc-ann",
            event_id="z",
        )
    )
    desk = taken(*same, tell.paid("o", "03 11:00:00", "10.00", buyer_id="b"))
    assert desk.value("cs_sales", "e:ann") == 10


def test_the_employee_named_on_the_order() -> None:
    """Under the policy `agent` the owner is who is named on the order; without a name, the assignment."""
    company = shop_texts()["company.toml"].replace("[policy]", '[policy]\norder_owner = "agent"')
    tell = Teller()
    desk = taken(
        tell.paid("o1", "03 10:00:00", "10.00", agent_id="acc-bob"),
        tell.paid("o2", "03 10:00:00", "1.00"),
        company=company,
    )
    # 10.00 named, and of 1.00 the assignment's 60 and 40 %.
    assert [desk.value("gmv", owner) for owner in ("e:bob", "e:ann")] == [Fraction("10.4"), Fraction("0.6")]
