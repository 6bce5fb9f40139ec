"""The scorecard: order of steps, missing values, sections, points, one rounding."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.scorecard import Item, PointEntry, RedLine, Rules, compose, weight_faults, weight_warnings


def item(kpi: str, weight: int, score: str | None, missing: str = "redistribute", section: str = "") -> Item:
    """An item with a score as a decimal text."""
    return Item(kpi, Fraction(weight), None if score is None else Fraction(score), section, missing)


def entry(points: str, limit: str | None = None) -> PointEntry:
    """A point entry."""
    return PointEntry("award", Fraction(points), None if limit is None else Fraction(limit))


def test_every_step_is_kept() -> None:
    """The chain shows weighted total, points, clamp, red line, rounding, band and coefficient."""
    items = [item("a", 60, "90.005"), item("b", 40, "80")]
    card = compose(items, [entry("14"), entry("-2")], [RedLine("R1", "cap_total", Fraction(85))])
    chain = card.chain
    assert chain is not None
    assert [line.points for line in card.lines] == [Fraction("54.003"), 32]
    assert chain.weighted_total == Fraction("86.003")
    assert (chain.points_sum, chain.points_applied) == (12, 10)
    assert chain.after_points == chain.after_clamp == Fraction("96.003")
    assert chain.before_rounding == card.total_2dp == 85
    assert (card.band, card.coefficient, chain.band_reason) == ("80 and up", 1, "85.00 >= 80")


def test_the_total_is_rounded_once_before_the_band() -> None:
    """94.995 becomes 95.00 and gets 1.2; 94.994 becomes 94.99 and gets 1.1."""
    assert compose([item("a", 100, "94.995")]).coefficient == Fraction("1.2")
    low = compose([item("a", 100, "94.994")])
    assert (low.total_2dp, low.coefficient) == (Fraction("94.99"), Fraction("1.1"))


def test_a_missing_kpi_gives_its_weight_to_the_others() -> None:
    """90 (50), 80 (30) and a missing 20 are (45 + 24)/0.8; the dropped line is shown without a score."""
    card = compose([item("a", 50, "90"), item("b", 30, "80"), item("c", 20, None)])
    assert card.total_2dp == Fraction("86.25")
    assert [line.kpi for line in card.dropped] == ["c"]
    assert card.dropped[0].score is None
    assert card.present_weight == 80


def test_other_policies_fill_the_gap() -> None:
    """Neutral takes its value, carry_last the last score, zero only a gap that the employee caused."""
    others = [item("a", 80, "100")]
    neutral = Item("c", Fraction(20), None, missing="neutral", neutral=Fraction(60))
    carried = Item("c", Fraction(20), None, missing="carry_last", last_score=Fraction(50))
    own = Item("c", Fraction(20), None, missing="zero", gap_is_own=True)
    totals = [compose([*others, filled]).total_2dp for filled in (neutral, carried, own)]
    assert totals == [92, 90, 80]


def test_null_never_becomes_zero() -> None:
    """A policy without its value, and a zero policy for a gap that was not the employee's, redistribute."""
    for missing in ("redistribute", "neutral", "carry_last", "zero"):
        card = compose([item("a", 80, "100"), item("c", 20, None, missing)])
        assert card.total_2dp == 100
        assert card.lines[1].treatment == "dropped"


def test_too_little_present_weight_needs_a_human() -> None:
    """With 59 of 100 present nothing is settled, though the chain shows what the values give; 60 is enough."""
    card = compose([item("a", 59, "90"), item("b", 41, None)])
    assert card.status == "needs_manual"
    assert card.total_2dp is card.coefficient is card.band is None
    assert card.chain is not None
    assert card.chain.total_2dp == 90
    assert compose([item("a", 60, "90"), item("b", 40, None)]).status == "scored"


def test_a_filled_gap_is_not_present() -> None:
    """A neutral value is no evidence: 50 of 100 present still needs a human."""
    neutral = Item("b", Fraction(50), None, missing="neutral", neutral=Fraction(80))
    assert compose([item("a", 50, "90"), neutral]).status == "needs_manual"


def test_nothing_present_gives_no_chain() -> None:
    """Without any score there is nothing to compute, and nothing is 0."""
    card = compose([item("a", 100, None)], [entry("5")])
    assert (card.status, card.chain, card.total_2dp) == ("needs_manual", None, None)


SECTIONS = Rules(section_weights=(("results", Fraction(30)), ("process", Fraction(55)), ("skills", Fraction(15))))


def test_sections_have_scores_of_their_own() -> None:
    """30/55/15: 82, 91 and 88 give 87.85, with the points of each section."""
    items = [
        item("a", 40, "85", section="results"),
        item("b", 60, "80", section="results"),
        item("c", 100, "91", section="process"),
        item("d", 100, "88", section="skills"),
    ]
    card = compose(items, rules=SECTIONS)
    assert card.total_2dp == Fraction("87.85")
    assert [(line.section, line.score) for line in card.sections] == [("results", 82), ("process", 91), ("skills", 88)]
    assert [line.points for line in card.sections] == [Fraction("24.6"), Fraction("50.05"), Fraction("13.2")]


def test_a_gap_stays_inside_its_section() -> None:
    """A missing KPI is renormalised among its section; a section without values gives its weight to the others."""
    inside = [
        item("a", 40, None, section="results"),
        item("b", 60, "80", section="results"),
        item("c", 100, "90", section="process"),
        item("d", 100, "100", section="skills"),
    ]
    card = compose(inside, rules=SECTIONS)
    assert card.total_2dp == Fraction("88.5")
    assert card.present_weight == 88
    empty = [item("b", 100, "80", section="results"), item("c", 100, "90", section="process")]
    without = compose([*empty, item("d", 100, None, section="skills")], rules=SECTIONS)
    assert without.chain is not None
    assert without.chain.weighted_total == Fraction(30 * 80 + 55 * 90, 85)


def test_a_section_without_weight_is_refused() -> None:
    """An item in a section that the plan does not weigh is an error."""
    with pytest.raises(ValueError, match="no weight for section attitude"):
        compose([item("a", 100, "90", section="attitude")], rules=SECTIONS)


def test_subtotals_are_shown_without_section_weights() -> None:
    """Sections that only group show their weight, their own score and their points."""
    card = compose(
        [item("a", 30, "90", section="R"), item("b", 50, "80", section="R"), item("c", 20, "100", section="V")]
    )
    assert [(line.weight, line.score, line.points) for line in card.sections] == [
        (80, Fraction("83.75"), 67),
        (20, 100, 20),
    ]


def test_points_are_clamped_one_by_one_and_together() -> None:
    """Each entry counts within its limit, the net within ± 10, the total within 0 and 120."""
    base = [item("a", 100, "115")]
    assert compose(base, [entry("9", "3")]).total_2dp == 118
    assert compose(base, [entry("-9", "3")]).total_2dp == 112
    assert compose(base, [entry("20")]).total_2dp == 120
    assert compose([item("a", 100, "5")], [entry("-20")]).total_2dp == 0
    assert compose(base, [entry("-20")], rules=Rules(points_cap=Fraction(15))).total_2dp == 100


def test_red_lines_apply_after_points() -> None:
    """Points can not lift a capped total: 92 + 10 capped at 59 stays 59, coefficient 0."""
    card = compose([item("a", 100, "92")], [entry("10")], [RedLine("live", "cap_total", Fraction(59))])
    assert (card.total_2dp, card.coefficient) == (59, 0)


def test_a_coefficient_red_line_limits_the_band() -> None:
    """The lower of band coefficient and red line holds."""
    lines = [RedLine("late", "coefficient", Fraction("0.8"))]
    assert compose([item("a", 100, "96")], red_lines=lines).coefficient == Fraction("0.8")
    assert compose([item("a", 100, "65")], red_lines=lines).coefficient == Fraction("0.6")


def test_a_no_bonus_red_line_is_a_flag() -> None:
    """It leaves total and coefficient alone, and only when it is upheld."""
    card = compose([item("a", 100, "96")], red_lines=[RedLine("x", "no_bonus")])
    assert (card.no_bonus, card.coefficient) == (True, Fraction("1.2"))
    assert not compose([item("a", 100, "96")], red_lines=[RedLine("x", "no_bonus", state="heard")]).no_bonus


scores = st.one_of(st.none(), st.fractions(0, 120, max_denominator=60))


@given(st.lists(st.tuples(st.integers(1, 50), scores), min_size=1, max_size=8))
def test_a_total_lies_among_its_scores(rows: list[tuple[int, Fraction | None]]) -> None:
    """Shares of lines that count sum to 1, so the total lies between the lowest and the highest score."""
    card = compose([Item(f"k{at}", Fraction(weight), score) for at, (weight, score) in enumerate(rows)])
    present = [score for _, score in rows if score is not None]
    assert sum(line.share for line in card.lines) == (1 if present else 0)
    if card.chain is not None:
        assert min(present) <= card.chain.weighted_total <= max(present)
        assert card.chain.weighted_total == sum(line.points for line in card.sections)


def test_faulty_items_are_refused() -> None:
    """No items, a KPI twice, a weight of 0 and an unknown policy are errors."""
    with pytest.raises(ValueError, match="needs at least one item"):
        compose([])
    with pytest.raises(ValueError, match="appears twice"):
        compose([item("a", 50, "90"), item("a", 50, "80")])
    with pytest.raises(ValueError, match="a: the weight 0 is not above 0"):
        item("a", 0, "90")
    with pytest.raises(ValueError, match="unknown missing policy 'ignore'"):
        item("a", 1, None, "ignore")


def test_weights_must_sum_to_100() -> None:
    """Weights of a plan sum to 100 and are above 0; all faults come at once."""
    assert weight_faults({"a": Fraction(60), "b": Fraction(40)}, "plan.toml", "weights") == ()
    faults = weight_faults({"a": Fraction(60), "b": Fraction(0), "c": Fraction(30)}, "plan.toml", "weights")
    assert [fault.key for fault in faults] == ["weights.b", "weights"]
    assert "sum to 90, not 100" in faults[1].message


def test_unusual_weights_are_warned_of() -> None:
    """A single KPI below 3 or above 50 is allowed and named."""
    weights = {"a": Fraction(51), "b": Fraction(2), "c": Fraction(47)}
    assert [warning.key for warning in weight_warnings(weights, "plan.toml", "w")] == ["w.a", "w.b"]
