"""Who leads whom: the position that somebody has or had last, and the lead above it."""

from __future__ import annotations

from datetime import timedelta

from scoring.period import parse_day
from scoring.reference import Person, Position, Reference


def last_position(person: Person | None, day: str) -> Position | None:
    """The position held on a local day, or the last one before it."""
    begun = [position for position in person.positions if position.from_day <= day] if person else []
    return max(begun, key=lambda position: position.from_day, default=None)


def home_day(person: Person | None, day: str) -> str:
    """The day itself, or the last day of the last position when none is held any more."""
    position = last_position(person, day)
    if position is None or position.to_day is None or position.to_day > day:
        return day
    return (parse_day(position.to_day) - timedelta(days=1)).isoformat()


def person_of(reference: Reference, person_id: str) -> Person | None:
    """A person by id."""
    return next((person for person in reference.people if person.id == person_id), None)


def lead_of(reference: Reference, person_id: str, day: str) -> str:
    """The lead of the person's team on a day, or of the nearest team above that somebody else leads; "" for nobody.

    This is who reviews the person for a period that ends on that day (R20).
    """
    position = last_position(person_of(reference, person_id), day)
    teams = {team.id: team for team in reference.teams}
    team = teams.get(position.team) if position else None
    while team is not None:
        if team.lead and team.lead != person_id:
            return team.lead
        team = teams.get(team.parent)
    return ""


def reports_of(reference: Reference, lead: str, day: str) -> tuple[str, ...]:
    """The people whose lead somebody is on a day: whom they review, and nobody else."""
    return tuple(
        person.id
        for person in reference.people
        if person.position(day) is not None and lead_of(reference, person.id, day) == lead
    )
