"""What `scoreline init --role` writes: plans made of roles, people to name, and targets to fill in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dashboards.cli.home import Home
from dashboards.cli.screen import WRONG_USE, fail
from scoring.definitions import Definitions, read_definitions
from scoring.definitions.roles import read_roles
from scoring.kpi import Kpi
from scoring.period import key_containing, local_days, next_period, period_of
from scoring.role import Role
from scoring.roles import Holder, assignment_text, people_text, plan_text, target_text
from streams.clock import Clock
from streams.folder import catalogue_texts, role_tables

TEAM, SHOP = "ecom", "my-shop"
TARGETS_HEAD = (
    '# Targets come from your own history or strategy; none is shipped (R91). Replace each "?" by a number in quotes,\n'
    "# and give `history` so that `scoreline check` can hold the number against it.\n"
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which roles are asked for, and for whom; employees are named in the order of the roles."""

    roles: tuple[str, ...]
    employees: tuple[str, ...]
    period: str


def shipped_roles() -> dict[str, Role]:
    """Every role of the catalogue."""
    tables = role_tables()
    named = {str(item["kpi"]) for table in tables.values() for item in _items(table)}
    return read_roles(tables, named)


def _items(table: Mapping[str, object]) -> Sequence[Mapping[str, object]]:
    rows = table.get("item", [])
    assert isinstance(rows, list)
    return rows


def chosen(wanted: Wanted, kpis: Mapping[str, Kpi]) -> list[Role]:
    """The roles by name; ends the command when one is unknown or needs KPIs that are not there."""
    known = shipped_roles()
    for name in wanted.roles:
        if name not in known:
            raise fail(f"{name!r} is no role; known: {', '.join(known)}", WRONG_USE)
        absent = [item.kpi for item in known[name].items if item.kpi not in kpis]
        if absent:
            raise fail(f"{name} needs KPIs that the catalogue does not have: {', '.join(absent)}", WRONG_USE)
    if len(wanted.employees) > len(wanted.roles):
        raise fail("there are more --employee than --role: name one employee for each role", WRONG_USE)
    return [known[name] for name in dict.fromkeys(wanted.roles)]


def new_home(company: str, wanted: Wanted, clock: Clock) -> dict[str, str]:
    """The files of a new home by name: company, one person a role, plans, and targets to fill in."""
    kpis = read_definitions({**catalogue_texts(), "company.toml": company}).kpis
    roles = chosen(wanted, kpis)
    people = [*wanted.employees, *(f"p{number:02d}" for number in range(len(wanted.employees) + 1, len(roles) + 1))]
    holders = [
        (role, Holder(person, TEAM, _period(role, wanted, clock))) for role, person in zip(roles, people, strict=True)
    ]
    first_day = period_of(holders[0][1].period, "UTC").first_day
    rows: list[str] = []
    seen: list[tuple[str, str, str]] = []
    for role, holder in holders:
        text = target_text(role, kpis, holder, seen)
        seen += _keys(text)
        rows.append(text)
    return {
        "company.toml": company,
        "people.toml": people_text(TEAM, holders, first_day),
        "assignments.toml": assignment_text(holders, SHOP, first_day),
        "targets.toml": TARGETS_HEAD + "".join(rows),
        **{f"plans/{role.id}.toml": plan_text(role, kpis, TEAM) for role in roles},
    }


def more_roles(home: Home, wanted: Wanted, clock: Clock) -> dict[str, str]:
    """The files to write into a home that exists: new plans, and targets.toml with rows for the employees named."""
    definitions = home.definitions()
    roles = chosen(wanted, definitions.kpis)
    for role in roles:
        if (home.definitions_folder / f"plans/{role.id}.toml").exists():
            raise fail(f"plans/{role.id}.toml exists already: edit it, or take it away first", WRONG_USE)
    path = home.definitions_folder / "targets.toml"
    targets = path.read_text("utf-8") if path.exists() else TARGETS_HEAD
    seen = [(row.owner, row.kpi, row.period) for row in (*definitions.reference.targets, *definitions.unfilled)]
    for role, person in zip(roles, wanted.employees, strict=False):
        holder = Holder(person, _team(definitions, person), _period(role, wanted, clock))
        text = target_text(role, definitions.kpis, holder, seen)
        seen += _keys(text)
        targets += text
    team = _team(definitions, wanted.employees[0]) if wanted.employees else _first_team(definitions)
    return {
        "targets.toml": targets,
        **{f"plans/{role.id}.toml": plan_text(role, definitions.kpis, team) for role in roles},
    }


def write(folder: Path, texts: Mapping[str, str]) -> list[str]:
    """Write files below a folder; their paths."""
    written = []
    for name, text in sorted(texts.items()):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
        written.append(str(target))
    return written


def _keys(text: str) -> list[tuple[str, str, str]]:
    """(owner, KPI, period) of each row of targets.toml."""
    values = [line.partition('"')[2].partition('"')[0] for line in text.splitlines() if _is_key(line)]
    return [(values[at], values[at + 1], values[at + 2]) for at in range(0, len(values), 3)]


def _is_key(line: str) -> bool:
    return line.startswith(("owner =", "kpi =", "period ="))


def _period(role: Role, wanted: Wanted, clock: Clock) -> str:
    """The period asked for, in the role's own grain; else the next one that begins."""
    if wanted.period:
        return key_containing(period_of(wanted.period, "UTC").first_day, role.period)
    day = local_days("Asia/Shanghai").day(clock.now_us())
    return next_period(period_of(key_containing(day, role.period), "Asia/Shanghai")).key


def _team(definitions: Definitions, person_id: str) -> str:
    person = definitions.person(person_id)
    if person is None:
        known = ", ".join(person.id for person in definitions.reference.people)
        raise fail(f"{person_id!r} is nobody of people.toml; known: {known}", WRONG_USE)
    return person.positions[-1].team if person.positions else _first_team(definitions)


def _first_team(definitions: Definitions) -> str:
    if not definitions.reference.teams:
        raise fail("people.toml has no team: add one, a lead's plan names it", WRONG_USE)
    return definitions.reference.teams[0].id


__all__ = ["Wanted", "more_roles", "new_home", "shipped_roles", "write"]
