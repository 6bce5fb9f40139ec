"""Service tickets: kept promises by due time, and how long resolving took by the service clock (3-kpis.md §3.5)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from scoring.atoms.base import SECOND, Case, Found, Setting, View
from scoring.atoms.service_window import Piece, window_of
from scoring.attribution import Spread
from scoring.events.base import Event
from scoring.events.service import (
    TicketEvent,
    TicketOpened,
    TicketReopened,
    TicketResolved,
    TicketResumed,
    TicketWaiting,
)

REOPENED_WITHIN = 72 * 3600 * SECOND


@dataclass(frozen=True, slots=True)
class TicketDue:
    """A ticket at its due time: resolved by then and not reopened within 72 hours, or not."""

    shop: str
    credits: Mapping[str, Spread]
    due_at: int
    resolved: int


@dataclass(frozen=True, slots=True)
class TicketDone:
    """A resolved ticket at its last resolution; `seconds` by the service clock, without waiting for the customer."""

    shop: str
    credits: Mapping[str, Spread]
    resolved_at: int
    seconds: int


class TicketCase(Case):
    """The case of one ticket."""

    def find(self, key: str, facts: Sequence[Event], view: View, setting: Setting) -> Found:
        told = [fact for fact in facts if isinstance(fact, TicketEvent)]
        opened = next((fact for fact in told if isinstance(fact, TicketOpened)), None)
        if opened is None:
            return Found()
        resolved = [fact for fact in told if isinstance(fact, TicketResolved)]
        reopened = [fact.occurred_at for fact in told if isinstance(fact, TicketReopened)]
        due = opened.occurred_at + opened.sla_seconds * SECOND
        in_time = [fact.occurred_at for fact in resolved if fact.occurred_at <= due]
        kept = bool(in_time) and not any(at < again <= at + REOPENED_WITHIN for at in in_time for again in reopened)
        owner = _owner(told, in_time[0] if in_time else due)
        atoms: list[tuple[str, TicketDue | TicketDone]] = [
            ("ticket_due", TicketDue(opened.shop_id, _credit(owner, due, setting), due, int(kept)))
        ]
        last = resolved[-1].occurred_at if resolved else None
        if last is not None and not any(at > last for at in reopened):
            pieces = list(_worked(told, opened.occurred_at, last))
            seconds = window_of(opened.shop_id, setting).seconds(pieces)
            credit = _credit(_owner(told, last), last, setting)
            atoms.append(("ticket_done", TicketDone(opened.shop_id, credit, last, seconds)))
        return Found(tuple(atoms))


def _owner(told: Sequence[TicketEvent], at: int) -> str:
    """The agent named last up to an instant."""
    return next((fact.agent_id for fact in reversed(told) if fact.agent_id and fact.occurred_at <= at), "")


def _credit(account: str, at: int, setting: Setting) -> dict[str, Spread]:
    return {"agent": setting.attribution.of_people([setting.attribution.person(account, at)], at)}


def _worked(told: Sequence[TicketEvent], opened: int, resolved: int) -> Iterator[Piece]:
    """The parts of the time from opening to resolution in which nobody waited for the customer."""
    since: int | None = opened
    for fact in told:
        if not opened <= fact.occurred_at <= resolved:
            continue
        if isinstance(fact, TicketWaiting) and since is not None:
            yield since, fact.occurred_at
            since = None
        elif isinstance(fact, TicketResumed | TicketReopened) and since is None:
            since = fact.occurred_at
    if since is not None:
        yield since, resolved
