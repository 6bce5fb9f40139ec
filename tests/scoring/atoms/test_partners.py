"""Partners by hand: whose they are when it counts, samples that are followed by a livestream, orders through them."""

from __future__ import annotations

from fractions import Fraction

from tests.scenarios.shop import Desk, Teller, Wire, shop_texts

OWNERS = """
[[assignment]]
person = "bob"
tag = "bd"
from = "2026-09-01"
[[assignment]]
person = "ann"
tag = "bd"
partner = "p1"
from = "2026-10-10"
"""


def told(*events: Wire, assignments: str = OWNERS) -> Desk:
    """A desk after these events backwards; cells and recount agree."""
    desk = Desk(texts=shop_texts(assignments=assignments))
    assert desk.take(*events[::-1]).rejected == 0
    assert desk.recounted("2026-01-01", "2026-12-31") == []
    return desk


def test_a_partner_who_changes_hands() -> None:
    """p1 is Bob's until the 10th and Ann's from then: each has the contacts and orders of their time, the team one."""
    tell = Teller()
    two_way = {"partner_id": "p1", "two_way": True}
    desk = told(
        tell.event("partner.contacted", "09 10:00:00", **two_way),
        tell.event("partner.contacted", "10 10:00:00", **two_way),
        tell.paid("o1", "09 10:00:00", "100", partner_id="p1"),
        tell.paid("o2", "10 10:00:00", "30", partner_id="p1"),
        tell.refunded("o1", "20 10:00:00", "10"),
    )
    for who in ("e:ann", "e:bob", "t:desk", "c:"):
        assert desk.value("partner_outreach", who) == 1
        assert desk.value("partner_active_count", who) == 1
    assert desk.value("partner_gmv", "e:bob") == 90
    assert desk.value("partner_gmv", "e:ann") == 30
    assert desk.value("partner_gmv", "c:") == 120


def test_margin_of_a_partner_s_owner() -> None:
    """Bob owns no goods: in the dimension bd he has 100 - 20 net at 60 - 10 cost, a margin of 30/80; refunds 20 %."""
    tell = Teller()
    line = {"line_id": "1", "sku": "A", "qty": 2, "paid_amt": "100", "cogs": "60"}
    desk = told(
        tell.paid("o", "05 10:00:00", "100", partner_id="p2", lines=[line]),
        tell.refunded("o", "06 10:00:00", "20", kind="return_refund", cogs_back="10"),
    )
    assert desk.kpi("gross_margin_rate", "e:bob", dimension="bd").value == Fraction(3, 8)
    assert desk.kpi("refund_rate_cohort", "e:bob", dimension="bd").value == Fraction(1, 5)
    assert desk.kpi("net_sales", "e:bob", dimension="bd").value == 80
    assert desk.value("net_sales", "e:bob") == 0


def test_a_sample_is_whose_the_partner_is_when_it_ripens() -> None:
    """Sent on 15 September under Bob, 30 days old on 15 October under Ann: Ann's, and a miss without a livestream."""
    tell = Teller()
    sample = tell.event("partner.sample_sent", "09-15 10:00:00", partner_id="p1", sku="A")
    desk = told(sample)
    assert desk.value("sample_to_live_rate", "e:ann") == 0
    assert desk.value("sample_to_live_rate", "e:bob") is None
    desk.take(tell.event("partner.first_live", "09-15 10:00:00", partner_id="p1", sku="A"))
    assert desk.value("sample_to_live_rate", "e:ann") == 1


def test_goods_must_fit() -> None:
    """A livestream with other goods follows no sample; one that names none follows the last sample, and no other."""
    tell = Teller()
    sent = [
        tell.event("partner.sample_sent", "09-15 10:00:00", partner_id="p2", sku="A"),
        tell.event("partner.sample_sent", "09-16 10:00:00", partner_id="p2", sku="B"),
    ]
    other = tell.event("partner.first_live", "09-20 10:00:00", partner_id="p2", sku="C")
    unnamed = tell.event("partner.first_live", "09-21 10:00:00", partner_id="p2")
    first = told(*sent, other).kpi("sample_to_live_rate", "e:bob")
    assert (first.numerator, first.denominator) == (0, 2)
    assert told(*sent, other, unnamed).kpi("sample_to_live_rate", "e:bob").numerator == 1
    fitting = tell.event("partner.first_live", "09-22 10:00:00", partner_id="p2", sku="A")
    assert told(*sent, unnamed, fitting).kpi("sample_to_live_rate", "e:bob").numerator == 2


def test_another_partner_s_livestream_is_no_answer() -> None:
    """A livestream of p3 follows no sample of p2, and one before the sample follows none."""
    tell = Teller()
    desk = told(
        tell.event("partner.sample_sent", "09-15 10:00:00", partner_id="p2"),
        tell.event("partner.first_live", "09-20 10:00:00", partner_id="p3"),
        tell.event("partner.first_live", "09-15 09:59:59", partner_id="p2"),
    )
    assert desk.value("sample_to_live_rate", "c:") == 0


def test_a_partner_of_nobody_is_kept() -> None:
    """Without an owner the sales through a partner are nobody's, and the company's."""
    desk = told(Teller().paid("o", "05 10:00:00", "100", partner_id="p9"), assignments="")
    assert desk.value("partner_gmv", "e:unassigned") == desk.value("partner_gmv", "c:") == 100


def test_deals_of_a_team() -> None:
    """Ann signs one deal of weight 2, Bob one of 1 under his account: the team has 3."""
    tell = Teller()
    desk = told(
        tell.event("partner.deal", "05 10:00:00", partner_id="p1", subject_id="ann", weight="2"),
        tell.event("partner.deal", "05 10:00:00", partner_id="p2", subject_id="acc-bob"),
    )
    assert desk.value("partner_deals", "e:bob") == 1
    assert desk.value("partner_deals", "t:desk") == 3
