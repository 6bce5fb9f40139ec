"""A company of 24 people, one for each role of the catalogue, on the shop whose month the simulator plays."""

from __future__ import annotations

import re
from fractions import Fraction

from examples.shop.departments import STAFF
from examples.shop.world import SHOP, WAREHOUSE
from scoring.definitions import read_definitions
from scoring.definitions.roles import read_roles
from scoring.kpi import Kpi
from scoring.role import Role
from scoring.roles import Holder, plan_text, target_text
from streams.folder import catalogue_texts, role_tables

PERIOD, QUARTER, SINCE = "2026-10", "2026-Q4", "2026-09-01"
PEOPLE = {
    "operations_manager": "e01",
    "operations_specialist": "e02",
    "promotion_manager": "e04",
    "promotion_specialist": "e05",
    "livestream_operator": "e07",
    "livestream_host": "e08",
    "cs_supervisor": "e11",
    "cs_agent": "e12",
    "warehouse_supervisor": "e16",
    "operations_assistant": "e17",
    "cs_agent_aftersales": "e18",
    **STAFF,
}
"""Who has which role; ids are those that the simulator's events name."""
TEAMS = {
    "ecom": ("", "ecommerce_director"),
    "ops": ("ecom", "operations_manager"),
    "promotion": ("ecom", "promotion_manager"),
    "live": ("ops", "livestream_operator"),
    "cs": ("ops", "cs_supervisor"),
    "warehouse": ("ecom", "warehouse_supervisor"),
    "amazon": ("ecom", "amazon_director"),
}
"""Team: the team above and the role that leads it."""
MEMBERS = {
    "promotion": ("promotion_manager", "promotion_specialist"),
    "live": ("livestream_operator", "livestream_host", "livestream_controller"),
    "cs": ("cs_supervisor", "cs_agent", "cs_agent_aftersales"),
    "warehouse": ("warehouse_supervisor",),
    "amazon": ("amazon_director", "amazon_operator"),
    "ecom": ("ecommerce_director", "data_analyst", "purchaser"),
}
ACCOUNTS = {"e08": ("zb-01", "zb-02", "zb-03"), "e12": ("kf-01", "kf-02", "kf-03", "kf-05", "kf-06"), "e18": ("kf-07",)}
OWNERS = {
    "dress": ("operations_specialist", "promotion_specialist"),
    "tops": ("merchandiser",),
    "outerwear": ("amazon_operator",),
}
"""Goods by category; what private domain and foreign trade sell belongs to their operators, whatever the category."""
CHANNELS = {"private_domain": "member_operator", "b2b": "foreign_trade_operator"}
TAGS = {
    "live_op": "livestream_operator",
    "campaign": "promotion_specialist",
    "warehouse": "warehouse_supervisor",
    "controller": "livestream_controller",
    "bd": "influencer_bd",
    "rep": "foreign_trade_operator",
    "purchaser": "purchaser",
    "cost_centre": "ecommerce_director",
}
TARGETS = {
    "money": "20000",
    "count": "40",
    "ratio": "0.3",
    "seconds": "60",
    "hours": "40",
    "points": "85",
    "multiple": "3",
}
COMPANY = f"""[company]
id = "roster"
name = {{ zh = "二十四人", en = "Twenty-four" }}
[[shop]]
id = "{SHOP}"
name = {{ zh = "店", en = "Shop" }}
brand = "hanfeng"
"""


def team_of(role: str) -> str:
    """The team in which a role works."""
    return next((team for team, roles in MEMBERS.items() if role in roles), "ops")


def roles() -> dict[str, Role]:
    """The roles of the catalogue by id."""
    texts = {**catalogue_texts(), "company.toml": COMPANY}
    return read_roles(role_tables(), tuple(read_definitions(texts).kpis))


def roster_texts() -> dict[str, str]:
    """Every file of the company, with the catalogue."""
    texts = {**catalogue_texts(), "company.toml": COMPANY}
    kpis = read_definitions(texts).kpis
    known = read_roles(role_tables(), tuple(kpis))
    texts |= {f"plans/{name}.toml": plan_text(role, kpis, team_of(name)) for name, role in known.items()}
    return texts | {
        "people.toml": _people(),
        "assignments.toml": _assignments(),
        "targets.toml": _targets(known, kpis),
    }


def _people() -> str:
    lines = []
    for team, (above, lead) in TEAMS.items():
        lines += [
            "[[team]]",
            f'id = "{team}"',
            f'name = {{ zh = "{team}组", en = "{team}" }}',
            f'lead = "{PEOPLE[lead]}"',
        ]
        lines += [f'parent = "{above}"'] if above else []
    for role, person in PEOPLE.items():
        lines += ["[[person]]", f'id = "{person}"', f'name = {{ zh = "{person}号", en = "{person}" }}']
        lines += ["[[person.position]]", f'team = "{team_of(role)}"', f'role = "{role}"', f'plan = "{role}"']
        lines += [f'from = "{SINCE}"', 'base_pay = "6000"', 'performance_base = "2000"']
        for account in ACCOUNTS.get(person, ()):
            lines += ["[[person.account]]", f'id = "{account}"', f'from = "{SINCE}"']
    return "\n".join(lines) + "\n"


def _assignments() -> str:
    rows = []
    for category, owners in OWNERS.items():
        share = Fraction(1, len(owners))
        rows += [_row(owner, "owner", f'category = "{category}"\nshare = "{share}"\n') for owner in owners]
        for channel, owner in CHANNELS.items():
            rows.append(_row(owner, "owner", f'category = "{category}"\nchannel = "{channel}"\n'))
    rows += [_row("operations_specialist", "owner", f'shop = "{SHOP}"\n')]
    rows += [_row(owner, "owner", f'channel = "{channel}"\n') for channel, owner in CHANNELS.items()]
    rows += [_row(owner, tag, "") for tag, owner in TAGS.items() if tag != "warehouse"]
    return "".join([*rows, _row(TAGS["warehouse"], "warehouse", f'warehouse = "{WAREHOUSE}"\n')])


def _row(role: str, tag: str, scope: str) -> str:
    return f'[[assignment]]\nperson = "{PEOPLE[role]}"\ntag = "{tag}"\n{scope}from = "{SINCE}"\n'


def _targets(known: dict[str, Role], kpis: dict[str, Kpi]) -> str:
    """The rows that `scoreline init` leaves open, filled in by the unit of their KPI."""
    seen: list[tuple[str, str, str]] = []
    text = ""
    for name, role in known.items():
        period = PERIOD if role.period == "month" else QUARTER
        rows = target_text(role, kpis, Holder(PEOPLE[name], team_of(name), period), seen)
        seen += re.findall(r'owner = "(.+)"\nkpi = "(.+)"\nperiod = "(.+)"', rows)
        text += rows
    return re.sub(r'value = "\?"  # .*, (\w+)', lambda found: f'value = "{TARGETS[found[1]]}"', text)
