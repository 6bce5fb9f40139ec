"""docs/roles.md: the card of each role of the catalogue: duties, entry, KPIs, pay, appraisal, red lines (R8)."""

from __future__ import annotations

from scoring.definitions.roles import read_roles
from scoring.definitions.table import exact_number
from scoring.kpi import Kpi
from scoring.money import plain_text
from scoring.reference import Label
from scoring.role import Role, RoleItem
from scoring.scales import table_of_scale
from scoring.schemes import SCHEMES
from streams.folder import role_tables

KINDS = {"R": "result", "P": "process", "V": "review"}


def role_page(kpis: dict[str, Kpi], notice: str) -> str:
    """All role cards, in the order of their ids."""
    roles = read_roles(role_tables(), kpis)
    head = [
        f"# Roles\n\n{notice}\n",
        f"The {len(roles)} roles of `scoring/catalogue/roles/`. `scoreline init FOLDER --role ROLE` makes a plan of",
        "one. Weights sum to 100. `own` is a target that the company sets from its own history or strategy: none is",
        "shipped. Numbers are starter values to be looked at; the plan marks them `needs_review`, and nothing is",
        "published before somebody has changed them or given a reason. Pay is named without rates, which are the",
        "company's own too.\n",
    ]
    return "\n".join([*head, *(_card(role, kpis) for role in roles.values())])


def _card(role: Role, kpis: dict[str, Kpi]) -> str:
    periods = " and ".join((role.period, *role.also))
    weights = ", ".join(f"{KINDS[kind]} {plain_text(role.weight(kind))}" for kind in "RPV")
    sections = ", ".join(f"{name} {plain_text(weight)}" for name, weight in SCHEMES[role.scheme].sections)
    scheme = f"{role.scheme} ({sections})" if sections else role.scheme
    lines = [
        f"## `{role.id}` · {role.name.zh} · {role.name.en}\n",
        f"{role.purpose.zh}。  ",
        f"{role.purpose.en}.\n",
        f"- {role.origin} role; reports to {' or '.join(f'`{above}`' for above in role.reports_to)}; period {periods}",
        f"- scheme {scheme}; weights: {weights}",
        f"- entry: {_both(role.entry)}",
        f"- appraisal: {_both(role.process)}",
        *(f"- duty: {_both(duty.text)}" for duty in role.duties),
        *(f"- {pay.code}{' (optional)' if pay.optional else ''}: {_both(pay.text)}" for pay in role.pay),
        *(f"- red line: {_both(line.text)}{f' → `{line.effect}`' if line.effect else ''}" for line in role.red_lines),
        "",
        "| KPI | kind | weight | curve | target |",
        "| --- | --- | --- | --- | --- |",
        *(_row(item, kpis[item.kpi]) for item in role.items),
        "",
    ]
    return "\n".join(lines)


def _row(item: RoleItem, kpi: Kpi) -> str:
    target = "" if item.scale.target_fault(None) is None else "own"
    target = target if item.target is None else plain_text(item.target)
    note = f" ({item.note})" if item.note else ""
    weight = plain_text(item.weight)
    return f"| `{item.kpi}` {kpi.name.zh} | {KINDS[item.kind]} | {weight} | {_curve(item)} | {target}{note} |"


def _curve(item: RoleItem) -> str:
    table = {name: _decimal(value) for name, value in table_of_scale(item.scale).items()}
    if table["kind"] == "FT":
        return f"FT from {table['floor']}"
    if table["kind"] == "BAND":
        return f"BAND ±{table['tol']}, 0 at ±{table['zero']}"
    if table["kind"] == "DED":
        return f"DED {table['pts']} points a step of {table['step']}"
    return table["kind"]


def _decimal(value: object) -> str:
    number = exact_number(value)
    return str(value) if number is None else plain_text(number)


def _both(label: Label) -> str:
    return f"{label.zh} / {label.en}"
