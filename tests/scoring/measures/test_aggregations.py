"""Every aggregation against a naive one at each step of random streams, with items taken back and shards merged."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence
from fractions import Fraction
from statistics import median

import pytest

from scoring.atoms import ATOMS, CASES
from scoring.measures import AGGREGATIONS, MICRO, merged
from tests.scenarios.shop import Teller, decoded_of, definitions_of, shop_texts

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


NAIVE: dict[str, Callable[[Sequence[Entry]], Fraction | None]] = {
    "sum": naive_sum,
    "distinct": naive_distinct,
    "distinct_day": naive_distinct_day,
    "last": naive_last,
    "maximum": naive_maximum,
    "median": naive_median,
    "percentile": naive_percentile,
    "repeated": naive_repeated,
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
}


@pytest.mark.parametrize(("kind", "empty"), sorted(EMPTY.items()))
def test_nothing(kind: str, empty: int | None) -> None:
    """A sum or number of nothing is 0; a value of nothing is not known, also when everything was taken back."""
    assert AGGREGATIONS[kind].read([], Fraction(1)) == empty
    item = "1:5" if kind == "last" else "5"
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


def test_the_table_of_cases() -> None:
    """Each kind of case is the kind of key of some event, but for the inquiry, which reads what others publish."""
    tell = Teller()
    events = [
        tell.paid("o", "03 10:00:00", "1.00"),
        tell.event("live.host_on", "03 10:00:00", session_id="l", host_id="h"),
        tell.event("chat.assigned", "03 10:00:00", session_id="c", agent_id="a"),
        tell.event("ad.report", "03 10:00:00", campaign_id="k", interval_start="2026-10-03T00:00:00+08:00"),
        tell.event(
            "review.submitted",
            "03 10:00:00",
            subject_id="ann",
            reviewer_id="bob",
            relation="peer",
            item="i",
            score="80",
            period="2026-10",
        ),
    ]
    kinds = {row.event.case().partition("|")[0] for row in decoded_of(events)}
    assert kinds | {"inquiry"} == set(CASES)
