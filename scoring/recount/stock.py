"""Stock recounted: snapshots, receipts and counts."""

from __future__ import annotations

import json

from scoring.events.inventory import ListingPublished, StockCounted, StockReceived, StockSnapshot
from scoring.money import round_half_up
from scoring.recount.book import MICRO, SECOND_US, Book, Credit, newest
from scoring.recount.story import Story

DAY_US = 86_400 * SECOND_US


def count_stock(book: Book, story: Story) -> None:
    """Add every snapshot that stands, every receipt and every count."""
    for receipt in story.of(StockReceived):
        at = receipt.occurred_at
        own = goods_owner(book, receipt.shop_id, receipt.category, receipt.sku, at)
        book.add("units_received", receipt.shop_id, at, receipt.qty_ok * MICRO, [own])
    for count in story.of(StockCounted):
        place = {"shop": count.shop_id, "warehouse": count.warehouse_id}
        keeper = [book.credit_tag("warehouse", "warehouse", place, count.occurred_at)]
        book.add("stock_counts", count.shop_id, count.occurred_at, MICRO, keeper)
        if count.counted_qty == count.book_qty:
            book.add("stock_counts_equal", count.shop_id, count.occurred_at, MICRO, keeper)
    launches = launches_of(story)
    standing: dict[tuple[str, str, str], StockSnapshot] = {}
    rows = newest(story.of(StockSnapshot), lambda row: (row.shop_id, row.warehouse_id, row.sku, row.day_at))
    for row in sorted(rows, key=lambda row: row.day_at):
        if book.rate(row.currency, row.day_at) is None:
            continue
        _count_day(book, row)
        _offer(book, row, launches.get((row.shop_id, row.sku)))
        place_of_it = (row.shop_id, row.warehouse_id, row.sku)
        _stand(book, row, standing.get(place_of_it))
        standing[place_of_it] = row


def launches_of(story: Story) -> dict[tuple[str, str], tuple[int, ListingPublished]]:
    """The earliest launch of each SKU of a shop, and who told of it."""
    launches: dict[tuple[str, str], tuple[int, ListingPublished]] = {}
    for fact in story.of(ListingPublished):
        at = fact.launch_at if fact.launch_at is not None else fact.occurred_at
        known = launches.get((fact.shop_id, fact.sku))
        if known is None or at < known[0]:
            launches[fact.shop_id, fact.sku] = (at, fact)
    return launches


def goods_owner(book: Book, shop: str, category: str, sku: str, at: int) -> Credit:
    """The owners of goods that no order names."""
    return book.credit_tag("shop", "owner", {"shop": shop, "category": category, "sku": sku}, at)


def _cost(book: Book, row: StockSnapshot) -> int:
    rate = book.rate(row.currency, row.day_at)
    assert rate is not None
    return round_half_up(row.on_hand_cost * rate)


def _stand(book: Book, row: StockSnapshot, before: StockSnapshot | None) -> None:
    """The figure stands with its owners; who owned the goods at the snapshot before no longer has them."""
    goods, at, sold = [row.shop_id, row.sku], row.day_at, row.last_sold_at
    is_old = row.age_days > 90 and (sold is None or at - sold > 30 * DAY_US)
    there = json.dumps([goods_text(*goods), row.warehouse_id, at, 1, _cost(book, row), int(is_old)])
    gone = json.dumps([goods_text(*goods), row.warehouse_id, at, 0, 0, 0])
    for measure in (("stock_standing", "standing"), ("stock_idle", "idle")):
        own = goods_owner(book, row.shop_id, row.category, row.sku, at)
        book.keep(measure, row.shop_id, at, there, [own])
        if before is not None:
            earlier = goods_owner(book, before.shop_id, before.category, before.sku, before.day_at)
            book.keep(measure, "", at, gone, [earlier])


def goods_text(shop: str, sku: str) -> str:
    """The name of goods in what is kept of stock."""
    return json.dumps([shop, sku])


def _count_day(book: Book, row: StockSnapshot) -> None:
    own = goods_owner(book, row.shop_id, row.category, row.sku, row.day_at)
    goods = {"shop": row.shop_id, "category": row.category, "sku": row.sku}
    both = [own, book.credit_tag("purchaser", "purchaser", goods, row.day_at)]
    book.add("stock_cost_days", row.shop_id, row.day_at, _cost(book, row), [own])
    book.mark("snapshot_days", row.shop_id, row.day_at, book.day(row.day_at), [own])
    if not row.is_core or not row.on_sale:
        return
    length = book.end_of_day(row.day_at) - book.instant(book.local(row.day_at).date())
    seconds = length // SECOND_US
    book.add("core_sale_seconds", row.shop_id, row.day_at, seconds * MICRO, both)
    missing = min(seconds, row.stockout_seconds)
    book.add("core_stockout_seconds", row.shop_id, row.day_at, missing * MICRO, both)


def _offer(book: Book, row: StockSnapshot, launch: tuple[int, ListingPublished] | None) -> None:
    if not row.on_sale or (launch is not None and book.end_of_day(row.day_at) - launch[0] < 7 * DAY_US):
        return
    own = [goods_owner(book, row.shop_id, row.category, row.sku, row.day_at)]
    book.mark("skus_offered", row.shop_id, row.day_at, row.sku, own)
