"""Which sale a cancellation row takes back: the same for every order of the rows in the file."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

Key = tuple[str, str]
"""(customer, article)."""


@dataclass(frozen=True, slots=True)
class Return:
    """A cancellation row: when, how much, at what unit price; `pence` is the amount that goes back."""

    identity: str
    invoice: str
    key: Key
    at: str
    price: str
    qty: int
    pence: int


@dataclass(slots=True)
class Sale:
    """A sale row of a key that has returns, with what has not been taken back yet."""

    identity: str
    invoice: str
    at: str
    price: str
    qty: int
    pence: int


@dataclass(frozen=True, slots=True)
class Origin:
    """The order line that a return takes back."""

    order_id: str
    line_id: str


def match_returns(returns: Iterable[Return], sales: Iterable[tuple[Key, Sale]]) -> dict[str, Origin]:
    """The origin of each return that has one, by the return's identity.

    Returns are served in the order of their time, then invoice and identity. Each takes one sale, never a part of two:
    not later than itself, with enough quantity and money not yet taken back; of these one with the same unit price,
    then the latest, then the highest identity. Nothing here depends on the order of the rows.

    Worked example: 6 mugs sold on Monday at 2.55 and 6 on Tuesday at 2.10; four mugs come back on Wednesday at 2.55:
    Monday's line. Three more at 2.55: Monday's line has 2 left, so Tuesday's, because 3 x 2.55 = 7.65 <= 12.60.
    """
    stock: dict[Key, list[Sale]] = defaultdict(list)
    for key, sale in sales:
        stock[key].append(sale)
    origins: dict[str, Origin] = {}
    for back in sorted(returns, key=lambda row: (row.at, row.invoice, row.identity)):
        fitting = [sale for sale in stock[back.key] if _fits(sale, back)]
        if not fitting:
            continue
        sale = max(fitting, key=lambda sale: (sale.price == back.price, sale.at, sale.identity))
        sale.qty -= back.qty
        sale.pence -= back.pence
        origins[back.identity] = Origin(sale.invoice, sale.identity)
    return origins


def _fits(sale: Sale, back: Return) -> bool:
    return sale.at <= back.at and sale.qty >= back.qty and sale.pence >= back.pence
