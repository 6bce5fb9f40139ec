"""New buyers and members at their borders: what makes a first order, what takes it back, who is a member when."""

from __future__ import annotations

import pytest

from tests.scenarios.shop import COMPANY, Desk, Teller, Wire, shop_texts

TWO_LINES = [
    {"line_id": "1", "sku": "A", "qty": 1, "paid_amt": "60"},
    {"line_id": "2", "sku": "B", "qty": 1, "paid_amt": "40"},
]


@pytest.mark.parametrize(
    ("refunds", "left"),
    [
        # (time, line, amount, kind); the order of two lines is paid on the 3rd at 10:00:00.
        ((("05 10:00:00", "1", "60", "return_refund"),), 1),
        ((("05 10:00:00", "1", "60", "return_refund"), ("06 10:00:00", "2", "39.99", "refund_only")), 1),
        ((("05 10:00:00", "1", "60", "return_refund"), ("06 10:00:00", "2", "40", "refund_only")), 0),
        ((("05 10:00:00", "1", "60", "return_refund"), ("18 10:00:00", "2", "40", "refund_only")), 0),
        ((("05 10:00:00", "1", "60", "return_refund"), ("18 10:00:01", "2", "40", "refund_only")), 1),
        ((("05 10:00:00", "1", "60", "compensation"), ("06 10:00:00", "2", "40", "return_refund")), 1),
        ((("05 10:00:00", "1", "100", "return_refund"),), 1),
    ],
)
def test_a_first_order_that_went_back_in_whole(refunds: tuple[tuple[str, str, str, str], ...], left: int) -> None:
    """Every line, in whole, within 15 days to the second, and not as goodwill: only then the buyer is not new."""
    desk, tell = Desk(), Teller()
    desk.take(tell.paid("o1", "03 10:00:00", "", buyer_id="b1", lines=TWO_LINES))
    assert desk.value("new_buyers", "s:s") == 1
    for number, (time, line, amount, kind) in enumerate(refunds):
        about = {"refund_id": f"r{number}", "line_id": line, "kind": kind}
        desk.take(tell.refunded("o1", time, amount, **about))
    assert desk.value("new_buyers", "s:s") == left
    assert desk.recounted() == []


def test_the_next_order_is_the_first_then() -> None:
    """The first order goes back in whole, so the one of November makes the buyer new, in the shop of that order."""
    second = '[[shop]]\nid = "s2"\nname = { zh = "二店", en = "Second" }\n'
    desk, tell = Desk(texts=shop_texts(company=COMPANY + second)), Teller()
    desk.take(tell.paid("o1", "03 10:00:00", "50", buyer_id="b1"))
    desk.take(tell.paid("o2", "11-04 10:00:00", "70", buyer_id="b1", shop_id="s2"))
    assert [desk.value("new_buyers", "c:", month) for month in ("2026-10", "2026-11")] == [1, 0]
    desk.take(tell.refunded("o1", "05 10:00:00", "50"))
    assert [desk.value("new_buyers", "c:", month) for month in ("2026-10", "2026-11")] == [0, 1]
    assert [desk.value("new_buyers", shop, "2026-11") for shop in ("s:s", "s:s2")] == [0, 1]


def test_a_brush_order_makes_no_new_buyer() -> None:
    """What counts nowhere is nobody's first order, and the real one after it is."""
    desk, tell = Desk(), Teller()
    desk.take(tell.paid("o1", "03 10:00:00", "50", buyer_id="b1", is_brush=True))
    assert desk.value("new_buyers", "s:s") == 0
    desk.take(tell.paid("o2", "04 10:00:00", "70", buyer_id="b1"))
    assert desk.value("new_buyers", "s:s") == 1


def test_a_buyer_who_is_not_told_is_not_new() -> None:
    """An order without a buyer makes no new buyer, because the same one may have bought before."""
    desk, tell = Desk(), Teller()
    desk.take(tell.paid("o1", "03 10:00:00", "50"))
    assert desk.value("new_buyers", "s:s") == 0


def member(tell: Teller, kind: str, time: str) -> Wire:
    """Something of the member b1."""
    return tell.event(f"member.{kind}", time, member_id="b1")


@pytest.mark.parametrize(
    ("paid", "active"),
    [("03 09:59:59", 0), ("03 10:00:00", 1), ("09 09:59:59", 1), ("09 10:00:00", 0), ("12 10:00:00", 1)],
)
def test_orders_count_while_the_buyer_is_a_member(paid: str, active: int) -> None:
    """A membership holds from the instant of joining until before that of leaving, and again from the next one."""
    desk, tell = Desk(), Teller()
    desk.take(tell.paid("o1", paid, "50", buyer_id="b1"))
    desk.take(member(tell, "joined", "03 10:00:00"), member(tell, "left", "09 10:00:00"))
    desk.take(member(tell, "joined", "12 10:00:00"))
    assert desk.kpi("member_active_rate", "s:s").numerator == active
    assert desk.kpi("member_active_rate", "s:s").denominator == 1
    assert desk.recounted() == []


def test_leaving_is_credited_like_joining() -> None:
    """Ann and Bob share the shop when a member joins, Bob alone has it at the leave: nobody keeps a balance."""
    shares = "".join(
        f'[[assignment]]\nperson = "{who}"\ntag = "owner"\nshare = "{share}"\nfrom = "{start}"\n{end}'
        for who, share, start, end in (
            ("ann", "0.5", "2026-09-01", 'to = "2026-10-05"\n'),
            ("bob", "0.5", "2026-09-01", 'to = "2026-10-05"\n'),
            ("bob", "1", "2026-10-05", ""),
        )
    )
    desk, tell = Desk(texts=shop_texts(assignments=shares)), Teller()
    desk.take(member(tell, "joined", "03 10:00:00"), member(tell, "left", "09 10:00:00"))
    for owner in ("e:ann", "e:bob", "s:s"):
        assert desk.kpi("member_active_rate", owner).denominator == 0, owner
