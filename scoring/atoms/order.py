"""An order with its refunds: placed orders, paid orders, lines, refunds and shipping promises."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from scoring.atoms.base import MINUTE, SECOND, Atom, Found, Problem, Projection, Setting, View, latest_rows
from scoring.atoms.credit import OrderCredit, Touch
from scoring.events.base import Event, case_key
from scoring.events.finance import CogsAdjusted
from scoring.events.order import (
    OrderCancelled,
    OrderCompleted,
    OrderDelivered,
    OrderHeader,
    OrderLine,
    OrderPaid,
    OrderPlaced,
    OrderShipped,
)
from scoring.events.refund import RefundCompleted
from scoring.money import EXPONENTS, round_half_up

DAY = 86_400 * SECOND
GOODS_BACK = ("return_refund", "refund_only")


@dataclass(frozen=True, slots=True)
class PlacedOrder:
    """An order that a buyer submitted."""

    shop: str
    credits: Mapping[str, object]
    placed_at: int


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


@dataclass(frozen=True, slots=True)
class ShipPromise:
    """A promise to ship, and whether it was kept."""

    shop: str
    credits: Mapping[str, object]
    due_at: int
    on_time: int


@dataclass(frozen=True, slots=True)
class Order:
    """An order as its facts tell it; instants in microseconds, amounts still in the order's currency."""

    shop: str
    order_id: str
    currency: str
    placed_at: int
    paid_at: int | None
    buyer_id: str
    lines: tuple[OrderLine, ...]
    touch: Touch
    promised_ship_at: int | None
    shipped_at: int | None
    cancelled_at: int | None
    settle_at: int | None
    warehouse: str


def read_order(facts: Sequence[Event], return_window_days: int) -> Order | None:
    """The order of a case; None when nobody placed or paid it, or when it is a test, internal or brush order (G1)."""
    placed: OrderPlaced | None = None
    paid: list[OrderPaid] = []
    headers: list[OrderHeader] = []
    shipped: list[OrderShipped] = []
    cancelled: OrderCancelled | None = None
    completed: OrderCompleted | None = None
    delivered: OrderDelivered | None = None
    for fact in facts:
        if isinstance(fact, OrderHeader):
            if fact.is_test or fact.is_internal or fact.is_brush:
                return None
            headers.append(fact)
            if isinstance(fact, OrderPaid):
                paid.append(fact)
            elif placed is None and isinstance(fact, OrderPlaced):
                placed = fact
        elif isinstance(fact, OrderShipped):
            shipped.append(fact)
        elif isinstance(fact, OrderCancelled):
            cancelled = cancelled or fact
        elif isinstance(fact, OrderDelivered):
            delivered = delivered or fact
        elif isinstance(fact, OrderCompleted):
            completed = completed or fact
    if not headers:
        return None
    paid_at = min((fact.paid_at if fact.paid_at is not None else fact.occurred_at for fact in paid), default=None)
    return Order(
        shop=headers[0].shop_id,
        order_id=headers[0].order_id,
        currency=(paid[0] if paid else headers[0]).currency,
        placed_at=_placed_at(placed, paid, paid_at),
        paid_at=paid_at,
        buyer_id=_buyer(facts),
        lines=_lines(paid) or _lines([fact for fact in headers if isinstance(fact, OrderPlaced)]),
        touch=_touch(headers),
        promised_ship_at=_first(
            [*(fact.promised_ship_at for fact in headers), *(fact.promised_ship_at for fact in shipped)]
        ),
        shipped_at=_or(shipped[0].shipped_at, shipped[0].occurred_at) if shipped else None,
        cancelled_at=None if cancelled is None else cancelled.occurred_at,
        settle_at=_settle_at(completed, delivered, return_window_days),
        warehouse=shipped[0].warehouse_id if shipped else "",
    )


def _buyer(facts: Sequence[Event]) -> str:
    return next((buyer for buyer in (getattr(fact, "buyer_id", "") for fact in facts) if buyer), "")


def _or(value: int | None, other: int) -> int:
    return other if value is None else value


def _first(values: Sequence[int | None]) -> int | None:
    return next((value for value in values if value is not None), None)


def _placed_at(placed: OrderPlaced | None, paid: Sequence[OrderPaid], paid_at: int | None) -> int:
    if placed is not None:
        return _or(placed.placed_at, placed.occurred_at)
    return min((fact.placed_at for fact in paid if fact.placed_at is not None), default=_or(paid_at, 0))


def _lines(headers: Sequence[OrderHeader]) -> tuple[OrderLine, ...]:
    lines: dict[str, OrderLine] = {}
    for fact in headers:
        for line in fact.lines:
            lines.setdefault(line.line_id, line)
    return tuple(lines[name] for name in sorted(lines))


def _touch(headers: Sequence[OrderHeader]) -> Touch:
    return Touch(
        channel=headers[0].channel,
        session=next((header.live_session_id for header in headers if header.live_session_id), ""),
        agent=next((header.agent_id for header in headers if header.agent_id), ""),
    )


def _settle_at(completed: OrderCompleted | None, delivered: OrderDelivered | None, window_days: int) -> int | None:
    if completed is not None:
        return _or(completed.completed_at, completed.occurred_at)
    if delivered is not None:
        return _or(delivered.delivered_at, delivered.occurred_at) + window_days * DAY
    return None


class OrderCase:
    """The case of one order."""

    def publish(self, facts: Sequence[Event], setting: Setting) -> tuple[Projection, ...]:
        order = read_order(facts, setting.policy.return_window_days)
        if order is None or not order.buyer_id:
            return ()
        key = case_key("orders", order.shop, order.buyer_id)
        return (Projection(key, (order.order_id, order.placed_at, order.paid_at)),)

    def reads(self, key: str, facts: Sequence[Event]) -> tuple[str, ...]:
        headers = [fact for fact in facts if isinstance(fact, OrderHeader)]
        if not headers:
            return ()
        shop, buyer = headers[0].shop_id, _buyer(facts)
        keys = [case_key("chats", shop, buyer)] if buyer else []
        session = next((header.live_session_id for header in headers if header.live_session_id), None)
        if session:
            keys.append(case_key("live", shop, session))
        return tuple(keys)

    def find(self, key: str, facts: Sequence[Event], view: View, setting: Setting) -> Found:
        order = read_order(facts, setting.policy.return_window_days)
        refunds = _refunds(facts)
        if order is None:
            unknown = "refund_without_line", f"{len(refunds)} refund(s) of an order that is not known"
            return Found(problems=(Problem(*unknown),)) if refunds else Found()
        return _Finding(order, facts, view, setting).found(refunds)


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
        self.setting = setting
        self.credit = OrderCredit(order.shop, order.touch, view, setting)
        self.cogs = {fact.line_id: fact.amount for fact in latest_rows(facts) if isinstance(fact, CogsAdjusted)}
        self.atoms: list[tuple[str, Atom]] = []
        self.problems: list[Problem] = []

    def found(self, refunds: Sequence[RefundCompleted]) -> Found:
        order = self.order
        head = order.lines[0] if order.lines else None
        category, sku = (head.category, head.sku) if head else ("", "")
        placed_credit = self.credit.owners(category, sku, order.placed_at)
        self._add("placed_order", PlacedOrder(order.shop, {"shop": placed_credit}, order.placed_at))
        if order.paid_at is None:
            if refunds:
                self.problems.append(Problem("refund_without_line", "a refund of an order that was never paid"))
            return Found(tuple(self.atoms), tuple(self.problems))
        rate = self.setting.attribution.rate(order.currency, order.paid_at)
        if rate is None:
            day = self.setting.attribution.days.day(order.paid_at)
            missing = f"no {order.currency} rate on {day}; add it to fx.toml"
            return Found(problems=(Problem("missing_fx", missing, blocks=True),))
        company = self.setting.attribution.reference.company.currency
        shift = Fraction(10) ** (EXPONENTS[company] - EXPONENTS[order.currency])
        self._paid(order.paid_at, rate * shift, category, sku, refunds)
        return Found(tuple(self.atoms), tuple(self.problems))

    def _add(self, kind: str, atom: object) -> None:
        self.atoms.append((kind, atom))  # type: ignore[arg-type]

    def _paid(
        self, paid_at: int, factor: Fraction, category: str, sku: str, refunds: Sequence[RefundCompleted]
    ) -> None:
        order = self.order
        shared = self.credit.order_level(order.buyer_id, order.placed_at, paid_at)
        live = self.credit.session
        is_cs = "agent" in shared
        in_window = paid_at <= order.placed_at + self.setting.policy.live_payment_grace_minutes * MINUTE
        is_live = bool(order.touch.session) and in_window
        grace = self.setting.policy.live_payment_grace_minutes * MINUTE
        buyer = order.buyer_id or f"order:{order.order_id}"
        self._add(
            "paid_order",
            PaidOrder(
                shop=order.shop,
                credits={**shared, "shop": self.credit.owners(category, sku, paid_at)},
                paid_at=paid_at,
                buyer=f"{order.shop}|{buyer}",
                is_live=is_live,
                in_live_window=bool(order.touch.session) and (live.end is None or paid_at <= live.end + grace),
                live_buyer=f"{order.touch.session}|{buyer}",
                live_at=live.start if live.start is not None else paid_at,
                is_cs=is_cs,
            ),
        )
        by_line: dict[str, list[RefundCompleted]] = defaultdict(list)
        for refund in refunds:
            by_line[refund.line_id].append(refund)
        for line in order.lines:
            credits = {**shared, "shop": self.credit.owners(line.category, line.sku, paid_at)}
            sale = _Sale(line, credits, factor, paid_at, is_live)
            self._line(sale, self._back(sale, by_line.pop(line.line_id, ())))
        for line_id in sorted(by_line):
            self.problems.append(Problem("refund_without_line", f"a refund of line {line_id}, which is not known"))
        self._ship()

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
                    completed_at=_or(refund.completed_at, refund.occurred_at),
                    paid_at=sale.paid_at,
                    amount=after - before,
                    amount_before=before,
                    cogs_back=after_cogs - before_cogs,
                    cogs_back_before=before_cogs,
                    is_live=sale.is_live,
                    is_cs="agent" in sale.credits,
                ),
            )
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
            ),
        )

    def _ship(self) -> None:
        order = self.order
        due = order.promised_ship_at
        if due is None or (order.cancelled_at is not None and order.cancelled_at <= due):
            return
        credit = self.credit.warehouse(order.warehouse, due)
        on_time = int(order.shipped_at is not None and order.shipped_at <= due)
        self._add("ship_promise", ShipPromise(order.shop, {"warehouse": credit}, due, on_time))


def _converted(amount: int, factor: Fraction) -> int:
    return amount if factor == 1 else round_half_up(amount * factor)


def _refunds(facts: Sequence[Event]) -> list[RefundCompleted]:
    """Completed refunds, each once, in order of completion; an exchange moves no money (G3)."""
    first: dict[str, RefundCompleted] = {}
    for fact in facts:
        if isinstance(fact, RefundCompleted):
            first.setdefault(fact.refund_id, fact)
    money = [refund for refund in first.values() if refund.kind != "exchange"]
    return sorted(money, key=lambda refund: (_or(refund.completed_at, refund.occurred_at), refund.refund_id))
