"""Owners by their names: who an owner key means, and who is in a team on a day."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from dashboards.texts import Voice
from scoring.definitions import Definitions
from scoring.plan import SELF, Plan
from scoring.reference import UNASSIGNED, Person, Shop, Team


class Missing(LookupError):
    """A board was asked for something that is not defined."""


def owner_name(definitions: Definitions, owner: str, voice: Voice) -> str:
    """The name of `e:<person>`, `t:<team>`, `s:<shop>` or `c:`; Missing when nobody has that key."""
    kind, _, name = owner.partition(":")
    reference = definitions.reference
    if owner == "c:":
        return voice.pick(reference.company.name) or voice.say("owner.company")
    if owner == f"e:{UNASSIGNED}":
        return voice.say("owner.unassigned")
    named: dict[str, Sequence[Person | Team | Shop]] = {
        "e": reference.people,
        "t": reference.teams,
        "s": reference.shops,
    }
    for one in named.get(kind, ()):
        if one.id == name:
            return voice.pick(one.name) or name
    raise Missing(f"no owner {owner!r}")


def person_of(definitions: Definitions, person_id: str) -> Person:
    """A person by id; Missing when there is none."""
    person = definitions.person(person_id)
    if person is None:
        raise Missing(f"no person {person_id!r}")
    return person


def team_of(definitions: Definitions, team_id: str) -> Team:
    """A team by id; Missing when there is none."""
    for team in definitions.reference.teams:
        if team.id == team_id:
            return team
    raise Missing(f"no team {team_id!r}")


def plan_of(definitions: Definitions, person: Person, day: str) -> Plan | None:
    """The plan that a person works under on a day."""
    position = person.position(day)
    return definitions.plan_of(position) if position else None


def members(definitions: Definitions, team_id: str, day: str) -> list[Person]:
    """Everybody who is in a team, or in one below it, on a day; in the order of the definitions."""
    below = {team_id}
    grown = True
    while grown:
        more = {team.id for team in definitions.reference.teams if team.parent in below} - below
        below |= more
        grown = bool(more)
    found = []
    for person in definitions.reference.people:
        position = person.position(day)
        if position and position.team in below:
            found.append(person)
    return found


def teams_in_order(definitions: Definitions) -> list[tuple[Team, int]]:
    """Every team below its parent, with its depth."""
    teams = definitions.reference.teams
    ordered: list[tuple[Team, int]] = []

    def walk(parent: str, depth: int) -> None:
        for team in teams:
            if team.parent == parent:
                ordered.append((team, depth))
                walk(team.id, depth + 1)

    walk("", 0)
    return ordered


def main_kpis(definitions: Definitions, people: list[Person], day: str) -> list[tuple[str, str]]:
    """Each KPI of these people's plans once, with its dimension, by falling weight; none that is entered by hand."""
    weights: dict[tuple[str, str], tuple[Fraction, int]] = {}
    for person in people:
        plan = plan_of(definitions, person, day)
        for item in plan.items if plan else ():
            source = item.source
            kpi = definitions.kpis[source.kpi]
            if kpi.live == "MAN" or kpi.of_target or source.owner != SELF:
                continue
            key = (source.kpi, source.dimension)
            weight, first = weights.get(key, (Fraction(0), len(weights)))
            weights[key] = (weight + item.weight, first)
    ranked = sorted(weights, key=lambda key: (-weights[key][0], weights[key][1]))
    # Of a KPI that two roles are credited with in two dimensions, the heavier one stands for the team.
    dimensions: dict[str, str] = {}
    for kpi_id, dimension in ranked:
        dimensions.setdefault(kpi_id, dimension)
    return list(dimensions.items())
