"""What happens around sales in a small month: traffic, posted figures, members, reviews, pre-sales, campaigns, fees."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tests.generators.company import CAMPAIGNS, CATEGORIES, SHOPS, SKUS

if TYPE_CHECKING:
    from tests.generators.month import Month

MINUTE = 60 * 1_000_000
HOUR = 60 * MINUTE
DAY = 24 * HOUR
BUYERS = ("b1", "b2", "b3")
CENTRES = ("cc1", "cc2")
PERIODS = ("2026-10", "2026-10", "2026-09", "2026-W40", "2026-Q3", "2026-10-02", "2026-13")


def traffic(month: Month) -> None:
    """One row of visitors, restated up to twice, now and then over midnight."""
    rng, shop = month.rng, month.rng.choice(SHOPS)
    start = month.some_time()
    about = {
        "interval_start": month.text(start),
        "interval_seconds": rng.choice((86_400, 3_600)),
        "origin": rng.choice(("organic", "paid", "live", "content", "other")),
        "channel": rng.choice(("marketplace", "live")),
    }
    for revision in range(1, rng.choice((2, 3, 4))):
        rank = max(1, revision - (1 if month.chance(15) else 0))
        month.emit("traffic.day", start + revision * HOUR, shop, **about, uv=rng.randint(0, 900), revision=rank)


def figures(month: Month) -> None:
    """Posted costs, profits and market estimates, some restated, some of no period, some without a rate."""
    rng, shop = month.rng, month.rng.choice(SHOPS)
    about = {"period": rng.choice(PERIODS), "currency": rng.choice(("CNY", "CNY", "USD", "JPY", "EUR"))}
    at = month.some_time()
    for revision in (1, 1, 2)[: rng.randint(1, 3)]:
        rank = {"revision": revision, **about}
        centre = {"cost_centre": rng.choice(CENTRES)}
        roll, amount = rng.randrange(3), month.money(0, 99_999, about["currency"])
        if roll == 0:
            month.emit("cost.posted", at, shop, **rank, **centre, account=rng.choice(("rent", "")), amount=amount)
        elif roll == 1:
            sign = rng.choice(("", "-"))
            month.emit("profit.posted", at, shop, **rank, **centre, amount=sign + amount)
        else:
            whole = month.money(99_999, 999_999, about["currency"])
            goods = {"category": rng.choice(CATEGORIES), "own_share_num": amount, "market_total": whole}
            month.emit("market.posted", at, shop, **rank, **goods)


def member(month: Month) -> None:
    """A buyer joins, acts, leaves, joins again; now and then without having joined, or twice."""
    rng, shop, buyer = month.rng, month.rng.choice(SHOPS), month.rng.choice(BUYERS)
    at = month.near(month.moments.get((shop, buyer), []))
    for _ in range(rng.randint(1, 5)):
        kind = rng.choice(("member.joined", "member.joined", "member.interacted", "member.interacted", "member.left"))
        month.emit(kind, at, shop, member_id=buyer, channel=rng.choice(("private_domain", "marketplace")))
        at += rng.choice((0, 1, HOUR, DAY, 3 * DAY))


def sale(month: Month) -> None:
    """An order with fees and a campaign, often a pre-sale in two payments, with reviews, refunds and disputes."""
    rng, shop, buyer = month.rng, month.rng.choice(SHOPS), month.rng.choice((*BUYERS, ""))
    currency = rng.choice(("CNY",) * 6 + ("USD", "EUR"))
    channel = rng.choice(("marketplace", "private_domain"))
    number = f"p{month.number}"
    who = {"order_id": number, "buyer_id": buyer or None, "currency": currency, "channel": channel}
    campaign = rng.choice((None, None, *CAMPAIGNS))
    lines = [_line(month, str(n), currency) for n in range(1, rng.randint(2, 4))]
    at = month.near(month.moments.get((shop, buyer), []))
    month.moments.setdefault((shop, buyer), []).append(at)
    if month.chance(40):
        first = [{**line, "paid_amt": month.money(1, 999, currency)} for line in lines]
        month.emit("order.paid", at, shop, **who, lines=first, is_deposit=True, is_presale=True)
        at += rng.choice((MINUTE, DAY, 3 * DAY))
    if month.chance(90):
        flags = {"is_brush": True} if month.chance(5) else {}
        month.emit("order.paid", at, shop, **who, lines=lines, campaign_id=campaign, **flags)
    _after(month, shop, who, at, lines)


def _line(month: Month, line_id: str, currency: str) -> dict[str, Any]:
    return {
        "line_id": line_id,
        "sku": month.rng.choice(SKUS),
        "qty": 1,
        "category": month.rng.choice(CATEGORIES),
        "paid_amt": month.money(0, 20_001, currency),
        "platform_fee": month.money(0, 99, currency),
        "affiliate_fee": month.money(0, 77, currency),
        "fulfil_cost": month.money(0, 555, currency),
        "supplier_id": month.rng.choice(("sup1", "sup2", "")),
        "platform_subsidy_amt": month.money(0, 9, currency),
        "list_amt": month.money(0, 30_000, currency) if month.chance(60) else "0",
    }


def _after(month: Month, shop: str, who: dict[str, Any], at: int, lines: list[dict[str, Any]]) -> None:
    rng, currency = month.rng, who["currency"]
    whole = month.chance(35)
    for number, line in enumerate(lines if whole else lines[:1]):
        about = {"refund_id": f"r{number}", "line_id": line["line_id"], **who}
        fields = {
            "kind": rng.choice(("return_refund", "return_refund", "refund_only", "compensation", "exchange")),
            "responsible": rng.choice(("buyer", "product", "product", "logistics")),
            "platform_intervened": month.chance(30),
            "refund_amt": "999.99" if whole and currency != "JPY" else month.money(1, 3_000, currency),
        }
        then = at + rng.choice((HOUR, 2 * DAY, 14 * DAY, 15 * DAY, 16 * DAY))
        name = rng.choice(("refund.completed", "refund.completed", "refund.completed", "refund.rejected"))
        if whole or month.chance(50):
            month.emit(name, then, shop, **about, **fields)
    for _ in range(rng.choice((0, 1, 1, 2))):
        about = {"order_id": who["order_id"] if month.chance(85) else "unknown", "channel": who["channel"]}
        said = {
            "kind": rng.choice(("review", "review", "review", "negative", "chargeback")),
            "stars": rng.randint(0, 5),
            "line_id": rng.choice(("1", "2", None)),
            "buyer_id": who["buyer_id"] if month.chance(70) else None,
        }
        month.emit("feedback.received", at + rng.choice((HOUR, DAY)), shop, **about, **said)


def campaign_day(month: Month) -> None:
    """One row of a campaign with its budget and the new buyers that it brought, over a midnight or two."""
    rng, start = month.rng, month.some_time()
    about = {"campaign_id": rng.choice(CAMPAIGNS), "interval_start": month.text(start), "interval_seconds": 100_001}
    counts = {
        "attributed_new_buyers": rng.randint(0, 9),
        "budget": month.money(0, 9_999),
        "cost": month.money(0, 9_999),
    }
    month.emit("ad.report", start + DAY, rng.choice(SHOPS), **about, **counts)


ALL: tuple[Callable[[Month], None], ...] = (traffic, campaign_day, figures, member, member, sale, sale, sale)
