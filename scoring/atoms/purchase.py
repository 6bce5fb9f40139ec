"""One line of a purchase order: due, received, checked, and what it saved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from scoring.atoms.base import Atom, Case, Found, Problem, Setting, View, company_factor
from scoring.attribution import Spread
from scoring.events.base import Event
from scoring.events.inventory import PoCancelled, PoCreated, PoReceived
from scoring.money import round_half_up


@dataclass(frozen=True, slots=True)
class PurchaseDue:
    """A line that was due, and whether all of it had arrived by then."""

    shop: str
    credits: Mapping[str, Spread]
    due_at: int
    on_time: int


@dataclass(frozen=True, slots=True)
class PurchaseReceipt:
    """Goods that arrived and were checked."""

    shop: str
    credits: Mapping[str, Spread]
    received_at: int
    qty_ok: int
    qty: int


@dataclass(frozen=True, slots=True)
class PurchaseSaving:
    """What accepted goods would have cost at the reference price, and what they cost less."""

    shop: str
    credits: Mapping[str, Spread]
    received_at: int
    reference: int
    saved: int


class PurchaseCase(Case):
    """The case of one line of a purchase order."""

    def find(self, key: str, facts: Sequence[Event], view: View, setting: Setting) -> Found:
        atoms: list[tuple[str, object]] = []
        problems: list[Problem] = []
        line = next((fact for fact in facts if isinstance(fact, PoCreated)), None)
        receipts = [fact for fact in facts if isinstance(fact, PoReceived)]
        if line is not None and not _is_off(facts, line.due_at):
            arrived = sum(fact.qty_ok + fact.qty_bad for fact in receipts if _at(fact) <= line.due_at)
            credit = _credit(line, line, line.due_at, setting)
            atoms.append(("purchase_due", PurchaseDue(line.shop_id, credit, line.due_at, int(arrived >= line.qty))))
        for fact in receipts:
            at = _at(fact)
            credit = _credit(fact, line, at, setting)
            qty = fact.qty_ok + fact.qty_bad
            atoms.append(("purchase_receipt", PurchaseReceipt(fact.shop_id, credit, at, fact.qty_ok, qty)))
            if line is None or not line.reference_price:
                continue
            factor = company_factor(line.currency, at, setting)
            if isinstance(factor, Problem):
                problems.append(factor)
                continue
            reference = round_half_up(line.reference_price * fact.qty_ok * factor)
            paid = round_half_up(line.unit_price * fact.qty_ok * factor)
            saving = PurchaseSaving(fact.shop_id, credit, at, reference, reference - paid)
            atoms.append(("purchase_saving", saving))
        return Found(tuple((kind, cast(Atom, atom)) for kind, atom in atoms), tuple(problems))


def _is_off(facts: Sequence[Event], due: int) -> bool:
    return any(isinstance(fact, PoCancelled) and fact.occurred_at <= due for fact in facts)


def _at(fact: PoReceived) -> int:
    return fact.occurred_at if fact.received_at is None else fact.received_at


def _credit(fact: PoCreated | PoReceived, line: PoCreated | None, at: int, setting: Setting) -> dict[str, Spread]:
    scope = {
        "brand": setting.attribution.brand(fact.shop_id),
        "shop": fact.shop_id,
        "sku": fact.sku,
        "category": line.category if line else "",
        "supplier": line.supplier_id if line else "",
    }
    return {"purchaser": setting.attribution.of_tag("purchaser", scope, at)}
