"""Proposals from below, followed to their decision (R21)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from scoring.events.organisation import ProposalDecided, ProposalEvent, ProposalSubmitted


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposal: who made it to whom, and what became of it ("open" until somebody decides)."""

    id: str
    author: str
    addressee: str
    submitted_at: int
    state: str
    decided_by: str
    decided_at: int | None


def proposals(facts: Iterable[ProposalEvent]) -> list[Proposal]:
    """Every proposal, open ones first and the oldest first among each; `facts` are in total order.

    The first submission and the last decision count; a postponed proposal is still open to a later decision.
    """
    made: dict[str, ProposalSubmitted] = {}
    decided: dict[str, ProposalDecided] = {}
    for fact in facts:
        if isinstance(fact, ProposalSubmitted):
            made.setdefault(fact.proposal_id, fact)
        elif isinstance(fact, ProposalDecided):
            decided[fact.proposal_id] = fact
    found = []
    for name, first in made.items():
        answer = decided.get(name)
        state = answer.decision if answer else "open"
        by, at = (answer.decided_by, answer.occurred_at) if answer else ("", None)
        found.append(Proposal(name, first.author_id, first.addressee_id, first.occurred_at, state, by, at))
    return sorted(found, key=lambda row: (row.state not in ("open", "postponed"), row.submitted_at, row.id))


def share_decided(rows: Iterable[Proposal]) -> tuple[int, int]:
    """(decided, all): how many of the proposals have their answer."""
    states = [row.state for row in rows]
    return sum(state in ("adopted", "rejected") for state in states), len(states)
