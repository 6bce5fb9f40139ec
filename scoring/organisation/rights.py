"""Who may plan, suggest, veto or dispatch, about whom, on which day (R19, R20)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from scoring.organisation.leads import person_of
from scoring.organisation.records import Grant
from scoring.reference import Reference


@dataclass(frozen=True, slots=True)
class Rights:
    """The grants of a company. Nothing is granted by position: each right is a grant of its own."""

    reference: Reference
    grants: Sequence[Grant]

    def may(self, person: str, right: str, owner: str, day: str) -> bool:
        """Whether somebody has a right about an owner (e:, t:, s: or c:) on a local day."""
        return self.by_which(person, right, owner, day) is not None

    def by_which(self, person: str, right: str, owner: str, day: str) -> Grant | None:
        """The grant that says so, for the audit; None when there is none."""
        scopes = self._scopes(owner, day)
        for grant in self.grants:
            if (grant.person, grant.right) == (person, right) and grant.holds(day) and grant.scope in scopes:
                return grant
        return None

    def _scopes(self, owner: str, day: str) -> set[str]:
        """The owner itself, the teams above it on that day, and the company."""
        kind, _, name = owner.partition(":")
        scopes = {owner, "c:"}
        team = name if kind == "t" else ""
        if kind == "e":
            person = person_of(self.reference, name)
            position = person.position(day) if person else None
            team = position.team if position else ""
        parents = {one.id: one.parent for one in self.reference.teams}
        while team:
            scopes.add(f"t:{team}")
            team = parents.get(team, "")
        return scopes
