"""A customer of the tenant: what the first paid order brought, so that the rest is business with old customers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import cast

from scoring.atoms.base import Atom, Found, Problem, Projection, Setting, View, company_factor
from scoring.atoms.credit import rep_of
from scoring.atoms.order_reading import Order, instant_or, refunds_of
from scoring.attribution import Spread
from scoring.events.base import Event, case_key, split_key
from scoring.events.refund import RefundCompleted
from scoring.money import round_half_up


@dataclass(frozen=True, slots=True)
class FirstSale:
    """A line of a customer's first paid order; dated and credited as the line is in `gmv`."""

    shop: str
    credits: Mapping[str, Spread]
    paid_at: int
    rev: int


@dataclass(frozen=True, slots=True)
class FirstRefund:
    """Money of such a line that went back; dated and credited as it is in `refund_amount`."""

    shop: str
    credits: Mapping[str, Spread]
    completed_at: int
    amount: int
    amount_before: int


def publish_sales(order: Order, facts: Sequence[Event], setting: Setting) -> tuple[Projection, ...]:
    """What a paid order tells its customer: its lines and what of each had gone back when, in company minor units."""
    if order.paid_at is None:
        return ()
    factor = company_factor(order.currency, order.paid_at, setting)
    if isinstance(factor, Problem):
        return ()
    refunds = refunds_of(facts)
    lines = []
    for line in order.lines:
        rev = line.paid_amt + line.platform_subsidy_amt
        back = _running([refund for refund in refunds if refund.line_id == line.line_id], rev, factor)
        lines.append((round_half_up(rev * factor), back))
    # Who is not known is not known to have bought before: such an order is a customer of its own.
    customer = order.buyer_id or f"order:{order.shop}|{order.order_id}"
    value = (order.paid_at, order.shop, order.order_id, order.touch.channel, order.touch.agent, tuple(lines))
    return (Projection(case_key("sales", customer), value, (case_key("customer", customer),)),)


def _running(refunds: Sequence[RefundCompleted], rev: int, factor: Fraction) -> tuple[tuple[int, int], ...]:
    """(completed, all that had gone back by then) of a line, never more than it brought."""
    back, rows = 0, []
    for refund in refunds:
        back = min(rev, back + refund.refund_amt)
        rows.append((instant_or(refund.completed_at, refund.occurred_at), round_half_up(back * factor)))
    return tuple(rows)


class CustomerCase:
    """The case of one customer of the tenant; it has no facts of its own, only what orders publish."""

    def publish(self, facts: Sequence[Event], setting: Setting) -> tuple[Projection, ...]:
        return ()

    def reads(self, key: str, facts: Sequence[Event]) -> tuple[str, ...]:
        return (case_key("sales", split_key(key)[1]),)

    def find(self, key: str, facts: Sequence[Event], view: View, setting: Setting) -> Found:
        rows = view.get(case_key("sales", split_key(key)[1]), ())
        if not rows:
            return Found()
        paid_at, shop, _, channel, agent, lines = cast(
            "tuple[int, str, str, str, str, Iterable[tuple[int, Iterable[tuple[int, int]]]]]",
            min(rows, key=lambda row: cast("tuple[int, str, str]", tuple(row[:3]))),
        )
        credit: dict[str, Spread] = {}
        if agent or channel == "b2b":
            scope = {"brand": setting.attribution.brand(shop), "shop": shop, "channel": channel}
            credit["rep"] = rep_of(agent, scope, paid_at, setting)
        atoms: list[tuple[str, Atom]] = []
        for rev, back in lines:
            atoms.append(("first_sale", FirstSale(shop, credit, paid_at, rev)))
            before = 0
            for completed_at, after in back:
                atoms.append(("first_refund", FirstRefund(shop, credit, completed_at, after - before, before)))
                before = after
        return Found(tuple(atoms))
