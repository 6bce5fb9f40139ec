"""SKUs recounted: which were sold, since when they are there, and whether new ones succeeded."""

from __future__ import annotations

import json
from datetime import date

from scoring.events.finance import CogsAdjusted
from scoring.events.inventory import StockReceived
from scoring.money import round_half_up
from scoring.recount.book import MICRO, Book, newest
from scoring.recount.orders import Order
from scoring.recount.sales import owners
from scoring.recount.stock import DAY_US, goods_owner, goods_text, launches_of
from scoring.recount.story import Story

Sku = tuple[str, str]


def count_skus(book: Book, story: Story) -> None:
    """Add every line of a paid order of which the rate is known, then every new product."""
    launches = {sku: at for sku, (at, _) in launches_of(story).items()}
    receipts: dict[Sku, int] = {}
    for receipt in story.of(StockReceived):
        receipts.setdefault((receipt.shop_id, receipt.sku), receipt.occurred_at)
    trials: dict[Sku, list[tuple[int, int, int]]] = {sku: [] for sku in launches}
    for order in story.customers.orders:
        if order.paid_at is None or book.rate(order.currency, order.paid_at) is None:
            continue
        _count_lines(book, order, launches, receipts)
        _try_out(book, order, launches, trials)
    for (shop, sku), (launched_at, fact) in launches_of(story).items():
        _decide(book, (shop, sku), launched_at, (fact.category, trials[shop, sku]))


def _count_lines(book: Book, order: Order, launches: dict[Sku, int], receipts: dict[Sku, int]) -> None:
    at = order.paid_at
    assert at is not None
    rate = book.rate(order.currency, at)
    assert rate is not None
    for line in order.lines:
        own, sku = owners(book, order, line, at), (order.shop, line.sku)
        book.mark("skus_sold", order.shop, at, line.sku, own)
        book.mark("skus_offered", order.shop, at, line.sku, own)
        _move(book, order.shop, (line.category, line.sku), at)
        if sku in receipts and receipts[sku] <= at:
            book.add("units_sold_since_receipt", order.shop, at, line.qty * MICRO, own)
        if sku in launches and launches[sku] <= at <= launches[sku] + 90 * DAY_US:
            money = round_half_up((line.paid_amt + line.platform_subsidy_amt) * rate)
            book.add("new_product_gmv", order.shop, at, money, own)


def _move(book: Book, shop: str, goods: tuple[str, str], at: int) -> None:
    """Tell all who own the goods in the 30 days that begin with the sale that some were sold."""
    first, last = book.day(at), book.day(at + 30 * DAY_US)
    spans = [(row.from_day, row.to_day) for row in book.reference.assignments]
    for person in book.reference.people:
        spans += [(row.from_day, row.to_day) for row in person.positions]
    days = {day for span in spans for day in span if day is not None and first < day < last}
    instants = [at, *(book.instant(date.fromisoformat(day)) for day in days)]
    credits = [goods_owner(book, shop, *goods, instant) for instant in instants]
    item = json.dumps([goods_text(shop, goods[1]), "sold"])
    book.keep(("stock_idle", "idle"), shop, at, item, credits)


def _try_out(book: Book, order: Order, launches: dict[Sku, int], trials: dict[Sku, list[tuple[int, int, int]]]) -> None:
    """Note units, sales and cost of the lines that were paid in the first 60 days of their SKU."""
    assert order.paid_at is not None
    rate = book.rate(order.currency, order.paid_at)
    assert rate is not None
    restated = newest([fact for fact in order.facts if isinstance(fact, CogsAdjusted)], lambda fact: fact.line_id)
    real = {fact.line_id: fact.amount for fact in restated}
    for line in order.lines:
        launched_at = launches.get((order.shop, line.sku))
        if launched_at is None or not launched_at <= order.paid_at < launched_at + 60 * DAY_US:
            continue
        sales = round_half_up((line.paid_amt + line.platform_subsidy_amt) * rate)
        cost = round_half_up(real.get(line.line_id, line.cogs) * rate)
        trials[order.shop, line.sku].append((line.qty, sales, cost))


def _decide(book: Book, product: Sku, launched_at: int, known: tuple[str, list[tuple[int, int, int]]]) -> None:
    (shop, sku), (category, trial) = product, known
    at = launched_at + 60 * DAY_US
    own = [goods_owner(book, shop, category, sku, at)]
    book.mark("new_products", shop, at, f"{shop}|{sku}", own)
    units = sum(row[0] for row in trial)
    sales, cost = sum(row[1] for row in trial), sum(row[2] for row in trial)
    if units >= book.policy.new_product_units and sales > 0:
        if (sales - cost) >= book.policy.new_product_margin * sales:
            book.mark("new_products_successful", shop, at, f"{shop}|{sku}", own)
