"""Reads targets.toml: what each owner should reach, with source, reason, approval, history and changes (R90, R91)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

from scoring.definitions.table import Table, exact_number
from scoring.period import period_of
from scoring.reference import Target

TARGET_SOURCES = ("own_history", "strategy", "platform_rule", "external")
OPEN = "?"
"""The value of a row that is still to be filled in; nothing is published while there is one."""


@dataclass(frozen=True, slots=True)
class Targets:
    """The rows that count, and those that still have to be filled in."""

    rows: tuple[Target, ...]
    unfilled: tuple[Target, ...]


def read_targets(root: Table, kpis: tuple[str, ...], owners: set[str]) -> Targets:
    """targets.toml; rows of one owner, KPI and period that begin on different days are one target that changes."""
    unfilled: list[Target] = []
    found: dict[tuple[str, str, str], Target] = {}
    for table in root.tables("target"):
        target = _target(table, kpis)
        if target.owner and target.owner not in owners:
            table.fault("owner", f'{target.owner!r} is nobody; write "e:<person>", "t:<team>", "s:<shop>" or "c:"')
        if target.source == "external" and not target.reason:
            table.fault("reason", "a target taken from elsewhere needs a reason (R91)")
        if table.raw("value") == OPEN:
            unfilled.append(target)
            continue
        key = (target.owner, target.kpi, target.period)
        earlier = found.get(key)
        begins = {day for day, _ in earlier.steps} if earlier else set()
        if begins & {day for day, _ in target.steps}:
            table.fault("owner", f"{target.owner} has two targets for {target.kpi} in {target.period}; keep one")
        found[key] = target if earlier is None else _changed(earlier, target)
    root.finish()
    return Targets(tuple(_blended(target) for target in found.values()), tuple(unfilled))


def _target(table: Table, kpis: tuple[str, ...]) -> Target:
    period = table.period()
    first = _first_day(period)
    begins = table.optional_day("from") or first
    if table.has("from") and not first <= begins <= _last_day(period):
        table.fault("from", f"is {begins}, outside {period}; a change within a period begins on one of its days")
    is_open = table.raw("value") == OPEN
    target = Target(
        owner=table.text("owner"),
        kpi=table.choice("kpi", kpis),
        period=period,
        value=Fraction(0) if is_open else table.exact("value"),
        source=table.choice("source", TARGET_SOURCES),
        reason=table.text("reason", ""),
        approved_by=table.text("approved_by", ""),
        set_by=table.text("set_by", ""),
        history=tuple(_number(table, text) for text in table.texts("history")),
    )
    if target.approved_by and target.approved_by == target.set_by:
        table.fault("approved_by", f"{target.approved_by} set this target; a second person approves it")
    table.finish()
    return replace(target, steps=((begins, target.value),))


def _number(table: Table, text: str) -> Fraction:
    number = exact_number(text)
    if number is None:
        table.fault("history", f'{text!r} is no exact number; write ["90", "110"]')
    return number or Fraction(0)


def _first_day(period: str) -> str:
    return period_of(period, "UTC").first_day if period else ""


def _last_day(period: str) -> str:
    return period_of(period, "UTC").last_day if period else ""


def _changed(earlier: Target, later: Target) -> Target:
    """One target out of two rows; what the last row says about source and approval counts."""
    newest = later if later.steps[-1][0] > earlier.steps[-1][0] else earlier
    return replace(newest, steps=tuple(sorted({*earlier.steps, *later.steps})))


def _blended(target: Target) -> Target:
    if len(target.steps) < 2 or not target.period:
        return target
    return replace(target, value=target.over(_first_day(target.period), _last_day(target.period)))


__all__ = ["OPEN", "TARGET_SOURCES", "Targets", "read_targets"]
