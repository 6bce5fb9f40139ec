"""An order with its refunds: placed orders, paid orders, lines and refunds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from scoring.atoms.base import (
    MINUTE,
    Atom,
    Case,
    Found,
    Problem,
    Projection,
    Setting,
    View,
    company_factor,
    latest_rows,
)
from scoring.atoms.buyer import publish_purchase
from scoring.atoms.credit import OrderCredit, exclusive
from scoring.atoms.feedback import find_feedback
from scoring.atoms.fulfilment import find_fulfilment
from scoring.atoms.order_reading import (
    Order,
    buyer_of,
    count_refunds,
    instant_or,
    read_any_order,
    read_order,
    refunds_of,
)
from scoring.atoms.room import LiveRefund, Room, answerable, explained_key
from scoring.atoms.sku import find_sku_sales, life_keys
from scoring.attribution import Spread
from scoring.events.base import Event, case_key
from scoring.events.finance import CogsAdjusted
from scoring.events.order import OrderHeader, OrderLine
from scoring.events.refund import RefundCompleted
from scoring.money import round_half_up

GOODS_BACK = ("return_refund", "refund_only")


@dataclass(frozen=True, slots=True)
class PlacedOrder:
    """An order that a buyer submitted."""

    shop: str
    credits: Mapping[str, object]
    placed_at: int
    is_live: bool


@dataclass(frozen=True, slots=True)
class PaidOrder:
    """An order that was paid; `live_at` dates the livestream's buyers at the start of their session."""

    shop: str
    credits: Mapping[str, object]
    paid_at: int
    buyer: str
    is_live: bool
    in_live_window: bool
    live_buyer: str
    live_at: int
    is_cs: bool
    customer: str
    refunded: int
    quality_refunds: int
    disputes: int
    partner: str

    @property
    def is_partner(self) -> bool:
        """Whether a partner is named on the order."""
        return bool(self.partner)

    @property
    def has_rep(self) -> bool:
        """Whether the order is a sales rep's: it names an employee, or its channel is B2B."""
        return "rep" in self.credits


@dataclass(frozen=True, slots=True)
class PaidLine:
    """One line of a paid order; amounts in minor units of the company's currency."""

    shop: str
    credits: Mapping[str, object]
    paid_at: int
    settle_at: int | None
    rev: int
    qty: int
    cogs: int
    settled: int
    is_live: bool
    is_cs: bool
    platform_fee: int
    affiliate_fee: int
    fulfil_cost: int
    is_private: bool

    @property
    def is_partner(self) -> bool:
        """Whether a partner is named on the order."""
        return "bd" in self.credits


@dataclass(frozen=True, slots=True)
class LineRefund:
    """Money of one line that went back, clipped so that no line returns more than it brought."""

    shop: str
    credits: Mapping[str, object]
    completed_at: int
    paid_at: int
    amount: int
    amount_before: int
    cogs_back: int
    cogs_back_before: int
    is_live: bool
    is_cs: bool

    @property
    def is_campaign(self) -> bool:
        """Whether an advertising campaign is named on the order."""
        return "campaign" in self.credits

    @property
    def is_partner(self) -> bool:
        """Whether a partner is named on the order."""
        return "bd" in self.credits


class OrderCase(Case):
    """The case of one order."""

    def publish(self, facts: Sequence[Event], setting: Setting) -> tuple[Projection, ...]:
        order = read_order(facts, setting.policy)
        if order is None:
            return ()
        purchase = publish_purchase(order, facts, setting)
        if not order.buyer_id:
            return purchase
        key = case_key("orders", order.shop, order.buyer_id)
        own = Projection(key, (order.order_id, order.placed_at, order.paid_at))
        return (own, *purchase)

    def reads(self, key: str, facts: Sequence[Event]) -> tuple[str, ...]:
        headers = [fact for fact in facts if isinstance(fact, OrderHeader)]
        if not headers:
            return ()
        shop, buyer = headers[0].shop_id, buyer_of(facts)
        keys = [case_key("chats", shop, buyer)] if buyer else []
        keys += life_keys(shop, facts)
        session = next((header.live_session_id for header in headers if header.live_session_id), None)
        if session:
            keys += [case_key("live", shop, session), explained_key(shop, session)]
        return tuple(keys)

    def find(self, key: str, facts: Sequence[Event], view: View, setting: Setting) -> Found:
        order = read_order(facts, setting.policy)
        refunds = refunds_of(facts)
        if order is None:
            return _not_counted(facts, view, setting)
        found = _Finding(order, facts, view, setting).found(refunds)
        return Found((*found.atoms, *find_feedback(facts, order, setting)), found.problems)


def _not_counted(facts: Sequence[Event], view: View, setting: Setting) -> Found:
    """What is said of an order that is not known, or that counts nowhere: a brush order is a compliance item (G1)."""
    order = read_any_order(facts, setting.policy)
    if order is None:
        refunds = len(refunds_of(facts))
        unknown = "refund_without_line", f"{refunds} refund(s) of an order that is not known"
        return Found(find_feedback(facts, None, setting), (Problem(*unknown),) if refunds else ())
    if not any(isinstance(fact, OrderHeader) and fact.is_brush for fact in facts):
        return Found()
    at = instant_or(order.paid_at, order.placed_at)
    head = order.lines[0] if order.lines else None
    category, sku = (head.category, head.sku) if head else ("", "")
    people = set(OrderCredit(order.shop, order.touch, view, setting).owners(category, sku, at).people)
    if order.touch.agent:
        people.add(f"e:{setting.attribution.person(order.touch.agent, at)}")
    detail = f"order {order.order_id} is flagged as a brush order; credited to {', '.join(sorted(people))}"
    return Found(problems=(Problem("brush_order", detail),))


@dataclass(frozen=True, slots=True)
class _Sale:
    """A paid line with what its atoms share; `factor` turns the order's minor units into the company's."""

    line: OrderLine
    credits: Mapping[str, object]
    factor: Fraction
    paid_at: int
    is_live: bool

    @property
    def rev(self) -> int:
        """What the merchant earns before refunds (2-events.md §2.2), in the order's minor units."""
        return self.line.paid_amt + self.line.platform_subsidy_amt


class _Finding:
    """One evaluation of one order; holds what its steps share."""

    def __init__(self, order: Order, facts: Sequence[Event], view: View, setting: Setting) -> None:
        self.order = order
        self.facts = facts
        self.setting = setting
        self.credit = OrderCredit(order.shop, order.touch, view, setting)
        self.cogs = {fact.line_id: fact.amount for fact in latest_rows(facts) if isinstance(fact, CogsAdjusted)}
        self.atoms: list[tuple[str, Atom]] = []
        self.problems: list[Problem] = []

    def found(self, refunds: Sequence[RefundCompleted]) -> Found:
        order = self.order
        head = order.lines[0] if order.lines else None
        category, sku = (head.category, head.sku) if head else ("", "")
        placed_credit = {**self._live(sku), "shop": self.credit.owners(category, sku, order.placed_at)}
        is_live = bool(order.touch.session)
        self._add("placed_order", PlacedOrder(order.shop, placed_credit, order.placed_at, is_live))
        if order.paid_at is None:
            if refunds and not order.has_deposit:
                self.problems.append(Problem("refund_without_line", "a refund of an order that was never paid"))
            return Found(tuple(self.atoms), tuple(self.problems))
        factor = company_factor(order.currency, order.paid_at, self.setting)
        if isinstance(factor, Problem):
            return Found(problems=(factor,))
        self._paid(order.paid_at, factor, category, sku, refunds)
        return Found(tuple(self.atoms), tuple(self.problems))

    def _live(self, sku: str, paid_at: int | None = None) -> dict[str, Spread]:
        live = self.credit.live
        return live.spreads(sku, self.order.placed_at, paid_at) if live else {}

    def _supply(self, paid_at: int) -> dict[str, Spread]:
        head = self.order.lines[0] if self.order.lines else None
        return {"purchaser": self.credit.purchasers(head, paid_at)} if head and head.supplier_id else {}

    def _add(self, kind: str, atom: object) -> None:
        self.atoms.append((kind, atom))  # type: ignore[arg-type]

    def _paid(
        self, paid_at: int, factor: Fraction, category: str, sku: str, refunds: Sequence[RefundCompleted]
    ) -> None:
        order = self.order
        shared = self.credit.order_level(order.buyer_id, order.placed_at, paid_at)
        live = self.credit.live.room if self.credit.live else Room()
        is_cs = "agent" in shared
        in_window = paid_at <= order.placed_at + self.setting.policy.live_payment_grace_minutes * MINUTE
        is_live = bool(order.touch.session) and in_window
        grace = self.setting.policy.live_payment_grace_minutes * MINUTE
        buyer = order.buyer_id or f"order:{order.order_id}"
        refunded, quality_refunds, disputes = count_refunds(self.facts, refunds)
        self._add(
            "paid_order",
            PaidOrder(
                shop=order.shop,
                credits={
                    **shared,
                    **self._live(sku, paid_at),
                    **self._supply(paid_at),
                    "shop": self.credit.owners(category, sku, paid_at),
                },
                paid_at=paid_at,
                buyer=f"{order.shop}|{buyer}",
                is_live=is_live,
                in_live_window=bool(order.touch.session) and (live.end is None or paid_at <= live.end + grace),
                live_buyer=f"{order.touch.session}|{buyer}",
                live_at=live.start if live.start is not None else paid_at,
                is_cs=is_cs,
                customer=order.buyer_id or f"order:{order.shop}|{order.order_id}",
                refunded=refunded,
                quality_refunds=quality_refunds,
                disputes=disputes,
                partner=order.touch.partner,
            ),
        )
        by_line: dict[str, list[RefundCompleted]] = defaultdict(list)
        for refund in refunds:
            by_line[refund.line_id].append(refund)
        for line in order.lines:
            owners = self.credit.owners(line.category, line.sku, paid_at)
            credits = {**shared, **self._live(line.sku, paid_at), "shop": owners}
            if self.setting.policy.precedence:
                credits["exclusive"] = exclusive(credits, is_live, paid_at, self.setting)
            sale = _Sale(line, credits, factor, paid_at, is_live)
            self._line(sale, self._back(sale, by_line.pop(line.line_id, ())))
        for line_id in sorted(by_line):
            self.problems.append(Problem("refund_without_line", f"a refund of line {line_id}, which is not known"))
        self.atoms.extend(find_fulfilment(order, self.facts, self.credit, factor))
        self.atoms.extend(find_sku_sales(order, self.cogs, self.credit, factor))

    def _back(self, sale: _Sale, refunds: Sequence[RefundCompleted]) -> int:
        """Add the refunds of a line; returns what went back in all, in minor units of the company's currency."""
        back, back_cogs, before, before_cogs = 0, 0, 0, 0
        for refund in refunds:
            if back + refund.refund_amt > sale.rev:
                excess = f"refund {refund.refund_id} exceeds what line {sale.line.line_id} brought"
                self.problems.append(Problem("refund_exceeds_line", excess))
            back = min(sale.rev, back + refund.refund_amt)
            back_cogs += refund.cogs_back if refund.kind in GOODS_BACK else 0
            after, after_cogs = _converted(back, sale.factor), _converted(back_cogs, sale.factor)
            self._add(
                "line_refund",
                LineRefund(
                    shop=self.order.shop,
                    credits=sale.credits,
                    completed_at=instant_or(refund.completed_at, refund.occurred_at),
                    paid_at=sale.paid_at,
                    amount=after - before,
                    amount_before=before,
                    cogs_back=after_cogs - before_cogs,
                    cogs_back_before=before_cogs,
                    is_live=sale.is_live,
                    is_cs="agent" in sale.credits,
                ),
            )
            if sale.is_live:
                answers = answerable(sale.credits, refund.responsible, self.setting)
                self._add("live_refund", LiveRefund(self.order.shop, answers, sale.paid_at, after - before, before))
            before, before_cogs = after, after_cogs
        return before

    def _line(self, sale: _Sale, back: int) -> None:
        total, line = _converted(sale.rev, sale.factor), sale.line
        self._add(
            "paid_line",
            PaidLine(
                shop=self.order.shop,
                credits=sale.credits,
                paid_at=sale.paid_at,
                settle_at=self.order.settle_at,
                rev=total,
                qty=line.qty,
                cogs=_converted(self.cogs.get(line.line_id, line.cogs), sale.factor),
                settled=total - back,
                is_live=sale.is_live,
                is_cs="agent" in sale.credits,
                platform_fee=_converted(line.platform_fee, sale.factor),
                affiliate_fee=_converted(line.affiliate_fee, sale.factor),
                fulfil_cost=_converted(line.fulfil_cost, sale.factor),
                is_private=self.order.touch.channel == "private_domain",
            ),
        )


def _converted(amount: int, factor: Fraction) -> int:
    return amount if factor == 1 else round_half_up(amount * factor)
