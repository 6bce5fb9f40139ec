"""A draft of the definitions is replayed beside the store: what differs is listed, and the store stays as it was."""

from __future__ import annotations

import random
import re
from fractions import Fraction

import pytest

from scoring.definitions import DefinitionError, Definitions, read_definitions
from streams.comparing import UNDEFINED, Asked, Comparison, Figure, Moved, compare, kpis_on_plans
from streams.evidence import cells_digest
from streams.reading import Reader
from streams.stores import Store
from tests.generators.month import small_month
from tests.properties.months import applied, in_order
from tests.scenarios.shop import COMPANY, SELLER, Desk, Teller, definitions_of, shop_texts

NET_SALES = Asked("2026-10", ("net_sales",))
RATE = '[[rate]]\ncurrency = "USD"\nday = "2026-10-01"\nrate = "7"\n'


def handover(day: str) -> str:
    """Ann owns everything until a day, Bob from it on."""
    head = '[[assignment]]\ntag = "owner"\nshare = "1"\n'
    return f'{head}person = "ann"\nfrom = "2026-09-01"\nto = "{day}"\n{head}person = "bob"\nfrom = "{day}"\n'


def texts_of(day: str = "2026-10-17", **changed: str) -> dict[str, str]:
    """The small shop with the handover on a day."""
    return shop_texts(**{"assignments": handover(day), **changed})


def drafted(texts: dict[str, str]) -> Definitions:
    """The definitions of a draft."""
    return definitions_of(tuple(sorted(texts.items())))


def told_month() -> Desk:
    """Orders around the week from the 10th to the 17th, both midnights included, in the wrong order."""
    desk, tell = Desk(texts=texts_of()), Teller()
    wrong = tell.paid("wrong", "13 10:00:00", "999.00")
    desk.take(
        tell.refunded("in", "25 10:00:00", "10.00"),
        tell.paid("after", "17 00:00:00", "7.00"),
        tell.paid("in", "12 10:00:00", "30.00"),
        wrong,
        tell.paid("first", "10 00:00:00", "5.00"),
        tell.paid("before", "09 23:59:59", "100.00"),
        tell.paid("late", "20 10:00:00", "200.00"),
        tell.event("event.retracted", "14 10:00:00", target_source="test", target_event_id=wrong["event_id"]),
    )
    return desk


def state(store: Store) -> tuple[object, ...]:
    """Everything that a comparison could have touched."""
    cells = cells_digest(store, "0", "9")
    return cells, store.settings(), store.progress(), store.closes(), store.audit(), store.problems(), store.standings()


def of_draft(desk: Desk, texts: dict[str, str], asked: Asked = NET_SALES) -> Comparison:
    """The comparison with a draft."""
    return compare(desk.store, desk.definitions, drafted(texts), asked)


def ok(value: str) -> Figure:
    """A known value."""
    return Figure(Fraction(value), "ok")


def test_a_handover_one_week_earlier() -> None:
    """The orders of the week move from Ann to Bob: 30 + 5, less the refund of 10, which follows its order.

    Ann has 100 + 30 + 5 - 10 = 125 and keeps 100; Bob has 7 + 200 = 207 and gets 232. The retracted order is nobody's.
    No total moves.
    """
    desk = told_month()
    found = of_draft(desk, texts_of("2026-10-10"))
    assert found.rows == (
        Moved("e:ann", "net_sales", "shop", ok("125"), ok("100")),
        Moved("e:bob", "net_sales", "shop", ok("207"), ok("232")),
    )
    assert [row.difference for row in found.rows] == [-25, 25]
    assert found.company == found.problems == ()
    # Six orders less the retracted one, the refund and the retraction itself.
    assert found.facts == 7
    draft = drafted(texts_of("2026-10-10"))
    assert found.fingerprints == (desk.definitions.fingerprint(), draft.fingerprint())


def test_the_store_is_untouched() -> None:
    """Cells, settings, progress, closes and the rest are the same before and after; a seal keeps its digest."""
    desk = told_month()
    desk.take(Teller().paid("next", "11-05 10:00:00", "1.00", event_id="next"))
    desk.closing.draft("2026-10", "li")
    before = state(desk.store)
    of_draft(desk, texts_of("2026-10-10"))
    assert state(desk.store) == before
    close, now = desk.closing.verify("2026-10")
    assert close.digest == now


def test_the_same_definitions() -> None:
    """Under equal definitions no KPI of anybody differs, in whole or over other grains."""
    desk = told_month()
    everything = tuple(desk.definitions.kpis)
    for period in ("2026-10", "2026-Q4", "2026-10-12"):
        found = of_draft(desk, texts_of(), Asked(period, everything))
        assert found.rows == found.problems == ()
        assert len(set(found.fingerprints)) == 1


def test_an_assignment_that_ends() -> None:
    """Without Bob the orders from the 17th on are nobody's, and are listed as such: 207."""
    alone = handover("2026-10-17").partition('[[assignment]]\ntag = "owner"\nshare = "1"\nperson = "bob"')[0]
    found = of_draft(told_month(), texts_of(assignments=alone))
    assert {row.owner: row.difference for row in found.rows} == {
        "e:bob": Fraction(-207),
        "e:unassigned": Fraction(207),
        # Nobody is in no team.
        "t:desk": Fraction(-207),
        "t:ops": Fraction(-207),
    }


def test_a_total_that_moves() -> None:
    """A draft that does not take refunds off moves the company, which is named first: 332 become 342."""
    texts = texts_of()
    sales = texts["catalogue/kpis/sales.toml"]
    start = sales.index("[kpi.net_sales]")
    texts["catalogue/kpis/sales.toml"] = sales[:start] + sales[start:].replace('"gmv - refund_amount"', '"gmv"', 1)
    found = of_draft(told_month(), texts, Asked("2026-10", ("net_sales", "gmv")))
    assert found.company == (Moved("c:", "net_sales", "", ok("332"), ok("342")),)
    assert [row.owner for row in found.rows] == ["c:", "s:s", "t:desk", "t:ops", "e:ann"]


def test_a_target_of_the_draft() -> None:
    """A KPI that reads a target follows it: Ann's 125 are 5/24 of 600 and 1/4 of 500."""
    texts = texts_of()
    texts["targets.toml"] = texts["targets.toml"].replace(
        'period = "2026-10"\nvalue = "600"', 'period = "2026-10"\nvalue = "500"'
    )
    (row,) = of_draft(told_month(), texts, Asked("2026-10", ("sales_attainment",))).rows
    assert (row.owner, row.before, row.after) == ("e:ann", ok("5/24"), ok("1/4"))


def test_a_kpi_that_only_the_draft_has() -> None:
    """It is compared by name: undefined before, and no difference is made up."""
    texts = texts_of()
    texts["catalogue/kpis/own.toml"] = (
        '[kpi.own_sales]\nversion = 1\nname = { zh = "自定", en = "Own" }\nabout = { zh = "自定", en = "Own" }\n'
        'unit = "money"\ndirection = "up"\nnumerator = "gmv"\ndimensions = []\n'
    )
    rows = of_draft(told_month(), texts, Asked("2026-10", ("own_sales",))).rows
    company = next(row for row in rows if row.owner == "c:")
    assert (company.before, company.after, company.difference) == (Figure(None, UNDEFINED), ok("342"), None)


def test_problems_of_the_draft() -> None:
    """A draft without the rate of dollars would lose an order of 10 dollars, 70 yuan: total and problem are named."""
    desk, tell = Desk(texts=texts_of(fx=RATE)), Teller()
    desk.take(tell.paid("usd", "12 10:00:00", "10.00", currency="USD"))
    found = of_draft(desk, texts_of())
    assert [(row.before, row.after) for row in found.company] == [(ok("70"), ok("0"))]
    assert [(row.case, row.code) for row in found.problems] == [("order|s|usd", "missing_fx")]


def test_another_currency() -> None:
    """Yuan and dollars are not subtracted from each other: the draft is refused."""
    with pytest.raises(DefinitionError, match="two currencies"):
        of_draft(told_month(), texts_of(company=COMPANY.replace("CNY", "USD")))


def test_default_kpis() -> None:
    """What plans of either side score or pay by, once each, and net sales."""
    other = texts_of()
    other["plans/seller.toml"] = SELLER.replace('kpi = "net_sales"', 'kpi = "aov_order"')
    assert kpis_on_plans(drafted(texts_of())) == ("net_sales",)
    assert kpis_on_plans(drafted(texts_of()), drafted(other)) == ("net_sales", "aov_order")


def _in_zone(company: str, texts: dict[str, str]) -> str:
    """Another company's policy in the zone of these definitions."""
    zone = re.compile('zone = ".*"')
    (own,) = zone.findall(texts["company.toml"])
    return zone.sub(own, company)


def test_months_of_every_kind() -> None:
    """A comparison says what two stores say that were filled under either definitions, derived cases included."""
    kpis = (
        "net_sales",
        "live_gmv",
        "inquiry_order_conversion",
        "first_response_time_avg",
        "roas",
        "cs_sales",
        "aov_buyer",
    )
    moved = 0
    for seed in range(8):
        texts, wire = small_month(random.Random(seed), 60)
        other = small_month(random.Random(seed + 100), 10)[0]
        rules = {"company.toml": _in_zone(other["company.toml"], texts), "assignments.toml": other["assignments.toml"]}
        catalogue = {name: text for name, text in shop_texts().items() if name.startswith("catalogue/")}
        current = read_definitions(catalogue | texts)
        draft = read_definitions(catalogue | texts | rules)
        rows = in_order(wire)
        store = applied(current, rows)
        found = compare(store, current, draft, Asked("2026-10", kpis))
        sides = Reader(store, current), Reader(applied(draft, rows), draft)
        told = {(row.owner, row.kpi, row.dimension): (row.before.value, row.after.value) for row in found.rows}
        for owner in sorted({key[0] for key, _ in (*store.all_cells("0", "9"), *sides[1].store.all_cells("0", "9"))}):
            for kpi in kpis:
                for dimension in ("",) if owner[0] in "cs" else current.kpis[kpi].dimensions:
                    before, after = (side.kpi(kpi, owner, "2026-10", dimension or None).value for side in sides)
                    assert told.pop((owner, kpi, dimension), (before, before)) == (before, after), f"seed {seed}"
        assert not told
        moved += len(found.rows)
    assert moved > 50
