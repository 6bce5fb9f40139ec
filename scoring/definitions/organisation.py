"""Reads company.toml, people.toml, assignments.toml, fx.toml and points.toml into reference records."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from itertools import pairwise
from typing import get_args

from scoring.definitions.precedence import read_precedence
from scoring.definitions.table import Table, exact_number, nearest
from scoring.events.refund import Responsible
from scoring.fields import parse_number
from scoring.money import EXPONENTS
from scoring.period import LocalDays
from scoring.plan import STAGES
from scoring.redlines import EFFECTS
from scoring.reference import (
    Account,
    Assignment,
    Company,
    Gap,
    Manual,
    Person,
    Point,
    Policy,
    Position,
    Rate,
    RedLine,
    Shop,
    Team,
)

_WITH_VALUE = ("cap_total", "coefficient", "zero_kpi")
GMV_BASES = ("merchant_receipts", "buyer_paid", "list_price")
TAGS = ("owner", "live_op", "campaign", "warehouse", "cost_centre", "host", "controller", "rep", "bd", "purchaser")
SCOPES = (
    "brand",
    "shop",
    "channel",
    "category",
    "sku",
    "campaign",
    "warehouse",
    "cost_centre",
    "session",
    "partner",
    "supplier",
)
INQUIRY_CREDITS = ("last_agent_before_order", "first_agent", "equal_split", "by_message_share")
WINDOW_POLICIES = ("exclude_if_started_outside", "pause_clock")
HOST_CREDITS = ("on_air_at_placed", "on_air_at_paid", "last_explained")
RESPONSIBLE: tuple[str, ...] = get_args(Responsible)
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
    window = _window(table) if table.has("service_window") else None
    shop = Shop(
        table.text("id"), table.label("name"), table.text("brand", ""), window, table.choice("stage", STAGES, "")
    )
    table.text("channel", "")
    table.finish()
    return shop


def _policy(table: Table) -> Policy:
    plain = Policy()
    window = (_window(table) if table.has("service_window") else None) or plain.service_window
    policy = Policy(
        return_window_days=table.whole("return_window_days", plain.return_window_days),
        inquiry_window_days=table.whole("inquiry_window_days", plain.inquiry_window_days),
        inquiry_credit=table.choice("inquiry_credit", INQUIRY_CREDITS, plain.inquiry_credit),
        bot_assist_counts=table.flag("bot_assist_counts", plain.bot_assist_counts),
        closing_turn_filter=table.flag("closing_turn_filter", plain.closing_turn_filter),
        rate_window=table.choice("rate_window", WINDOW_POLICIES, plain.rate_window),
        average_window=table.choice("average_window", WINDOW_POLICIES, plain.average_window),
        live_payment_grace_minutes=table.whole("live_payment_grace_minutes", plain.live_payment_grace_minutes),
        live_heartbeat_gap_seconds=table.whole("live_heartbeat_gap_seconds", plain.live_heartbeat_gap_seconds, 1),
        service_window=window,
        order_owner=table.choice("order_owner", ("assignment", "agent"), plain.order_owner),
        close_sources=table.texts("close_sources"),
        host_credit=table.choice("host_credit", HOST_CREDITS, plain.host_credit),
        host_refund_responsible=_responsible(table)
        if table.has("host_refund_responsible")
        else plain.host_refund_responsible,
        live_step_grace_seconds=table.whole("live_step_grace_seconds", plain.live_step_grace_seconds),
        hit_threshold_views=table.whole("hit_threshold_views", plain.hit_threshold_views),
        new_buyer_refund_days=table.whole("new_buyer_refund_days", plain.new_buyer_refund_days),
        gmv_basis=table.choice("gmv_basis", GMV_BASES, plain.gmv_basis),
        turnover_leavers=table.choice("turnover_leavers", ("voluntary", "all"), plain.turnover_leavers),
        new_product_units=table.whole("new_product_units", plain.new_product_units, 1),
        new_product_margin=table.exact("new_product_margin", plain.new_product_margin),
        force_majeure_days=table.days("force_majeure_days"),
        judged_weight_limit=table.whole("judged_weight_limit", plain.judged_weight_limit),
        precedence=read_precedence(table),
    )
    table.finish()
    return policy


def _responsible(table: Table) -> tuple[str, ...]:
    named = table.texts("host_refund_responsible")
    for name in named:
        if name not in RESPONSIBLE:
            table.fault("host_refund_responsible", f"{name!r} is never responsible; known: {', '.join(RESPONSIBLE)}")
    return named


def _window(table: Table) -> tuple[str, str] | None:
    """Service hours; None where nothing usable is written."""
    window = table.texts("service_window")
    if not window:
        return None
    if len(window) != 2 or not all(_is_clock(text) for text in window) or window[0] >= window[1]:
        table.fault("service_window", f'is {list(window)}; write two local times in order, such as ["08:00", "23:00"]')
        return None
    return window[0], window[1]


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
        accounts.append(Account(entry.text("id"), *entry.span()))
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
    from_day, to_day = table.span()
    plan = table.choice("plan", plans, "") if table.has("plan") else ""
    position = Position(
        team=table.choice("team", teams),
        role=table.text("role"),
        plan=plan,
        from_day=from_day,
        to_day=to_day,
        base_pay=table.exact("base_pay", Fraction(0)),
        performance_base=table.exact("performance_base", Fraction(0)),
        shop=table.text("shop", ""),
    )
    table.finish()
    return position


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
        rows.append(Assignment(person, tag, scope, share, *table.span()))
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


Points = tuple[tuple[Point, ...], tuple[RedLine, ...], tuple[Manual, ...], tuple[Gap, ...]]


def read_points(root: Table, people: set[str], kpis: tuple[str, ...]) -> Points:
    """points.toml: bonus and penalty points, red lines with their state, coefficients set by hand, gaps one caused."""
    points, red_lines, manuals, gaps = [], [], [], []
    for table in root.tables("point"):
        points.append(
            Point(
                _known(table, people),
                table.period(),
                table.exact("points"),
                table.label("reason"),
                table.text("evidence"),
            )
        )
        table.finish()
    for table in root.tables("red_line"):
        line = RedLine(
            _known(table, people),
            table.period(),
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
        who, period, coefficient = _known(table, people), table.period(), table.exact("coefficient")
        manuals.append(Manual(who, period, coefficient, table.label("reason"), table.text("decided_by")))
        table.finish()
    for table in root.tables("gap"):
        who, period, kpi = _known(table, people), table.period(), table.choice("kpi", kpis)
        gaps.append(Gap(who, period, kpi, table.label("reason"), table.text("decided_by")))
        table.finish()
    root.finish()
    return tuple(points), tuple(red_lines), tuple(manuals), tuple(gaps)


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


__all__ = ["read_assignments", "read_company", "read_people", "read_points", "read_rates"]
