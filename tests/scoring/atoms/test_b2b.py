"""B2B by hand: buyers' days, reps named and assigned, invoices in another currency, customers who come back."""

from __future__ import annotations

from fractions import Fraction

from tests.scenarios.shop import COMPANY, Desk, Teller, Wire, shop_texts

REPS = """
[[assignment]]
person = "bob"
tag = "rep"
from = "2026-09-01"
to = "2026-10-10"
[[assignment]]
person = "ann"
tag = "rep"
from = "2026-10-10"
"""
USD = "".join(
    f'[[rate]]\ncurrency = "USD"\nday = "{day}"\nrate = "{rate}"\n'
    for day, rate in (("2026-09-01", "7"), ("2026-10-20", "7.2"))
)
TWO_SHOPS = COMPANY + '[[shop]]\nid = "s2"\nname = { zh = "二店", en = "Second" }\n'


def told(*events: Wire, **files: str) -> Desk:
    """A desk after these events backwards; cells and recount agree."""
    desk = Desk(texts=shop_texts(**files))
    assert desk.take(*events[::-1]).rejected == 0
    assert desk.recounted("2026-01-01", "2026-12-31") == []
    return desk


class Trade(Teller):
    """Tells of inquiries and invoices."""

    def asked(self, inquiry: str, time: str, buyer: str, **fields: object) -> Wire:
        """An inquiry."""
        return self.event("inquiry.received", time, inquiry_id=inquiry, buyer_id=buyer, **fields)

    def answered(self, inquiry: str, time: str, buyer: str, **fields: object) -> Wire:
        """An answer."""
        about = {"inquiry_id": inquiry, "buyer_id": buyer, "agent_id": "ann"}
        return self.event("inquiry.replied", time, **{**about, **fields})

    def invoiced(self, invoice: str, time: str, amount: str, due: str, **fields: object) -> Wire:
        """An invoice, due on a day of October at noon."""
        about = {
            "invoice_id": invoice,
            "buyer_id": "b",
            "invoice_amt": amount,
            "due_at": f"2026-10-{due}T12:00:00+08:00",
        }
        return self.event("invoice.issued", time, **{**about, **fields})

    def received(self, invoice: str, time: str, amount: str, due: str, **fields: object) -> Wire:
        """A receipt on an invoice of 100."""
        about = {
            "invoice_id": invoice,
            "buyer_id": "b",
            "invoice_amt": "100",
            "due_at": f"2026-10-{due}T12:00:00+08:00",
        }
        return self.event("payment.received", time, **{**about, "paid_amt": amount, **fields})


def test_a_buyer_s_day_is_local_and_the_shop_s() -> None:
    """One buyer a second before and at midnight, and on that day in another shop: three buyer-days."""
    trade = Trade()
    desk = told(
        trade.asked("q1", "03 23:59:59", "b"),
        trade.asked("q2", "04 00:00:00", "b"),
        trade.asked("q3", "04 23:00:00", "b"),
        trade.asked("q1", "04 10:00:00", "b", shop_id="s2"),
        company=TWO_SHOPS,
    )
    assert desk.value("inquiry_count", "c:") == 3
    assert desk.value("inquiry_count", "s:s") == 2


def test_who_did_not_say_who_is_a_buyer_each() -> None:
    """Two inquiries of a day without a buyer are two."""
    trade = Trade()
    assert (
        told(trade.asked("q1", "03 10:00:00", ""), trade.asked("q2", "03 11:00:00", "")).value("inquiry_count", "c:")
        == 2
    )


def test_reps_named_and_assigned() -> None:
    """Nobody named: Bob's until the 10th and Ann's from then; an account named is its user's, whoever answers."""
    trade = Trade()
    desk = told(
        trade.asked("q1", "09 10:00:00", "b1"),
        trade.asked("q2", "10 10:00:00", "b2"),
        trade.asked("q3", "09 10:00:00", "b3", agent_id="acc-ann"),
        trade.answered("q1", "09 12:00:00", "b1"),
        assignments=REPS,
    )
    assert desk.value("inquiry_count", "e:bob") == 1
    assert desk.value("inquiry_count", "e:ann") == 2
    assert desk.value("inquiry_reply_rate_24h", "e:bob") == 1
    assert desk.value("inquiry_reply_rate_24h", "t:desk") == Fraction(1, 3)


def test_spam_lets_the_next_message_be_the_first() -> None:
    """The first message of the day is marked as spam 24 hours later: the next one is the day's first, with its wait.

    It was asked at 11:00 and answered at 11:30 and half a second: 1800 whole seconds, half an hour.
    """
    trade = Trade()
    events = [trade.asked("q1", "03 10:00:00", "b"), trade.answered("q1", "03 10:00:10", "b")]
    events += [trade.asked("q2", "03 11:00:00", "b"), trade.answered("q2", "03 11:30:00.5", "b")]
    marked = trade.event("inquiry.marked_spam", "04 10:00:00", inquiry_id="q1", buyer_id="b")
    desk = told(*events, marked)
    assert desk.value("inquiry_count", "c:") == 1
    assert desk.value("inquiry_reply_time_avg", "c:") == Fraction(1, 2)
    late = told(*events, {**marked, "occurred_at": "2026-10-04T10:00:01+08:00"})
    assert late.value("inquiry_reply_time_avg", "c:") == Fraction(10, 3600)


def test_an_answer_from_before_is_none() -> None:
    """An answer that is dated before the inquiry is none."""
    trade = Trade()
    told_so = {"replied_at": "2026-10-03T09:59:59+08:00"}
    desk = told(trade.asked("q", "03 10:00:00", "b"), trade.answered("q", "03 11:00:00", "b", **told_so))
    assert desk.value("inquiry_reply_rate_24h", "c:") == 0


def test_an_older_invoice_is_no_conversion() -> None:
    """A receipt on an invoice from before the inquiry converts nothing; the first receipt begins an unknown invoice."""
    trade = Trade()
    asked = trade.asked("q", "03 10:00:00", "b")
    older = [trade.invoiced("i", "02 10:00:00", "100", "20"), trade.received("i", "05 10:00:00", "100", "20")]
    assert told(asked, *older).value("inquiry_order_conversion", "c:") == 0
    assert told(asked, older[1]).value("inquiry_order_conversion", "c:") == 1


def test_an_invoice_in_another_currency() -> None:
    """USD 100 due on the 25th at 7.2 is 720.00 for invoice and receipts, though the first came at 7: half is half.

    What comes in beyond is left out and shown: 300 on an invoice of 100 collects it once.
    """
    trade = Trade()
    dollars = {"currency": "USD", "agent_id": "ann"}
    desk = told(
        trade.invoiced("i", "01 10:00:00", "100", "25", **dollars),
        trade.received("i", "02 10:00:00", "50", "25", **dollars),
        fx=USD,
    )
    found = desk.kpi("payment_collection_rate", "e:ann")
    assert (found.numerator, found.denominator) == (360, 720)
    desk.take(trade.received("i", "11-20 10:00:00", "250", "25", **dollars))
    assert desk.value("payment_collection_rate", "e:ann") == 1
    assert [problem.code for problem in desk.store.problems()] == ["payment_exceeds_invoice"]
    assert desk.recounted() == []


def test_an_invoice_without_a_rate_blocks() -> None:
    """An invoice in a currency without a rate is a problem that blocks the close, and counts nowhere."""
    trade = Trade()
    desk = told(trade.invoiced("i", "01 10:00:00", "100", "25", currency="USD"))
    assert [(problem.code, problem.blocks) for problem in desk.store.problems()] == [("missing_fx", True)]
    assert desk.value("payment_collection_rate", "c:") is None


def test_the_first_order_may_be_learnt_late() -> None:
    """An order is a repeat order as soon as an earlier one is heard of, in whatever shop, and no longer when it goes.

    Bob's 200 of October: alone it is a first order, 0/200; with one of September it is a repeat order, 200/200.
    """
    trade = Trade()
    who = {"buyer_id": "b", "channel": "b2b", "agent_id": "acc-bob"}
    desk = told(trade.paid("o2", "05 10:00:00", "200", **who), company=TWO_SHOPS)
    assert desk.value("repeat_customer_share", "e:bob") == 0
    desk.take(trade.paid("o1", "09-05 10:00:00", "50", shop_id="s2", **{**who, "event_id": "early"}))
    assert desk.value("repeat_customer_share", "e:bob") == 1
    assert desk.value("repeat_customer_share", "s:s") == 1
    about = {"target_source": "test", "target_event_id": "early", "shop_id": "s2"}
    desk.take(trade.event("event.retracted", "06 10:00:00", **about))
    assert desk.value("repeat_customer_share", "e:bob") == 0
    assert desk.recounted() == []


def test_a_refund_of_a_first_order_is_not_the_repeat_customers() -> None:
    """A first order of 100 of which 40 went back and a second of 60: net 120, of which 60 are repeat business: 1/2."""
    trade = Trade()
    who = {"buyer_id": "b", "channel": "b2b"}
    desk = told(
        trade.paid("o1", "05 10:00:00", "100", **who),
        trade.refunded("o1", "07 10:00:00", "40"),
        trade.paid("o2", "06 10:00:00", "60", **who),
    )
    assert desk.value("repeat_customer_share", "c:") == Fraction(1, 2)
    assert desk.kpi("repeat_customer_share", "e:unassigned").denominator == 120


def test_a_rep_s_gross_profit() -> None:
    """Bob, who owns no goods, sold for 200 at a cost of 150: a gross profit of 50 to be paid on in his dimension."""
    trade = Trade()
    line = {"line_id": "1", "sku": "A", "qty": 1, "paid_amt": "200", "cogs": "150"}
    sold = trade.paid("o1", "05 10:00:00", "200", buyer_id="b", channel="b2b", agent_id="acc-bob", lines=[line])
    desk = told(sold, assignments="")
    assert desk.kpi("gross_profit", "e:bob", dimension="rep").value == 50
    assert desk.value("gross_profit", "e:bob") == 0


def test_orders_of_nobody_s_rep() -> None:
    """A retail order names no employee: the shop and the company have it, the dimension of reps does not."""
    trade = Trade()
    desk = told(trade.paid("o1", "05 10:00:00", "100", buyer_id="b"))
    assert desk.value("repeat_customer_share", "c:") == 0
    assert desk.value("repeat_customer_share", "e:unassigned") is None
