"""Part periods, segments, blends, cascades and the sanity of targets."""

from __future__ import annotations

from fractions import Fraction

import pytest

from scoring.bands import DEFAULT_BANDS
from scoring.proration import (
    Segment,
    blended_score,
    blended_target,
    cascade_coverage,
    check_target,
    comparable,
    eligible_share,
    is_short_stay,
    prorated_target,
    segment_pay,
    team_blend,
)
from scoring.scales import read_scale

SEGMENTS = [Segment(12, Fraction(90), Fraction(3000)), Segment(18, Fraction(80), Fraction(4000))]


def test_the_eligible_share_counts_days() -> None:
    """20 of 30 days are two thirds; nobody is eligible for more than the period."""
    assert eligible_share(20, 30) == Fraction(2, 3)
    assert (eligible_share(0, 30), eligible_share(30, 30)) == (0, 1)
    for eligible, period in [(31, 30), (-1, 30), (0, 0)]:
        with pytest.raises(ValueError, match="is no share"):
            eligible_share(eligible, period)


@pytest.mark.parametrize(
    ("aggregation", "target"),
    [("SUM", 200), ("COUNT", 200), ("DISTINCT", 200), ("DISTINCT/day", 200), ("RATIO", 300), ("MEAN", 300),
     ("P90", 300), ("TWA", 300), ("MAX", 300), ("LAST", 300), ("REV", 300)],
)  # fmt: skip
def test_amounts_are_prorated_and_levels_are_not(aggregation: str, target: int) -> None:
    """Two thirds of a period ask for two thirds of an amount, but for the same ratio."""
    assert prorated_target(Fraction(300), Fraction(2, 3), aggregation) == target


def test_a_short_stay_is_below_five_workdays() -> None:
    """Four working days are too short for a score, five are not."""
    assert is_short_stay(4)
    assert not is_short_stay(5)


def test_money_is_computed_by_segment() -> None:
    """12 days at 90 and 18 at 80: shown as 84, paid 1 320 + 2 400, not the 3 600 of the blended score."""
    assert blended_score(SEGMENTS) == 84
    computed = segment_pay(SEGMENTS, 30, DEFAULT_BANDS)
    assert computed.amount == 3720
    assert sum(detail.amount for detail in computed.details) == 3720
    with pytest.raises(ValueError, match="is no share"):
        segment_pay(SEGMENTS, 29, DEFAULT_BANDS)
    with pytest.raises(ValueError, match="have no days"):
        blended_score([])


def test_a_changed_target_is_blended_by_days() -> None:
    """300 for 10 days and 360 for 20 days are 340."""
    assert blended_target([(Fraction(300), 10), (Fraction(360), 20)]) == 340
    with pytest.raises(ValueError, match="have no days"):
        blended_target([])


def test_a_team_score_blends_in() -> None:
    """0.7 · 90 + 0.3 · 80 = 87; a weight outside 0..1 is refused."""
    assert team_blend(Fraction("0.7"), Fraction(90), Fraction(80)) == 87
    with pytest.raises(ValueError, match="must lie between 0 and 1"):
        team_blend(Fraction("1.1"), Fraction(90), Fraction(80))


@pytest.mark.parametrize(
    ("children", "ratio", "verdict"),
    [
        ([5_000_000, 3_200_000, 2_300_000], "1.05", "ok"),
        ([5_000_000], "0.5", "gap"),
        ([11_000_000], "1.1", "ok"),
        ([12_000_000], "1.2", "padding"),
        ([], "0", "gap"),
    ],
)
def test_a_cascade_is_covered(children: list[int], ratio: str, verdict: str) -> None:
    """Children that sum to less than the parent leave a gap, to more than 110 % hide padding."""
    coverage = cascade_coverage(Fraction(10_000_000), [Fraction(child) for child in children])
    assert (coverage.ratio, coverage.verdict) == (Fraction(ratio), verdict)
    with pytest.raises(ValueError, match="cannot be covered"):
        cascade_coverage(Fraction(0), [])


HISTORY = [Fraction(x) for x in (90, 110, 100, 95, 105, 100)]


@pytest.mark.parametrize(
    ("target", "verdict"),
    [(200, "needs_second_approver"), (131, "needs_second_approver"), (69, "needs_second_approver"),
     (130, "likely_unreachable"), (110, "likely_unreachable"), (100, "ok"), (90, "too_easy"), (70, "too_easy")],
)  # fmt: skip
def test_targets_are_checked_against_history(target: int, verdict: str) -> None:
    """The ratio bounds 0.7 and 1.3 are allowed; then the share of past periods that reached the target decides."""
    assert check_target(HISTORY, Fraction(target)).verdict == verdict


def test_a_target_check_shows_its_evidence() -> None:
    """Ratio, hits, percentile and the score of each past period are reported."""
    scale = read_scale({"kind": "PROP"}, "plan.toml", "item")
    check = check_target(HISTORY, Fraction(100), scale=scale)
    assert (check.ratio, check.hits, check.hit_share, check.percentile) == (1, 4, Fraction(2, 3), Fraction(2, 3))
    assert check.scores == (90, 110, 100, 95, 105, 100)


def test_lower_is_better_uses_the_inverse() -> None:
    """A target of 50 s against a mean of 100 s is a ratio of 2; 105 s was reached five times of six."""
    check = check_target(HISTORY, Fraction(50), lower_is_better=True)
    assert (check.ratio, check.hits, check.verdict) == (2, 0, "needs_second_approver")
    assert check_target(HISTORY, Fraction(105), lower_is_better=True).hits == 5


def test_little_history_gives_no_verdict() -> None:
    """Fewer than three periods say no_history; a ratio that would divide by 0 is None and needs a human."""
    assert check_target([], Fraction(1)).verdict == "no_history"
    assert check_target(HISTORY[:2], Fraction(1)).verdict == "no_history"
    none = check_target(HISTORY, Fraction(0), lower_is_better=True)
    assert (none.ratio, none.verdict) == (None, "needs_second_approver")


def test_history_begins_with_the_business() -> None:
    """Zeros before the first sale are no history, a zero after it is, and an unknown value is left out."""
    past = [Fraction(0), None, Fraction(0), Fraction(5), Fraction(0), None, Fraction(7)]
    assert comparable(past) == (5, 0, 7)
    assert comparable([Fraction(0), None]) == comparable([]) == ()
