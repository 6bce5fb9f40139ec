"""Reviews of orders recounted."""

from __future__ import annotations

from scoring.events.feedback import FeedbackReceived
from scoring.events.order import OrderHeader
from scoring.recount.book import MICRO, Book
from scoring.recount.sales import owners
from scoring.recount.story import Story


def count_feedback(book: Book, story: Story) -> None:
    """Add every review with stars, unless its order is a test, internal or brush order."""
    orders = {(order.shop, order.order_id): order for order in story.customers.orders}
    flagged = {
        (fact.shop_id, fact.order_id)
        for fact in story.of(OrderHeader)
        if fact.is_test or fact.is_internal or fact.is_brush
    }
    for fact in story.of(FeedbackReceived):
        case = (fact.shop_id, fact.order_id)
        if case in flagged or fact.kind != "review" or not fact.stars:
            continue
        order, at = orders.get(case), fact.occurred_at
        if order is None:
            credits = [book.credit_tag("shop", "owner", {"shop": fact.shop_id, "channel": fact.channel}, at)]
        else:
            lines = [line for line in order.lines if line.line_id == fact.line_id] or order.lines
            credits = owners(book, order, lines[0] if lines else None, at)
        book.add("reviews", fact.shop_id, at, MICRO, credits)
        if fact.stars >= 4:
            book.add("reviews_good", fact.shop_id, at, MICRO, credits)
