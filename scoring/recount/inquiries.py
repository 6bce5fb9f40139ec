"""Inquiry customers, their conversion, and the agents credited with an order (2-events.md §2.6-11)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from scoring.recount.book import Book, Credit, equally
from scoring.recount.chats import Chat
from scoring.recount.orders import Order


@dataclass(frozen=True, slots=True)
class Talk:
    """The pre-sale pieces of one conversation of a customer; `said` and `got` are (instant, account) in order."""

    name: str
    asked_at: int
    said: list[tuple[int, str]]
    got: list[tuple[int, str]]


def _talk(book: Book, name: str, pieces: list[Chat]) -> Talk | None:
    """The pieces together; None when the customer never wrote or no human ever had it."""
    asked = [piece.asked_at for piece in pieces if piece.asked_at is not None]
    said = [(at, book.doer(who, at)) for piece in pieces for at, who in piece.replies]
    got = [(at, book.doer(who, at)) for piece in pieces for at, who in piece.moves]
    if len(pieces) > 1:
        said, got = sorted(said), sorted(got)
    return Talk(name, min(asked), said, got) if asked and got else None


class Customers:
    """The human pre-sale conversations and the orders of each (shop, customer)."""

    def __init__(self, book: Book, chats: list[Chat], orders: list[Order]) -> None:
        self.orders = orders
        self.talks: dict[tuple[str, str], list[Talk]] = {}
        self.paid: dict[tuple[str, str], list[tuple[int, Order]]] = {}
        pieces: dict[tuple[str, str, str], list[Chat]] = {}
        for chat in chats:
            if chat.presale and not chat.filtered and chat.customer:
                pieces.setdefault((chat.shop, chat.customer, chat.root), []).append(chat)
        for (shop, customer, name), parts in pieces.items():
            talk = _talk(book, name, parts)
            if talk is not None:
                self.talks.setdefault((shop, customer), []).append(talk)
        for order in orders:
            if order.paid_at is not None:
                self.paid.setdefault((order.shop, order.buyer), []).append((order.paid_at, order))

    def accounts(self, book: Book, order: Order) -> list[str]:
        """Who wrote before the order was placed, message by message, as far as the policy credits them.

        Where nobody wrote: who got a conversation before.
        """
        said: list[tuple[int, str, int, str]] = []
        got: list[tuple[int, str, int, str]] = []
        for talk in self.talks.get((order.shop, order.buyer), []):
            ends = book.end_of_day(talk.asked_at, book.policy.inquiry_window_days)
            if order.paid_at is not None and talk.asked_at < order.placed_at and order.paid_at < ends:
                said += [(at, talk.name, i, who) for i, (at, who) in enumerate(talk.said) if at < order.placed_at]
                got += [(at, talk.name, i, who) for i, (at, who) in enumerate(talk.got) if at < order.placed_at]
        spoke = [row[-1] for row in sorted(said or got)]
        if book.policy.inquiry_credit == "first_agent":
            return spoke[:1]
        return spoke[-1:] if book.policy.inquiry_credit == "last_agent_before_order" else spoke

    def advice(self, book: Book, order: Order) -> Credit | None:
        """The agents credited with a paid order, as of its payment; None when no inquiry led to it."""
        accounts = self.accounts(book, order)
        if not accounts or order.paid_at is None:
            return None
        people = [book.person(account, order.paid_at) for account in accounts]
        if book.policy.inquiry_credit == "equal_split":
            people = sorted(set(people))
        return Credit("agent", equally(people), book.day(order.paid_at))


def count_inquiries(book: Book, customers: Customers) -> None:
    """Add every customer with an inquiry on a day who had not already paid on that day, and the buyers advised."""
    for (shop, customer), talks in customers.talks.items():
        paid = customers.paid.get((shop, customer), [])
        for day in sorted({book.day(talk.asked_at) for talk in talks}):
            asked = [talk for talk in talks if book.day(talk.asked_at) == day]
            begin = min(talk.asked_at for talk in asked)
            if any(book.day(paid_at) == day and paid_at < begin for paid_at, _ in paid):
                continue
            accounts = {agent for talk in asked for _, agent in talk.said}
            accounts = accounts or {talk.got[-1][1] for talk in asked}
            people = {book.person(account, begin): Fraction(1) for account in accounts}
            item = f"{shop}|{customer}|{day}"
            book.mark("inquiry_customers", shop, begin, item, [Credit("agent", people, day)])
            ends = book.end_of_day(begin, book.policy.inquiry_window_days)
            won = [(at, order.order_id, order) for at, order in paid if order.placed_at > begin and at < ends]
            if won:
                order = min(won, key=lambda row: row[:2])[-1]
                sellers = {book.person(account, begin) for account in customers.accounts(book, order)}
                credited = {name: share for name, share in people.items() if name in sellers}
                book.mark("inquiry_converted", shop, begin, item, [Credit("agent", credited, day)])
    for order in customers.orders:
        credit = customers.advice(book, order)
        if credit and order.paid_at is not None and book.rate(order.currency, order.paid_at) is not None:
            item = f"{book.day(order.paid_at)}|{order.shop}|{order.buyer_item}"
            book.mark("cs_buyers", order.shop, order.paid_at, item, [credit])
