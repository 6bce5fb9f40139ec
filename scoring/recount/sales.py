"""Orders recounted once more, for fees, refund counts, campaigns, buyers who come back and new buyers."""

from __future__ import annotations

from scoring.events.order import OrderLine
from scoring.events.refund import RefundEvent
from scoring.money import round_half_up
from scoring.recount.book import MICRO, SECOND_US, Book, Credit
from scoring.recount.orders import Order, first
from scoring.recount.story import Story

DAY_US = 86_400 * SECOND_US


def owners(book: Book, order: Order, line: OrderLine | None, at: int) -> list[Credit]:
    """The owners of a line's goods at an instant; by policy the employee named on the order instead."""
    if book.policy.order_owner == "agent" and order.agent:
        return [book.credit_person("shop", order.agent, at)]
    goods = {"category": line.category, "sku": line.sku} if line else {"category": "", "sku": ""}
    return [book.credit_tag("shop", "owner", {"shop": order.shop, "channel": order.channel, **goods}, at)]


def purchasers(book: Book, order: Order, at: int) -> list[Credit]:
    """Who buys from the supplier of the first line, when it names one."""
    line = order.lines[0] if order.lines else None
    if line is None or not line.supplier_id:
        return []
    goods = {"category": line.category, "sku": line.sku, "supplier": line.supplier_id}
    return [book.credit_tag("purchaser", "purchaser", {"shop": order.shop, "channel": order.channel, **goods}, at)]


def count_sales(book: Book, story: Story) -> None:
    """Add every paid order of which the rate is known."""
    for order in story.customers.orders:
        if order.paid_at is None or book.rate(order.currency, order.paid_at) is None:
            continue
        # Shop, company, owner and agent have the order from `count_order`; this is the supplier's side alone.
        book.add("orders_paid", "", order.paid_at, MICRO, purchasers(book, order, order.paid_at))
        advice = story.customers.advice(book, order)
        advised = [] if advice is None else [advice]
        _count_order(book, order, order.paid_at, advised)
        _count_lines(book, order, order.paid_at)


def _count_order(book: Book, order: Order, paid_at: int, advised: list[Credit]) -> None:
    own = owners(book, order, order.lines[0] if order.lines else None, paid_at)
    customer = order.buyer or f"order:{order.shop}|{order.order_id}"
    book.mark("customers", order.shop, paid_at, customer, own)
    book.keep(("customers_repeated", "repeated"), order.shop, paid_at, customer, own)
    real = [refund for _, refund in order.refunds if refund.kind != "compensation"]
    if real:
        book.add("orders_refunded", order.shop, paid_at, MICRO, own)
    faulty = [refund for refund in real if refund.responsible == "product"]
    book.add("quality_refunds", order.shop, paid_at, len(faulty) * MICRO, own + purchasers(book, order, paid_at))
    disputed = set()
    for fact in order.facts:
        if isinstance(fact, RefundEvent) and fact.platform_intervened:
            disputed.add(fact.refund_id)
    book.add("disputes", order.shop, paid_at, len(disputed) * MICRO, own + advised)


def _count_lines(book: Book, order: Order, paid_at: int) -> None:
    rate = book.rate(order.currency, paid_at)
    assert rate is not None
    campaign = first([fact for fact in order.facts if hasattr(fact, "campaign_id")], "campaign_id")
    for line in order.lines:
        own = owners(book, order, line, paid_at)
        book.add("platform_fees", order.shop, paid_at, round_half_up(line.platform_fee * rate), own)
        book.add("affiliate_fees", order.shop, paid_at, round_half_up(line.affiliate_fee * rate), own)
        book.add("fulfil_costs", order.shop, paid_at, round_half_up(line.fulfil_cost * rate), own)
        brought = line.paid_amt + line.platform_subsidy_amt
        if order.channel == "private_domain":
            book.add("private_gmv", order.shop, paid_at, round_half_up(brought * rate), own)
        back = sum(refund.refund_amt for _, refund in order.refunds if refund.line_id == line.line_id)
        if campaign:
            place = {"shop": order.shop, "channel": order.channel, "campaign": campaign}
            paid_for = [book.credit_tag("campaign", "campaign", place, paid_at)]
            book.add("campaign_refunds", order.shop, paid_at, round_half_up(min(brought, back) * rate), paid_for)


def count_new_buyers(book: Book, story: Story) -> None:
    """Add each buyer of the tenant at the first paid order that was kept."""
    earliest: dict[str, tuple[int, str, str]] = {}
    orders: dict[tuple[int, str, str], Order] = {}
    for order in story.customers.orders:
        if order.paid_at is None or not order.buyer or _went_back(book, order, order.paid_at):
            continue
        name = (order.paid_at, order.shop, order.order_id)
        orders[name] = order
        earliest[order.buyer] = min(name, earliest.get(order.buyer, name))
    for name in earliest.values():
        order = orders[name]
        own = owners(book, order, order.lines[0] if order.lines else None, name[0])
        book.add("new_buyers", order.shop, name[0], MICRO, own)


def _went_back(book: Book, order: Order, paid_at: int) -> bool:
    """Whether all money of an order that brought some went back within maturity, goodwill left aside."""
    last = paid_at + book.policy.new_buyer_refund_days * DAY_US
    brought = kept = 0
    for line in order.lines:
        value = line.paid_amt + line.platform_subsidy_amt
        back = sum(
            refund.refund_amt
            for at, refund in order.refunds
            if refund.line_id == line.line_id and refund.kind != "compensation" and at <= last
        )
        brought, kept = brought + value, kept + max(0, value - back)
    return brought > 0 and kept == 0
