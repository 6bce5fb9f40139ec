"""A buyer of the tenant: the first paid order over all shops makes a new buyer, what it brought is no repeat business.

3-kpis.md §3.1 (`new_buyers`) and §3.7 (`repeat_customer_share`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import cast

from scoring.atoms.base import Atom, Case, Found, Problem, Projection, Setting, Value, View, company_factor
from scoring.atoms.credit import OrderCredit, Touch, rep_of
from scoring.atoms.order_reading import Order, instant_or, is_whole_refund, refunds_of
from scoring.attribution import Spread
from scoring.events.base import Event, case_key, split_key
from scoring.events.refund import RefundCompleted
from scoring.money import round_half_up

Lines = tuple[tuple[int, tuple[tuple[int, int], ...]], ...]
"""What each line brought, and (completed, all that had gone back by then) of it; in company minor units."""


@dataclass(frozen=True, slots=True)
class NewBuyer:
    """A buyer on the day of the first paid order; credited to the owners of that order's first line."""

    shop: str
    credits: Mapping[str, Spread]
    paid_at: int


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


@dataclass(frozen=True, slots=True)
class Purchase:
    """A paid order as its buyer's case reads it.

    `makes_new`: a known buyer bought, and not all of it went back within maturity. `lines` is None without a rate.
    """

    paid_at: int
    shop: str
    order_id: str
    channel: str
    agent: str
    category: str
    sku: str
    makes_new: bool
    lines: Lines | None


def publish_purchase(order: Order, facts: Sequence[Event], setting: Setting) -> tuple[Projection, ...]:
    """What a paid order tells its buyer."""
    if order.paid_at is None:
        return ()
    refunds = refunds_of(facts)
    went_back = is_whole_refund(order, refunds, setting.policy.new_buyer_refund_days)
    head = order.lines[0] if order.lines else None
    value = (
        order.paid_at,
        order.shop,
        order.order_id,
        order.touch.channel,
        order.touch.agent,
        *((head.category, head.sku) if head else ("", "")),
        bool(order.buyer_id) and not went_back,
        _lines(order, order.paid_at, refunds, setting),
    )
    # Who is not known is not known to have bought before: such an order is a customer of its own.
    buyer = order.buyer_id or f"order:{order.shop}|{order.order_id}"
    return (Projection(case_key("purchases", buyer), value, (case_key("buyer", buyer),)),)


def _lines(order: Order, paid_at: int, refunds: Sequence[RefundCompleted], setting: Setting) -> Lines | None:
    factor = company_factor(order.currency, paid_at, setting)
    if isinstance(factor, Problem):
        return None
    lines = []
    for line in order.lines:
        rev = line.paid_amt + line.platform_subsidy_amt
        back = _running([refund for refund in refunds if refund.line_id == line.line_id], rev, factor)
        lines.append((round_half_up(rev * factor), back))
    return tuple(lines)


def _running(refunds: Sequence[RefundCompleted], rev: int, factor: Fraction) -> tuple[tuple[int, int], ...]:
    """(completed, all that had gone back by then) of a line, never more than it brought."""
    back, rows = 0, []
    for refund in refunds:
        back = min(rev, back + refund.refund_amt)
        rows.append((instant_or(refund.completed_at, refund.occurred_at), round_half_up(back * factor)))
    return tuple(rows)


class BuyerCase(Case):
    """The case of one buyer of the tenant; it has no facts of its own, only what orders publish."""

    def reads(self, key: str, facts: Sequence[Event]) -> tuple[str, ...]:
        return (case_key("purchases", split_key(key)[1]),)

    def find(self, key: str, facts: Sequence[Event], view: View, setting: Setting) -> Found:
        purchases = [_purchase(row) for row in view.get(case_key("purchases", split_key(key)[1]), ())]
        atoms: list[tuple[str, Atom]] = []
        new = _first([one for one in purchases if one.makes_new])
        if new is not None:
            credit = OrderCredit(new.shop, Touch(new.channel, "", new.agent), {}, setting)
            owners = credit.owners(new.category, new.sku, new.paid_at)
            atoms.append(("new_buyer", NewBuyer(new.shop, {"shop": owners}, new.paid_at)))
        first = _first([one for one in purchases if one.lines is not None])
        if first is not None:
            atoms.extend(_first_business(first, setting))
        return Found(tuple(atoms))


def _purchase(row: Value) -> Purchase:
    return Purchase(*row)  # type: ignore[arg-type]


def _first(purchases: Sequence[Purchase]) -> Purchase | None:
    return min(purchases, key=lambda one: (one.paid_at, one.shop, one.order_id), default=None)


def _first_business(first: Purchase, setting: Setting) -> Iterator[tuple[str, Atom]]:
    credit: dict[str, Spread] = {}
    if first.agent or first.channel == "b2b":
        scope = {"brand": setting.attribution.brand(first.shop), "shop": first.shop, "channel": first.channel}
        credit["rep"] = rep_of(first.agent, scope, first.paid_at, setting)
    for rev, back in cast(Lines, first.lines):
        yield "first_sale", FirstSale(first.shop, credit, first.paid_at, rev)
        before = 0
        for completed_at, after in back:
            yield "first_refund", FirstRefund(first.shop, credit, completed_at, after - before, before)
            before = after
