"""What happens in customer service: shifts, merges, recalls, nights, thanks, tickets, samples, complaints."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tests.generators.company import AGENTS, SHOPS

if TYPE_CHECKING:
    from tests.generators.month import Month

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
BUYERS = ("b1", "b2", "b3")
STATES = ("online", "busy", "offline", "offline")
STEPS = (
    0,
    SECOND,
    20 * SECOND,
    29 * SECOND,
    30 * SECOND,
    31 * SECOND,
    179 * SECOND,
    180 * SECOND,
    30 * MINUTE,
    30 * MINUTE + 1,
    9 * HOUR,
)


def messy_talk(month: Month) -> None:
    """A conversation, often without a session, with thanks, recalls, transfers, messages at night and an end."""
    rng, shop, customer = month.rng, month.rng.choice(SHOPS), month.rng.choice(BUYERS)
    at = month.near(month.moments.get((shop, customer), []))
    month.moments.setdefault((shop, customer), []).append(at)
    session = None if month.chance(30) else f"m{rng.randrange(12)}"
    about: dict[str, Any] = {
        "session_id": session,
        "customer_id": customer if month.chance(90) or not session else None,
    }
    intent = rng.choice(("presale", "presale", "aftersale", "unknown"))
    holder = rng.choice(AGENTS)
    said: list[dict[str, Any]] = []
    if month.chance(70):
        month.emit("chat.opened", at, shop, **about, intent=intent)
    if month.chance(60):
        month.emit("chat.assigned", at + rng.choice(STEPS), shop, **about, agent_id=holder, intent=intent)
    for _ in range(rng.randint(1, 7)):
        at += rng.choice(STEPS)
        fields: dict[str, Any] = {"sender": "customer", "is_short": month.chance(40)}
        if month.chance(15):
            fields["is_offline_message"] = True
        if month.chance(45):
            fields = {"sender": "agent", "agent_id": holder if month.chance(85) else rng.choice(AGENTS)}
        if month.chance(40):
            fields["message_id"] = f"x{month.number}"
        said.append(month.emit("chat.message", at, shop, **about, **fields))
        if month.chance(12):
            receiver = rng.choice(AGENTS)
            move = {"from_agent_id": holder, "to_agent_id": receiver, "is_skill_routing": month.chance(30)}
            month.emit("chat.transferred", at + rng.choice(STEPS[:7]), shop, **about, **move)
            holder = receiver
    _end(month, shop, about, at, said)


def _end(month: Month, shop: str, about: dict[str, Any], at: int, said: list[dict[str, Any]]) -> None:
    rng = month.rng
    if month.chance(25):
        one = rng.choice(said)
        name = one.get("message_id") or one["event_id"]
        month.emit("chat.recalled", at + rng.choice((-MINUTE, 0, MINUTE)), shop, **about, message_id=name)
    if month.chance(50):
        month.emit("chat.closed", at + rng.choice((0, HOUR)), shop, **about)
    if month.chance(40):
        month.emit("chat.rated", at + MINUTE, shop, **about, rating=rng.randint(1, 5), is_invited=month.chance(80))
    for _ in range(rng.randint(1, 2) if about["session_id"] and month.chance(30) else 0):
        month.emit("chat.merged", at + MINUTE, shop, **about, parent_session_id=f"m{rng.randrange(12)}")


def shift(month: Month) -> None:
    """An agent comes, is busy, goes, perhaps over midnight."""
    rng, shop, agent = month.rng, month.rng.choice(SHOPS), month.rng.choice(AGENTS)
    talks = [at for (where, _), instants in month.moments.items() if where == shop for at in instants]
    at = month.near(talks)
    for _ in range(rng.randint(1, 4)):
        month.emit(
            "agent.presence", at, shop, agent_id=agent, state=rng.choice(("online", "busy", "offline", "offline"))
        )
        at += rng.choice((0, 10 * SECOND, MINUTE, HOUR, 9 * HOUR, DAY))


def ticket(month: Month) -> None:
    """A ticket that is opened, waits, is resolved and sometimes comes back."""
    rng, shop, at = month.rng, month.rng.choice(SHOPS), month.some_time()
    about = {"ticket_id": f"t{month.number}"}
    if month.chance(92):
        sla = rng.choice((60, 3600, 86_400, 3 * 86_400))
        month.emit("ticket.opened", at, shop, **about, agent_id=rng.choice((*AGENTS, None)), sla_seconds=sla)
    kinds = ("assigned", "waiting", "resumed", "resolved", "resolved", "reopened")
    for _ in range(rng.randint(0, 6)):
        at += rng.choice((0, MINUTE, HOUR, 9 * HOUR, DAY, 72 * HOUR, 72 * HOUR + 1))
        month.emit(f"ticket.{rng.choice(kinds)}", at, shop, **about, agent_id=rng.choice((*AGENTS, None, None)))


def judgement(month: Month) -> None:
    """A sample that is scored once or twice, or a complaint."""
    rng, shop, agent = month.rng, month.rng.choice(SHOPS), month.rng.choice(AGENTS)
    if month.chance(40):
        month.emit("complaint.upheld", month.some_time(), shop, agent_id=agent, session_id=rng.choice(("m1", None)))
        return
    session = rng.choice((f"m{rng.randrange(6)}", None))
    for _ in range(rng.randint(1, 2)):
        score = rng.choice(("87.5", "100", "0", "66.666667"))
        month.emit("qa.scored", month.some_time(), shop, agent_id=agent, session_id=session, score=score)


ALL: tuple[Callable[[Month], None], ...] = (messy_talk, messy_talk, shift, ticket, judgement)
