"""Traffic recounted."""

from __future__ import annotations

from scoring.events.traffic import TrafficDay
from scoring.recount.book import MICRO, Book, newest
from scoring.recount.story import Story


def count_traffic(book: Book, story: Story) -> None:
    """Add the visitors of each row's newest revision on the day on which its interval starts."""
    rows = newest(
        story.of(TrafficDay),
        lambda row: (row.shop_id, row.channel, row.origin, row.interval_start, row.interval_seconds),
    )
    for row in rows:
        place = {"shop": row.shop_id, "channel": row.channel}
        credits = [book.credit_tag("shop", "owner", place, row.interval_start)]
        book.add("visitors", row.shop_id, row.interval_start, row.uv * MICRO, credits)
        if row.origin == "organic":
            book.add("visitors_organic", row.shop_id, row.interval_start, row.uv * MICRO, credits)
