"""Members of shops recounted."""

from __future__ import annotations

from scoring.events.member import MemberEvent, MemberInteracted, MemberJoined, MemberLeft
from scoring.recount.book import MICRO, Book
from scoring.recount.story import Story


def count_members(book: Book, story: Story) -> None:
    """Add who joined and left, and mark who did something or paid for an order meanwhile."""
    paid: dict[tuple[str, str], list[int]] = {}
    for order in story.customers.orders:
        if order.paid_at is not None and order.buyer:
            paid.setdefault((order.shop, order.buyer), []).append(order.paid_at)
    facts: dict[tuple[str, str], list[MemberEvent]] = {}
    for fact in story.of(MemberEvent):
        facts.setdefault((fact.shop_id, fact.member_id), []).append(fact)
    for (shop, member), told in facts.items():
        acts = [fact.occurred_at for fact in told if isinstance(fact, MemberInteracted)] + paid.get((shop, member), [])
        for joined, left in _memberships(told):
            place = {"shop": shop, "channel": joined.channel}
            credits = [book.credit_tag("shop", "owner", place, joined.occurred_at)]
            book.add("members", shop, joined.occurred_at, MICRO, credits)
            if left is not None:
                book.add("members", shop, left, -MICRO, credits)
            for at in acts:
                if joined.occurred_at <= at and (left is None or at < left):
                    book.mark("members_active", shop, at, f"{shop}|{member}", credits)


def _memberships(told: list[MemberEvent]) -> list[tuple[MemberJoined, int | None]]:
    found: list[tuple[MemberJoined, int | None]] = []
    for fact in told:
        inside = bool(found) and found[-1][1] is None
        if isinstance(fact, MemberJoined) and not inside:
            found.append((fact, None))
        elif isinstance(fact, MemberLeft) and inside:
            found[-1] = (found[-1][0], fact.occurred_at)
    return found
