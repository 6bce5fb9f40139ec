"""One sale, one payee: whose line it is in the dimension `exclusive` (2-events.md §2.4, Dimensions)."""

from __future__ import annotations

from fractions import Fraction

import pytest

from tests.scenarios.shop import COMPANY, SIXTY_FORTY, Desk, Teller, Wire, decoded_of, shop_texts

HOST, AGENT = "acc-ann", "acc-bob"
BOSS_OWNS = '[[assignment]]\nperson = "boss"\ntag = "owner"\nfrom = "2026-09-01"\n'
ANN_OWNS_SOME = '[[assignment]]\nperson = "ann"\ntag = "owner"\nshare = "0.75"\nfrom = "2026-09-01"\n'
HANDED_OVER = (
    '[[assignment]]\nperson = "boss"\ntag = "owner"\nfrom = "2026-09-01"\nto = "2026-10-04"\n'
    '[[assignment]]\nperson = "bob"\ntag = "owner"\nfrom = "2026-10-04"\n'
)
HOST_FIRST = '["host", "agent", "shop"]'
PEOPLE = ("e:ann", "e:bob", "e:boss", "e:unassigned")
SALES = ("gmv", "net_sales", "net_sales_cohort", "gross_profit")


def desk_with(events: list[Wire], precedence: str = HOST_FIRST, assignments: str = BOSS_OWNS) -> Desk:
    """The small shop with a precedence, which took the events backwards and agrees with the recount."""
    company = COMPANY.replace("[policy]\n", f"[policy]\nprecedence = {precedence}\n")
    desk = Desk(texts=shop_texts(company=company, assignments=assignments))
    assert len(decoded_of(events)) == len(events)
    desk.take(*events[::-1])
    assert desk.recounted() == []
    return desk


def room(tell: Teller) -> list[Wire]:
    """Ann hosts from 10 to 11 o'clock on the 3rd."""
    about = {"session_id": "l1"}
    return [
        tell.event("live.started", "03 10:00:00", **about),
        tell.event("live.host_on", "03 10:00:00", **about, host_id=HOST),
        tell.event("live.ended", "03 11:00:00", **about),
    ]


def advice(tell: Teller) -> list[Wire]:
    """Bob advises the buyer b before the sale."""
    about = {"session_id": "c1", "customer_id": "b"}
    return [
        tell.event("chat.opened", "03 09:50:00", **about, intent="presale"),
        tell.event("chat.message", "03 09:50:00", **about, message_id="m1", sender="customer"),
        tell.event("chat.message", "03 09:50:20", **about, message_id="m2", sender="agent", agent_id=AGENT),
    ]


def sold(tell: Teller, order: str, times: tuple[str, str], amount: str, **fields: str) -> list[Wire]:
    """An order placed and paid on the 3rd."""
    placed, paid = times
    lines = [{"line_id": "1", "sku": "A", "qty": 1, "paid_amt": amount, "cogs": "0"}]
    about = {"order_id": order, "lines": lines, **fields}
    return [tell.event("order.placed", f"03 {placed}", **about), tell.event("order.paid", f"03 {paid}", **about)]


def shares(desk: Desk, kpi: str = "gmv", dimension: str = "exclusive") -> list[Fraction | None]:
    """What Ann, Bob, the boss and nobody have in a dimension."""
    return [desk.kpi(kpi, owner, dimension=dimension).value for owner in PEOPLE]


def test_the_first_who_is_known_gets_it_all() -> None:
    """Touched by host, agent and owner: the host's. Without the host the agent's, and without both the owner's."""
    tell = Teller()
    early = ("10:05:00", "10:06:00")
    desk = desk_with(
        [
            *room(tell),
            *advice(tell),
            *sold(tell, "o1", early, "100", live_session_id="l1", buyer_id="b"),
            *sold(tell, "o2", early, "20", buyer_id="b"),
            *sold(tell, "o3", early, "3", buyer_id="stranger"),
        ]
    )
    assert shares(desk) == [100, 20, 3, 0]
    # In the dimensions themselves the same yuan counts for each of them.
    assert desk.kpi("live_gmv", "e:ann").value == 100
    assert desk.kpi("cs_sales", "e:bob").value == 120
    assert shares(desk, dimension="shop") == [0, 0, 123, 0]
    assert desk.kpi("gmv", "t:desk", dimension="exclusive").value == 120
    assert desk.kpi("gmv", "t:ops", dimension="exclusive").value == desk.value("gmv", "c:") == 123


def test_another_order_of_precedence() -> None:
    """Agent before host: Bob has the line that all three touched, Ann that of the stranger who bought in her room."""
    tell = Teller()
    early = ("10:05:00", "10:06:00")
    events = [
        *room(tell),
        *advice(tell),
        *sold(tell, "o1", early, "100", live_session_id="l1", buyer_id="b"),
        *sold(tell, "o2", early, "20", live_session_id="l1", buyer_id="stranger"),
    ]
    assert shares(desk_with(events, '["agent", "host", "shop"]')) == [20, 100, 0, 0]
    assert shares(desk_with(events, '["shop", "agent", "host"]')) == [0, 0, 120, 0]
    assert shares(desk_with(events, "[]")) == [0, 0, 0, 0]


@pytest.mark.parametrize(
    ("times", "session"),
    [(("10:05:00", "11:05:01"), "l1"), (("11:30:00", "11:31:00"), "l1"), (("10:05:00", "10:06:00"), "l2")],
)
def test_a_room_without_a_known_host_gives_way(times: tuple[str, str], session: str) -> None:
    """Paid more than 60 minutes later, placed when nobody was on air, or in a room that is not known: the owner's."""
    tell = Teller()
    desk = desk_with([*room(tell), *sold(tell, "o1", times, "100", live_session_id=session)])
    assert shares(desk) == [0, 0, 100, 0]


def test_nobody_known_is_unassigned() -> None:
    """Without an owner, and where the owner is not listed, the line is unassigned and not dropped."""
    tell = Teller()
    events = sold(tell, "o1", ("10:05:00", "10:06:00"), "100")
    assert shares(desk_with(events, assignments="")) == [0, 0, 0, 100]
    assert shares(desk_with(events, '["host", "agent"]')) == [0, 0, 0, 100]


def test_a_dimension_is_taken_with_all_its_shares() -> None:
    """Ann owns three quarters: a quarter stays unassigned, although Bob advised; shares of two owners are kept."""
    tell = Teller()
    events = [*advice(tell), *sold(tell, "o1", ("10:05:00", "10:06:00"), "100.01", buyer_id="b")]
    quarter = desk_with(events, '["shop", "agent"]', ANN_OWNS_SOME)
    # 75.0075 and 25.0025: the cent goes to the larger remainder.
    assert shares(quarter) == [Fraction("75.01"), 0, 0, Fraction("25.00")]
    # 60.006 and 40.004.
    assert shares(desk_with(events, '["shop", "agent"]', SIXTY_FORTY)) == [Fraction("60.01"), Fraction("40.00"), 0, 0]


def test_refunds_and_costs_follow_the_line() -> None:
    """40 of Ann's 100 come back after the shop has changed hands: hers; 3 of the old owner's 20 stay the boss's."""
    tell = Teller()
    early = ("10:05:00", "10:06:00")
    events = [
        *room(tell),
        *sold(tell, "o1", early, "100", live_session_id="l1"),
        *sold(tell, "o2", early, "20"),
        tell.refunded("o1", "05 10:00:00", "40", kind="return_refund", cogs_back="6"),
        tell.refunded("o2", "05 10:00:00", "3"),
        tell.event("cogs.adjusted", "06 10:00:00", order_id="o1", line_id="1", amount="16", period="2026-10"),
        tell.event("order.completed", "07 10:00:00", order_id="o1"),
        tell.event("order.completed", "07 10:00:00", order_id="o2"),
    ]
    desk = desk_with(events, assignments=HANDED_OVER)
    assert shares(desk) == [100, 0, 20, 0]
    for kpi in ("net_sales", "net_sales_cohort", "net_sales_settled"):
        assert shares(desk, kpi) == [60, 0, 17, 0], kpi
    # 60 - (16 - 6) and 17.
    assert shares(desk, "gross_profit") == [50, 0, 17, 0]


def test_a_line_can_change_hands_while_its_facts_come_in() -> None:
    """The sale is the boss's until the host is known, and his again when her shift is taken back."""
    tell = Teller()
    order = sold(tell, "o1", ("10:05:00", "10:06:00"), "100", live_session_id="l1")
    desk = desk_with(order)
    assert shares(desk) == [0, 0, 100, 0]
    shift = room(tell)
    desk.take(*shift)
    assert shares(desk) == [100, 0, 0, 0]
    back = {"target_source": "test", "target_event_id": shift[1]["event_id"]}
    desk.take(tell.event("event.retracted", "04 10:00:00", **back))
    assert shares(desk) == [0, 0, 100, 0]
    assert desk.recounted() == []
    assert all(shares(desk, kpi) == [0, 0, 100, 0] for kpi in SALES)
