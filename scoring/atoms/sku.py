"""What an order sold of each SKU, seen against the SKU's launch and its first receipt (3-kpis.md §3.6)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import cast

from scoring.atoms.base import SECOND, Atom, Setting, View
from scoring.atoms.credit import OrderCredit
from scoring.atoms.order_reading import Order
from scoring.attribution import Spread
from scoring.events.base import Event, case_key
from scoring.events.order import OrderHeader, OrderLine
from scoring.money import round_half_up

DAY = 86_400 * SECOND
NEW_FOR = 90 * DAY
DECIDED_AFTER = 60 * DAY
MOVING_FOR = 30 * DAY
LAUNCH, RECEIPT = "launch", "receipt"


@dataclass(frozen=True, slots=True)
class SkuSale:
    """A paid line; `is_new`: paid within 90 days of the launch; `is_received`: paid since the first receipt."""

    shop: str
    credits: Mapping[str, Spread]
    counted_at: int
    sku: str
    qty: int
    rev: int
    is_new: bool
    is_received: bool


@dataclass(frozen=True, slots=True)
class LaunchSale:
    """A line paid in the first 60 days of a launched SKU, dated at the decision about it."""

    shop: str
    credits: Mapping[str, Spread]
    decided_at: int
    trial: str


@dataclass(frozen=True, slots=True)
class GoodsSale:
    """That goods moved, for all who own them in the 30 days that begin with the sale: stock that sells is not slow."""

    shop: str
    credits: Mapping[str, Spread]
    counted_at: int
    standing: str
    is_there: bool = True


@dataclass(frozen=True, slots=True)
class Life:
    """What is known of a SKU in a shop: its launch with the category it was listed in, and its first receipt."""

    launched_at: int | None = None
    category: str = ""
    received_at: int | None = None


def life_key(shop: str, sku: str) -> str:
    """Where listings and receipts of a SKU are published."""
    return case_key("sku", shop, sku)


def life_keys(shop: str, facts: Sequence[Event]) -> list[str]:
    """The keys of the SKUs of an order."""
    skus = {line.sku for fact in facts if isinstance(fact, OrderHeader) for line in fact.lines}
    return [life_key(shop, sku) for sku in sorted(skus)]


def read_life(view: View, shop: str, sku: str) -> Life:
    """The life of a SKU as published; the first receipt in any warehouse counts."""
    launched_at, category, receipts = None, "", []
    for kind, at, listed_in in view.get(life_key(shop, sku), ()):
        if kind == LAUNCH:
            launched_at, category = cast(int, at), cast(str, listed_in)
        else:
            receipts.append(cast(int, at))
    return Life(launched_at, category, min(receipts, default=None))


def owners_of(setting: Setting, shop: str, category: str, sku: str, at: int) -> Spread:
    """Owners of goods that no order names: neither a channel nor an employee decides."""
    scope = {"brand": setting.attribution.brand(shop), "shop": shop, "category": category, "sku": sku}
    return setting.attribution.of_tag("owner", scope, at)


def goods_of(shop: str, sku: str) -> str:
    """The name of a SKU of a shop in the items of standing stock."""
    return case_key("goods", shop, sku)


def _goods_sales(order: Order, line: OrderLine, setting: Setting, paid_at: int) -> Iterator[GoodsSale]:
    days = setting.attribution.days
    changes = setting.attribution.change_days(days.day(paid_at), days.day(paid_at + MOVING_FOR))
    seen: list[Spread] = []
    for at in (paid_at, *(days.start_of_day_us(day) for day in changes)):
        owners = owners_of(setting, order.shop, line.category, line.sku, at)
        if owners not in seen:
            seen.append(owners)
            item = f"sold:{goods_of(order.shop, line.sku)}"
            yield GoodsSale(order.shop, {"shop": owners}, paid_at, item)


def find_sku_sales(
    order: Order, cogs: Mapping[str, int], credit: OrderCredit, factor: Fraction
) -> list[tuple[str, Atom]]:
    """One atom a line, and one more while the SKU is on trial; `cogs` are costs that finance restated by line."""
    found: list[tuple[str, object]] = []
    paid_at = order.paid_at
    for line in order.lines if paid_at is not None else ():
        assert paid_at is not None
        life = read_life(credit.view, order.shop, line.sku)
        rev = round_half_up((line.paid_amt + line.platform_subsidy_amt) * factor)
        age = None if life.launched_at is None else paid_at - life.launched_at
        sale = SkuSale(
            shop=order.shop,
            credits={"shop": credit.owners(line.category, line.sku, paid_at)},
            counted_at=paid_at,
            sku=line.sku,
            qty=line.qty,
            rev=rev,
            is_new=age is not None and 0 <= age <= NEW_FOR,
            is_received=life.received_at is not None and life.received_at <= paid_at,
        )
        found.append(("sku_sale", sale))
        found += [("goods_sale", moved) for moved in _goods_sales(order, line, credit.setting, paid_at)]
        if age is not None and 0 <= age < DECIDED_AFTER:
            decided_at = paid_at - age + DECIDED_AFTER
            owners = owners_of(credit.setting, order.shop, life.category, line.sku, decided_at)
            cost = round_half_up(cogs.get(line.line_id, line.cogs) * factor)
            trial = f"sold:{line.qty}:{rev}:{rev - cost}:{order.shop}|{line.sku}"
            found.append(("launch_sale", LaunchSale(order.shop, {"shop": owners}, decided_at, trial)))
    return [(kind, cast(Atom, atom)) for kind, atom in found]
