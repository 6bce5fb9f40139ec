"""Stock of one SKU in one warehouse: daily snapshots, receipts and counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from scoring.atoms.base import (
    SECOND,
    Atom,
    Case,
    Found,
    Problem,
    Projection,
    Setting,
    View,
    company_factor,
    latest_rows,
)
from scoring.atoms.sku import DAY, RECEIPT, goods_of, life_key, owners_of, read_life
from scoring.attribution import Spread
from scoring.events.base import Event, case_key
from scoring.events.inventory import StockCounted, StockEvent, StockReceived, StockSnapshot
from scoring.money import round_half_up

SLOW_AGE_DAYS = 90
SLOW_UNSOLD = 30 * DAY
SEASONED_AFTER = 7 * DAY


@dataclass(frozen=True, slots=True)
class StockDay:
    """One snapshot; seconds on sale are those of the local day while the SKU is on sale."""

    shop: str
    credits: Mapping[str, Spread]
    day_at: int
    day: str
    cost: int
    sale_seconds: int
    stockout_seconds: int
    is_core: bool


@dataclass(frozen=True, slots=True)
class StockLevel:
    """A snapshot's cost as the standing stock of its owners, or that the goods are no longer with earlier owners."""

    shop: str
    credits: Mapping[str, Spread]
    counted_at: int
    standing: str
    is_there: bool


@dataclass(frozen=True, slots=True)
class SkuOffer:
    """A SKU that was on sale on a day, from its eighth day on."""

    shop: str
    credits: Mapping[str, Spread]
    counted_at: int
    sku: str


@dataclass(frozen=True, slots=True)
class StockReceipt:
    """Sellable goods that arrived."""

    shop: str
    credits: Mapping[str, Spread]
    received_at: int
    qty: int


@dataclass(frozen=True, slots=True)
class StockCount:
    """A stock count, and whether it found what the books say."""

    shop: str
    credits: Mapping[str, Spread]
    counted_at: int
    is_equal: int


class StockCase(Case):
    """The case of one SKU in one warehouse of a shop."""

    def publish(self, facts: Sequence[Event], setting: Setting) -> tuple[Projection, ...]:
        receipts = [fact for fact in facts if isinstance(fact, StockReceived)]
        if not receipts:
            return ()
        head = receipts[0]
        return (Projection(life_key(head.shop_id, head.sku), (RECEIPT, head.occurred_at, "")),)

    def reads(self, key: str, facts: Sequence[Event]) -> tuple[str, ...]:
        head = next((fact for fact in facts if isinstance(fact, StockSnapshot)), None)
        return (life_key(head.shop_id, head.sku),) if head else ()

    def find(self, key: str, facts: Sequence[Event], view: View, setting: Setting) -> Found:
        atoms: list[tuple[str, object]] = []
        for fact in facts:
            if isinstance(fact, StockReceived):
                owners = {"shop": _owners(fact, fact.occurred_at, setting)}
                atoms.append(("stock_receipt", StockReceipt(fact.shop_id, owners, fact.occurred_at, fact.qty_ok)))
            elif isinstance(fact, StockCounted):
                equal = int(fact.counted_qty == fact.book_qty)
                keepers = {"warehouse": _keepers(fact, setting)}
                atoms.append(("stock_count", StockCount(fact.shop_id, keepers, fact.occurred_at, equal)))
        snapshots = [row for row in latest_rows(facts) if isinstance(row, StockSnapshot)]
        snapshots.sort(key=lambda row: row.day_at)
        problems: list[Problem] = []
        before: dict[str, Spread] = {}
        for row in snapshots:
            factor = company_factor(row.currency, row.day_at, setting)
            if isinstance(factor, Problem):
                problems.append(factor)
                continue
            cost = round_half_up(row.on_hand_cost * factor)
            credits = _credits(row, setting)
            atoms.append(("stock_day", _day(row, cost, credits, setting)))
            atoms += [("stock_level", level) for level in _levels(row, cost, credits, before)]
            before = {"shop": credits["shop"]}
            if row.on_sale and _is_seasoned(row, view, setting):
                atoms.append(("sku_offer", SkuOffer(row.shop_id, {"shop": credits["shop"]}, row.day_at, row.sku)))
        return Found(tuple((kind, cast(Atom, atom)) for kind, atom in atoms), tuple(problems))


def _is_old(row: StockSnapshot) -> bool:
    """Older than 90 days, and the stock ledger knows of no sale in the 30 days before the snapshot."""
    unsold = row.last_sold_at is None or row.last_sold_at < row.day_at - SLOW_UNSOLD
    return row.age_days > SLOW_AGE_DAYS and unsold


def _levels(
    row: StockSnapshot, cost: int, credits: Mapping[str, Spread], before: Mapping[str, Spread]
) -> list[StockLevel]:
    place = case_key(goods_of(row.shop_id, row.sku), row.warehouse_id)
    owners = {"shop": credits["shop"]}
    standing = f"stock:{row.day_at}:{cost}:{int(_is_old(row))}:{place}"
    levels = [StockLevel(row.shop_id, owners, row.day_at, standing, True)]
    if before and before != owners:
        # Without it the last figure that earlier owners saw would stand with them for ever.
        levels.append(StockLevel(row.shop_id, before, row.day_at, f"gone:{row.day_at}:0:0:{place}", False))
    return levels


def _day(row: StockSnapshot, cost: int, credits: Mapping[str, Spread], setting: Setting) -> StockDay:
    days = setting.attribution.days
    day = days.day(row.day_at)
    seconds = (days.end_of_day_us(day) - days.start_of_day_us(day)) // SECOND if row.on_sale else 0
    return StockDay(
        shop=row.shop_id,
        credits=credits,
        day_at=row.day_at,
        day=day,
        cost=cost,
        sale_seconds=seconds,
        stockout_seconds=min(row.stockout_seconds, seconds),
        is_core=row.is_core,
    )


def _is_seasoned(row: StockSnapshot, view: View, setting: Setting) -> bool:
    """Whether seven days had passed since the launch when the snapshot's day ended."""
    launched_at = read_life(view, row.shop_id, row.sku).launched_at
    days = setting.attribution.days
    return launched_at is None or days.end_of_day_us(days.day(row.day_at)) >= launched_at + SEASONED_AFTER


def _owners(fact: StockEvent, at: int, setting: Setting) -> Spread:
    return owners_of(setting, fact.shop_id, fact.category, fact.sku, at)


def _credits(row: StockSnapshot, setting: Setting) -> dict[str, Spread]:
    brand = setting.attribution.brand(row.shop_id)
    scope = {"brand": brand, "shop": row.shop_id, "category": row.category, "sku": row.sku}
    buyers = setting.attribution.of_tag("purchaser", scope, row.day_at)
    return {"shop": _owners(row, row.day_at, setting), "purchaser": buyers}


def _keepers(fact: StockCounted, setting: Setting) -> Spread:
    brand = setting.attribution.brand(fact.shop_id)
    scope = {"brand": brand, "shop": fact.shop_id, "warehouse": fact.warehouse_id}
    return setting.attribution.of_tag("warehouse", scope, fact.occurred_at)
