"""Reads the roles of the catalogue, with every fault: weights, sections, scales, duties, pay codes, who is above."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from fractions import Fraction

from scoring.definitions.organisation import read_effect
from scoring.definitions.plans import KINDS, PERIODS, adopt
from scoring.definitions.table import Table, nearest
from scoring.faults import DefinitionError, Fault
from scoring.role import GENERAL_MANAGER, ORIGINS, PAY_CODES, Role, RoleDuty, RoleItem, RolePay, RoleRedLine
from scoring.scales import Scale, read_scale
from scoring.scales.rev import Rev
from scoring.schemes import SCHEMES
from scoring.scorecard import weight_faults

WHOSE = ("own", "team")
ROLES = "catalogue/roles/"
"""The folder of roles, one file a role."""


def read_roles(texts: Mapping[str, Mapping[str, object]], kpis: Collection[str]) -> dict[str, Role]:
    """Roles by id from parsed files by name; `kpis` are the ids that exist. DefinitionError lists every fault."""
    faults: list[Fault] = []
    roots = [Table(name, "", values, faults) for name, values in sorted(texts.items())]
    known = (GENERAL_MANAGER, *(_id(root) for root in roots))
    roles: dict[str, Role] = {}
    for root in roots:
        role = _role(root, tuple(kpis), known)
        if role.id in roles:
            root.fault("role.id", f"{role.id!r} is another file's role too; give each role its own id")
        roles[role.id] = role
    if faults:
        raise DefinitionError(faults)
    return roles


def _id(root: Table) -> str:
    head = root.values.get("role")
    return str(head.get("id", "")) if isinstance(head, Mapping) else ""


def _role(root: Table, kpis: tuple[str, ...], known: tuple[str, ...]) -> Role:
    head = root.table("role")
    if head is None:
        root.fault("role", "is missing; a role file starts with a [role] table")
        head = Table(root.file, "role", {}, [])
    duties = []
    for table in root.tables("duty"):
        duties.append(RoleDuty(table.text("id"), table.label("text")))
        table.finish()
    scheme = head.choice("scheme", tuple(SCHEMES))
    figures = head.choice("figures", WHOSE, "own")
    items = [_item(table, kpis, tuple(duty.id for duty in duties)) for table in root.tables("item")]
    role = Role(
        id=head.text("id"),
        name=head.label("name"),
        origin=head.choice("origin", ORIGINS),
        reports_to=_above(head, known),
        period=head.choice("period", PERIODS),
        also=head.texts("also"),
        scheme=scheme,
        purpose=head.label("purpose"),
        entry=head.label("entry"),
        process=head.label("process"),
        figures=figures,
        credit=head.texts("credit"),
        duties=tuple(duties),
        items=tuple(replace(item, whose=_whose(item, figures)) for item in items),
        pay=tuple(_pay(table) for table in root.tables("pay")),
        red_lines=tuple(_red_line(table) for table in root.tables("red_line")),
    )
    head.finish()
    root.finish()
    _check(root, role)
    return role


def _whose(item: RoleItem, figures: str) -> str:
    """People judge the lead in person; what is counted is the role's kind of figure unless the item says another."""
    return item.whose or ("own" if item.kind == "V" else figures)


def _above(head: Table, known: tuple[str, ...]) -> tuple[str, ...]:
    above = head.texts("reports_to")
    if not above:
        head.fault("reports_to", "is missing; name the roles above, or general_manager")
    for role in above:
        if role not in known:
            head.fault("reports_to", f"{role!r} is no role; known: {', '.join(known)}{nearest(role, known)}")
    return above


def _item(table: Table, kpis: tuple[str, ...], duties: tuple[str, ...]) -> RoleItem:
    scale_table = table.table("scale")
    nothing: Scale = Rev(())
    scale = adopt(
        table,
        lambda: read_scale(scale_table.values if scale_table else {}, table.file, f"{table.key}.scale"),
        nothing,
    )
    linked = table.texts("duties")
    for duty in linked:
        if duty not in duties:
            table.fault("duties", f"{duty!r} is no duty of this role; known: {', '.join(duties)}")
    if not linked:
        table.fault("duties", "is empty; every KPI comes from a duty (R2)")
    item = RoleItem(
        kpi=table.choice("kpi", kpis),
        kind=table.choice("kind", KINDS),
        weight=table.exact("weight"),
        scale=scale,
        section=table.text("section", ""),
        target=_target(table, scale),
        needs_review=table.flag("needs_review", False),
        note=table.text("note", ""),
        duties=linked,
        whose=table.choice("whose", WHOSE, "") if table.has("whose") else "",
    )
    if item.target is not None and not item.needs_review:
        table.fault("needs_review", "a starter value is looked at before it is used: needs_review = true (R91)")
    table.finish()
    return item


def _target(table: Table, scale: Scale) -> Fraction | None:
    if table.raw("target") in ("own", None):
        return None
    target = table.exact("target")
    fault = scale.target_fault(target)
    if fault:
        table.fault("target", fault)
    return target


def _pay(table: Table) -> RolePay:
    pay = RolePay(table.choice("code", PAY_CODES), table.label("text"), table.flag("optional", False))
    table.finish()
    return pay


def _red_line(table: Table) -> RoleRedLine:
    line = RoleRedLine(table.label("text"), table.text("effect", ""))
    if line.effect:
        try:
            read_effect(line.effect)
        except ValueError as error:
            table.fault("effect", str(error))
    table.finish()
    return line


def _check(root: Table, role: Role) -> None:
    weights = {item.kpi: item.weight for item in role.items}
    if len(weights) < len(role.items):
        root.fault("item", "a KPI stands twice on the role; keep one")
    root.faults.extend(weight_faults(weights, root.file, "item"))
    named = {duty for item in role.items for duty in item.duties}
    for duty in role.duties:
        if duty.id not in named:
            root.fault(f"duty {duty.id}", "no item names this duty; link a KPI to it or drop it (R2)")
    for part, rows in (("duty", role.duties), ("pay", role.pay), ("red_line", role.red_lines)):
        if not rows:
            root.fault(part, f"is missing; add a [[{part}]] table (R8)")
    scheme = SCHEMES.get(role.scheme)
    for name, wanted in scheme.sections if scheme else ():
        homes = scheme.homes if scheme else {}
        inside = [item for item in role.items if (item.section or homes.get(item.kind)) == name]
        given = sum((item.weight for item in inside), Fraction(0))
        if given != wanted:
            root.fault(f"section {name}", f"its items weigh {given}, the scheme {role.scheme} wants {wanted}")


__all__ = ["ROLES", "read_roles"]
