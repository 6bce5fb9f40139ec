"""Shifts of one employee as labour of a warehouse."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from scoring.atoms.base import SECOND, Atom, Case, Found, Setting, View
from scoring.attribution import Spread
from scoring.events.base import Event
from scoring.events.people import HrShift


@dataclass(frozen=True, slots=True)
class Labour:
    """The part of a warehouse shift that lies in one local day."""

    shop: str
    credits: Mapping[str, Spread]
    started_at: int
    seconds: int


class ShiftCase(Case):
    """The case of one employee's shifts."""

    def find(self, key: str, facts: Sequence[Event], view: View, setting: Setting) -> Found:
        atoms = []
        for fact in facts:
            for start, end in _pieces(fact, setting) if isinstance(fact, HrShift) else ():
                credit = _credit(cast(HrShift, fact), start, setting)
                if credit is not None:
                    labour = Labour(fact.shop_id, {"warehouse": credit}, start, (end - start) // SECOND)
                    atoms.append(("labour", cast(Atom, labour)))
        return Found(tuple(atoms))


def _pieces(fact: HrShift, setting: Setting) -> Iterator[tuple[int, int]]:
    start, days = fact.from_at, setting.attribution.days
    while start < fact.to_at:
        end = min(fact.to_at, days.end_of_day_us(days.day(start)))
        yield start, end
        start = end


def _credit(fact: HrShift, at: int, setting: Setting) -> Spread | None:
    """Those who hold the warehouse that the shift names; else the employee, when holding any warehouse."""
    attribution = setting.attribution
    if fact.warehouse_id:
        brand = attribution.brand(fact.shop_id)
        scope = {"brand": brand, "shop": fact.shop_id, "warehouse": fact.warehouse_id}
        return attribution.of_tag("warehouse", scope, at)
    person, day = attribution.person(fact.employee_id, at), attribution.days.day(at)
    rows = attribution.reference.assignments
    if any(row.tag == "warehouse" and row.person == person and row.holds(day) for row in rows):
        return attribution.of_people([person], at)
    return None
