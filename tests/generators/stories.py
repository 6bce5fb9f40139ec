"""What happens in a small month: orders, livestreams, conversations, ad reports, reviews, each with its mishaps."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tests.generators.company import AGENTS, CAMPAIGNS, CATEGORIES, HOSTS, SHOPS, SKUS

if TYPE_CHECKING:
    from tests.generators.month import Month

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
BUYERS = ("b1", "b2", "b3")
WAITS = (0, 1, SECOND, 20 * SECOND, 179 * SECOND, 180 * SECOND, 180 * SECOND + 999_999, 181 * SECOND, 10 * MINUTE)


def order(month: Month) -> None:
    """One order of anybody, often in a live session, often soon after the buyer was heard of."""
    rng, shop = month.rng, month.rng.choice(SHOPS)
    buyer = rng.choice((*BUYERS, *BUYERS, ""))
    sessions = [session for at_shop, session in month.on_air if at_shop == shop]
    live = rng.choice((*sessions, *sessions, "unknown")) if month.chance(50 if sessions else 5) else None
    near = month.on_air.get((shop, live or ""), []) if live else month.moments.get((shop, buyer), [])
    order_of(month, (shop, buyer), month.near(near), live)


def order_of(month: Month, customer: tuple[str, str], placed_at: int, live: str | None) -> None:
    """An order with some of: placed, paid (in one or two events), shipped, settled, refunded, cancelled, flagged."""
    rng, (shop, buyer), number = month.rng, customer, month.number
    paid_at = placed_at + rng.choice((0, 1, 30 * SECOND, 9 * MINUTE, 10 * MINUTE, HOUR, HOUR + 1, DAY, 2 * DAY))
    currency = rng.choice(("CNY",) * 12 + ("USD", "USD", "JPY", "EUR"))
    lines = [_line(month, str(n), currency) for n in rng.sample(range(1, 12), rng.randint(1, 3))]
    about = {"order_id": f"o{number}", "channel": "live" if live else "marketplace", "currency": currency}
    flags = {rng.choice(("is_test", "is_brush", "is_internal")): True} if month.chance(6) else {}
    promise = paid_at + rng.choice((0, 6 * HOUR, DAY, 2 * DAY)) if month.chance(60) else None
    promised = {"promised_ship_at": None if promise is None else month.text(promise)}
    agent = {"agent_id": rng.choice(AGENTS) if month.chance(30) else None}
    who = about | {"buyer_id": buyer or None}
    month.moments.setdefault((shop, buyer), []).append(placed_at)
    if month.chance(75):
        told = month.text(placed_at) if month.chance(30) else None
        extra = {"lines": lines} if month.chance(40) else {}
        at = placed_at if told is None else placed_at + rng.choice((0, MINUTE))
        month.emit("order.placed", at, shop, **who, **extra, **agent, placed_at=told, live_session_id=live, **flags)
        if month.chance(10):
            return
        flags = {}
        agent = agent if month.chance(50) else {"agent_id": None}
    placed = {"placed_at": month.text(placed_at)} if month.chance(50) else {}
    cut = rng.randint(0, len(lines)) if month.chance(15) else 0
    month.emit(
        "order.paid",
        paid_at,
        shop,
        **who,
        **placed,
        **promised,
        **agent,
        **flags,
        lines=lines[cut:],
        live_session_id=live,
    )
    if cut:
        month.emit("order.paid", paid_at + rng.choice((0, MINUTE, DAY)), shop, **who, lines=lines[: cut + 1])
    _fulfil(month, shop, who, paid_at, promise)
    _give_back(month, shop, who, paid_at, lines)


def _line(month: Month, line_id: str, currency: str) -> dict[str, Any]:
    line = {
        "line_id": line_id,
        "sku": month.rng.choice(SKUS),
        "qty": month.rng.randint(1, 3),
        "category": month.rng.choice(CATEGORIES),
        "paid_amt": month.money(0, 20_001, currency),
        "cogs": month.money(0, 9_999, currency),
    }
    return line | ({"platform_subsidy_amt": month.money(1, 777, currency)} if month.chance(30) else {})


def _fulfil(month: Month, shop: str, who: dict[str, Any], paid_at: int, promise: int | None) -> None:
    rng = month.rng
    due = paid_at + DAY if promise is None else promise
    if month.chance(10):
        month.emit("order.cancelled", due + rng.choice((-HOUR, 0, 1)), shop, **who)
    if month.chance(60):
        late = due + rng.choice((-HOUR, 0, 1, HOUR))
        shipped = {"shipped_at": month.text(late), "warehouse_id": rng.choice(("w1", "w2", ""))}
        if promise is None and month.chance(50):
            shipped["promised_ship_at"] = month.text(due)
        month.emit("order.shipped", late + rng.choice((0, HOUR)), shop, **who, **shipped)
    if month.chance(40):
        month.emit("order.delivered", due + rng.choice((DAY, 2 * DAY, 25 * DAY)), shop, **who)
    if month.chance(30):
        month.emit("order.completed", due + rng.choice((DAY, 5 * DAY, 28 * DAY)), shop, **who)


def _give_back(month: Month, shop: str, who: dict[str, Any], paid_at: int, lines: list[dict[str, Any]]) -> None:
    rng, currency = month.rng, who["currency"]
    for number in range(rng.choice((0, 0, 0, 1, 1, 2, 3))):
        line = rng.choice(lines)
        # A part, exactly what was paid, or more than that.
        amount = rng.choice(
            (month.money(1, 3_333, currency), line["paid_amt"], line["paid_amt"], month.money(20_000, 30_000, currency))
        )
        about = who | {"refund_id": f"r{number}", "line_id": line["line_id"] if month.chance(92) else "99"}
        kind = rng.choice(("refund_only", "return_refund", "return_refund", "exchange", "compensation"))
        at = paid_at + rng.choice((0, -HOUR, HOUR, DAY, 3 * DAY, 29 * DAY))
        fields = {"kind": kind, "refund_amt": amount, "cogs_back": month.money(0, 5_000, currency)}
        month.emit("refund.requested", at - HOUR, shop, **about, **fields) if month.chance(20) else None
        told = {"completed_at": month.text(at)} if month.chance(40) else {}
        month.emit("refund.completed", at + (MINUTE if told else 0), shop, **about, **fields, **told)
        if month.chance(15):
            again = fields | {"refund_amt": month.money(1, 500, currency)}
            month.emit("refund.completed", at + HOUR, shop, **about, **again)
    for revision in range(1, rng.choice((1, 1, 1, 2, 3))):
        about = {"order_id": who["order_id"], "currency": currency, "line_id": lines[0]["line_id"], "period": "2026-10"}
        real = {"amount": month.money(0, 9_000, currency), "revision": revision}
        month.emit("cogs.adjusted", paid_at + rng.choice((HOUR, DAY)), shop, **about, **real)


def live_session(month: Month) -> None:
    """One session: hand-overs, two hosts at once, silence, samples at uneven times, counters that restart."""
    rng, shop = month.rng, month.rng.choice(SHOPS)
    known = [session for at_shop, session in month.on_air if at_shop == shop]
    # Sometimes a session goes on after it was over, or began twice.
    session = rng.choice(known) if known and month.chance(20) else f"{shop}-live-{month.number}"
    begin = at = month.some_time()
    who = {"session_id": session, "channel": "live"}
    instants = month.on_air.setdefault((shop, session), [])
    if month.chance(85):
        month.emit("live.started", at, shop, **who)
    views = viewers = watched = 0
    present: list[str] = []
    for _ in range(rng.randint(4, 14)):
        instants.append(at)
        roll = rng.randrange(10)
        if roll < 2 or not present:
            host = rng.choice(HOSTS)
            month.emit("live.host_on", at, shop, **who, host_id=host)
            present.append(host)
        elif roll < 4:
            month.emit("live.host_off", at, shop, **who, host_id=present.pop(0))
            if month.chance(60):
                # A hand-over: the next host goes on air at the very instant.
                present.append(rng.choice(HOSTS))
                month.emit("live.host_on", at, shop, **who, host_id=present[-1])
        elif roll < 7:
            month.emit("live.audience", at, shop, **who, concurrent=rng.randint(0, 300))
        elif roll < 9:
            if month.chance(15):
                views = viewers = watched = 0
            views, viewers, watched = (
                views + rng.randint(0, 90),
                viewers + rng.randint(0, 40),
                watched + rng.randint(0, 999),
            )
            _counters(
                month, shop, who, at, {"views_total": views, "viewers_total": viewers, "watch_seconds_total": watched}
            )
        else:
            month.emit("live.interaction", at, shop, **who, viewer_id="v1", kind="like")
        at += rng.choice(
            (
                0,
                60 * SECOND,
                60 * SECOND,
                60 * SECOND,
                90 * SECOND + 250_000,
                300 * SECOND,
                300 * SECOND + 1,
                700 * SECOND,
            )
        )
    if month.chance(75):
        month.emit("live.ended", at, shop, **who)
        if month.chance(10):
            month.emit("live.audience", at + 30 * SECOND, shop, **who, concurrent=5)
    if month.chance(8):
        month.emit("live.host_on", begin - MINUTE, shop, **who, host_id=rng.choice(HOSTS))


def _counters(month: Month, shop: str, who: dict[str, Any], at: int, totals: dict[str, int]) -> None:
    minute = month.text(at)
    month.emit("live.counters", at, shop, **who, minute_at=minute, **totals)
    if month.chance(20):
        # Restated later: a higher revision counts, an equal or lower one does not.
        restated = {name: value + month.rng.randint(0, 20) for name, value in totals.items()}
        later, revision = at + month.rng.choice((0, MINUTE)), month.rng.choice((1, 2, 2))
        month.emit("live.counters", later, shop, **who, minute_at=minute, **restated, revision=revision)


def conversation(month: Month) -> None:
    """One conversation: bot, queue, replies, transfers, silence, spam, nights, a rating."""
    rng, shop = month.rng, month.rng.choice(SHOPS)
    customer = rng.choice(BUYERS)
    at = month.near(month.moments.get((shop, customer), []))
    about = {"session_id": f"c{month.number}", "customer_id": customer}
    intent = rng.choice(("presale", "presale", "presale", "aftersale", "unknown"))
    month.moments.setdefault((shop, customer), []).append(at)
    holder = rng.choice(AGENTS)
    if month.chance(50):
        spam = {"is_filtered": True} if month.chance(8) else {}
        month.emit("chat.opened", at, shop, **about, intent=intent, **spam)
    formal = month.chance(85)
    assign_after = rng.randint(0, 3)
    for step in range(rng.randint(2, 9)):
        if formal and step == assign_after:
            month.emit("chat.assigned", at, shop, **about, agent_id=holder, intent=intent)
        roll = rng.randrange(20)
        if step == 0 or roll < 8:
            _say(month, shop, about, at, {"sender": "customer"})
        elif roll < 14:
            _say(
                month,
                shop,
                about,
                at,
                {"sender": "agent", "agent_id": holder if month.chance(85) else rng.choice(AGENTS)},
            )
            month.moments[shop, customer].append(at)
        elif roll < 16:
            automatic = rng.choice(({"sender": "bot"}, {"sender": "agent", "agent_id": holder, "is_auto": True}))
            _say(month, shop, about, at, automatic)
        elif roll < 19 and formal:
            receiver = rng.choice(AGENTS)
            month.emit("chat.transferred", at, shop, **about, from_agent_id=holder, to_agent_id=receiver)
            holder = receiver
        at += rng.choice((*WAITS, *WAITS, HOUR, 11 * HOUR))
    for _ in range(rng.choice((0, 0, 1, 1, 2))):
        at += MINUTE
        month.emit("chat.rated", at, shop, **about, rating=rng.randint(1, 5))
    if month.chance(50):
        order_of(month, (shop, customer), month.near(month.moments[shop, customer]), None)


def _say(month: Month, shop: str, about: dict[str, Any], at: int, fields: dict[str, Any]) -> None:
    flags: dict[str, Any] = {}
    if month.chance(15):
        flags["sent_at"] = month.text(at)
        at += month.rng.choice((SECOND, HOUR))
    if month.chance(2):
        flags["is_filtered"] = True
    if fields["sender"] == "customer" and month.chance(5):
        flags["is_offline_message"] = True
    month.emit("chat.message", at, shop, **about, **fields, **flags)


def ad_report(month: Month) -> None:
    """One row of a campaign, up to three revisions, often over midnight."""
    rng, shop = month.rng, month.rng.choice(SHOPS)
    seconds = rng.choice((3600, 3600, 7200, 86_400, 100_000, 1, 200_003))
    start = month.some_time()
    currency = rng.choice(("CNY",) * 8 + ("USD", "JPY", "EUR"))
    about = {"campaign_id": rng.choice(CAMPAIGNS), "interval_start": month.text(start), "interval_seconds": seconds}
    for revision in range(1, rng.choice((2, 2, 3, 4))):
        figures = {
            "impressions": rng.randint(0, 1001),
            "clicks": rng.randint(0, 99),
            "attributed_orders": rng.randint(0, 7),
        }
        amounts = {"cost": month.money(0, 9_999, currency), "attributed_gmv": month.money(0, 99_999, currency)}
        rank = max(1, revision - (1 if month.chance(10) else 0))
        at = start + revision * HOUR
        month.emit("ad.report", at, shop, **about, **figures, **amounts, currency=currency, revision=rank)


def review(month: Month) -> None:
    """One person reviewed on one item by a few raters, some of them twice."""
    rng = month.rng
    about = {
        "subject_id": rng.choice(("e01", "e03", "e06", "e07", "nobody")),
        "item": rng.choice(("review_execution", "review_teamwork", "review_attitude")),
        "period": rng.choice(("2026-10", "2026-10", "2026-09", "2026-Q3")),
    }
    for number in range(rng.randint(1, 6)):
        relation = rng.choice(("manager", "peer", "peer", "peer", "self", "report"))
        rater = {"reviewer_id": f"p{number % 4}", "relation": relation, "revision": rng.choice((1, 1, 2))}
        score = rng.choice((f"{rng.randint(0, 100)}", f"{rng.randint(60, 90)}.{rng.randint(1, 9)}"))
        month.emit(
            "review.submitted", month.some_time(), rng.choice(SHOPS), **about, **rater, score=score, comment="seen"
        )


ALL: tuple[Callable[[Month], None], ...] = (
    order,
    order,
    order,
    live_session,
    conversation,
    conversation,
    ad_report,
    review,
)
