"""Figures posted by finance recounted."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta

from scoring.events.finance import CostPosted, MarketPosted, ProfitPosted
from scoring.money import round_half_up
from scoring.recount.book import Book, Credit, newest
from scoring.recount.story import Story


def count_finance(book: Book, story: Story) -> None:
    """Add costs when they occurred; profit and market figures on the last day of their period."""
    for cost in newest(story.of(CostPosted), lambda row: (row.shop_id, row.cost_centre, row.account, row.period)):
        at = cost.occurred_at
        place = {"shop": cost.shop_id, "channel": cost.channel, "cost_centre": cost.cost_centre}
        credits = [book.credit_tag("cost_centre", "cost_centre", place, at)]
        _add(book, ("cost_posted", cost.shop_id, cost.currency), at, cost.amount, credits)
    for profit in newest(story.of(ProfitPosted), lambda row: (row.shop_id, row.cost_centre, row.period)):
        end = end_of(book, profit.period)
        if end is not None:
            place = {"shop": profit.shop_id, "channel": profit.channel, "cost_centre": profit.cost_centre}
            credits = [book.credit_tag("shop", "owner", place, end)]
            _add(book, ("profit_posted", profit.shop_id, profit.currency), end, profit.amount, credits)
    for market in newest(story.of(MarketPosted), lambda row: (row.shop_id, row.category, row.period)):
        end = end_of(book, market.period)
        if end is not None:
            place = {"shop": market.shop_id, "channel": market.channel, "category": market.category}
            credits = [book.credit_tag("shop", "owner", place, end)]
            _stand(book, market, end, credits)


def _add(book: Book, what: tuple[str, str, str], at: int, amount: int, credits: list[Credit]) -> None:
    measure, shop, currency = what
    rate = book.rate(currency, at)
    if rate is not None:
        book.add(measure, shop, at, round_half_up(amount * rate), credits)


def _stand(book: Book, row: MarketPosted, at: int, credits: list[Credit]) -> None:
    """Of each category the figure whose period ends last, of those the one of the shortest period."""
    rate = book.rate(row.currency, at)
    if rate is None:
        return
    # A figure of a longer period that ends on the same day stands behind.
    lengths = (r"\d{4}-\d\d-\d\d", r"\d{4}-W\d\d", r"\d{4}-\d\d", r"\d{4}-Q\d", r"\d{4}")
    rank = at * 10 - next(place for place, shape in enumerate(lengths) if re.fullmatch(shape, row.period, re.ASCII))
    for measure, amount in (("market_own", row.own_share_num), ("market_total", row.market_total)):
        item = json.dumps([row.shop_id, row.category, rank, 1, round_half_up(amount * rate), 0])
        book.keep((measure, "standing"), row.shop_id, at, item, credits)


def end_of(book: Book, period: str) -> int | None:
    """An instant on the last day of a day, week, month, quarter or year; None when it is none of them."""
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", period, re.ASCII):
            last = date.fromisoformat(period)
        elif re.fullmatch(r"\d{4}-W\d\d", period, re.ASCII):
            last = date.fromisocalendar(int(period[:4]), int(period[6:]), 7)
        elif re.fullmatch(r"\d{4}(-Q[1-4]|-\d\d)?", period, re.ASCII):
            month = int(period[6:]) * 3 if "Q" in period else int(period[5:] or 12)
            last = (date(int(period[:4]), month, 28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        else:
            return None
    except ValueError:
        return None
    return book.instant(last, "12:00")
