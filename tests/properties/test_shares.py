"""Shares of one piece of work always add up, and what is refunded in full leaves nobody with anything."""

from __future__ import annotations

import random
from collections import defaultdict

from scoring.definitions import Definitions
from scoring.definitions.catalogue import DIMENSIONS
from streams.stores import Store
from tests.properties.months import applied, cells_of, decoded_of, in_order, told
from tests.scenarios.shop import Desk, Teller, shop_texts

MONTHS = 150
ORDERS = 300
OF_AN_ORDER = frozenset(
    "orders_paid disputes quality_refunds gmv refund_amount cohort_refunds cogs_sold cogs_back first_sales "
    "first_refunds".split()
)
TOUCHING = ("agent", "bd", "purchaser", "rep")
"""Dimensions in which an order may be nobody's doing: it then credits nobody there, not `unassigned`."""


def whole_and_parts(
    store: Store, definitions: Definitions, dimension: str
) -> tuple[dict[tuple[str, str], int], dict[tuple[str, str], int]]:
    """Company cells of the measures that credit somebody in a dimension, and the sums of the people's cells there."""
    whole: dict[tuple[str, str], int] = defaultdict(int)
    parts: dict[tuple[str, str], int] = defaultdict(int)
    for (owner, where, name, day, _), value in cells_of(store).items():
        measure = definitions.measures[name]
        everywhere = measure.totals == "always" or (measure.totals == "of_room" and dimension == "live_op")
        if measure.kind != "sum" or not everywhere or dimension not in measure.dimensions:
            continue
        if owner == "c:":
            whole[name, day] += value
        elif owner.startswith("e:") and where == dimension:
            parts[name, day] += value
    return dict(whole), {key: value for key, value in parts.items() if value}


def test_people_add_up_to_the_company() -> None:
    """In every dimension the sum over all people, `unassigned` included, is the company's total, day by day.

    Where an order can be nobody's doing, the people together never have more than the company.
    """
    seen = set()
    for seed in range(MONTHS):
        month = told(seed, 60)
        store = applied(month.definitions, in_order(month.wire))
        for dimension in DIMENSIONS:
            if dimension == "exclusive" and not month.definitions.reference.policy.precedence:
                continue
            whole, parts = whole_and_parts(store, month.definitions, dimension)
            some = {key for key in whole if dimension in TOUCHING and key[0] in OF_AN_ORDER}
            assert all(parts.get(key, 0) <= whole[key] for key in some), f"seed {seed}, dimension {dimension}"
            assert _without(parts, some) == _without(whole, some), f"seed {seed}, dimension {dimension}"
            seen |= {(dimension, name) for name, _ in whole}
    assert len(seen) > 30, "the months were too tame to prove anything"


def _without(sums: dict[tuple[str, str], int], keys: set[tuple[str, str]]) -> dict[tuple[str, str], int]:
    return {key: value for key, value in sums.items() if key not in keys}


def test_shops_add_up_to_the_company() -> None:
    """Sums of the shops are the company's sums."""
    for seed in range(0, MONTHS, 3):
        month = told(seed, 60)
        sums: dict[object, int] = defaultdict(int)
        for (owner, _, name, day, item), value in cells_of(applied(month.definitions, in_order(month.wire))).items():
            if month.definitions.measures[name].kind == "sum" and owner[:2] in ("c:", "s:"):
                sums[name, day, item] += value if owner == "c:" else -value
        assert not any(sums.values()), f"seed {seed}"


SHARES = (("1",), ("0.6", "0.4"), ("1/3", "1/3", "1/3"), ("0.5", "0.3"), ("1/7", "2/7", "3/7"), ("0.01", "0.98"))


def assignments(shares: tuple[str, ...]) -> str:
    """Owners with these shares."""
    rows = zip(("ann", "bob", "boss"), shares, strict=False)
    return "".join(
        f'[[assignment]]\nperson = "{who}"\ntag = "owner"\nshare = "{share}"\nfrom = "2026-09-01"\n'
        for who, share in rows
    )


def test_a_full_refund_nets_to_zero_for_everybody() -> None:
    """300 orders with split owners, two currencies, refunded in one to five parts: nobody is left with a cent."""
    rates = '[[rate]]\ncurrency = "USD"\nday = "2026-09-01"\nrate = "7.1234567"\n'
    for number in range(ORDERS):
        rng, tell = random.Random(f"refund {number}"), Teller()
        desk = Desk(texts=shop_texts(assignments=assignments(rng.choice(SHARES)), fx=rates))
        cents = rng.choice((1, 2, 3, 7, 99, 100, 10_001, rng.randint(1, 99_999)))
        money = {"currency": rng.choice(("CNY", "CNY", "USD"))}
        events = [tell.paid("o", "03 10:00:00", f"{cents // 100}.{cents % 100:02}", **money)]
        left = cents
        for part in range(rng.randint(1, 5)):
            amount = rng.randint(0, left)
            left -= amount
            at = f"{rng.randint(3, 28):02} 11:00:00"
            events.append(tell.refunded("o", at, f"{amount // 100}.{amount % 100:02}", refund_id=f"r{part}", **money))
        # The rest, and sometimes more than that: a line never gives back more than it brought.
        left += rng.choice((0, 0, 500))
        events.append(tell.refunded("o", "29 11:00:00", f"{left // 100}.{left % 100:02}", refund_id="last", **money))
        rng.shuffle(events)
        for row in decoded_of(events):
            desk.pipeline.apply([row], [], None, 0)
        net: dict[str, int] = defaultdict(int)
        for (owner, _, name, _, _), value in desk.cells().items():
            net[owner] += {"gmv": value, "refund_amount": -value}.get(name, 0)
        assert not any(net.values()), f"{number}: {dict(net)}"
        assert desk.recounted() == [], f"{number}"
