"""Sales that may be paid once only: reads the policy `precedence`, and finds plans that pay for one sale twice."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from scoring.atoms.credit import LINE_DIMENSIONS
from scoring.definitions.table import Table, nearest
from scoring.faults import Fault
from scoring.kpi import Kpi
from scoring.measures import Measure
from scoring.plan import Plan, PlanComponent

EXCLUSIVE = "exclusive"
COMMISSIONS = ("flat", "flat_excess", "flat_first_yuan", "slab", "whole")
"""Kinds of components that pay a part of their base."""

_SOLD = ("rev", "settled")


def read_precedence(table: Table) -> tuple[str, ...]:
    """The dimensions that come before one another in the dimension `exclusive`, first things first."""
    named = table.texts("precedence")
    for name in dict.fromkeys(named):
        if name not in LINE_DIMENSIONS:
            known = f"known: {', '.join(LINE_DIMENSIONS)}{nearest(name, LINE_DIMENSIONS)}"
            table.fault("precedence", f"{name!r} credits no line of an order; {known}")
        elif named.count(name) > 1:
            left = ", ".join(other for other in LINE_DIMENSIONS if other not in named) or "none"
            table.fault("precedence", f"{name!r} stands {named.count(name)} times; name it once. Not named yet: {left}")
    return named


def pays_twice(
    plan: Plan, kpis: Mapping[str, Kpi], measures: Mapping[str, Measure], precedence: tuple[str, ...], file: str
) -> Iterator[Fault]:
    """Commissions on sales in several dimensions, and sources in `exclusive` where nobody is credited there."""
    paying = [(component.id, _dimension(component, kpis)) for component in plan.components if component.source]
    on_sales = {
        component.id
        for component in plan.components
        if component.kind in COMMISSIONS and component.source and _is_sales(component.source.kpi, kpis, measures)
    }
    by_dimension = {dimension: name for name, dimension in reversed(paying) if dimension and name in on_sales}
    if len(by_dimension) > 1:
        told = " and ".join(f"{name} in {dimension}" for dimension, name in reversed(by_dimension.items()))
        yield Fault(
            file, "component", f"one sale can be paid twice: {told}; pay in one dimension only, such as {EXCLUSIVE}"
        )
    items = [(item.source.kpi, item.source.dimension) for item in plan.items]
    used = [name for name, dimension in (*paying, *items) if dimension == EXCLUSIVE]
    if used and not precedence:
        said = f"{used[0]} reads the dimension {EXCLUSIVE}, which credits nobody: set precedence in company.toml"
        yield Fault(file, "dimension", said)


def _dimension(component: PlanComponent, kpis: Mapping[str, Kpi]) -> str:
    """The dimension that the base is read in; shops and the company have none."""
    source = component.source
    if source is None or source.owner.startswith(("s:", "c:")):
        return ""
    return source.dimension or next(iter(kpis[source.kpi].dimensions), "")


def _is_sales(kpi_id: str, kpis: Mapping[str, Kpi], measures: Mapping[str, Measure]) -> bool:
    """Whether a KPI is an amount that counts what lines of orders brought, itself or in another KPI's numerator."""
    kpi = kpis[kpi_id]
    names = [name.partition("@")[0] for name in kpi.numerator.names]
    found = [measures[name] for name in names if name in measures]
    inner = [name.removeprefix("kpi.") for name in names if name.startswith("kpi.")]
    return kpi.unit == "money" and (
        any("paid_line" in measure.atoms and measure.value in _SOLD for measure in found)
        or any(_is_sales(other, kpis, measures) for other in inner)
    )


__all__ = ["COMMISSIONS", "EXCLUSIVE", "pays_twice", "read_precedence"]
