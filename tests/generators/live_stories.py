"""What happens in and around a livestream: plans, runbooks, follows, products, violations, a host in two rooms."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.generators.company import HOSTS, SHOPS, SKUS
from tests.generators.stories import DAY, HOUR, MINUTE, SECOND, live_session, order_of

if TYPE_CHECKING:
    from tests.generators.month import Month

VIEWERS = ("v1", "v2", "v3")
CONTROLLERS = ("e05", "e06", "h-1", "", "")
SEVERITIES = ("minor", "major", "severe")


def _session(month: Month) -> tuple[str, str]:
    if not month.on_air or month.chance(10):
        live_session(month)
    return month.rng.choice(sorted(month.on_air))


def moments(month: Month) -> None:
    """A few follows, interactions, product cards and violations of a session, some of them twice, some too late."""
    rng = month.rng
    shop, session = _session(month)
    who = {"session_id": session, "channel": "live"}
    for _ in range(rng.randint(2, 7)):
        at, roll = month.near(month.on_air[shop, session]), rng.randrange(10)
        viewer = {"viewer_id": rng.choice(VIEWERS)}
        if roll < 3:
            month.emit("live.follow", at, shop, **who, **viewer, unfollow=month.chance(30))
        elif roll < 5:
            month.emit("live.interaction", at, shop, **who, **viewer, kind=rng.choice(("comment", "like", "share")))
        elif roll < 7:
            host = rng.choice((*HOSTS, "")) or None
            shown = {"sku": rng.choice(SKUS), "viewers": rng.randint(0, 90), "host_id": host}
            month.emit("live.product_exposed", at, shop, **who, **shown)
        elif roll < 9:
            month.emit("live.product_clicked", at, shop, **who, sku=rng.choice(SKUS), viewers=rng.randint(0, 20))
        else:
            named = rng.choice((*HOSTS, "", "")) or None
            month.emit("live.violation", at, shop, **who, severity=rng.choice(SEVERITIES), host_id=named)
    if month.chance(30):
        totals = {"follower_viewers": rng.randint(0, 30), "engaged_viewers": rng.randint(0, 30)}
        minute = month.near(month.on_air[shop, session])
        month.emit("live.counters", minute, shop, **who, minute_at=month.text(minute), **totals)


def plan(month: Month) -> None:
    """A session that was planned, moved, called off, or told only when it began; it may begin late or never."""
    rng = month.rng
    shop, session = _session(month) if month.chance(60) else (rng.choice(SHOPS), f"planned-{month.number}")
    who = {"session_id": session, "channel": rng.choice(("live", "live", "marketplace"))}
    due = month.near(month.on_air.get((shop, session), []))
    for revision in range(1, rng.choice((1, 2, 2, 3))):
        fields = {"planned_start_at": month.text(due + (revision - 1) * HOUR), "is_cancelled": month.chance(10)}
        host = {"host_id": rng.choice((*HOSTS, "", ""))}
        month.emit("live.planned", due - DAY, shop, **who, **fields, **host, revision=revision)
    if month.chance(40):
        late = rng.choice((0, 5 * MINUTE, 5 * MINUTE + 1, -HOUR))
        month.emit("live.started", due + late, shop, **who, planned_start_at=month.text(due))


def runbook(month: Month) -> None:
    """Steps of a session, planned and done, one without the other, moved, called off, late by a second."""
    rng = month.rng
    shop, session = _session(month) if month.chance(80) else (rng.choice(SHOPS), "never")
    who = {"session_id": session, "channel": "live"}
    for _ in range(rng.randint(1, 4)):
        step, due = (
            {"step_id": rng.choice(("list", "price", "coupon"))},
            month.near(month.on_air.get((shop, session), [])),
        )
        controller = {"controller_id": rng.choice(CONTROLLERS)}
        told = {"planned_at": month.text(due)}
        if month.chance(70):
            revision = {"revision": rng.choice((1, 1, 2)), "is_cancelled": month.chance(10)}
            month.emit("live.step_planned", due - HOUR, shop, **who, **step, **told, **controller, **revision)
        if month.chance(70):
            own = told if month.chance(40) else {}
            controller = controller if month.chance(50) else {"controller_id": rng.choice(CONTROLLERS)}
            late = rng.choice((0, -MINUTE, SECOND, 30 * SECOND, 31 * SECOND))
            month.emit("live.step_done", due + late, shop, **who, **step, **own, **controller)


def two_rooms(month: Month) -> None:
    """One host on air in a second room while the first goes on, over midnight sometimes, with a sale there."""
    rng = month.rng
    shop, session = _session(month)
    other = rng.choice(SHOPS)
    start = month.near(month.on_air[shop, session])
    who = {"session_id": f"{session}-b{rng.randrange(2)}", "channel": "live"}
    host = rng.choice(HOSTS)
    instants = month.on_air.setdefault((other, who["session_id"]), [])
    for minutes in range(0, rng.choice((3, 12, 30)), 4):
        at = start + minutes * MINUTE + rng.choice((0, 250_000))
        instants.append(at)
        month.emit("live.audience", at, other, **who, concurrent=rng.randint(0, 9))
    month.emit("live.host_on", start, other, **who, host_id=host)
    month.emit("live.host_off", instants[-1] + MINUTE, other, **who, host_id=host)
    order_of(month, (other, rng.choice(("b1", "b2"))), month.near(instants), who["session_id"])


def explained(month: Month) -> None:
    """Two hosts on air, one or both explain a product, and somebody buys about ten minutes later."""
    rng = month.rng
    shop = rng.choice(SHOPS)
    start, who = month.some_time(), {"session_id": f"x{month.number}", "channel": "live"}
    instants = month.on_air.setdefault((shop, who["session_id"]), [start])
    pair = rng.sample(("h-1", "h-2", "e07"), 2)
    for host in pair:
        month.emit("live.host_on", start, shop, **who, host_id=host)
    for _ in range(rng.randint(1, 4)):
        at = start + rng.choice((0, 4 * MINUTE, 5 * MINUTE))
        month.emit("live.product_exposed", at, shop, **who, sku=rng.choice(SKUS), host_id=rng.choice(pair))
        placed_at = at + rng.choice((0, MINUTE, 10 * MINUTE, 10 * MINUTE + 1))
        order_of(month, (shop, rng.choice(("b1", "b2", ""))), placed_at, who["session_id"])
    instants.append(start + 5 * MINUTE)
    month.emit("live.host_off", start + rng.choice((5 * MINUTE, HOUR)), shop, **who, host_id=pair[0])
    month.emit("live.audience", start + 12 * MINUTE, shop, **who, concurrent=7)


ALL: tuple[Callable[[Month], None], ...] = (moments, moments, plan, runbook, two_rooms, explained)
