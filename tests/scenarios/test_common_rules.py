"""The rules that apply to every KPI (2-events.md §2.5): one small story for each of G1 to G12."""

from __future__ import annotations

from fractions import Fraction

from scoring.events.service import ChatMessage
from tests.scenarios.shop import SIXTY_FORTY, Desk, Teller, Wire, shop_texts

HUNDRED = {"line_id": "1", "sku": "A", "qty": 1, "paid_amt": "100", "cogs": "40"}
DOLLARS = """
[[rate]]
currency = "USD"
day = "2026-10-01"
rate = "7.1"
[[rate]]
currency = "USD"
day = "2026-10-20"
rate = "8"
"""


def codes(desk: Desk) -> list[str]:
    """The open problems of cases."""
    return sorted(row.code for row in desk.store.problems())


def test_g1_a_brush_order_counts_nowhere_and_is_a_compliance_item() -> None:
    """An order that is flagged as brush after it was paid leaves every cell, and names whom it was credited to."""
    desk, tell = Desk(), Teller()
    desk.take(tell.paid("o1", "03 10:00:00", "100", buyer_id="b1", event_id="sale"))
    assert desk.value("gmv", "e:ann") == 60
    desk.take(tell.event("order.placed", "09 10:00:00", order_id="o1", buyer_id="b1", is_brush=True, event_id="flag"))
    assert desk.cells() == {}
    (row,) = desk.store.problems()
    assert (row.code, row.blocks) == ("brush_order", False)
    assert "o1" in row.detail
    assert "e:ann, e:bob" in row.detail
    # The flag was a mistake: everything is back, and the item is gone.
    about = {"target_source": "test", "target_event_id": "flag"}
    desk.take(tell.event("event.retracted", "10 10:00:00", **about))
    assert desk.value("gmv", "e:ann") == 60
    assert codes(desk) == []


def test_g1_test_and_internal_orders_count_nowhere() -> None:
    """Test and internal orders leave no cell and are nobody's compliance item."""
    desk, tell = Desk(), Teller()
    for flag in ("is_test", "is_internal"):
        desk.take(tell.paid(flag, "03 10:00:00", "100", buyer_id="b1", **{flag: True}))
    assert desk.cells() == {}
    assert codes(desk) == []


def deposit(tell: Teller, order: str, time: str) -> Wire:
    """A deposit of 20 yuan."""
    lines = [{**HUNDRED, "paid_amt": "20"}]
    return tell.event("order.paid", time, order_id=order, buyer_id="b1", lines=lines, is_deposit=True, is_presale=True)


def test_g2_a_presale_counts_when_the_balance_is_paid() -> None:
    """20 yuan of deposit in October and 80 of balance in November are 100 yuan of November, and one order."""
    desk, tell = Desk(), Teller()
    desk.take(deposit(tell, "o1", "20 20:00:00"))
    assert desk.value("gmv", "s:s") == desk.value("orders_paid", "s:s") == 0
    assert desk.value("orders_placed", "s:s") == 1
    desk.take(tell.paid("o1", "11-01 00:30:00", "80", buyer_id="b1"))
    assert desk.value("gmv", "s:s") == 0
    assert desk.value("gmv", "s:s", "2026-11") == 100
    assert desk.value("orders_paid", "s:s", "2026-11") == 1
    # A full refund is one of deposit and balance: it is not more than the line brought.
    desk.take(tell.refunded("o1", "11-09 10:00:00", "100"))
    assert desk.value("net_sales", "s:s", "2026-11") == 0
    assert codes(desk) == []
    assert desk.recounted("2026-10-01", "2026-11-30") == []


def test_g2_a_forfeited_deposit_is_no_gmv() -> None:
    """Without a balance nothing is sold, and giving the deposit back is nothing odd."""
    desk, tell = Desk(), Teller()
    desk.take(deposit(tell, "o1", "20 20:00:00"), tell.refunded("o1", "25 10:00:00", "20"))
    assert desk.value("gmv", "s:s") == desk.value("refund_amount", "s:s") == desk.value("new_buyers", "s:s") == 0
    assert codes(desk) == []
    assert desk.recounted() == []


def test_g3_kinds_of_refund() -> None:
    """An exchange moves nothing; a compensation lowers net sales but is no refunded order; too much is cut and told."""
    desk, tell = Desk(), Teller()
    desk.take(*(tell.paid(order, "03 10:00:00", "100") for order in ("o1", "o2", "o3", "o4")))
    desk.take(tell.refunded("o1", "05 10:00:00", "100", kind="exchange"))
    assert desk.value("net_sales", "s:s") == 400
    desk.take(tell.refunded("o2", "05 10:00:00", "10", kind="compensation"))
    assert desk.value("net_sales", "s:s") == 390
    assert desk.value("refund_rate_orders", "s:s") == 0
    desk.take(tell.refunded("o3", "05 10:00:00", "70"), tell.refunded("o3", "06 10:00:00", "70", refund_id="again"))
    assert desk.value("net_sales", "s:s") == 290
    assert desk.value("refund_rate_orders", "s:s") == Fraction(1, 4)
    assert codes(desk) == ["refund_exceeds_line"]
    assert desk.recounted() == []


def test_g4_late_facts() -> None:
    """Open: a late refund of October changes October. Locked: it is an adjustment of November that names October."""
    desk, tell = Desk(), Teller()
    desk.take(tell.paid("o1", "03 10:00:00", "1000"), tell.paid("o2", "12-03 10:00:00", "1000"))
    desk.take(tell.refunded("o1", "20 10:00:00", "100"))
    assert desk.value("net_sales", "s:s") == 900
    digest = desk.closing.draft("2026-10", "ann").digest
    desk.closing.approve("2026-10", digest, "boss")
    (sealed,) = desk.store.closes()
    desk.take(tell.refunded("o1", "21 10:00:00", "200", refund_id="late"))
    body = desk.closing.draft("2026-11", "ann").body
    origins = {row["origin_period"] for paper in body["statements"] for row in paper["adjustments"]}
    assert origins == {"2026-10"}
    assert desk.store.closes()[0] == sealed


def test_g5_maturity() -> None:
    """A cohort KPI moves with refunds that come after the period's end, its plain variant does not; both say so."""
    desk, tell = Desk(), Teller()
    desk.take(tell.paid("o1", "30 10:00:00", "100"), tell.refunded("o1", "11-10 10:00:00", "40"))
    assert desk.value("net_sales", "s:s") == 100
    assert desk.value("net_sales_cohort", "s:s") == 60
    kpis = desk.definitions.kpis
    assert (kpis["net_sales"].live, kpis["net_sales_cohort"].live) == ("RT", "MAT(15)")


def visitors(tell: Teller, uv: int, revision: int) -> Wire:
    """The 3rd of October as the platform reports it."""
    about = {"interval_start": "2026-10-03T00:00:00+08:00", "origin": "organic"}
    return tell.event("traffic.day", "04 09:00:00", **about, uv=uv, revision=revision)


def test_g6_restated_figures() -> None:
    """The highest revision counts whatever comes when, and one that is taken back leaves the one before."""
    desk, tell = Desk(), Teller()
    third = visitors(tell, 90, 3)
    desk.take(third)
    desk.take(visitors(tell, 100, 1), visitors(tell, 80, 2))
    assert desk.value("unique_visitors", "s:s") == 90
    about = {"target_source": "test", "target_event_id": third["event_id"]}
    desk.take(tell.event("event.retracted", "09 10:00:00", **about))
    assert desk.value("unique_visitors", "s:s") == 80


def test_g7_refunds_use_the_rate_of_the_payment() -> None:
    """10.01 dollars paid at 7.1 and given back when the rate is 8 leave nobody a cent."""
    desk, tell = Desk(texts=shop_texts(fx=DOLLARS)), Teller()
    desk.take(tell.paid("o1", "03 10:00:00", "10.01", currency="USD"))
    # 71.071 is 71.07; of it 60 % are 42.64 and 40 % 28.43 by largest remainder (42.642 and 28.428).
    assert desk.value("gmv", "e:ann") == Fraction("42.64")
    assert desk.value("gmv", "e:bob") == Fraction("28.43")
    desk.take(tell.refunded("o1", "25 10:00:00", "10.01", currency="USD"))
    for owner in ("e:ann", "e:bob", "t:desk", "s:s", "c:"):
        assert desk.value("net_sales", owner) == 0, owner


def test_g8_unique_counts_are_by_day() -> None:
    """A buyer of two days is two paying buyers and one customer; visitors of days add up."""
    desk, tell = Desk(), Teller()
    desk.take(*(tell.paid(f"o{day}", f"0{day} 10:00:00", "50", buyer_id="b1") for day in (3, 4)))
    assert desk.value("buyers_paid", "s:s") == 2
    assert desk.kpi("repurchase_rate", "s:s").denominator == 1
    assert desk.value("repurchase_rate", "s:s") == 1


def test_g9_too_small_a_sample_is_no_score() -> None:
    """Three reviews are less than the 20 that a rate of reviews needs: there is a value, and it is insufficient."""
    desk, tell = Desk(), Teller()
    desk.take(*(tell.event("feedback.received", f"0{n} 10:00:00", order_id=f"o{n}", stars=n + 2) for n in (1, 2, 3)))
    answer = desk.kpi("positive_review_rate", "s:s")
    assert (answer.value, answer.status) == (Fraction(2, 3), "insufficient")


def test_g10_what_maps_to_nobody_is_unassigned_and_shown() -> None:
    """Ann holds 60 % and nobody the rest: 40 yuan are unassigned, and nothing is lost on the way."""
    ann_only = SIXTY_FORTY[: SIXTY_FORTY.rindex("[[assignment]]")]
    desk, tell = Desk(texts=shop_texts(assignments=ann_only)), Teller()
    desk.take(tell.paid("o1", "03 10:00:00", "100"))
    assert desk.value("gmv", "e:ann") == 60
    assert desk.value("gmv", "e:unassigned") == 40
    assert desk.value("gmv", "c:") == 100


def test_g11_no_chat_text_is_taken() -> None:
    """A message has no field for its text, and one that is sent along is refused and not stored as a fact."""
    assert not {"text", "body", "content", "message"} & set(ChatMessage.__dataclass_fields__)
    desk, tell = Desk(), Teller()
    about = {"session_id": "c1", "customer_id": "h1", "sender": "customer"}
    outcome = desk.take(tell.event("chat.message", "03 10:00:00", **about, text="my address is"))
    assert (outcome.accepted, outcome.rejected) == (0, 1)


def test_g12_a_sealed_month_keeps_its_formulas() -> None:
    """A formula that is changed later acts on open months; the sealed one verifies with the formula it was paid by."""
    desk, tell = Desk(), Teller()
    desk.take(tell.paid("o1", "03 10:00:00", "1000"), tell.refunded("o1", "05 10:00:00", "100"))
    desk.take(tell.paid("o2", "11-03 10:00:00", "1000"))
    digest = desk.closing.draft("2026-10", "ann").digest
    desk.closing.approve("2026-10", digest, "boss")
    texts = shop_texts()
    sales = texts["catalogue/kpis/sales.toml"]
    changed = sales.replace('numerator = "gmv - refund_amount"', 'numerator = "gmv"').replace(
        "[kpi.net_sales]\nversion = 1", "[kpi.net_sales]\nversion = 2"
    )
    assert changed != sales
    later = Desk(desk.store, {**texts, "catalogue/kpis/sales.toml": changed})
    assert desk.value("net_sales", "s:s") == 900
    assert later.value("net_sales", "s:s") == 1000
    assert later.closing.verify("2026-10")[1] == digest
