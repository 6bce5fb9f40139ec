"""Reads rosters.toml: who used a shared platform account from which instant to which (G10)."""

from __future__ import annotations

from collections import defaultdict

from scoring.definitions.table import Table, nearest
from scoring.period import parse_instant
from scoring.reference import Shift


def read_rosters(root: Table, people: set[str]) -> tuple[Shift, ...]:
    """rosters.toml: shifts by account and instant; without it accounts belong to people by whole days."""
    rows: list[tuple[Table, Shift]] = []
    for table in root.tables("shift"):
        account, person = table.text("account"), table.text("person")
        start_at, end_at = _instant(table, "from"), _instant(table, "to")
        table.finish()
        if account in people:
            table.fault("account", f"{account!r} is the id of a person; a roster splits an account that several share")
        if person and person not in people:
            hint = nearest(person, tuple(sorted(people)))
            table.fault("person", f"{person!r} is not a person of people.toml{hint}")
        if start_at is None or end_at is None:
            continue
        if end_at <= start_at:
            table.fault("to", f"is {table.raw('to')}, not after from = {table.raw('from')}; end the shift later")
            continue
        rows.append((table, Shift(account, person, start_at, end_at)))
    root.finish()
    _check_overlaps(rows)
    return tuple(shift for _, shift in rows)


def _instant(table: Table, name: str) -> int | None:
    value = table.raw(name)
    if value is None:
        table.fault(name, 'is missing; add an instant in quotes, such as "2026-10-03T09:00:00+08:00"')
        return None
    try:
        return parse_instant(str(value))
    except ValueError as error:
        table.fault(name, f"{error}; put it in quotes")
        return None


def _check_overlaps(rows: list[tuple[Table, Shift]]) -> None:
    accounts: dict[str, list[tuple[Table, Shift]]] = defaultdict(list)
    for row in rows:
        accounts[row[1].account].append(row)
    for account, own in accounts.items():
        own.sort(key=lambda row: row[1].start_at)
        longest, until = own[0]
        for table, shift in own[1:]:
            if shift.start_at < until.end_at:
                text = f"{account!r} still has {longest.key} of {until.person} at {table.raw('from')}"
                table.fault("from", f"{text}; end that one by then, or start this one later")
            if shift.end_at > until.end_at:
                longest, until = table, shift


__all__ = ["read_rosters"]
