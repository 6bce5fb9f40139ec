"""Who leads somebody, recounted from the records."""

from __future__ import annotations

from scoring.recount.book import Book


def lead_above(book: Book, person: str, day: str) -> list[str]:
    """The first lead who is somebody else, from the person's team upwards; the last team counts when none is held."""
    rows = [row for one in book.reference.people if one.id == person for row in one.positions if row.from_day <= day]
    leads = {team.id: team.lead for team in book.reference.teams}
    team = max(rows, key=lambda row: row.from_day).team if rows else ""
    while team:
        if leads[team] not in ("", person):
            return [leads[team]]
        team = book.parents[team]
    return []
