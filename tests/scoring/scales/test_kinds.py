"""Each scale against the worked examples of 5-scoring.md, and its edges."""

from __future__ import annotations

from fractions import Fraction

import pytest

from scoring.scales import Rev, Scored, read_scale


def scored(kind: str, actual: str, target: str | None = None, **keys: object) -> Scored:
    """The score of a decimal text on a scale with these keys."""
    scale = read_scale({"kind": kind, **keys}, "plan.toml", "item")
    return scale.score(Fraction(actual), None if target is None else Fraction(target))


def test_prop_has_a_threshold_and_a_cap() -> None:
    """At the threshold the score starts, at the cap it stops."""
    assert scored("PROP", "560000", "500000").score == 112
    assert scored("PROP", "300000", "500000").score == 60
    assert scored("PROP", "299999.99", "500000").score == 0
    assert scored("PROP", "700000", "500000").score == 120
    assert scored("PROP", "-5", "500000", threshold="0").score == 0


def test_prop_says_why() -> None:
    """The reason names the part of the curve that applied."""
    assert scored("PROP", "700000", "500000").reason == "60% <= A, A capped at 120%"
    assert scored("PROP", "1", "500000").reason == "A < threshold 60%, score 0"
    assert scored("PROP", "500000", "500000").reason == "60% <= A <= 120%, score 100 x A"


def test_prop_refuses_a_target_of_zero() -> None:
    """Division by a target of 0 or less is refused, and the message names the scales that take one."""
    with pytest.raises(ValueError, match=r"scale PROP: the target 0 is not above 0.*FTS"):
        scored("PROP", "1", "0")


@pytest.mark.parametrize(("actual", "score"), [("50", 75), ("0", 120), ("80", 0), ("100", 0), ("40", 100), ("-1", 120)])
def test_ll_is_linear(actual: str, score: int) -> None:
    """Target 40 s: on target 100, at twice the target 0, at 0 s the cap."""
    assert scored("LL", actual, "40").score == score


@pytest.mark.parametrize(("actual", "score"), [("50", 80), ("0", 120), ("400", 10), ("40", 100), ("20", 120)])
def test_li_is_inverse(actual: str, score: int) -> None:
    """Target 40 s: gentler than LL above the target, never 0, and the cap at 0 s."""
    assert scored("LI", actual, "40").score == score


def test_ft_discriminates_near_the_ceiling() -> None:
    """Target 98 %, floor 85 %: 95 % is A 10/13, the floor and below are 0."""
    assert scored("FT", "0.95", "0.98", floor="0.85").attainment == Fraction(10, 13)
    assert scored("FT", "0.85", "0.98", floor="0.85").score == 0
    assert scored("FT", "0.5", "0.98", floor="0.85").score == 0


def test_fts_scores_a_smaller_loss_higher() -> None:
    """Target -100 000, floor -300 000: -80 000 is A 1.10."""
    assert scored("FTS", "-80000", "-100000", floor="-300000").score == 110


@pytest.mark.parametrize("kind", ["FT", "FTS"])
def test_floor_scales_need_a_target_above_the_floor(kind: str) -> None:
    """A target at the floor is refused."""
    with pytest.raises(ValueError, match=r"the target 0.85 is not above the floor 0.85"):
        scored(kind, "0.9", "0.85", floor="0.85")


@pytest.mark.parametrize(
    ("attainment", "score"),
    [
        ("1", 100),
        ("0.9999", 85),
        ("0.9", 85),
        ("0.8999", 70),
        ("0.7", 55),
        ("0.6", 40),
        ("0.5", 25),
        ("0.4", 10),
        ("0", 0),
    ],
)
def test_the_default_steps_are_s8(attainment: str, score: int) -> None:
    """Each bound of the default table is inclusive; below the lowest the score is 0."""
    assert scored("STEP", attainment, "1").score == score
    assert scored("STEP", "0.3999", "1").score == 0


def test_steps_may_be_keyed_on_the_value() -> None:
    """With of = "value" the table is read with the actual, may fall, and needs no target."""
    keys: dict[str, object] = {"of": "value", "steps": [["60", "50"], ["120", "0"]], "otherwise": "100"}
    assert scored("STEP", "30", None, **keys).score == 100
    assert scored("STEP", "60", None, **keys).score == 50
    assert scored("STEP", "500", None, **keys).score == 0


def test_steps_may_be_keyed_on_lower_is_better() -> None:
    """With of = "lower" x is 2 - actual/target: 44 s of 40 s is 0.9."""
    assert scored("STEP", "44", "40", of="lower").score == 85


def test_ranges_that_cover_the_line_are_steps() -> None:
    """Ranges in any order that cover every value once read like lower bounds."""
    ranges = [
        {"from": "0.8", "below": "1", "score": "20"},
        {"below": "0.8", "score": "5"},
        {"from": "1", "score": "30"},
    ]
    values = [scored("STEP", text, "1", steps=ranges).score for text in ("0.79", "0.8", "0.99", "1", "3")]
    assert values == [5, 20, 20, 30, 30]


@pytest.mark.parametrize(("x", "score"), [("0.7", 30), ("0.9", 80), ("1.1", 110), ("1.2", 120), ("1.5", 120)])
def test_pwl_is_linear_between_knots(x: str, score: int) -> None:
    """The default knots give threshold, acceptable, target and stretch, flat outside."""
    assert scored("PWL", x, "1").score == score


def test_pwl_may_fall_with_the_value() -> None:
    """A curve on the raw value may fall: seconds of waiting."""
    keys: dict[str, object] = {"of": "value", "knots": [["30", "100"], ["90", "0"]]}
    assert scored("PWL", "45", None, **keys).score == 75
    assert scored("PWL", "45", None, **keys).reason == "30 <= value <= 90, score between 100 and 0"


@pytest.mark.parametrize(("rounding", "score"), [("floor", 94), ("ceil", 92), ("exact", 93)])
def test_ded_rounds_steps(rounding: str, score: int) -> None:
    """3.5 points short at 2 a point: full steps, begun steps, or exactly."""
    assert scored("DED", "86.5", "90", step="1", pts="2", rounding=rounding).score == score


def test_ded_counts_defects_above_zero() -> None:
    """A target of no defect at all: half a percentage point costs 10, and it never falls below 0."""
    keys: dict[str, object] = {"step": "0.005", "pts": "10", "better": "lower"}
    assert scored("DED", "0", "0", **keys).score == 100
    assert scored("DED", "0.012", "0", **keys).score == 80
    assert scored("DED", "1", "0", **keys).score == 0


def test_add_stops_at_its_cap() -> None:
    """Five proposals for a target of two: 60 and three steps; below the target the base stays."""
    keys: dict[str, object] = {"base": "60", "step": 1, "pts": 10}
    assert scored("ADD", "5", "2", **keys).score == 90
    assert scored("ADD", "1", "2", **keys).score == 60
    assert scored("ADD", "50", "2", **keys).score == 120


@pytest.mark.parametrize(
    ("condition", "actual", "score"),
    [(">=", "2", 100), (">=", "1", 0), ("<=", "2", 100), ("<=", "3", 0), ("=", "2", 100), (">", "2", 0), ("<", "2", 0)],
)
def test_pf_is_all_or_nothing(condition: str, actual: str, score: int) -> None:
    """Each condition against a target of 2."""
    assert scored("PF", actual, "2", condition=condition).score == score


def test_band_punishes_both_sides() -> None:
    """Tolerance 5 %, zero at 20 %: full inside, two thirds at 10 % on either side, 0 from 20 %."""
    for actual, score in [
        ("0.96", 100),
        ("1.05", 100),
        ("1.1", Fraction(200, 3)),
        ("0.9", Fraction(200, 3)),
        ("1.2", 0),
    ]:
        assert scored("BAND", actual, "1", tol="0.05", zero="0.2").score == score


def rev(**keys: object) -> Rev:
    """A review scale with these keys."""
    scale = read_scale({"kind": "REV", **keys}, "plan.toml", "item")
    assert isinstance(scale, Rev)
    return scale


def test_a_review_weighs_the_means_of_relations() -> None:
    """70 % of 80, 20 % of the mean 90, 10 % of 100 are 84."""
    ratings = {"manager": [Fraction(80)], "peers": [Fraction(80), Fraction(90), Fraction(100)], "self": [Fraction(100)]}
    assert rev().review(ratings).score == 84


def test_a_relation_with_few_raters_is_dropped() -> None:
    """Two peers are too few: manager 70 and self 10 are renormalised, (70·80 + 10·100)/80."""
    ratings = {"manager": [Fraction(80)], "peers": [Fraction(0), Fraction(0)], "self": [Fraction(100)]}
    review = rev().review(ratings)
    assert review.score == Fraction(165, 2)
    assert review.dropped == ("peers",)


def test_a_missing_manager_review_is_never_zero() -> None:
    """Without the manager there is no score, whatever the others say; it escalates."""
    review = rev(weights={"manager": 40, "peers": 60}).review({"peers": [Fraction(90)] * 3})
    assert review.score is None
    assert "ask the manager's manager" in review.reason


def test_a_rating_outside_the_scale_is_refused() -> None:
    """Ratings are points from 0 to 100."""
    with pytest.raises(ValueError, match="lies outside 0-100"):
        rev().review({"manager": [Fraction(101)]})
    with pytest.raises(ValueError, match="lies outside 0-100"):
        rev().score(Fraction(-1), None)
