"""Settlements by hand: positions within a period, targets, points, red lines, gates, missing values, pay."""

from __future__ import annotations

from fractions import Fraction

from scoring.settlement import PersonResult, settle
from tests.scenarios.shop import PEOPLE, SELLER, TARGETS, Desk, Teller, shop_texts

CSAT = '[[item]]\nkpi = "csat"\nkind = "P"\nweight = "{}"\nscale = {{ kind = "PROP" }}\ntarget = "1"\n'


def desk_with(**texts: str) -> Desk:
    """A desk with changed files, 1,000 yuan sold on the 3rd (600 Ann's, 400 Bob's) and November begun."""
    desk, tell = Desk(texts=shop_texts(**texts)), Teller()
    desk.take(tell.paid("o1", "03 10:00:00", "1000.00"), tell.paid("o2", "11-03 10:00:00", "1.00"))
    return desk


def settled(desk: Desk, period: str = "2026-10") -> tuple[PersonResult, ...]:
    """The settlement of a period from the desk's cells."""
    return settle(desk.definitions, period, desk.closing.read)


def of(results: tuple[PersonResult, ...], who: str) -> PersonResult:
    """One person's result."""
    return next(result for result in results if result.scope.person.id == who)


def amounts(result: PersonResult) -> dict[str, int]:
    """Cents by component."""
    return {row.component.id: row.settled.amount_minor for row in result.components}


def seller(text: str, **changed: str) -> dict[str, str]:
    """The seller's plan replaced, with other files."""
    return {"plans/seller": text, **changed}


def test_everybody_with_a_plan() -> None:
    """People with a plan of the period's grain are settled, by id; the boss has none, and a quarter has nobody."""
    desk = desk_with()
    assert [result.scope.person.id for result in settled(desk)] == ["ann", "bob"]
    assert settled(desk, "2026-Q4") == ()


def test_score_coefficient_and_pay() -> None:
    """600 of 600 is 100 points and coefficient 1.2: 1,200 performance pay and a tenth of 600."""
    result = of(settled(desk_with()), "ann")
    assert (result.card.total_2dp, result.coefficient, result.open_questions) == (100, Fraction("1.2"), ())
    assert amounts(result) == {"performance": 120_000, "commission": 6_000}
    assert result.total_minor == 126_000


def test_details_add_up_to_the_amount() -> None:
    """The details of every component sum to its amount exactly."""
    desk = desk_with(**seller(SELLER.replace('rate = "0.1"', 'rate = "0.03333"')))
    for result in settled(desk):
        for row in result.components:
            total = sum((detail.amount for detail in row.settled.details), Fraction(0))
            assert total * 100 == row.settled.amount_minor


def test_half_a_month_in_a_position() -> None:
    """Ann sells until the 15th and leads from the 16th: 15 of 31 days of target and performance pay, her own sales.

    Her target is 600 x 15/31; she reaches 120 % at most. 1,000 x 15/31 x 1.2 = 580.645... -> 580.65.
    """
    people = PEOPLE.replace(
        'plan = "seller"\nfrom = "2026-09-01"\nperformance_base = "1000"',
        'plan = "seller"\nfrom = "2026-09-01"\nto = "2026-10-16"\nperformance_base = "1000"',
        1,
    )
    result = of(settled(desk_with(people=people)), "ann")
    assert (result.scope.first_day, result.scope.last_day, result.scope.share) == (
        "2026-10-01",
        "2026-10-15",
        Fraction(15, 31),
    )
    assert result.items[0].target == 600 * Fraction(15, 31)
    assert result.items[0].value.value == 600
    assert amounts(result) == {"performance": 58_065, "commission": 6_000}


def test_a_team_target_is_not_cut_to_somebodys_days() -> None:
    """Who answers for the team for 15 days is held against the team's whole target of 1,000, not a part of it."""
    people = PEOPLE.replace('from = "2026-09-01"\nperformance_base', 'from = "2026-10-17"\nperformance_base', 1)
    targets = TARGETS.replace(
        'owner = "e:bob"\nkpi = "net_sales"\nperiod = "2026-10"\nvalue = "400"',
        'owner = "t:desk"\nkpi = "net_sales"\nperiod = "2026-10"\nvalue = "1000"',
    )
    team = SELLER.replace('target = "own"', 'target = "own"\nowner = "t:desk"')
    result = of(settled(desk_with(**seller(team, people=people, targets=targets))), "ann")
    assert result.scope.share == Fraction(15, 31)
    assert result.items[0].target == 1000


def test_two_positions_are_two_results() -> None:
    """Somebody who changes plan within the month has one result for each, over its own days."""
    second = (
        '[[person.position]]\nteam = "desk"\nrole = "s"\nplan = "seller"\nfrom = "2026-10-16"\n'
        'performance_base = "2000"\n'
    )
    people = PEOPLE.replace(
        'from = "2026-09-01"\nperformance_base = "1000"\n',
        f'from = "2026-09-01"\nto = "2026-10-16"\nperformance_base = "1000"\n{second}',
        1,
    )
    first, later = (row for row in settled(desk_with(people=people)) if row.scope.person.id == "ann")
    assert first.scope.share + later.scope.share == 1
    assert [row.items[0].value.value for row in (first, later)] == [600, 0]
    assert amounts(later) == {"performance": 0, "commission": 0}


def test_points_change_the_total() -> None:
    """Bonus points add to the weighted score, up to 120; 100 + 5 = 105."""
    points = (
        '[[point]]\nperson = "ann"\nperiod = "2026-10"\npoints = "5"\nreason = { zh = "好", en = "idea" }\n'
        'evidence = "mail"\n'
    )
    desk = desk_with(points=points)
    assert of(settled(desk), "ann").card.total_2dp == 105
    assert of(settled(desk), "bob").card.total_2dp == 100


def test_a_red_line_acts_when_it_is_upheld() -> None:
    """Raised it changes nothing, upheld it caps the total at 59: coefficient 0; the commission stays."""
    line = (
        '[[red_line]]\nperson = "ann"\nperiod = "2026-10"\neffect = "cap_total(59)"\nstate = "{}"\n'
        'reason = {{ zh = "错", en = "wrong" }}\ndecided_by = "boss"\n'
    )
    raised, upheld = (of(settled(desk_with(points=line.format(state))), "ann") for state in ("raised", "upheld"))
    assert amounts(raised) == {"performance": 120_000, "commission": 6_000}
    assert upheld.card.total_2dp == 59
    assert amounts(upheld) == {"performance": 0, "commission": 6_000}


def test_what_can_not_be_scored_is_spread() -> None:
    """Without ratings their 30 points go to the rest; with 50 of 100 unknown a person must decide."""
    few = SELLER.replace('weight = "100"', 'weight = "70"') + CSAT.format("30")
    result = of(settled(desk_with(**seller(few))), "ann")
    assert (result.card.total_2dp, [row.status for row in result.items]) == (100, ["ok", "insufficient"])
    half = SELLER.replace('weight = "100"', 'weight = "50"') + CSAT.format("50")
    open_result = of(settled(desk_with(**seller(half))), "ann")
    assert open_result.card.status == "needs_manual"
    assert "e:ann: less than 60 %" in open_result.open_questions[0]
    manual = (
        '[[manual]]\nperson = "ann"\nperiod = "2026-10"\ncoefficient = "0.9"\nreason = { zh = "定", en = "agreed" }\n'
        'decided_by = "boss"\n'
    )
    decided = of(settled(desk_with(**seller(half, points=manual))), "ann")
    assert (decided.coefficient, decided.open_questions) == (Fraction("0.9"), ())
    assert amounts(decided)["performance"] == 90_000


def test_a_missing_target_is_a_question() -> None:
    """An own target that nobody set is asked for by owner, KPI and period."""
    targets = TARGETS.replace(
        'owner = "e:ann"\nkpi = "net_sales"\nperiod = "2026-10"', 'owner = "e:ann"\nkpi = "gmv"\nperiod = "2026-10"'
    )
    result = of(settled(desk_with(targets=targets)), "ann")
    assert result.items[0].status == "missing_target"
    assert result.open_questions[0] == "e:ann has no usable target for net_sales in 2026-10: add it to targets.toml"


def test_a_gate() -> None:
    """The commission needs 90 % attainment: Ann at 100 % gets it, Bob's target of 500 leaves him at 80 %."""
    gate = SELLER + 'gate = { kpi = "sales_attainment", at_least = "0.9" }\n'
    desk = desk_with(**seller(gate, targets=TARGETS.replace('"400"', '"500"')))
    assert [amounts(of(settled(desk), who))["commission"] for who in ("ann", "bob")] == [6_000, 0]


def test_a_lead_is_paid_on_the_team() -> None:
    """A component with a team as owner reads the team's figure: 2 % of 1,000."""
    team = SELLER.replace('base = "net_sales"\nrate = "0.1"', 'base = "net_sales"\nowner = "t:desk"\nrate = "0.02"')
    desk = desk_with(**seller(team))
    assert [amounts(of(settled(desk), who))["commission"] for who in ("ann", "bob")] == [2_000, 2_000]


def test_a_cap_a_floor_and_the_coefficient() -> None:
    """60 x 1.2 = 72 capped at 50; Bob's 40 x 1.2 = 48 is raised to 49."""
    terms = SELLER + 'multiply_by_coefficient = true\ncap = "50"\nfloor = "49"\n'
    desk = desk_with(**seller(terms))
    assert [amounts(of(settled(desk), who))["commission"] for who in ("ann", "bob")] == [5_000, 4_900]


def test_fixed_pay_by_days() -> None:
    """4,000 a month for 15 of 31 days is 1,935.483... -> 1,935.48."""
    fixed = SELLER + '[[component]]\nid = "base"\nname = { zh = "底薪", en = "Base" }\nkind = "fixed"\n'
    people = PEOPLE.replace(
        'from = "2026-09-01"\nperformance_base', 'from = "2026-10-17"\nbase_pay = "4000"\nperformance_base', 1
    )
    result = of(settled(desk_with(**seller(fixed, people=people))), "ann")
    assert amounts(result)["base"] == 193_548


def test_a_base_without_a_value_pays_nothing() -> None:
    """A base that is not known pays nothing and says so; it is not an error and not a zero that was earned."""
    rate = SELLER.replace('base = "net_sales"', 'base = "aov_order"')
    desk = Desk(texts=shop_texts(**{"plans/seller": rate}))
    result = of(settled(desk), "ann")
    (detail,) = result.components[1].settled.details
    assert (detail.kind, detail.text) == ("nothing", "aov_order has no value: nothing is due")


def test_settling_is_a_pure_function() -> None:
    """Equal cells and definitions give equal results."""
    assert settled(desk_with()) == settled(desk_with())
