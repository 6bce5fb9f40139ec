"""Part periods in the real settlement: joining, moving, leave, short stays, changed targets, team scores, stages."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from scoring.presence import Leave, Presence
from scoring.settlement import PersonResult, settle
from tests.scenarios.shop import COMPANY, PEOPLE, SELLER, TARGETS, Desk, Teller, shop_texts

MINE = '[[assignment]]\nperson = "ann"\ntag = "owner"\nfrom = "2026-01-01"\n'
ANN = """[[team]]
id = "desk"
name = {{ zh = "台", en = "Desk" }}
[[person]]
id = "ann"
name = {{ zh = "安", en = "Ann" }}
{positions}
[[person]]
id = "bob"
name = {{ zh = "博", en = "Bob" }}
"""
POSITION = '[[person.position]]\nteam = "desk"\nrole = "seller"\nplan = "seller"\n'
SET = '[[target]]\nowner = "{owner}"\nkpi = "net_sales"\nperiod = "{period}"\nvalue = "{value}"\nsource = "strategy"\n'


def vectors(group: str) -> list[dict[str, Any]]:
    """The golden vectors of a group, those of the specification itself."""
    path = Path(__file__).resolve().parents[1] / "vectors.json"
    rows: list[dict[str, Any]] = json.loads(path.read_text(encoding="utf-8"))[group]
    return rows


def people(*positions: str) -> str:
    """Ann with her positions; Bob without any."""
    return ANN.format(positions="\n".join(POSITION + position for position in positions))


def target(value: object, owner: str = "e:ann", period: str = "2026-11") -> str:
    """A row of targets.toml."""
    return SET.format(owner=owner, period=period, value=value)


def november(sales: dict[str, str], **texts: str) -> tuple[PersonResult, ...]:
    """The settlement of November: amounts sold at noon of days, all Ann's unless assignments are given."""
    desk, tell = Desk(texts=shop_texts(**{"assignments": MINE, **texts})), Teller()
    desk.take(*(tell.paid(f"o{day}", f"{day} 12:00:00", amount) for day, amount in sales.items()))
    return settle(desk.definitions, "2026-11", desk.closing.read)


def performance(result: PersonResult) -> Fraction:
    """The performance pay in yuan."""
    (row,) = [row for row in result.components if row.component.id == "performance"]
    return Fraction(row.settled.amount_minor, 100)


def test_joining_within_the_month() -> None:
    """Vector S17: 20 of 30 days cut the target and the base, not the coefficient."""
    vector = next(row for row in vectors("proration") if row["id"] == "S17")
    joined = f'from = "2026-11-{vector["period_days"] - vector["eligible_days"] + 1:02d}"\n'
    (result,) = november(
        {"11-15": vector["actual"]},
        people=people(joined + f'performance_base = "{vector["base"]}"\n'),
        targets=target(vector["target"]),
    )
    assert result.items[0].target == Fraction(vector["target_prorated"])
    assert result.card.total_2dp == Fraction(vector["score"])
    assert performance(result) == Fraction(vector["pay"])


def test_moving_within_the_month() -> None:
    """Vector S18: two parts with scores and bases of their own; money is paid part by part, not on the blend."""
    vector = next(row for row in vectors("proration") if row["id"] == "S18")
    first, second = vector["segments"]
    move = f"2026-11-{first['days'] + 1:02d}"
    whole = Fraction(3000)
    sold = [whole * part["days"] / vector["period_days"] * Fraction(part["score"]) / 100 for part in (first, second)]
    results = november(
        {"11-02": str(sold[0]), "11-29": str(sold[1])},
        people=people(
            f'from = "2026-01-01"\nto = "{move}"\nperformance_base = "{first["base"]}"\n',
            f'from = "{move}"\nperformance_base = "{second["base"]}"\n',
        ),
        targets=target(whole),
    )
    assert [result.card.total_2dp for result in results] == [Fraction(part["score"]) for part in (first, second)]
    assert sum(performance(result) for result in results) == Fraction(vector["pay"])


def test_proration_by_workdays() -> None:
    """November 2026 has 21 workdays from Monday to Friday; with one of them a holiday 20. From the 16th it is 11 of 20.

    In calendar days it would be 15 of 30.
    """
    calendar = '[calendar]\nproration = "workdays"\nholidays = ["2026-11-02"]\n'
    half = people('from = "2026-11-16"\nperformance_base = "2000"\n')
    (result,) = november({"11-20": "550"}, people=half, targets=target(1000), calendar=calendar)
    assert result.items[0].target == 550
    assert (result.card.total_2dp, performance(result)) == (100, 1320)
    (plain,) = november({"11-20": "500"}, people=half, targets=target(1000))
    assert (plain.items[0].target, plain.card.total_2dp, performance(plain)) == (500, 100, 1200)


def test_a_short_stay_is_not_scored() -> None:
    """From Thursday the 26th on there are 3 workdays: no score, the base for 5 of 30 days at 1.0, all commission."""
    late = people('from = "2026-11-26"\nperformance_base = "3000"\n')
    (result,) = november({"11-27": "10"}, people=late, targets=target(3000))
    assert (result.card.status, result.card.total_2dp, result.coefficient) == ("short_stay", None, 1)
    assert (performance(result), result.open_questions) == (500, ())
    assert [row.settled.amount_minor for row in result.components] == [50_000, 100]


def test_five_workdays_are_scored() -> None:
    """From Tuesday the 24th there are five workdays: 7 of 30 days, a target of 700, all reached, coefficient 1.2."""
    (result,) = november(
        {"11-27": "700"}, people=people('from = "2026-11-24"\nperformance_base = "3000"\n'), targets=target(3000)
    )
    assert (result.card.status, result.card.total_2dp, performance(result)) == ("scored", 100, 840)


@pytest.mark.parametrize(
    ("kind", "first", "after", "asked", "paid"),
    [
        ("sick", "2026-11-01", "2026-11-07", 2400, 3600),
        ("unpaid", "2026-11-01", "2026-11-07", 2400, 2880),
        ("annual", "2026-11-03", "2026-11-06", 3000, 3600),
        ("annual", "2026-11-03", "2026-11-07", 2600, 3600),
    ],
)
def test_leave_by_type(kind: str, first: str, after: str, asked: int, paid: int) -> None:
    """Six days sick lower the target alone, six unpaid the base too; three days of holiday nothing, four the target.

    The target is 3,000 for 30 days and always reached, the base 3,000 and the coefficient 1.2.
    """
    leave = f'[[leave]]\nperson = "ann"\ntype = "{kind}"\nfrom = "{first}"\nto = "{after}"\n'
    (result,) = november(
        {"11-20": str(asked)},
        people=people('from = "2026-01-01"\nperformance_base = "3000"\n'),
        targets=target(3000),
        calendar=leave,
    )
    assert (result.items[0].target, result.card.total_2dp, performance(result)) == (asked, 100, paid)


def test_a_month_of_protected_leave() -> None:
    """A whole month of maternity leave is no score, no question and the base at 1.0; nobody is marked down for it."""
    leave = '[[leave]]\nperson = "ann"\ntype = "maternity"\nfrom = "2026-10-01"\nto = "2027-01-01"\n'
    (result,) = november(
        {}, people=people('from = "2026-01-01"\nperformance_base = "3000"\n'), targets=target(3000), calendar=leave
    )
    assert (result.card.status, result.open_questions, performance(result)) == ("short_stay", (), 3000)


def test_leave_does_not_touch_others_nor_overlap_twice() -> None:
    """Only the person's own days count, each once, and the days of a leave are half-open."""
    sick = [Leave("ann", "sick", "2026-11-02", "2026-11-04"), Leave("ann", "sick", "2026-11-03", "2026-11-05")]
    presence = Presence(leaves=tuple(sick))
    whole = ("2026-11-01", "2026-11-30")
    assert presence.shares("ann", whole, whole).target == Fraction(27, 30)
    assert presence.shares("bob", whole, whole).target == 1


def test_a_target_that_changes_is_blended() -> None:
    """600 until the 15th, 1,200 from the 16th of a 30-day month: 900; who left on the 15th is held to 600 x 1/2."""
    targets = target(600) + target(1200).replace('value = "1200"', 'value = "1200"\nfrom = "2026-11-16"')
    (whole,) = november({"11-20": "900"}, people=people('from = "2026-01-01"\n'), targets=targets)
    assert (whole.items[0].target, whole.card.total_2dp) == (900, 100)
    left = people('from = "2026-01-01"\nto = "2026-11-16"\n')
    (part,) = november({"11-10": "300"}, people=left, targets=targets)
    assert (part.items[0].target, part.card.total_2dp) == (300, 100)


def test_a_team_blends_into_the_score() -> None:
    """Vector S19 with sales: 90 of her own and 80 of the team's at 0.7 are 87; the rest of the team is Bob's 70 of 100.

    Ann sells 90 of 100; the team's target is 200 and the team sells 160.
    """
    vector = next(row for row in vectors("total") if row["id"] == "S19")
    plan = SELLER.replace('period = "month"', 'period = "month"\nblend = { alpha = "0.7" }')
    both = people('from = "2026-01-01"\n') + POSITION.replace('plan = "seller"\n', "") + 'from = "2026-01-01"\n'
    halves = '[[assignment]]\nperson = "{0}"\ntag = "owner"\ncategory = "{0}"\nfrom = "2026-01-01"\n'
    texts = {
        "people": both,
        "assignments": halves.format("ann") + halves.format("bob"),
        "targets": target(100) + target(200, "t:desk"),
        "plans/seller": plan,
    }
    desk, tell = Desk(texts=shop_texts(**texts)), Teller()
    for who, amount in (("ann", "90"), ("bob", "70")):
        line = {"line_id": "1", "sku": "A", "qty": 1, "paid_amt": amount, "cogs": "0", "category": who}
        desk.take(tell.event("order.paid", "11-03 10:00:00", order_id=who, lines=[line]))
    (result,) = settle(desk.definitions, "2026-11", desk.closing.read)
    assert result.card.chain is not None
    assert (result.card.chain.individual, result.card.chain.team) == (90, 80)
    assert result.card.total_2dp == Fraction(vector["total"])
    (open_result,) = settle(
        Desk(texts=shop_texts(**{**texts, "targets": target(100)})).definitions, "2026-11", desk.closing.read
    )
    assert "t:desk has no score to blend" in open_result.open_questions[1]


def test_a_variant_for_the_stage_of_a_shop() -> None:
    """Two people with one plan in two shops: the shop that is being launched takes the variant, the other does not."""
    variant = SELLER.replace(
        'id = "seller"\nversion', 'id = "young"\nstage = "launch"\nvariant_of = "seller"\nversion', 1
    )
    company = COMPANY.replace('brand = "b"', 'brand = "b"\nstage = "launch"')
    both = PEOPLE.replace('plan = "seller"', 'plan = "seller"\nshop = "s"', 1)
    texts = shop_texts(company=company, people=both, targets=TARGETS, **{"plans/young": variant})
    desk = Desk(texts=texts)
    results = settle(desk.definitions, "2026-11", desk.closing.read)
    assert [(result.scope.person.id, result.plan.id) for result in results] == [("ann", "young"), ("bob", "seller")]
