"""The goal tree, read receipts, and how good a plan is."""

from __future__ import annotations

from fractions import Fraction

import pytest

from scoring.definitions import Definitions, read_definitions
from scoring.definitions.checks import blockers_of, goal_coverages, receipts_of, warnings_of
from scoring.goals import Goal, coverages, path_of
from scoring.plan_quality import early_signal, projected, quantified_share
from scoring.receipts import Due, Receipt, acknowledged
from scoring.reference import Label
from tests.definitions.test_bad_definitions import CATALOGUE, GOOD

NAME = Label("目标", "Goal")


def goal(name: str, parent: str, value: int | None, kpi: str = "net_sales") -> Goal:
    """A node with a target for October."""
    return Goal(name, NAME, parent, kpi, "c:", () if value is None else (("2026-10", Fraction(value)),))


def read(**changed: tuple[str, str]) -> Definitions:
    """The sound folder with one text of a file replaced; "plans__seller" is plans/seller.toml."""
    texts = dict(GOOD)
    for name, (old, new) in changed.items():
        file = f"{name.replace('__', '/')}.toml"
        assert old in texts[file]
        texts[file] = texts[file].replace(old, new, 1)
    return read_definitions({**CATALOGUE, **texts})


def test_the_cascade_of_the_specification() -> None:
    """10,000,000 in parts of 5,000,000, 3,200,000 and 2,300,000 is covered to 105 %, with nothing left over."""
    parts = [goal(name, "top", value) for name, value in (("a", 5_000_000), ("b", 3_200_000), ("c", 2_300_000))]
    goals = [goal("top", "", 10_000_000), *parts]
    (row,) = coverages(goals, ["2026-10"], lambda node, period: node.target(period))
    assert (row.ratio, row.verdict, row.unassigned) == (Fraction("1.05"), "ok", 0)


def test_what_is_not_assigned() -> None:
    """A part without a target takes nothing, a part in another KPI does not count: 60 of 100 leave 40 to nobody."""
    goals = [goal("top", "", 100), goal("a", "top", 60), goal("b", "top", None), goal("c", "top", 40, "gmv")]
    (row,) = coverages(goals, ["2026-10"], lambda node, period: node.target(period))
    assert (row.parts, row.unassigned, row.verdict) == (60, 40, "gap")


def test_every_goal_leads_up_to_the_strategy() -> None:
    """The path of a node names everything above it, its own first."""
    goals = [goal("top", "", 1), goal("mid", "top", 1), goal("low", "mid", 1)]
    assert path_of(goals, "low") == ("low", "mid", "top")


def test_gaps_and_padding_of_a_folder() -> None:
    """200 for the desk of 200 is sound; 150 leaves a quarter to nobody, and 230 hides 15 % of padding."""
    whole, row = read(), 'owner = "t:desk"\ntargets = { "2026-10" = "200" }'
    assert [(one.goal, one.ratio) for one in goal_coverages(whole)] == [("grow", 1)]
    less = read(goals=(row, row.replace("200", "150")))
    assert any("cover 75% of 200 in 2026-10: 50 is nobody's" in str(warning) for warning in warnings_of(less))
    more = read(goals=(row, row.replace("200", "230")))
    assert any("cover 115%" in str(warning) and "more is asked" in str(warning) for warning in warnings_of(more))


def test_a_goal_takes_its_target_from_the_rows() -> None:
    """A node without a target of its own has the one that targets.toml gives its owner: Ann's 100 of 200 is half."""
    definitions = read(goals=('owner = "t:desk"\ntargets = { "2026-10" = "200" }', 'owner = "e:ann"'))
    assert [row.ratio for row in goal_coverages(definitions)] == [Fraction(1, 2)]


def test_orphans_are_listed() -> None:
    """A KPI of a plan that names no goal and has none of its own is told (R92); with a goal it is not."""
    orphan = read(plans__seller=('goal = "grow"\n', ""))
    told = [str(warning) for warning in warnings_of(orphan)]
    assert [line for line in told if "csat serves no goal" in line]
    assert not [line for line in map(str, warnings_of(read())) if "serves no goal" in line]


def test_receipts() -> None:
    """A receipt counts for its own version and up to the first day: two of four are acknowledged in time (R31)."""
    due = [Due(name, "seller", 2, "2026-10-01") for name in ("ann", "ben", "cat", "dan")]
    receipts = [
        Receipt("ann", "seller", 2, "2026-09-30"),
        Receipt("ben", "seller", 1, "2026-09-30"),
        Receipt("cat", "seller", 2, "2026-10-02"),
        Receipt("dan", "seller", 2, "2026-10-02"),
        Receipt("dan", "seller", 2, "2026-10-01"),
    ]
    state = acknowledged(due, receipts)
    assert (state.share, [row.person for row in state.open]) == (Fraction(1, 2), ["ben", "cat"])
    assert acknowledged([], receipts).share is None


def test_receipts_of_a_folder() -> None:
    """Ben acknowledged his plan; Ann's is the variant for the stage of her shop, which she has not read."""
    state = receipts_of(read())
    assert (state.share, [(row.person, row.plan) for row in state.open]) == (
        Fraction(1, 2),
        [("ann", "seller-launch")],
    )


def test_an_early_signal() -> None:
    """By the 10th of 30 days 18 % is 54 % in the end, and 60 % is 180 %: two of four are outside 60-150 % (R93)."""
    ends = {
        "ann": projected(Fraction("0.18"), 10, 30),
        "ben": projected(Fraction("0.60"), 10, 30),
        "cat": projected(Fraction("0.20"), 10, 30),
        "dan": projected(Fraction("0.50"), 10, 30),
    }
    signal = early_signal(ends)
    assert (signal.too_low, signal.too_high) == (("ann",), ("ben",))
    assert (signal.share, signal.is_alarming) == (Fraction(1, 2), True)
    assert not early_signal({"ann": Fraction(1), "ben": Fraction("0.6")}).is_alarming
    assert early_signal({}).share is None
    with pytest.raises(ValueError, match="nothing can be projected"):
        projected(Fraction(1), 0, 30)


def test_what_of_a_plan_is_counted() -> None:
    """80 of the seller's 100 come from events; reviews of 20 are within the limit of the scheme, of 50 are not."""
    definitions = read()
    assert quantified_share(definitions.plans["seller"]) == 80
    judged = read(plans__launch=('kind = "R"\nweight = "50"', 'kind = "V"\nweight = "50"'))
    told = [str(warning) for warning in warnings_of(judged) if warning.file == "plans/launch.toml"]
    assert any("reviews weigh 50, above 20 for result/process/review (R28)" in line for line in told)
    assert any("only 50 of 100 is counted from events; 55 at least" in line for line in told)
    lenient = GOOD["company.toml"].replace("[policy]\n", "[policy]\njudged_weight_limit = 50\n")
    plan = GOOD["plans/launch.toml"].replace('kind = "R"\nweight = "50"', 'kind = "V"\nweight = "50"', 1)
    allowed = read_definitions({**CATALOGUE, **GOOD, "company.toml": lenient, "plans/launch.toml": plan})
    assert not any("is counted from events" in str(warning) for warning in warnings_of(allowed))


def test_weights_that_are_unusual() -> None:
    """A KPI of 98 and one of 2 are allowed and told."""
    texts = dict(GOOD)
    text = (
        texts["plans/launch.toml"].replace('weight = "50"', 'weight = "98"', 1).replace('weight = "50"', 'weight = "2"')
    )
    odd = read_definitions({**CATALOGUE, **texts, "plans/launch.toml": text})
    told = [str(warning) for warning in warnings_of(odd) if "unusual" in warning.message]
    assert [line.split(": ")[1] for line in told] == ["item.orders_paid", "item.net_sales"]


def test_kpis_without_a_duty() -> None:
    """A KPI that names no duty of its plan is told (R2)."""
    bare = read(plans__launch=('duties = ["sell"]\n\n', "\n"))
    assert any("orders_paid serves no duty" in str(warning) for warning in warnings_of(bare))


@pytest.mark.parametrize(
    ("value", "more", "blocked", "warned"),
    [
        ("200", "", "add reason and approved_by", ""),
        ("200", 'reason = "new warehouse"\n', "add approved_by", ""),
        ("200", 'reason = "new warehouse"\nset_by = "ann"\napproved_by = "lin"\n', "", ""),
        ("110", "", "", "likely unreachable"),
        ("100", "", "", ""),
    ],
)
def test_a_target_against_its_history(value: str, more: str, blocked: str, warned: str) -> None:
    """Vector S20: 200 on a mean of 100 needs a reason and a second person, 110 is warned about, 100 is fine."""
    definitions = read(targets=('value = "100"\n', f'value = "{value}"\n{more}'))
    stops, warnings = (" ".join(map(str, rows)) for rows in (blockers_of(definitions), warnings_of(definitions)))
    assert blocked in stops if blocked else not stops
    assert (warned in warnings) if warned else "past periods" not in warnings


def test_what_keeps_a_folder_from_being_published() -> None:
    """An open "?", a starter value that nobody looked at, and a plan without its target are all told at once."""
    definitions = read(
        targets=('owner = "e:ann"\nkpi = "net_sales"\nperiod = "2026-10"\nvalue = "100"',
                 'owner = "e:ann"\nkpi = "gmv"\nperiod = "2026-10"\nvalue = "?"'),
        plans__seller=('target = "0.92"', 'target = "0.92"\nneeds_review = true'),
    )  # fmt: skip
    told = [str(row) for row in blockers_of(definitions)]
    assert told == [
        'targets.toml: e:ann gmv 2026-10: is still "?": fill it in from your own history',
        "plans/seller.toml: item[2].target: csat has a starter value: set your own, or give a reason to keep it (R91)",
        "targets.toml: e:ann net_sales: has no target in any period: add one",
    ]
    kept = read(plans__seller=('target = "0.92"', 'target = "0.92"\nneeds_review = true\nreason = "the platform\'s"'))
    assert blockers_of(kept) == ()
