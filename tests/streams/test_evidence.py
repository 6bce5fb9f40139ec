"""Which facts stand behind a number: exactly those whose cases add to its cells, the same in every order."""

from __future__ import annotations

import random

from streams.evidence import Extent, cells_digest, cells_of, gather, standing, walk
from tests.properties.months import applied, in_order, shuffled, told
from tests.scenarios.shop import CODEC, Desk, Teller

OCTOBER = Extent("2026-10-01", "2026-10-31", 1_000)


def test_facts_behind_a_value() -> None:
    """Two facts of the one October order of Ann count; November's order and a conversation do not."""
    desk, tell = Desk(), Teller()
    desk.take(
        tell.paid("o1", "03 10:00:00", "10.00"),
        tell.refunded("o1", "04 10:00:00", "1.00"),
        tell.paid("o2", "11-04 10:00:00", "1.00"),
        tell.event("chat.message", "03 10:00:00", session_id="c", sender="customer"),
    )
    group = cells_of(desk.kpi("net_sales", "e:ann"), desk.definitions)
    assert group == {("e:ann", "shop", "gmv", ""), ("e:ann", "shop", "refund_amount", "")}
    (found,) = gather(desk.store, CODEC, desk.definitions.program(), [group], OCTOBER).values()
    assert found["facts"] == 2


def test_facts_after_the_cut_are_not_named() -> None:
    """What arrived after the batch of the extent is left out of number and digest."""
    desk, tell = Desk(), Teller()
    desk.take(tell.paid("o1", "03 10:00:00", "10.00"))
    group = cells_of(desk.kpi("net_sales", "e:ann"), desk.definitions)
    program = desk.definitions.program()
    before = gather(desk.store, CODEC, program, [group], Extent("2026-10-01", "2026-10-31", 1))
    desk.take(tell.event("order.delivered", "04 10:00:00", order_id="o1"))
    assert gather(desk.store, CODEC, program, [group], Extent("2026-10-01", "2026-10-31", 1)) == before
    assert gather(desk.store, CODEC, program, [group], Extent("2026-10-01", "2026-10-31", 2)) != before


def test_nothing_behind_nothing() -> None:
    """A value without facts has none, and the digest of nothing."""
    desk = Desk()
    group = cells_of(desk.kpi("gmv", "e:ann"), desk.definitions)
    (found,) = gather(desk.store, CODEC, desk.definitions.program(), [group], OCTOBER).values()
    assert found["facts"] == 0


def test_the_walk_adds_up_to_the_cells() -> None:
    """The contributions of all cases, inquiries included, are the cells, for months of every kind."""
    for seed in range(30):
        month = told(seed, 50)
        store = applied(month.definitions, in_order(month.wire))
        sums: dict[tuple[str, ...], int] = {}
        cases = sorted({*store.all_cases(), *store.derived_cases()})
        for behind in walk(store, CODEC, month.definitions.program(), cases, standing):
            for key, value in behind.contributions.items():
                sums[key] = sums.get(key, 0) + value
        days = {key: value for key, value in sums.items() if value and not key[3].startswith("m:")}
        assert days == dict(store.all_cells("0", "9")), f"seed {seed}"


def test_the_digest_of_cells_is_theirs_alone() -> None:
    """Equal cells give equal digests in any order of arrival; one cent more gives another."""
    month = told(3, 40)
    rows = in_order(month.wire)
    one, other = applied(month.definitions, rows), shuffled(random.Random(1), month.definitions, rows)
    assert cells_digest(one, "0", "9") == cells_digest(other, "0", "9")
    with other.unit() as unit:
        unit.add_cells({("c:", "", "gmv", "2026-10-03", ""): 1})
    assert cells_digest(one, "0", "9") != cells_digest(other, "0", "9")
    assert cells_digest(one, "2026-10-04", "9") == cells_digest(other, "2026-10-04", "9")
