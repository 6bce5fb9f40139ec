"""Turns roles of the catalogue into files of a definitions folder: plans, people, and targets to be filled in (R3)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from scoring.definitions.table import exact_number
from scoring.kpi import Kpi
from scoring.money import plain_text
from scoring.reference import Label
from scoring.role import Role, RoleItem
from scoring.scales import Scale, table_of_scale

DEFAULT_SOURCE = "own_history"


@dataclass(frozen=True, slots=True)
class Holder:
    """Who is to have a role: the employee's id, the team, and the period of the first targets."""

    person: str
    team: str
    period: str

    @property
    def owner(self) -> str:
        """The employee's owner key."""
        return f"e:{self.person}"


def plan_text(role: Role, kpis: Mapping[str, Kpi], team: str) -> str:
    """The plan of a role as a file of plans/; `team` is the team whose figures a lead answers for.

    Rates are not part of a role: pay beyond base and performance stands in comments, to be filled in.
    """
    lines = [
        f"# {role.name.en}, made from the role of the catalogue. Look at every needs_review, then take the word out.",
        "[plan]",
        f'id = "{role.id}"',
        "version = 1",
        f'role = "{role.id}"',
        f"name = {_label(role.name)}",
        f'period = "{role.period}"',
        f"purpose = {_label(role.purpose)}",
        f'scheme = "{role.scheme}"',
    ]
    for duty in role.duties:
        lines += ["", "[[duty]]", f'id = "{duty.id}"', f"text = {_label(duty.text)}"]
    for item in role.items:
        lines += ["", *_item(role, item, kpis.get(item.kpi), team)]
    lines += ["", *_component("base", Label("固定工资", "Base pay"), "fixed")]
    for pay in role.pay:
        if pay.code == "PAY-PERF":
            lines += ["", *_component("performance", Label("绩效工资", "Performance pay"), "performance")]
    lines += ["", "# The pay structure of the role. Rates are the company's own: add a [[component]] for each line."]
    lines += [f"# {pay.code}{' (optional)' if pay.optional else ''}: {pay.text.en} / {pay.text.zh}" for pay in role.pay]
    lines += ["# Red lines; a person decides, in points.toml:"]
    for line in role.red_lines:
        effect = f" -> {line.effect}" if line.effect else ""
        lines.append(f"# - {line.text.en} / {line.text.zh}{effect}")
    return "\n".join(lines) + "\n"


def _item(role: Role, item: RoleItem, kpi: Kpi | None, team: str) -> list[str]:
    note = f"  # {item.note}" if item.note else ""
    lines = ["[[item]]", f'kpi = "{item.kpi}"{note}', f'kind = "{item.kind}"']
    if item.section:
        lines.append(f'section = "{item.section}"')
    lines += [f'weight = "{plain_text(item.weight)}"', f"scale = {_scale(item.scale)}"]
    needs_target = item.target is not None or item.scale.target_fault(None) is not None
    if needs_target and (kpi is None or not kpi.of_target):
        lines.append('target = "own"' if item.target is None else f'target = "{plain_text(item.target)}"')
        if item.target is not None:
            lines.append("needs_review = true")
    if item.whose == "team":
        lines.append(f'owner = "t:{team}"')
    dimension = next((name for name in role.credit if kpi is not None and name in kpi.dimensions), "")
    if dimension:
        lines.append(f'dimension = "{dimension}"')
    return [*lines, f"duties = {_value(list(item.duties))}"]


def _scale(scale: Scale) -> str:
    """The scale as a plan spells it, with decimals; reviews are weighed where they are measured."""
    table = {name: value for name, value in table_of_scale(scale).items() if name != "weights"}
    return _value({name: _decimal(value) for name, value in table.items()})


def _decimal(value: object) -> object:
    number = exact_number(value)
    return value if number is None else plain_text(number)


def _component(name: str, label: Label, kind: str) -> list[str]:
    return ["[[component]]", f'id = "{name}"', f"name = {_label(label)}", f'kind = "{kind}"']


def target_text(role: Role, kpis: Mapping[str, Kpi], holder: Holder, known: Iterable[tuple[str, str, str]] = ()) -> str:
    """Rows of targets.toml for everything whose target is the company's own, to be filled in; `known` are left out."""
    seen = set(known)
    lines: list[str] = []
    for item in role.items:
        kpi = kpis.get(item.kpi)
        if kpi is None or item.scale.target_fault(None) is None:
            continue
        wanted = kpi.of_target or kpi.id
        key = (f"t:{holder.team}" if item.whose == "team" else holder.owner, wanted, holder.period)
        if (item.target is None or kpi.of_target) and key not in seen:
            seen.add(key)
            lines += ["", "[[target]]", f'owner = "{key[0]}"', f'kpi = "{wanted}"', f'period = "{holder.period}"']
            lines += [f'value = "?"  # {kpis[wanted].name.en}, {kpis[wanted].unit}', f'source = "{DEFAULT_SOURCE}"']
    return "\n".join(lines) + "\n" if lines else ""


def people_text(team: str, holders: Sequence[tuple[Role, Holder]], first_day: str) -> str:
    """people.toml with one team and one person for each role, led by the first whose role answers for the team."""
    lead = next((holder.person for role, holder in holders if role.figures == "team"), "")
    lines = ["# Teams form a tree. Positions are effective-dated: from the first day, until before the last."]
    lines += ["[[team]]", f'id = "{team}"', 'name = { zh = "电商部", en = "E-commerce" }']
    lines += [f'lead = "{lead}"'] if lead else []
    for role, holder in holders:
        lines += ["", "[[person]]", f'id = "{holder.person}"', f"name = {_label(role.name)}  # the employee's name", ""]
        lines += ["[[person.position]]", f'team = "{team}"', f'role = "{role.id}"', f'plan = "{role.id}"']
        lines += [f'from = "{first_day}"', 'base_pay = "0"  # for a whole period', 'performance_base = "0"']
    return "\n".join(lines) + "\n"


def assignment_text(holders: Sequence[tuple[Role, Holder]], shop: str, first_day: str) -> str:
    """assignments.toml: whose share of the shop is open, as comments beside one row for the whole shop."""
    first = holders[0][1].person
    return (
        "# Who owns which work. The most specific matching scope wins; what is missing is unassigned.\n"
        f'[[assignment]]\nperson = "{first}"\ntag = "owner"\nshop = "{shop}"\nshare = "1"\nfrom = "{first_day}"\n'
    )


def _label(label: Label) -> str:
    return f"{{ zh = {_value(label.zh)}, en = {_value(label.en)} }}"


def _value(value: object) -> str:
    """A value as TOML; texts, lists and tables only, because every exact number is a text."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{name} = {_value(inner)}" for name, inner in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(_value(inner) for inner in value) + "]"
    text = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


__all__ = ["Holder", "assignment_text", "people_text", "plan_text", "target_text"]
