"""What the facts of an order say together: its lines, instants, and refunds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from scoring.atoms.base import SECOND
from scoring.atoms.credit import Touch
from scoring.events.base import Event
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
from scoring.events.refund import RefundCompleted, RefundEvent
from scoring.reference import Policy

DAY = 86_400 * SECOND


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
    has_deposit: bool = False


def read_order(facts: Sequence[Event], policy: Policy) -> Order | None:
    """The order of a case; None when nobody placed or paid it, or when it is a test, internal or brush order (G1)."""
    for fact in facts:
        if isinstance(fact, OrderHeader) and (fact.is_test or fact.is_internal or fact.is_brush):
            return None
    return read_any_order(facts, policy)


def read_any_order(facts: Sequence[Event], policy: Policy) -> Order | None:
    """The order of a case, even when it is one that counts nowhere."""
    placed: OrderPlaced | None = None
    paid: list[OrderPaid] = []
    deposits: list[OrderPaid] = []
    headers: list[OrderHeader] = []
    shipped: list[OrderShipped] = []
    cancelled: OrderCancelled | None = None
    completed: OrderCompleted | None = None
    delivered: OrderDelivered | None = None
    for fact in facts:
        if isinstance(fact, OrderHeader):
            headers.append(fact)
            if isinstance(fact, OrderPaid):
                (deposits if fact.is_deposit else paid).append(fact)
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
    paid_at = min((_paid_at(fact) for fact in paid), default=None)
    return Order(
        shop=headers[0].shop_id,
        order_id=headers[0].order_id,
        currency=(paid[0] if paid else headers[0]).currency,
        placed_at=_placed_at(placed, [*paid, *deposits]),
        paid_at=paid_at,
        buyer_id=buyer_of(facts),
        lines=_on_basis(_with_deposits(_lines(paid), _lines(deposits)) or _lines(headers), policy.gmv_basis),
        touch=_touch(headers),
        promised_ship_at=_first(
            [*(fact.promised_ship_at for fact in headers), *(fact.promised_ship_at for fact in shipped)]
        ),
        shipped_at=instant_or(shipped[0].shipped_at, shipped[0].occurred_at) if shipped else None,
        cancelled_at=None if cancelled is None else cancelled.occurred_at,
        settle_at=_settle_at(completed, delivered, policy.return_window_days),
        warehouse=_warehouse(headers, shipped),
        has_deposit=bool(deposits),
    )


def buyer_of(facts: Sequence[Event]) -> str:
    """The hashed id of the buyer, empty when no fact names one."""
    return next((buyer for buyer in (getattr(fact, "buyer_id", "") for fact in facts) if buyer), "")


def instant_or(value: int | None, other: int) -> int:
    """The instant, or the other when it is not told."""
    return other if value is None else value


def _first(values: Sequence[int | None]) -> int | None:
    return next((value for value in values if value is not None), None)


def _paid_at(fact: OrderPaid) -> int:
    return instant_or(fact.paid_at, fact.occurred_at)


def _placed_at(placed: OrderPlaced | None, paid: Sequence[OrderPaid]) -> int:
    if placed is not None:
        return instant_or(placed.placed_at, placed.occurred_at)
    earliest = min(_paid_at(fact) for fact in paid)
    return min((fact.placed_at for fact in paid if fact.placed_at is not None), default=earliest)


def _with_deposits(lines: tuple[OrderLine, ...], deposits: tuple[OrderLine, ...]) -> tuple[OrderLine, ...]:
    """The paid lines with the deposits that were paid for them before (G2)."""
    before = {line.line_id: line for line in deposits}
    return tuple(_joined(line, before[line.line_id]) if line.line_id in before else line for line in lines)


def _joined(line: OrderLine, deposit: OrderLine) -> OrderLine:
    subsidy = line.platform_subsidy_amt + deposit.platform_subsidy_amt
    return replace(line, paid_amt=line.paid_amt + deposit.paid_amt, platform_subsidy_amt=subsidy)


def _lines(headers: Sequence[OrderHeader]) -> tuple[OrderLine, ...]:
    lines: dict[str, OrderLine] = {}
    for fact in headers:
        for line in fact.lines:
            lines.setdefault(line.line_id, line)
    return tuple(lines[name] for name in sorted(lines))


def _on_basis(lines: tuple[OrderLine, ...], basis: str) -> tuple[OrderLine, ...]:
    """Lines whose amounts mean what the company calls sales (2-events.md §2.2); told are the merchant's receipts."""
    if basis == "buyer_paid":
        return tuple(replace(line, platform_subsidy_amt=0) for line in lines)
    if basis == "list_price":
        told = [(line, line.list_amt or line.paid_amt + line.platform_subsidy_amt) for line in lines]
        return tuple(replace(line, paid_amt=amount, platform_subsidy_amt=0) for line, amount in told)
    return lines


def _warehouse(headers: Sequence[OrderHeader], shipped: Sequence[OrderShipped]) -> str:
    """Where it left, else where it is to leave: a warehouse answers for what it never ships."""
    facts: list[OrderHeader | OrderShipped] = [*shipped[:1], *headers]
    return next((fact.warehouse_id for fact in facts if fact.warehouse_id), "")


def _touch(headers: Sequence[OrderHeader]) -> Touch:
    return Touch(
        channel=headers[0].channel,
        session=next((header.live_session_id for header in headers if header.live_session_id), ""),
        agent=next((header.agent_id for header in headers if header.agent_id), ""),
        campaign=next((header.campaign_id for header in headers if header.campaign_id), ""),
        partner=next((header.partner_id for header in headers if header.partner_id), ""),
    )


def _settle_at(completed: OrderCompleted | None, delivered: OrderDelivered | None, window_days: int) -> int | None:
    if completed is not None:
        return instant_or(completed.completed_at, completed.occurred_at)
    if delivered is not None:
        return instant_or(delivered.delivered_at, delivered.occurred_at) + window_days * DAY
    return None


def refunds_of(facts: Sequence[Event]) -> list[RefundCompleted]:
    """Completed refunds, each once, in order of completion; an exchange moves no money (G3)."""
    first: dict[str, RefundCompleted] = {}
    for fact in facts:
        if isinstance(fact, RefundCompleted):
            first.setdefault(fact.refund_id, fact)
    money = [refund for refund in first.values() if refund.kind != "exchange"]
    return sorted(money, key=lambda refund: (instant_or(refund.completed_at, refund.occurred_at), refund.refund_id))


def is_whole_refund(order: Order, refunds: Sequence[RefundCompleted], within_days: int) -> bool:
    """Whether everything that a paid order brought went back within some days of the payment; goodwill never counts."""
    back: dict[str, int] = {}
    for refund in refunds:
        at = instant_or(refund.completed_at, refund.occurred_at)
        if refund.kind != "compensation" and at <= instant_or(order.paid_at, 0) + within_days * DAY:
            back[refund.line_id] = back.get(refund.line_id, 0) + refund.refund_amt
    brought = {line.line_id: line.paid_amt + line.platform_subsidy_amt for line in order.lines}
    return any(brought.values()) and all(back.get(line_id, 0) >= amount for line_id, amount in brought.items())


def count_refunds(facts: Sequence[Event], refunds: Sequence[RefundCompleted]) -> tuple[int, int, int]:
    """(1 when a refund that is no compensation was completed, such refunds for product faults, disputes) of an order.

    A dispute is a refund, whatever became of it, in which the platform intervened.
    """
    real = [refund for refund in refunds if refund.kind != "compensation"]
    quality = sum(refund.responsible == "product" for refund in real)
    disputes = {fact.refund_id for fact in facts if isinstance(fact, RefundEvent) and fact.platform_intervened}
    return int(bool(real)), quality, len(disputes)
