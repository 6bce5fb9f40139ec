"""Reads calendar.toml: how part periods are counted, holidays, types of leave, and who was away when."""

from __future__ import annotations

from scoring.definitions.table import Table, nearest
from scoring.presence import LEAVE_TYPES, PRORATIONS, Leave, LeaveType, Presence


def read_presence(root: Table, people: set[str]) -> Presence:
    """calendar.toml; without it parts of a period are counted in calendar days and nobody is away."""
    head = root.table("calendar") or Table(root.file, "calendar", {}, [])
    types = dict(LEAVE_TYPES)
    for table in root.tables("leave_type"):
        name = table.text("id")
        plain = types.get(name, LeaveType(True, False))
        types[name] = LeaveType(
            table.flag("prorates_target", plain.prorates_target),
            table.flag("prorates_base", plain.prorates_base),
            table.whole("free_days", plain.free_days),
        )
        table.finish()
    presence = Presence(
        proration=head.choice("proration", PRORATIONS, "calendar"),
        holidays=frozenset(head.days("holidays")),
        extra_workdays=frozenset(head.days("workdays")),
        types=tuple(types.items()),
        leaves=tuple(_leave(table, people, tuple(types)) for table in root.tables("leave")),
    )
    for day in sorted(presence.holidays & presence.extra_workdays):
        head.fault("workdays", f"{day} is a holiday too; keep one")
    head.finish()
    root.finish()
    return presence


def _leave(table: Table, people: set[str], types: tuple[str, ...]) -> Leave:
    leave = Leave(table.text("person"), table.choice("type", types), table.day("from"), table.day("to"))
    if leave.person and leave.person not in people:
        table.fault("person", f"{leave.person!r} is not a person of people.toml{nearest(leave.person, tuple(people))}")
    if leave.to_day <= leave.from_day and table.has("to"):
        table.fault("to", f"is {leave.to_day}, not after from = {leave.from_day}; 'to' is the first day back")
    table.finish()
    return leave
