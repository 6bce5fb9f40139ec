"""Part periods and sanity of targets: eligible share, prorated targets, segments, blends, cascade, target check."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from scoring.bands import Bands
from scoring.money import grouped_text, plain_text
from scoring.plans.base import Computed, Detail, PayInputs, summed
from scoring.plans.performance import Performance
from scoring.scales.base import Scale

#: Aggregations whose targets grow with time; all others (RATIO, MEAN, P90, TWA, MAX, LAST, REV) are levels.
PRORATED_AGGREGATIONS = ("SUM", "COUNT", "DISTINCT")
SHORT_STAY_WORKDAYS = 5


def eligible_share(eligible_days: int, period_days: int) -> Fraction:
    """f = eligible days / period days (5-scoring.md §5.11), in calendar days or workdays; ValueError outside 0..1."""
    if period_days <= 0 or not 0 <= eligible_days <= period_days:
        raise ValueError(f"{eligible_days} eligible of {period_days} days is no share: count both in the same period")
    return Fraction(eligible_days, period_days)


def prorated_target(target: Fraction, share: Fraction, aggregation: str) -> Fraction:
    """target · f for amounts and counts (SUM, COUNT, DISTINCT); the target itself for levels (§5.11)."""
    return target * share if aggregation.split("/")[0] in PRORATED_AGGREGATIONS else target


def is_short_stay(eligible_workdays: int) -> bool:
    """Fewer than 5 working days: no score, performance base · f at coefficient 1.0 (§5.11)."""
    return eligible_workdays < SHORT_STAY_WORKDAYS


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a period under one plan: its days, its score (total_2dp) and the performance base of a full period."""

    days: int
    score: Fraction
    base: Fraction


def blended_score(segments: Sequence[Segment]) -> Fraction:
    """Σ score · days / Σ days, unrounded (§5.11); for display and ranking, never for money."""
    days = sum(segment.days for segment in segments)
    if days <= 0:
        raise ValueError("the segments have no days: a period needs at least one day")
    return sum((segment.score * segment.days for segment in segments), Fraction(0)) / days


def segment_pay(segments: Sequence[Segment], period_days: int, bands: Bands) -> Computed:
    """Performance pay by segment: Σ base · days/period days · coefficient of the segment's own score (§5.11).

    12 days at 90 on 3 000 and 18 days at 80 on 4 000 pay 1 320 + 2 400 = 3 720. ValueError when the segments have more
    days than the period.
    """
    eligible_share(sum(segment.days for segment in segments), period_days)
    details: list[Detail] = []
    for segment in segments:
        coefficient = bands.banded(segment.score).coefficient
        inputs = PayInputs(segment.base, coefficient, eligible_share(segment.days, period_days))
        details.extend(Performance().compute(inputs).details)
    return summed(*details)


def blended_target(targets: Sequence[tuple[Fraction, int]]) -> Fraction:
    """Σ target · days / Σ days of a target that changed within a period, given as (target, days) (§5.11)."""
    days = sum(days for _, days in targets)
    if days <= 0:
        raise ValueError("the targets have no days: give the days for which each target held")
    return sum((target * held for target, held in targets), Fraction(0)) / days


def team_blend(alpha: Fraction, individual: Fraction, team: Fraction) -> Fraction:
    """alpha · individual + (1 - alpha) · team: 0.7 · 90 + 0.3 · 80 = 87 (§5.11)."""
    if not 0 <= alpha <= 1:
        raise ValueError(f"the weight of the individual score must lie between 0 and 1, not {plain_text(alpha)}")
    return alpha * individual + (1 - alpha) * team


@dataclass(frozen=True, slots=True)
class Coverage:
    """Σ children / parent, and the verdict: "gap" below 1, "padding" above 1.1, else "ok"."""

    ratio: Fraction
    verdict: str


def cascade_coverage(parent: Fraction, children: Sequence[Fraction]) -> Coverage:
    """How the targets of children cover their parent's (§5.11); ValueError when the parent is not above 0."""
    if parent <= 0:
        raise ValueError(f"a parent target of {grouped_text(parent)} cannot be covered: it must be above 0")
    ratio = sum(children, Fraction(0)) / parent
    return Coverage(ratio, "gap" if ratio < 1 else "padding" if ratio > Fraction("1.1") else "ok")


@dataclass(frozen=True, slots=True)
class TargetCheck:
    """A target against the person's own history (§5.13).

    `ratio` is target / mean (mean / target where lower is better; None when that divides by 0), `percentile` the share
    of past periods at or below the target, `hits` the past periods that reached it, `scores` what each would have
    scored (empty without a scale). `verdict` is "ok", "no_history", "needs_second_approver", "likely_unreachable" or
    "too_easy", the first that applies in that order of severity.
    """

    ratio: Fraction | None
    percentile: Fraction | None
    hits: int
    hit_share: Fraction | None
    scores: tuple[Fraction, ...]
    verdict: str


def comparable(values: Sequence[Fraction | None]) -> tuple[Fraction, ...]:
    """The known values of past periods, oldest first; zeros before the first other value are before any business."""
    known = [value for value in values if value is not None]
    begun = next((at for at, value in enumerate(known) if value), len(known))
    return tuple(known[begun:])


def check_target(
    history: Sequence[Fraction], target: Fraction, *, lower_is_better: bool = False, scale: Scale | None = None
) -> TargetCheck:
    """The sanity check of a target against 6-12 comparable past periods.

    History 90, 110, 100, 95, 105, 100: target 200 needs a second approver, 110 is likely unreachable, 100 is ok.
    """
    count = len(history)
    hits = sum(1 for past in history if (past <= target if lower_is_better else past >= target))
    scores = () if scale is None else tuple(scale.score(past, target).score for past in history)
    if count == 0:
        return TargetCheck(None, None, 0, None, (), "no_history")
    mean = sum(history, Fraction(0)) / count
    top, bottom = (mean, target) if lower_is_better else (target, mean)
    ratio = top / bottom if bottom else None
    percentile = Fraction(sum(1 for past in history if past <= target), count)
    hit_share = Fraction(hits, count)
    return TargetCheck(ratio, percentile, hits, hit_share, scores, _verdict(count, ratio, hit_share))


def _verdict(count: int, ratio: Fraction | None, hit_share: Fraction) -> str:
    if count < 3:
        return "no_history"
    if ratio is None or ratio > Fraction("1.3") or ratio < Fraction("0.7"):
        return "needs_second_approver"
    if hit_share < Fraction("0.2"):
        return "likely_unreachable"
    return "too_easy" if hit_share > Fraction("0.9") else "ok"
