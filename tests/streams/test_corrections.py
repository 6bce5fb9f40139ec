"""Late facts of a sealed period: itemised in the next one, paid once, and the seal stays as it is."""

from __future__ import annotations

from typing import Any

import pytest

from streams.closing import CloseError
from tests.scenarios.shop import PEOPLE, SELLER, Desk, Teller, Wire, shop_texts

Rows = list[dict[str, Any]]


def month(tell: Teller, period: str, number: int) -> Wire:
    """1,000 yuan on the 3rd of a month."""
    return tell.paid(f"o{number}", f"{period}-03 10:00:00", "1000.00", event_id=f"o{number}")


def sealed(desk: Desk, period: str) -> str:
    """Close a period; its digest."""
    digest = desk.closing.draft(period, "ann").digest
    desk.closing.approve(period, digest, "boss")
    return digest


def adjustments(desk: Desk, period: str, person: str) -> Rows:
    """A person's adjustments in the draft of a period."""
    body = desk.closing.draft(period, "ann").body
    return next(row["adjustments"] for row in body["statements"] if row["person"]["id"] == person)


def total(desk: Desk, period: str, person: str) -> str:
    """A person's total in the draft of a period."""
    body = desk.closing.draft(period, "ann").body
    return str(next(row["total"] for row in body["statements"] if row["person"]["id"] == person))


def story() -> tuple[Desk, Teller]:
    """October sealed, November over but open."""
    desk, tell = Desk(), Teller()
    desk.take(month(tell, "10", 1), month(tell, "11", 2), month(tell, "12", 3))
    sealed(desk, "2026-10")
    return desk, tell


def figures(rows: Rows) -> list[tuple[str, str, str, str, str]]:
    """(component, before, after, already, amount) of each adjustment."""
    return [(row["component"], row["before"], row["after"], row["already"], row["amount"]) for row in rows]


def test_nothing_late_nothing_to_correct() -> None:
    """Without late facts the next period holds no adjustment."""
    desk, _ = story()
    assert adjustments(desk, "2026-11", "ann") == adjustments(desk, "2026-11", "bob") == []
    assert total(desk, "2026-11", "ann") == "1260.00"


def test_a_late_refund_is_itemised_in_the_next_period() -> None:
    """200 yuan of October's sales came back in October but arrived after the seal.

    Ann: 480 of 600 scores 80, coefficient 1.0 instead of 1.2: 1,000 instead of 1,200; commission 48 instead of 60.
    """
    desk, tell = story()
    (before,) = desk.store.closes()
    desk.take(tell.refunded("o1", "20 10:00:00", "200.00", event_id="late"))
    rows = adjustments(desk, "2026-11", "ann")
    assert figures(rows) == [
        ("performance", "1200.00", "1000.00", "0.00", "-200.00"),
        ("commission", "60.00", "48.00", "0.00", "-12.00"),
    ]
    assert figures(adjustments(desk, "2026-11", "bob")) == [
        ("performance", "1200.00", "1000.00", "0.00", "-200.00"),
        ("commission", "40.00", "32.00", "0.00", "-8.00"),
    ]
    for row in rows:
        assert row["origin_period"] == "2026-10"
        assert [
            (fact["source"], fact["event_id"], fact["event_type"], fact["occurred_at"]) for fact in row["facts"]
        ] == [("test", "late", "refund.completed", "2026-10-20T02:00:00Z")]
    assert rows[0]["moved"]["coefficient"] == ["1.2", "1"]
    assert rows[0]["moved"]["total"] == ["100.00", "80.00"]
    assert rows[1]["moved"]["base"] == ["600", "480"]
    assert total(desk, "2026-11", "ann") == "1048.00"
    assert desk.store.closes()[0] == before, "the sealed period was touched"


def test_a_correction_is_paid_once() -> None:
    """What November corrected is not corrected again in December, and a second late refund only adds its own part."""
    desk, tell = story()
    desk.take(tell.refunded("o1", "20 10:00:00", "200.00", event_id="late"))
    sealed(desk, "2026-11")
    assert over(desk, tell)
    assert adjustments(desk, "2026-12", "ann") == []
    desk.take(tell.refunded("o1", "21 10:00:00", "100.00", event_id="later", refund_id="r2"))
    # 420 of 600 scores 70, coefficient 0.8: 800; commission 42.
    assert figures(adjustments(desk, "2026-12", "ann")) == [
        ("performance", "1200.00", "800.00", "-200.00", "-200.00"),
        ("commission", "60.00", "42.00", "-12.00", "-6.00"),
    ]


def over(desk: Desk, tell: Teller) -> bool:
    """Let December pass."""
    last = {**tell.event("order.cancelled", "11-01 00:00:00", order_id="z"), "occurred_at": "2027-01-01T00:00:00+08:00"}
    return desk.take(last).accepted == 1


def test_a_correction_that_is_taken_back() -> None:
    """When the late refund turns out to be a mistake, the next period pays back what the last one took."""
    desk, tell = story()
    desk.take(tell.refunded("o1", "20 10:00:00", "200.00", event_id="late"))
    sealed(desk, "2026-11")
    assert over(desk, tell)
    desk.take(
        tell.event("event.retracted", "11-20 10:00:00", event_id="sorry", target_source="test", target_event_id="late")
    )
    rows = adjustments(desk, "2026-12", "bob")
    assert figures(rows) == [
        ("performance", "1200.00", "1200.00", "-200.00", "200.00"),
        ("commission", "40.00", "40.00", "-8.00", "8.00"),
    ]
    assert {fact["event_id"] for fact in rows[1]["facts"]} == {"sorry"}


def test_a_late_retraction_is_named() -> None:
    """A sale that is retracted after the seal takes everything back, and the retraction is the fact that is named."""
    desk, tell = story()
    desk.take(
        tell.event("event.retracted", "11-05 10:00:00", event_id="brush", target_source="test", target_event_id="o1")
    )
    rows = adjustments(desk, "2026-11", "ann")
    assert [row[4] for row in figures(rows)] == ["-1200.00", "-60.00"]
    for row in rows:
        assert [(fact["event_id"], fact["event_type"]) for fact in row["facts"]] == [("brush", "event.retracted")]


def test_a_late_chat_that_led_to_an_order_is_named() -> None:
    """Credit that moves through another case: the talk arrives after the seal and is named behind the commission."""
    desk = Desk(texts=shop_texts(**{"plans/seller": SELLER.replace('base = "net_sales"', 'base = "cs_sales"')}))
    tell = Teller()
    desk.take(tell.paid("o1", "03 10:00:00", "1000.00", buyer_id="b1"), month(tell, "11", 2), month(tell, "12", 3))
    sealed(desk, "2026-10")
    talk = {"session_id": "c1", "customer_id": "b1"}
    desk.take(
        tell.event("chat.opened", "03 09:00:00", **talk, intent="presale", event_id="t1"),
        tell.event("chat.message", "03 09:00:00", **talk, sender="customer", event_id="t2"),
        tell.event("chat.message", "03 09:00:10", **talk, sender="agent", agent_id="acc-bob", event_id="t3"),
    )
    (row,) = adjustments(desk, "2026-11", "bob")
    assert figures([row]) == [("commission", "0.00", "100.00", "0.00", "100.00")]
    assert {fact["event_id"] for fact in row["facts"]} == {"t1", "t2", "t3"}


def test_a_refund_of_the_next_period_is_no_correction() -> None:
    """A refund that completed in November belongs to November, also when the order was October's."""
    desk, tell = story()
    desk.take(tell.refunded("o1", "11-10 10:00:00", "200.00"))
    assert adjustments(desk, "2026-11", "ann") == []
    # 480 of 600 in November: 1,000 and 48.
    assert total(desk, "2026-11", "ann") == "1048.00"


def test_the_order_of_closing_does_not_matter_to_the_origin() -> None:
    """A correction looks back only: an earlier open period is not corrected by what a later sealed one paid."""
    desk, tell = Desk(), Teller()
    desk.take(month(tell, "10", 1), month(tell, "11", 2), month(tell, "12", 3))
    sealed(desk, "2026-11")
    desk.take(tell.refunded("o2", "11-20 10:00:00", "200.00"))
    assert adjustments(desk, "2026-10", "ann") == []


def test_the_origin_is_settled_by_its_own_definitions() -> None:
    """A plan that is changed in November does not touch what October paid or how it is corrected."""
    desk, tell = story()
    richer = shop_texts(**{"plans/seller": SELLER.replace('rate = "0.1"', 'rate = "0.5"')})
    now = Desk(desk.store, richer)
    assert adjustments(now, "2026-11", "ann") == []
    now.take(tell.refunded("o1", "20 10:00:00", "200.00"))
    assert figures(adjustments(now, "2026-11", "ann"))[1] == ("commission", "60.00", "48.00", "0.00", "-12.00")


def test_somebody_who_left() -> None:
    """A correction of somebody without a plan in the open period is named instead of being lost."""
    desk, tell = story()
    text = PEOPLE.split('id = "bob"')
    left = text[0] + 'id = "bob"' + text[1].replace('from = "2026-09-01"', 'from = "2026-09-01"\nto = "2026-11-01"', 1)
    desk.take(tell.refunded("o1", "20 10:00:00", "200.00"))
    gone = Desk(desk.store, shop_texts(people=left))
    list(gone.pipeline.rebuild())
    with pytest.raises(CloseError, match="bob has corrections of an earlier period but no plan in this one"):
        gone.closing.draft("2026-11", "ann")
