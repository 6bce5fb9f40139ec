"""When people were employed: from joining to leaving, as their facts say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from scoring.events.base import Event
from scoring.events.people import HrJoined, HrLeft


@dataclass(frozen=True, slots=True)
class Stay:
    """From joining to leaving; without a joining when that was never told, without a leaving while it lasts."""

    joined: HrJoined | None
    left: HrLeft | None


def stays_of(facts: Iterable[Event]) -> list[Stay]:
    """The stays of one employee, whose facts are in total order.

    A second joining in a row, and a leaving after a leaving, say nothing new.
    """
    stays: list[Stay] = []
    since: HrJoined | None = None
    for fact in facts:
        if isinstance(fact, HrJoined):
            since = since or fact
        elif isinstance(fact, HrLeft) and (since or not stays):
            stays.append(Stay(since, fact))
            since = None
    return [*stays, Stay(since, None)] if since else stays
