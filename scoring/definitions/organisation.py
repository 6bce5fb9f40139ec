"""Reads company.toml, people.toml, assignments.toml, targets.toml, fx.toml and points.toml into reference records."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from itertools import pairwise

from scoring.definitions.table import Table, exact_number, nearest
from scoring.fields import parse_number
from scoring.money import EXPONENTS
from scoring.period import LocalDays, grain_of
from scoring.redlines import EFFECTS
from scoring.reference import (
    Account,
    Assignment,
    Company,
    Manual,
    Person,
    Point,
    Policy,
    Position,
    Rate,
    RedLine,
    Shop,
    Target,
    Team,
)

_WITH_VALUE = ("cap_total", "coefficient", "zero_kpi")
TAGS = ("owner", "live_op", "campaign", "warehouse")
SCOPES = ("brand", "shop", "channel", "category", "sku", "campaign", "warehouse")
TARGET_SOURCES = ("own_history", "strategy", "platform_rule", "external")
RED_LINE_STATES = ("raised", "heard", "upheld", "dismissed")


def read_company(root: Table) -> tuple[Company, Policy, tuple[Shop, ...]]:
    """company.toml: who, where and by which choices."""
    table = root.table("company")
    if table is None:
        root.fault("company", "is missing; add a [company] table with id, name, zone and currency")
        table = Table(root.file, "company", {}, [])
    zone, currency = table.text("zone", "Asia/Shanghai"), table.text("currency", "CNY")
    try:
        LocalDays(zone)
    except ValueError as error:
        table.fault("zone", str(error))
        zone = "UTC"
    if currency not in EXPONENTS:
        table.fault("currency", f"is {currency!r}; write an ISO 4217 code in capitals, such as CNY")
        currency = "CNY"
    company = Company(table.text("id"), table.label("name"), zone, currency)
    table.finish()
    shops = tuple(_shop(entry) for entry in root.tables("shop"))
    _check_unique(root, "shop", [shop.id for shop in shops])
    policy = _policy(root.table("policy") or Table(root.file, "policy", {}, []))
    root.finish()
    return company, policy, shops


def _shop(table: Table) -> Shop:
    shop = Shop(table.text("id"), table.label("name"), table.text("brand", ""))
    table.text("channel", "")
    table.finish()
    return shop


def _policy(table: Table) -> Policy:
    plain = Policy()
    window = table.texts("service_window") or plain.service_window
    if len(window) != 2 or not all(_is_clock(text) for text in window) or window[0] >= window[1]:
        table.fault("service_window", f'is {list(window)}; write two local times in order, such as ["08:00", "23:00"]')
        window = plain.service_window
    policy = Policy(
        return_window_days=table.whole("return_window_days", plain.return_window_days),
        inquiry_window_days=table.whole("inquiry_window_days", plain.inquiry_window_days),
        inquiry_credit=table.choice("inquiry_credit", (plain.inquiry_credit,), plain.inquiry_credit),
        bot_assist_counts=table.flag("bot_assist_counts", plain.bot_assist_counts),
        live_payment_grace_minutes=table.whole("live_payment_grace_minutes", plain.live_payment_grace_minutes),
        live_heartbeat_gap_seconds=table.whole("live_heartbeat_gap_seconds", plain.live_heartbeat_gap_seconds, 1),
        service_window=(window[0], window[1]),
        order_owner=table.choice("order_owner", ("assignment", "agent"), plain.order_owner),
        close_sources=table.texts("close_sources"),
    )
    table.finish()
    return policy


def _is_clock(text: str) -> bool:
    hour, colon, minute = text.partition(":")
    return (
        bool(colon)
        and len(text) == 5
        and text.isascii()
        and hour.isdigit()
        and minute.isdigit()
        and int(hour) < 24
        and int(minute) < 60
    )


def read_people(root: Table, plans: tuple[str, ...]) -> tuple[tuple[Team, ...], tuple[Person, ...]]:
    """people.toml: teams as a tree, people with positions and platform accounts."""
    teams = []
    for table in root.tables("team"):
        teams.append(Team(table.text("id"), table.label("name"), table.text("parent", ""), table.text("lead", "")))
        table.finish()
    known_teams = tuple(team.id for team in teams)
    people = [_person(table, known_teams, plans) for table in root.tables("person")]
    root.finish()
    _check_tree(root, teams, {person.id for person in people})
    _check_unique(root, "person", [person.id for person in people])
    _check_unique(root, "team", list(known_teams))
    _check_accounts(root, people)
    return tuple(teams), tuple(people)


def _person(table: Table, teams: tuple[str, ...], plans: tuple[str, ...]) -> Person:
    found = [_position(entry, teams, plans) for entry in table.tables("position")]
    positions = tuple(sorted(found, key=lambda position: position.from_day))
    accounts = []
    for entry in table.tables("account"):
        accounts.append(Account(entry.text("id"), *_from_to(entry)))
        entry.finish()
    for earlier, later in pairwise(positions):
        if earlier.to_day is None or earlier.to_day > later.from_day:
            table.fault("position", f"two positions overlap from {later.from_day}; end one where the next one starts")
    person = Person(table.text("id"), table.label("name"), positions, tuple(accounts))
    if person.id == "unassigned":
        table.fault("id", "'unassigned' is reserved for work that maps to nobody; choose another id")
    table.finish()
    return person


def _position(table: Table, teams: tuple[str, ...], plans: tuple[str, ...]) -> Position:
    from_day, to_day = _from_to(table)
    plan = table.choice("plan", plans, "") if table.has("plan") else ""
    position = Position(
        team=table.choice("team", teams),
        role=table.text("role"),
        plan=plan,
        from_day=from_day,
        to_day=to_day,
        base_pay=table.exact("base_pay", Fraction(0)),
        performance_base=table.exact("performance_base", Fraction(0)),
    )
    table.finish()
    return position


def _from_to(table: Table) -> tuple[str, str | None]:
    from_day, to_day = table.day("from"), table.optional_day("to")
    if to_day is not None and to_day <= from_day:
        table.fault("to", f"is {to_day}, not after from = {from_day}; 'to' is the first day that no longer counts")
    return from_day, to_day


def _check_tree(root: Table, teams: list[Team], people: set[str]) -> None:
    parents = {team.id: team.parent for team in teams}
    for team in teams:
        if team.parent and team.parent not in parents:
            root.fault(f"team {team.id}", f"parent {team.parent!r} is not a team; known: {', '.join(parents)}")
        if team.lead and team.lead not in people:
            root.fault(f"team {team.id}", f"lead {team.lead!r} is not a person of this file")
        seen, at = {team.id}, team.parent
        while at:
            if at in seen:
                root.fault(f"team {team.id}", "its parents form a circle; one team must be directly under the company")
                break
            seen.add(at)
            at = parents.get(at, "")


def _check_unique(root: Table, what: str, names: list[str]) -> None:
    for name in sorted({name for name in names if names.count(name) > 1}):
        root.fault(f"{what} {name}", "is defined twice; give each its own id")


def _check_accounts(root: Table, people: list[Person]) -> None:
    uses: dict[str, list[tuple[str, str | None, str]]] = defaultdict(list)
    for person in people:
        for account in person.accounts:
            uses[account.id].append((account.from_day, account.to_day, person.id))
    for account_id, rows in uses.items():
        rows.sort(key=lambda row: row[0])
        for (_, end, first), (start, _, second) in pairwise(rows):
            if end is None or end > start:
                root.fault(
                    f"account {account_id}", f"belongs to {first} and {second} at once from {start}; end one first"
                )


def read_assignments(root: Table, people: set[str], shops: set[str]) -> tuple[Assignment, ...]:
    """assignments.toml: who owns which work, by share and date."""
    rows = []
    for table in root.tables("assignment"):
        person, tag = table.text("person"), table.choice("tag", TAGS)
        if person and person not in people:
            table.fault("person", f"{person!r} is not a person of people.toml")
        scope = tuple((key, table.text(key)) for key in SCOPES if table.has(key))
        shop = dict(scope).get("shop")
        if shop is not None and shop not in shops:
            table.fault("shop", f"{shop!r} is not a shop of company.toml{nearest(shop, tuple(shops))}")
        share = table.exact("share", Fraction(1))
        if not 0 < share <= 1:
            table.fault("share", f"is {share}; a share is above 0 and at most 1")
        rows.append(Assignment(person, tag, scope, share, *_from_to(table)))
        table.finish()
    root.finish()
    _check_shares(root, rows)
    return tuple(rows)


def _check_shares(root: Table, rows: list[Assignment]) -> None:
    groups: dict[tuple[str, tuple[tuple[str, str], ...]], list[Assignment]] = defaultdict(list)
    for row in rows:
        groups[(row.tag, row.scope)].append(row)
    for (tag, scope), group in groups.items():
        for day in sorted({row.from_day for row in group}):
            total = sum((row.share for row in group if row.holds(day)), Fraction(0))
            if total > 1:
                place = ", ".join(f"{key}={value}" for key, value in scope) or "everything"
                root.fault(f"{tag} of {place}", f"shares add up to {total} on {day}; they must not exceed 1")


def read_targets(root: Table, kpis: tuple[str, ...], owners: set[str]) -> tuple[Target, ...]:
    """targets.toml: what each owner should reach, with its source (R91)."""
    rows, seen = [], set()
    for table in root.tables("target"):
        target = Target(
            owner=table.text("owner"),
            kpi=table.choice("kpi", kpis),
            period=_period(table),
            value=table.exact("value"),
            source=table.choice("source", TARGET_SOURCES),
            reason=table.text("reason", ""),
        )
        table.finish()
        key = (target.owner, target.kpi, target.period)
        if target.owner and target.owner not in owners:
            table.fault("owner", f'{target.owner!r} is nobody; write "e:<person>", "t:<team>", "s:<shop>" or "c:"')
        if key in seen:
            table.fault("owner", f"{target.owner} has two targets for {target.kpi} in {target.period}; keep one")
        if target.source == "external" and not target.reason:
            table.fault("reason", "a target taken from elsewhere needs a reason (R91)")
        seen.add(key)
        rows.append(target)
    root.finish()
    return tuple(rows)


def _period(table: Table) -> str:
    period = table.text("period")
    try:
        grain_of(period)
    except ValueError as error:
        table.fault("period", str(error))
    return period


def read_rates(root: Table) -> tuple[Rate, ...]:
    """fx.toml: exchange rates by day."""
    rows = []
    for table in root.tables("rate"):
        rate = Rate(table.choice("currency", tuple(EXPONENTS)), table.day("day"), table.exact("rate"))
        if rate.rate <= 0 and exact_number(table.raw("rate")) is not None:
            table.fault("rate", "must be above 0")
        table.finish()
        rows.append(rate)
    root.finish()
    return tuple(sorted(rows, key=lambda rate: (rate.currency, rate.day)))


def read_points(root: Table, people: set[str]) -> tuple[tuple[Point, ...], tuple[RedLine, ...], tuple[Manual, ...]]:
    """points.toml: bonus and penalty points, red lines with their state, coefficients set by hand."""
    points, red_lines, manuals = [], [], []
    for table in root.tables("point"):
        points.append(
            Point(
                _known(table, people),
                _period(table),
                table.exact("points"),
                table.label("reason"),
                table.text("evidence"),
            )
        )
        table.finish()
    for table in root.tables("red_line"):
        line = RedLine(
            _known(table, people),
            _period(table),
            _effect(table),
            table.choice("state", RED_LINE_STATES),
            table.label("reason"),
            table.text("decided_by", ""),
        )
        if line.state == "upheld" and not line.decided_by:
            table.fault("decided_by", "a red line is upheld by a person; name who decided")
        table.finish()
        red_lines.append(line)
    for table in root.tables("manual"):
        who, period, coefficient = _known(table, people), _period(table), table.exact("coefficient")
        manuals.append(Manual(who, period, coefficient, table.label("reason"), table.text("decided_by")))
        table.finish()
    root.finish()
    return tuple(points), tuple(red_lines), tuple(manuals)


def _effect(table: Table) -> str:
    text = table.text("effect")
    try:
        read_effect(text)
    except ValueError as error:
        table.fault("effect", str(error))
    return text


def read_effect(text: str) -> tuple[str, Fraction | None, str | None]:
    """(effect, value, kpi) of a text such as "cap_total(59)", "zero_kpi(csat)" or "zero_total"."""
    name, bracket, rest = text.partition("(")
    inside = rest.removesuffix(")")
    # no_bonus waits for bonus components: an upheld red line that changes nothing would deceive.
    known = name in EFFECTS and name != "no_bonus"
    if not known or (bracket and not rest.endswith(")")) or bool(bracket) != (name in _WITH_VALUE):
        raise ValueError(f"is {text!r}; write one of cap_total(59), coefficient(0.5), zero_kpi(csat), zero_total")
    if name == "zero_kpi":
        return name, None, inside
    return name, (parse_number(inside) if bracket else None), None


def _known(table: Table, people: set[str]) -> str:
    person = table.text("person")
    if person and person not in people:
        table.fault("person", f"{person!r} is not a person of people.toml")
    return person


__all__ = ["read_assignments", "read_company", "read_people", "read_points", "read_rates", "read_targets"]
