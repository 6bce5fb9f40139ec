"""The scorecard: weighted total, points, clamp, red lines, one rounding, band; every step is kept to be shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from scoring.bands import DEFAULT_BANDS, Bands, read_bands
from scoring.faults import Fault
from scoring.money import plain_text, round_half_up
from scoring.proration import team_blend
from scoring.redlines import RedLine, RedLineStep, apply_red_lines
from scoring.scales.base import HUNDRED

__all__ = [
    "DEFAULT_BANDS",
    "DEFAULT_RULES",
    "MISSING_POLICIES",
    "Bands",
    "Chain",
    "Item",
    "ItemLine",
    "PointEntry",
    "RedLine",
    "RedLineStep",
    "Rules",
    "Scorecard",
    "SectionLine",
    "compose",
    "read_bands",
    "weight_faults",
    "weight_warnings",
]

MISSING_POLICIES = ("redistribute", "neutral", "carry_last", "zero")
LOWEST_PRESENT_WEIGHT = Fraction(60)
TOTAL_LIMIT = Fraction(120)
DEFAULT_POINTS_CAP = Fraction(10)


@dataclass(frozen=True, slots=True)
class Item:
    """One KPI of a plan with its score (0-120), None when there is no value to score.

    `missing` says what then happens (one of MISSING_POLICIES): drop the weight, take `neutral`, take `last_score`, or
    score 0, the last only when `gap_is_own` (the employee caused the gap). A policy that lacks its value redistributes.
    """

    kpi: str
    weight: Fraction
    score: Fraction | None
    section: str = ""
    missing: str = "redistribute"
    neutral: Fraction | None = None
    last_score: Fraction | None = None
    gap_is_own: bool = False
    kind: str = ""

    def __post_init__(self) -> None:
        if self.missing not in MISSING_POLICIES:
            known = ", ".join(MISSING_POLICIES)
            raise ValueError(f"{self.kpi}: unknown missing policy {self.missing!r}, use one of {known}")
        if self.weight <= 0:
            raise ValueError(f"{self.kpi}: the weight {plain_text(self.weight)} is not above 0")


@dataclass(frozen=True, slots=True)
class PointEntry:
    """A bonus (above 0) or penalty (below 0) entry; `limit` is the most that one entry of its kind may count."""

    label: str
    points: Fraction
    limit: Fraction | None = None
    evidence: str = ""

    def counted(self) -> Fraction:
        """The points within the limit of the entry."""
        if self.limit is None:
            return self.points
        return max(-self.limit, min(self.limit, self.points))


@dataclass(frozen=True, slots=True)
class ItemLine:
    """One KPI on the scorecard: the score that counted (None: dropped), its share of the total, its weighted points.

    `treatment` is "scored", "neutral", "carried", "zeroed" or "dropped"; `share` sums to 1 over the lines that count.
    """

    kpi: str
    section: str
    weight: Fraction
    score: Fraction | None
    treatment: str
    share: Fraction
    points: Fraction
    kind: str = ""


@dataclass(frozen=True, slots=True)
class SectionLine:
    """One section, or one kind of KPI: its weight, its own score (None when nothing in it counted), its points."""

    section: str
    weight: Fraction
    score: Fraction | None
    points: Fraction


@dataclass(frozen=True, slots=True)
class Chain:
    """The steps from the weighted total to the coefficient, in order; only `total_2dp` is rounded (§5.9).

    `individual` is the person's own weighted total and `team` the score it is blended with, None without a blend.
    `points_sum` is before the net clamp and `points_applied` after it; `coefficient` is the band's, or less where a red
    line limits it.
    """

    individual: Fraction
    team: Fraction | None
    weighted_total: Fraction
    points_sum: Fraction
    points_applied: Fraction
    after_points: Fraction
    after_clamp: Fraction
    red_lines: tuple[RedLineStep, ...]
    before_rounding: Fraction
    total_2dp: Fraction
    band: str
    band_coefficient: Fraction
    band_reason: str
    coefficient: Fraction


@dataclass(frozen=True, slots=True)
class Scorecard:
    """The scorecard of one person (5-scoring.md §5.5-5.9).

    `status` is "scored", "short_stay" when too few days were worked to score anybody, or "needs_manual" when less than
    60 % of the weight has a value of its own: then `total_2dp`, `coefficient` and `band` are None and a human decides.
    `chain` is what the values give all the same; it is None only when no KPI counted. `no_bonus` is an upheld red line
    that stops bonuses. `kinds` are the subtotals by kind of KPI: result, process and review (R10).
    """

    status: str
    lines: tuple[ItemLine, ...]
    sections: tuple[SectionLine, ...]
    kinds: tuple[SectionLine, ...]
    present_weight: Fraction
    points: tuple[PointEntry, ...]
    chain: Chain | None
    no_bonus: bool

    @property
    def total_2dp(self) -> Fraction | None:
        """The total, rounded half-up to 2 decimals; None when a human must decide."""
        return None if self._settled is None else self._settled.total_2dp

    @property
    def coefficient(self) -> Fraction | None:
        """The coefficient after red lines; None when a human must decide."""
        return None if self._settled is None else self._settled.coefficient

    @property
    def band(self) -> str | None:
        """The band of the total; None when a human must decide."""
        return None if self._settled is None else self._settled.band

    @property
    def dropped(self) -> tuple[ItemLine, ...]:
        """The lines whose weight went to the others."""
        return tuple(line for line in self.lines if line.score is None)

    @property
    def _settled(self) -> Chain | None:
        return self.chain if self.status == "scored" else None


@dataclass(frozen=True, slots=True)
class Rules:
    """What a plan decides about its scorecard: the net clamp of points, the bands, and section weights, if any.

    With `section_weights` (30/55/15) each section has a score of its own from the weights inside it, and the total is
    Σ W_section · S_section; without, the total is Σ weight · score / Σ weight. `team` is (alpha, the team's score):
    the total is then alpha x the person's own + (1 - alpha) x the team's (§5.11).
    """

    points_cap: Fraction = DEFAULT_POINTS_CAP
    bands: Bands = DEFAULT_BANDS
    section_weights: tuple[tuple[str, Fraction], ...] | None = None
    team: tuple[Fraction, Fraction] | None = None


DEFAULT_RULES = Rules()


def compose(
    items: Sequence[Item],
    points: Sequence[PointEntry] = (),
    red_lines: Sequence[RedLine] = (),
    rules: Rules = DEFAULT_RULES,
) -> Scorecard:
    """The scorecard of one person: weighted total -> points -> clamp -> red line -> round -> band (§5.8).

    ValueError when there are no items, a KPI appears twice, or the section of an item has no weight.
    """
    lines, present_weight = _weighed(items, rules)
    counted = any(line.score is not None for line in lines)
    chain = _chain(lines, points, red_lines, rules) if counted else None
    return Scorecard(
        status="scored" if counted and present_weight >= LOWEST_PRESENT_WEIGHT else "needs_manual",
        lines=lines,
        sections=_subtotals(lines, [line.section for line in lines], dict(rules.section_weights or ())),
        kinds=_subtotals(lines, [line.kind for line in lines], {}),
        present_weight=present_weight,
        points=tuple(points),
        chain=chain,
        no_bonus=any(line.effect == "no_bonus" and line.state == "upheld" for line in red_lines),
    )


def weight_faults(weights: Mapping[str, Fraction], file: str, key: str) -> tuple[Fault, ...]:
    """The faults of the weights of a plan (KPI id or section -> weight): they must be above 0 and sum to 100."""
    faults = [
        Fault(file, f"{key}.{name}", f"the weight {plain_text(weight)} is not above 0: drop it or give it a weight")
        for name, weight in weights.items()
        if weight <= 0
    ]
    total = sum(weights.values(), Fraction(0))
    if total != HUNDRED:
        faults.append(Fault(file, key, f"the weights sum to {plain_text(total)}, not 100: correct them"))
    return tuple(faults)


def weight_warnings(weights: Mapping[str, Fraction], file: str, key: str) -> tuple[Fault, ...]:
    """What is unusual but allowed: a single KPI below 3 or above 50 (common guidance: 5-8 KPIs of 5-40 each)."""
    return tuple(
        Fault(file, f"{key}.{name}", f"the weight {plain_text(weight)} is unusual: common guidance is 5 to 40 a KPI")
        for name, weight in weights.items()
        if weight < 3 or weight > 50
    )


def _weighed(items: Sequence[Item], rules: Rules) -> tuple[tuple[ItemLine, ...], Fraction]:
    """The lines with their shares of the total, and the percentage of the weight that has a value of its own."""
    if not items:
        raise ValueError("a scorecard needs at least one item: give the plan a KPI")
    if len({item.kpi for item in items}) < len(items):
        raise ValueError("a KPI appears twice on the scorecard: name each KPI once and give it the sum of the weights")
    treated = [(item, *_treated(item)) for item in items]
    nominal = _shares(items, rules)
    counting = _shares([item for item, score, _ in treated if score is not None], rules)
    present = [item.kpi for item, _, treatment in treated if treatment in ("scored", "zeroed")]
    lines = []
    for item, score, treatment in treated:
        share = counting.get(item.kpi, Fraction(0))
        weighted = Fraction(0) if score is None else share * score
        lines.append(ItemLine(item.kpi, item.section, item.weight, score, treatment, share, weighted, item.kind))
    return tuple(lines), HUNDRED * sum((nominal[kpi] for kpi in present), Fraction(0))


def _treated(item: Item) -> tuple[Fraction | None, str]:
    if item.score is not None:
        return item.score, "scored"
    if item.missing == "neutral" and item.neutral is not None:
        return item.neutral, "neutral"
    if item.missing == "carry_last" and item.last_score is not None:
        return item.last_score, "carried"
    if item.missing == "zero" and item.gap_is_own:
        return Fraction(0), "zeroed"
    return None, "dropped"


def _shares(items: Sequence[Item], rules: Rules) -> dict[str, Fraction]:
    """The share of each KPI in the total; shares sum to 1."""
    if rules.section_weights is None:
        whole = sum((item.weight for item in items), Fraction(0))
        return {item.kpi: item.weight / whole for item in items}
    inside: dict[str, Fraction] = {}
    for item in items:
        inside[item.section] = inside.get(item.section, Fraction(0)) + item.weight
    weights = dict(rules.section_weights)
    unknown = sorted(section for section in inside if section not in weights)
    if unknown:
        raise ValueError(f"no weight for section {', '.join(unknown)}: give each section of the plan a weight")
    whole = sum((weights[section] for section in inside), Fraction(0))
    return {item.kpi: weights[item.section] / whole * item.weight / inside[item.section] for item in items}


def _subtotals(
    lines: Sequence[ItemLine], groups: Sequence[str], weights: Mapping[str, Fraction]
) -> tuple[SectionLine, ...]:
    """One line for each group (a group per line is given), in the order in which groups appear."""
    found = []
    for group in dict.fromkeys(groups):
        inside = [line for line, own in zip(lines, groups, strict=True) if own == group]
        weight = weights.get(group, sum((line.weight for line in inside), Fraction(0)))
        share, weighted = (sum(part, Fraction(0)) for part in zip(*((x.share, x.points) for x in inside), strict=True))
        found.append(SectionLine(group, weight, weighted / share if share else None, weighted))
    return tuple(found)


def _chain(
    lines: Sequence[ItemLine], points: Sequence[PointEntry], red_lines: Sequence[RedLine], rules: Rules
) -> Chain:
    individual = sum((line.points for line in lines), Fraction(0))
    own, team = rules.team or (Fraction(1), None)
    weighted_total = individual if team is None else team_blend(own, individual, team)
    points_sum = sum((entry.counted() for entry in points), Fraction(0))
    points_applied = max(-rules.points_cap, min(rules.points_cap, points_sum))
    after_points = weighted_total + points_applied
    after_clamp = max(Fraction(0), min(TOTAL_LIMIT, after_points))
    marked = apply_red_lines(after_clamp, {line.kpi: own * line.points for line in lines}, red_lines)
    total_2dp = Fraction(round_half_up(marked.total * 100), 100)
    banded = rules.bands.banded(total_2dp)
    limit = marked.coefficient_limit
    return Chain(
        individual=individual,
        team=team,
        weighted_total=weighted_total,
        points_sum=points_sum,
        points_applied=points_applied,
        after_points=after_points,
        after_clamp=after_clamp,
        red_lines=marked.steps,
        before_rounding=marked.total,
        total_2dp=total_2dp,
        band=banded.band,
        band_coefficient=banded.coefficient,
        band_reason=banded.reason,
        coefficient=banded.coefficient if limit is None else min(limit, banded.coefficient),
    )
