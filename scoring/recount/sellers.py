"""What was sold through reps and partners, in their own dimensions, beside the owners of the goods."""

from __future__ import annotations

from scoring.events.finance import CogsAdjusted
from scoring.money import round_half_up
from scoring.recount.book import Book, Credit, newest
from scoring.recount.orders import Order


def count_seller(book: Book, order: Order, credits: list[Credit]) -> None:
    """Add a paid order's sales, costs and refunds to these people alone: shop and company have had them already."""
    paid_at = order.paid_at or 0
    rate = book.rate(order.currency, paid_at)
    if rate is None:
        return
    for line in order.lines:
        rev = line.paid_amt + line.platform_subsidy_amt
        adjusted = [fact for fact in order.facts if isinstance(fact, CogsAdjusted) and fact.line_id == line.line_id]
        cogs = [fact.amount for fact in newest(adjusted, lambda fact: fact.line_id)] or [line.cogs]
        book.add("gmv", "", paid_at, round_half_up(rev * rate), credits)
        book.add("cogs_sold", "", paid_at, round_half_up(cogs[0] * rate), credits)
        back = goods = 0
        for completed_at, refund in order.refunds:
            if refund.line_id != line.line_id:
                continue
            before, back = back, min(rev, back + refund.refund_amt)
            goods_before, goods = goods, goods + (refund.cogs_back if refund.kind != "compensation" else 0)
            steps = (
                ("refund_amount", completed_at, before, back),
                ("cohort_refunds", paid_at, before, back),
                ("cogs_back", completed_at, goods_before, goods),
            )
            for measure, at, low, high in steps:
                book.add(measure, "", at, round_half_up(high * rate), credits)
                book.add(measure, "", at, -round_half_up(low * rate), credits)
