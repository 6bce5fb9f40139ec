"""Derives target_attainment.<kpi>: any KPI over its own target, by direction (3-kpis.md §3.1, 5-scoring.md §5.2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from scoring.definitions.table import Table
from scoring.formula import LONGEST, Formula, parse_formula
from scoring.kpi import Kpi
from scoring.reference import Label

PREFIX = "target_attainment."


def with_attainments(kpis: Mapping[str, Kpi], targets: Table, plans: Iterable[Table]) -> dict[str, Kpi]:
    """The KPIs, and the attainment of each one that has a target or that a plan names so."""
    wanted = set(_named(targets, "target"))
    for plan in plans:
        wanted |= {name.removeprefix(PREFIX) for name in _named(plan, "item") if name.startswith(PREFIX)}
    derived = [found for name in sorted(wanted) if name in kpis and (found := attainment_of(kpis[name]))]
    return {**kpis, **{kpi.id: kpi for kpi in derived}}


def _named(table: Table, section: str) -> list[str]:
    rows = table.values.get(section)
    named = [row.get("kpi") for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []
    return [kpi for kpi in named if isinstance(kpi, str)]


def attainment_of(kpi: Kpi) -> Kpi | None:
    """A KPI's attainment: actual/target, or 2 - actual/target (not below 0) where lower is better.

    None where dividing by the target means nothing: a band, a KPI that holds a target already, a platform's variant.
    The target 0.02 and a rate of 3 bad ones of 200: 2 - 0.015/0.02 = 1.25.
    """
    formulas = None if kpi.direction == "band" or kpi.of_target or "@" in kpi.id else _formulas(kpi)
    if formulas is None:
        return None
    return replace(
        kpi,
        id=f"{PREFIX}{kpi.id}",
        name=Label(f"{kpi.name.zh}目标达成率", f"{kpi.name.en}: attainment"),
        about=Label(f"{kpi.name.zh} / 其目标，按方向", f"{kpi.name.en} / its target, by its direction"),
        unit="ratio",
        direction="up",
        numerator=formulas[0],
        denominator=formulas[1],
        of_target=kpi.id,
        additive_target=False,
    )


def _formulas(kpi: Kpi) -> tuple[Formula, Formula] | None:
    actual, target = f"({kpi.numerator.text})", f"target.{kpi.id}"
    if kpi.denominator is None:
        texts = (actual if kpi.direction == "up" else f"max(0, 2 * {target} - {actual})", target)
    else:
        # The denominator stays what it was, because it is the sample.
        whole = f"({kpi.denominator.text})"
        share = f"{actual} / {target}"
        reached = share if kpi.direction == "up" else f"max(0, 2 * {whole} - {share})"
        texts = (f"if({target} > 0, {reached}, 1 / 0)", whole)
    if any(len(text) > LONGEST for text in texts):
        return None
    return parse_formula(texts[0]), parse_formula(texts[1])
