"""A buyer of the tenant: the first paid order over all shops makes a new buyer (3-kpis.md §3.1)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from scoring.atoms.base import Found, Projection, Setting, View
from scoring.atoms.credit import OrderCredit, Touch
from scoring.atoms.order_reading import Order, is_whole_refund, refunds_of
from scoring.attribution import Spread
from scoring.events.base import Event, case_key, split_key


@dataclass(frozen=True, slots=True)
class NewBuyer:
    """A buyer on the day of the first paid order; credited to the owners of that order's first line."""

    shop: str
    credits: Mapping[str, Spread]
    paid_at: int


def publish_purchase(order: Order, facts: Sequence[Event], setting: Setting) -> tuple[Projection, ...]:
    """What a paid order tells its buyer; an order that went back in whole within maturity tells nothing."""
    if order.paid_at is None or not order.buyer_id:
        return ()
    if is_whole_refund(order, refunds_of(facts), setting.policy.new_buyer_refund_days):
        return ()
    head = order.lines[0] if order.lines else None
    goods = (head.category, head.sku) if head else ("", "")
    value = (order.paid_at, order.shop, order.order_id, order.touch.channel, *goods, order.touch.agent)
    return (Projection(_purchases(order.buyer_id), value, (case_key("buyer", order.buyer_id),)),)


def _purchases(buyer: str) -> str:
    return case_key("purchases", buyer)


class BuyerCase:
    """The case of one buyer of the tenant; it has no facts of its own, only what orders publish."""

    def publish(self, facts: Sequence[Event], setting: Setting) -> tuple[Projection, ...]:
        return ()

    def reads(self, key: str, facts: Sequence[Event]) -> tuple[str, ...]:
        return (_purchases(split_key(key)[1]),)

    def find(self, key: str, facts: Sequence[Event], view: View, setting: Setting) -> Found:
        rows = view.get(_purchases(split_key(key)[1]), ())
        if not rows:
            return Found()
        paid_at, shop, _, channel, category, sku, agent = cast(
            "tuple[int, str, str, str, str, str, str]", min(rows, key=lambda row: cast("tuple[int, str, str]", row[:3]))
        )
        credit = OrderCredit(shop, Touch(channel, "", agent), {}, setting).owners(category, sku, paid_at)
        return Found((("new_buyer", NewBuyer(shop, {"shop": credit}, paid_at)),))
