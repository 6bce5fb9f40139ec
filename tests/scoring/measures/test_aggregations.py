"""Every aggregation against a naive one at each step of random streams, with items taken back and shards merged."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Sequence
from fractions import Fraction
from pathlib import Path
from statistics import median

import pytest

from scoring.atoms import ATOMS, CASES
from scoring.measures import AGGREGATIONS, MICRO, merged
from tests.scenarios.shop import decoded_of, definitions_of, shop_texts

Entry = tuple[str, str]
"""(day, item) of one thing that is there."""

DAYS = ("2026-10-01", "2026-10-02", "2026-10-03")
MEASURES = definitions_of(tuple(sorted(shop_texts().items()))).measures


def naive_distinct(entries: Sequence[Entry]) -> Fraction | None:
    """How many different items."""
    return Fraction(len({item for _, item in entries}))


def naive_distinct_day(entries: Sequence[Entry]) -> Fraction | None:
    """How many different items on each day, summed."""
    return Fraction(len(set(entries)))


def naive_maximum(entries: Sequence[Entry]) -> Fraction | None:
    """The largest."""
    return Fraction(max(int(item) for _, item in entries)) if entries else None


def naive_percentile(entries: Sequence[Entry]) -> Fraction | None:
    """Sorted one by one: the value at rank ceil(0.9 n)."""
    values = sorted(int(item) for _, item in entries)
    return Fraction(values[-(-9 * len(values) // 10) - 1]) if values else None


def naive_last(entries: Sequence[Entry]) -> Fraction | None:
    """The value of the latest instant; of equal instants the larger value."""
    pairs = [(int(item.split(":")[0]), Fraction(item.split(":")[1])) for _, item in entries]
    return max(pairs)[1] if pairs else None


def naive_repeated(entries: Sequence[Entry]) -> Fraction | None:
    """Items for which two different days can be found."""
    return Fraction(len({item for day, item in entries if any(o == item and d != day for d, o in entries)}))


def naive_median(entries: Sequence[Entry]) -> Fraction | None:
    """The library's median."""
    return Fraction(median([Fraction(int(item), MICRO) for _, item in entries])) if entries else None


def naive_sum(entries: Sequence[Entry]) -> Fraction | None:
    """All of them."""
    return Fraction(sum(int(item) for _, item in entries))


STOCK = "stock:5:7:1:goods|s|a|w"
GOALS = {"a": "goal:3:1/5:0:a", "b": "goal:6:0:0:b", "s|c:d": "goal:1:1/2:0:s|c:d"}


def naive_trial(entries: Sequence[Entry]) -> Fraction | None:
    """Product by product: whether the goal is there, and is reached by what was sold."""
    items, reached = [item.split(":", 4) for _, item in entries], 0
    for product, goal in GOALS.items():
        sold = [[int(part) for part in item[1:4]] for item in items if item[0] == "sold" and item[4] == product]
        units, sales, profit = (sum(row[place] for row in sold) for place in range(3))
        _, least, margin, _, _ = goal.split(":", 4)
        there = goal.split(":", 4) in items
        reached += there and units >= int(least) and sales > 0 and Fraction(profit, sales) >= Fraction(margin)
    return Fraction(reached)


def naive_stock(entries: Sequence[Entry], idle: bool) -> Fraction:
    """Place by place: the figure that nothing later replaces."""
    items, total = [item.split(":") for _, item in entries], 0
    for place in {item[4] for item in items if item[0] != "sold"}:
        figures = [item for item in items if item[0] != "sold" and item[4] == place]
        newest = max(int(item[1]) for item in figures)
        there = [item for item in figures if int(item[1]) == newest and item[0] == "stock"]
        is_sold = any(item[0] == "sold" and item[1] == place.rpartition("|")[0] for item in items)
        if there:
            _, _, cost, old, _ = max(there, key=lambda item: (int(item[2]), item[3]))
            total += int(cost) if not idle or (old == "1" and not is_sold) else 0
    return Fraction(total)


def naive_standing(entries: Sequence[Entry]) -> Fraction | None:
    """All of it."""
    return naive_stock(entries, idle=False)


def naive_idle(entries: Sequence[Entry]) -> Fraction | None:
    """What is old and was not sold."""
    return naive_stock(entries, idle=True)


def stock_item(rng: random.Random) -> str:
    """Stock of some place, that it is gone, or a sale."""
    goods, at = rng.choice(("goods|s|a", "goods|s|b")), rng.randint(1, 5)
    place = f"{goods}|{rng.choice('vw')}"
    there = f"stock:{at}:{rng.randint(0, 9)}:{rng.randint(0, 1)}:{place}"
    return rng.choice((there, there, f"gone:{at}:0:0:{place}", f"sold:{goods}"))


def trial_item(rng: random.Random) -> str:
    """The goal of a product, or a sale of it."""
    product = rng.choice(tuple(GOALS))
    sale = f"sold:{rng.randint(1, 3)}:{rng.choice((0, 10))}:{rng.randint(-2, 8)}:{product}"
    return rng.choice((GOALS[product], sale, sale))


NAIVE: dict[str, Callable[[Sequence[Entry]], Fraction | None]] = {
    "sum": naive_sum,
    "distinct": naive_distinct,
    "distinct_day": naive_distinct_day,
    "last": naive_last,
    "maximum": naive_maximum,
    "median": naive_median,
    "percentile": naive_percentile,
    "repeated": naive_repeated,
    "standing": naive_standing,
    "idle": naive_idle,
    "trial": naive_trial,
}


def rows_of(kind: str, entries: Sequence[Entry]) -> list[tuple[str, str, int]]:
    """Entries as cells: sums by day, else counted items by day."""
    if not AGGREGATIONS[kind].is_multiset:
        sums: Counter[str] = Counter()
        for day, item in entries:
            sums[day] += int(item)
        return [(day, "", amount) for day, amount in sums.items()]
    return [(day, item, count) for (day, item), count in Counter(entries).items()]


def some_item(rng: random.Random, kind: str) -> str:
    """An item that collides often."""
    if kind in ("standing", "idle"):
        return stock_item(rng)
    if kind == "trial":
        return trial_item(rng)
    number = rng.randint(0, 12)
    return f"{rng.randint(1, 5)}:{number}" if kind == "last" else str(number)


def test_every_aggregation_has_its_naive_twin() -> None:
    """No kind of aggregation goes without the tests below."""
    assert NAIVE.keys() == AGGREGATIONS.keys()


@pytest.mark.parametrize("kind", sorted(AGGREGATIONS))
def test_every_prefix_equals_the_naive_recomputation(kind: str) -> None:
    """After each of many additions and withdrawals the aggregation equals a recomputation from what is left."""
    for seed in range(30):
        rng, entries = random.Random(f"{kind} {seed}"), list[Entry]()
        for _ in range(40):
            if entries and rng.randrange(3) == 0:
                entries.remove(rng.choice(entries))
            else:
                entries.append((rng.choice(DAYS), some_item(rng, kind)))
            rows = rows_of(kind, entries)
            rng.shuffle(rows)
            assert AGGREGATIONS[kind].read(rows, Fraction(1)) == NAIVE[kind](entries), f"seed {seed}"


@pytest.mark.parametrize("kind", sorted(AGGREGATIONS))
def test_shards_merge_without_loss(kind: str) -> None:
    """Rows of the same stream kept in three places, withdrawals elsewhere than additions, read as one."""
    for seed in range(50):
        rng = random.Random(f"shards {kind} {seed}")
        entries = [(rng.choice(DAYS), some_item(rng, kind)) for _ in range(30)]
        gone = rng.sample(entries, 10)
        left = list((Counter(entries) - Counter(gone)).elements())
        borders = sorted((rng.randint(0, 30), rng.randint(0, 30)))
        rows = [
            row
            for low, high in zip([0, *borders], [*borders, 30], strict=True)
            for row in rows_of(kind, entries[low:high])
        ]
        rows += [(day, item, -count) for day, item, count in rows_of(kind, gone)]
        rng.shuffle(rows)
        assert AGGREGATIONS[kind].read(rows, Fraction(1)) == NAIVE[kind](left), f"seed {seed}"


EMPTY = {
    "sum": 0,
    "distinct": 0,
    "distinct_day": 0,
    "last": None,
    "maximum": None,
    "median": None,
    "percentile": None,
    "repeated": 0,
    "standing": 0,
    "idle": 0,
    "trial": 0,
}


@pytest.mark.parametrize(("kind", "empty"), sorted(EMPTY.items()))
def test_nothing(kind: str, empty: int | None) -> None:
    """A sum or number of nothing is 0; a value of nothing is not known, also when everything was taken back."""
    assert AGGREGATIONS[kind].read([], Fraction(1)) == empty
    item = {"last": "1:5", "trial": GOALS["a"], "standing": STOCK, "idle": STOCK}.get(kind, "5")
    back = [(DAYS[0], item, 1), (DAYS[0], item, -1)] if AGGREGATIONS[kind].is_multiset else [(DAYS[0], "", 0)]
    assert AGGREGATIONS[kind].read(back, Fraction(1)) == empty


def test_worked_examples() -> None:
    """The examples in the docstrings of the kinds."""
    read = {name: kind.read for name, kind in AGGREGATIONS.items()}
    assert read["sum"]([("d", "", 120), ("e", "", 340)], Fraction(1, 100)) == Fraction("4.60")
    assert read["distinct"]([("d", "a", 2), ("e", "b", 1)], Fraction(1)) == 2
    assert read["distinct_day"]([("mon", "a", 1), ("mon", "b", 3), ("tue", "a", 1)], Fraction(1)) == 3
    assert read["maximum"]([("d", "3", 1), ("d", "9", 1), ("d", "4", 1), ("d", "9", -1)], Fraction(1)) == 4
    assert read["percentile"]([("d", str(10 * n), 1) for n in range(1, 11)], Fraction(1)) == 90
    assert read["percentile"]([("d", "7", 9), ("d", "100", 1)], Fraction(1)) == 7
    assert read["percentile"]([("d", "7", 8), ("d", "100", 1)], Fraction(1)) == 100
    assert read["median"]([("d", "1000000", 1), ("e", "9000000", 1), ("e", "5000000", 1)], Fraction(1)) == 5
    assert read["median"]([("d", "1000000", 1), ("e", "5000000", 1)], Fraction(1)) == 3
    assert read["repeated"]([("mon", "a", 2), ("mon", "b", 2), ("tue", "a", 1)], Fraction(1)) == 1
    assert read["last"]([("d", "1:5", 1), ("d", "2:7", 1)], Fraction(1)) == 7
    replaced = [("d", "stock:4:5:1:goods|s|a|w", 1), ("e", STOCK, 1), ("d", "stock:4:1:0:goods|s|b|w", 1)]
    assert read["standing"](replaced, Fraction(1)) == 8
    assert read["idle"](replaced, Fraction(1)) == 7
    assert read["idle"]([*replaced, ("e", "sold:goods|s|a", 1)], Fraction(1)) == 0
    assert read["trial"]([("d", "goal:100:1/5:0:p", 1), ("d", "sold:50:500:100:p", 2)], Fraction(1)) == 1


def test_merged_counts() -> None:
    """Counts of one item add up over days."""
    assert merged([("a", "x", 1), ("b", "x", 2), ("b", "y", 1)]) == {"x": 3, "y": 1}


def test_millionths() -> None:
    """Whole things are stored as millionths, so that shares of one stay exact."""
    assert MICRO == 1_000_000


@pytest.mark.parametrize("name", sorted(MEASURES))
def test_a_measure_names_fields_that_its_atom_has(name: str) -> None:
    """Atom, value, time, flags and the earlier part of each shipped measure exist."""
    measure = MEASURES[name]
    kind = ATOMS[measure.atoms[0]]
    has = set(getattr(kind, "__dataclass_fields__", ())) | {
        key for key, value in vars(kind).items() if isinstance(value, property)
    }
    flags = {flag.removeprefix("not ") for flag in measure.where}
    wanted = {measure.at, *flags} | ({measure.value} - {"1"}) | ({measure.before} - {""})
    wanted |= {measure.totals} - {"always", "never"}
    assert wanted <= has
    assert {"shop", "credits"} <= has
    assert measure.kind in AGGREGATIONS
    assert measure.dimensions


def test_every_atom_is_measured() -> None:
    """No kind of atom is made for nothing."""
    assert {atom for measure in MEASURES.values() for atom in measure.atoms} == set(ATOMS)


DERIVED = {"airtime", "b2b_day", "buyer", "inquiry"}
"""Kinds of case without facts of their own: they read what others publish."""


def test_the_table_of_cases(repository: Path) -> None:
    """Each kind of case is the kind of key of some event, but for those that only read what others publish."""
    messages = json.loads((repository / "docs" / "asyncapi.json").read_text("utf-8"))["components"]["messages"]
    events = [example["payload"] for message in messages.values() for example in message.get("examples", ())]
    kinds = {row.event.case().partition("|")[0] for row in decoded_of(events)}
    assert set(CASES) - kinds == DERIVED
