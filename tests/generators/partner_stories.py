"""Tasks, reports, suggestions, B2B inquiries, invoices and partners in a small month, each with its mishaps."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tests.generators.company import SHOPS, SKUS

if TYPE_CHECKING:
    from tests.generators.month import Month

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
LAST = 1_798_000_000 * SECOND
"""No story goes on after December 2026: the codec refuses what has not happened."""
BUYERS = ("b1", "b2", "b3")
WORKERS = ("cs-1", "cs-shared", "e07", "e05", "ghost")
PARTNERS = ("p1", "p2", "p3")


def work(month: Month) -> None:
    """A task, project, report or suggestion: some of moved, delivered, rejected, accepted, found wrong, decided."""
    rng, shop, at = month.rng, month.rng.choice(SHOPS), month.some_time()
    kind = rng.choice(("task", "task", "project", "report", "suggestion"))
    who: dict[str, Any] = {"task_id": f"t{month.number}", "assignee_id": rng.choice(WORKERS)}
    due = at + rng.choice((0, HOUR, DAY, 3 * DAY))
    due_at = None if month.chance(70 if kind == "suggestion" else 5) else month.text(due)
    weight = rng.choice((None, "0.5", "3"))
    if month.chance(90):
        month.emit("task.created", at, shop, **who, kind=kind, due_at=due_at, weight=weight)
    if month.chance(5):
        month.emit("task.created", at + HOUR, shop, **who, kind=rng.choice(("task", "report")), due_at=month.text(due))
    for _ in range(rng.choice((0, 0, 1, 2))):
        moved = due + rng.choice((-DAY, -1, 0, 1, DAY))
        due = due + rng.choice((-HOUR, DAY, 2 * DAY))
        month.emit("task.due_moved", moved, shop, **who, due_at=month.text(due), moved_by=rng.choice(WORKERS))
    if month.chance(25):
        # Handed over: from some event on somebody else has it.
        who["assignee_id"] = rng.choice(WORKERS)
    _finish(month, shop, who, due)


def _finish(month: Month, shop: str, who: dict[str, Any], due: int) -> None:
    rng = month.rng
    for _ in range(rng.choice((0, 1, 1, 2))):
        delivered = due + rng.choice((-DAY, -1, 0, 1, DAY))
        told = {"delivered_at": month.text(delivered)} if month.chance(30) else {}
        month.emit("task.delivered", delivered + (HOUR if told else 0), shop, **who, **told)
        if month.chance(30):
            month.emit("task.rejected", delivered + HOUR, shop, **who, is_requirement_change=month.chance(40))
    if month.chance(70):
        accepted = due + rng.choice((HOUR, DAY, 2 * DAY))
        told = {"accepted_at": month.text(accepted)} if month.chance(30) else {}
        month.emit("task.accepted", accepted, shop, **who, **told)
    if month.chance(30):
        found = due + rng.choice((HOUR, 29 * DAY, 30 * DAY, 30 * DAY + 1, 31 * DAY))
        month.emit("task.error_confirmed", found, shop, **who)
    for _ in range(rng.choice((0, 0, 1, 2))):
        month.emit("task.decided", due + rng.choice((-HOUR, DAY)), shop, **who, adopted=month.chance(50))


def inquiry(month: Month) -> None:
    """A buyer's inquiry, often on a day with another one: robots, late answers, spam marked in time or too late."""
    rng, shop, buyer = month.rng, month.rng.choice(SHOPS), month.rng.choice((*BUYERS, *BUYERS, ""))
    at = month.near(month.moments.get((shop, buyer), []))
    month.moments.setdefault((shop, buyer), []).append(at)
    who = {"inquiry_id": f"q{month.number}", "buyer_id": buyer, "channel": "b2b"}
    rep = rng.choice((*WORKERS, "")) if month.chance(60) else None
    if month.chance(95):
        month.emit("inquiry.received", at, shop, **who, agent_id=rep, is_spam=month.chance(5) or None)
    for _ in range(rng.choice((0, 1, 1, 2))):
        replied = at + rng.choice((-HOUR, 0, 1, MINUTE + 500_000, HOUR, DAY, DAY + 1, 3 * DAY))
        told = {"replied_at": month.text(replied)} if month.chance(30) else {}
        month.emit("inquiry.replied", replied, shop, **who, agent_id="e07", is_robot=month.chance(30), **told)
    if month.chance(12):
        month.emit("inquiry.marked_spam", at + rng.choice((HOUR, DAY, DAY + 1)), shop, **who)


def invoice(month: Month) -> None:
    """An invoice of a buyer: paid in parts, in two currencies, too much, never, or known from its receipts alone."""
    rng, shop, buyer = month.rng, month.rng.choice(SHOPS), month.rng.choice((*BUYERS, *BUYERS, ""))
    at = month.near(month.moments.get((shop, buyer), []))
    currency = rng.choice(("CNY", "CNY", "USD", "JPY", "EUR"))
    due = month.text(at + rng.choice((0, DAY, 10 * DAY)))
    about = {"invoice_id": f"i{month.number}", "buyer_id": buyer, "due_at": due, "currency": currency}
    amount = month.money(1, 99_999, currency)
    agent = rng.choice((*WORKERS, None, None))
    if month.chance(70):
        month.emit("invoice.issued", at, shop, **about, invoice_amt=amount, agent_id=agent, channel="b2b")
    for _ in range(rng.choice((0, 1, 1, 2, 3))):
        paid = at + rng.choice((0, 1, HOUR, 10 * DAY, 90 * DAY, 90 * DAY + 1))
        if paid > LAST:
            continue
        part = amount if month.chance(30) else month.money(1, 40_000, currency)
        month.emit("payment.received", paid, shop, **about, invoice_amt=amount, paid_amt=part)


def partner(month: Month) -> None:
    """Contacts, samples, first livestreams and deals of one partner."""
    rng, shop = month.rng, month.rng.choice(SHOPS)
    who, at = {"partner_id": rng.choice(PARTNERS)}, month.some_time()
    goods = {"sku": rng.choice((*SKUS, None))}
    for _ in range(rng.randint(1, 3)):
        month.emit("partner.contacted", at + rng.choice((0, HOUR, DAY)), shop, **who, two_way=month.chance(60))
    sent = at - rng.choice((0, DAY, 30 * DAY, 31 * DAY))
    for _ in range(rng.choice((0, 1, 2))):
        month.emit("partner.sample_sent", sent + rng.choice((0, HOUR)), shop, **who, **goods)
    if month.chance(60):
        live = sent + rng.choice((0, HOUR, 5 * DAY, 30 * DAY, 30 * DAY + 1))
        month.emit("partner.first_live", live, shop, **who, sku=rng.choice((goods["sku"], *SKUS, None)))
    if month.chance(30):
        weight = rng.choice((None, "2", "0.25"))
        month.emit("partner.deal", at, shop, **who, subject_id=rng.choice((*WORKERS, "")), weight=weight)


def partner_order(month: Month) -> None:
    """An order of a known buyer through a partner, a rep or neither, refunded in parts, in several currencies."""
    rng, shop, buyer = month.rng, month.rng.choice(SHOPS), month.rng.choice((*BUYERS, ""))
    at, number = month.near(month.moments.get((shop, buyer), [])), month.number
    currency = rng.choice(("CNY", "CNY", "USD", "JPY", "EUR"))
    who = {"order_id": f"po{number}", "currency": currency, "buyer_id": buyer or None}
    touch = {"partner_id": rng.choice((*PARTNERS, None)), "agent_id": rng.choice((*WORKERS, None, None))}
    lines = [
        {"line_id": str(n), "sku": rng.choice(SKUS), "qty": 1, "paid_amt": month.money(0, 9_999, currency), "cogs": "3"}
        for n in range(rng.randint(1, 2))
    ]
    channel = rng.choice(("b2b", "b2b", "marketplace"))
    month.moments.setdefault((shop, buyer), []).append(at)
    paid = at + rng.choice((0, 1, HOUR, DAY))
    month.emit("order.paid", paid, shop, **who, **touch, channel=channel, lines=lines, placed_at=month.text(at))
    for part in range(rng.choice((0, 0, 1, 2))):
        back = {"refund_id": f"r{part}", "line_id": rng.choice(lines)["line_id"], "refund_amt": lines[0]["paid_amt"]}
        back |= {"cogs_back": "2", "kind": rng.choice(("return_refund", "refund_only", "compensation"))}
        month.emit("refund.completed", paid + rng.choice((HOUR, 3 * DAY, 29 * DAY)), shop, **who, **back)


ALL: tuple[Callable[[Month], None], ...] = (work, inquiry, inquiry, invoice, partner, partner_order)
