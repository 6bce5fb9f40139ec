"""Inquiry customers, their conversion, and the agent credited with an order (2-events.md §2.6-11)."""

from __future__ import annotations

from fractions import Fraction

from scoring.recount.book import Book, Credit
from scoring.recount.chats import Chat
from scoring.recount.orders import Order


class Customers:
    """The human pre-sale conversations and the orders of each (shop, customer)."""

    def __init__(self, chats: list[Chat], orders: list[Order]) -> None:
        self.orders = orders
        self.chats: dict[tuple[str, str], list[tuple[int, Chat]]] = {}
        self.paid: dict[tuple[str, str], list[tuple[int, Order]]] = {}
        for chat in chats:
            if chat.presale and not chat.filtered and chat.customer and chat.asked_at is not None:
                self.chats.setdefault((chat.shop, chat.customer), []).append((chat.asked_at, chat))
        for order in orders:
            if order.paid_at is not None:
                self.paid.setdefault((order.shop, order.buyer), []).append((order.paid_at, order))

    def agent(self, book: Book, order: Order) -> str | None:
        """The account whose message was the last before the order was placed, else who last got a conversation."""
        said: list[tuple[int, str, int, str]] = []
        got: list[tuple[int, str, int, str]] = []
        for asked_at, chat in self.chats.get((order.shop, order.buyer), []):
            ends = book.end_of_day(asked_at, book.policy.inquiry_window_days)
            if order.paid_at is not None and asked_at < order.placed_at and order.paid_at < ends:
                said += [
                    (at, chat.session_id, i, who) for i, (at, who) in enumerate(chat.replies) if at < order.placed_at
                ]
                got += [(at, chat.session_id, i, who) for i, (at, who) in enumerate(chat.moves) if at < order.placed_at]
        return max(said or got)[-1] if said or got else None


def count_inquiries(book: Book, customers: Customers) -> None:
    """Add every customer with an inquiry on a day who had not already paid on that day."""
    for (shop, customer), chats in customers.chats.items():
        for day in sorted({book.day(asked_at) for asked_at, _ in chats}):
            asked = [(asked_at, chat) for asked_at, chat in chats if book.day(asked_at) == day]
            begin = min(asked_at for asked_at, _ in asked)
            paid = customers.paid.get((shop, customer), [])
            if any(book.day(paid_at) == day and paid_at < begin for paid_at, _ in paid):
                continue
            accounts = {agent for _, chat in asked for _, agent in chat.replies}
            accounts = accounts or {chat.moves[-1][1] for _, chat in asked}
            people = {book.person(account, begin): Fraction(1) for account in accounts}
            item = f"{shop}|{customer}|{day}"
            book.mark("inquiry_customers", shop, begin, item, [Credit("agent", people, day)])
            ends = book.end_of_day(begin, book.policy.inquiry_window_days)
            won = [(at, order.order_id, order) for at, order in paid if order.placed_at > begin and at < ends]
            if won:
                account = customers.agent(book, min(won)[-1])
                seller = None if account is None else book.person(account, begin)
                credited = {name: share for name, share in people.items() if name == seller}
                book.mark("inquiry_converted", shop, begin, item, [Credit("agent", credited, day)])
