"""Advertising reports recounted."""

from __future__ import annotations

from fractions import Fraction

from scoring.events.ad import AdReport
from scoring.money import round_half_up
from scoring.recount.book import MICRO, SECOND_US, Book, newest, split


def count_ads(book: Book, reports: list[AdReport]) -> None:
    """Add each report's newest revision, cut at local midnights in proportion to time."""
    rows = newest(reports, lambda row: (row.shop_id, row.campaign_id, row.interval_start, row.interval_seconds))
    for row in rows:
        rate = book.rate(row.currency, row.interval_start)
        if rate is None:
            continue
        atom = {"shop": row.shop_id, "channel": row.channel, "campaign": row.campaign_id}
        credits = [book.credit_tag("campaign", "campaign", atom, row.interval_start)]
        amounts = {
            "ad_cost": (round_half_up(row.cost * rate), 1),
            "ad_gmv": (round_half_up(row.attributed_gmv * rate), 1),
            "ad_impressions": (row.impressions, MICRO),
            "ad_clicks": (row.clicks, MICRO),
            "ad_orders": (row.attributed_orders, MICRO),
            "ad_new_buyers": (row.attributed_new_buyers, MICRO),
            "ad_budget": (round_half_up(row.budget * rate), 1),
        }
        # TikTok Shop tells sales within 14 days of a click from those of the content clicked last (2-events.md §2.2).
        of_model = {"click_14d": "ad_gmv_14d", "direct": "ad_gmv_direct"}.get(row.attribution_model)
        if of_model is not None:
            amounts[of_model] = amounts["ad_gmv"]
        length = row.interval_seconds * SECOND_US
        pieces = book.cut_at_midnights(row.interval_start, row.interval_start + length)
        # Names in time order, so that a tie of remainders goes to the earlier piece.
        shares = {f"{number:03}": Fraction(end - start, length) for number, (start, end) in enumerate(pieces)}
        for measure, (amount, unit) in amounts.items():
            for (start, _), part in zip(pieces, split(amount, shares).values(), strict=True):
                book.add(measure, row.shop_id, start, part * unit, credits)
