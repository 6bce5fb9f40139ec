"""What people are reviewed on: each item with its weights by relation, fewest raters and whether it needs evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType

from scoring.reference import Label


def _weights(**percent: int) -> Mapping[str, int]:
    return MappingProxyType(percent)


USUAL = _weights(manager=70, peer=20, self=10)
TEAMWORK = _weights(peer=60, manager=40)
# The survey adds to the usual weights, so that without enough answers the item is weighed like any other.
LEADING = _weights(manager=70, peer=20, self=10, report=20)
FEWEST = _weights(peer=3, report=3)


@dataclass(frozen=True, slots=True)
class ReviewItem:
    """One item; weights are renormalised over the relations that have enough raters."""

    name: Label
    weights: Mapping[str, int] = field(default_factory=lambda: USUAL)
    fewest: Mapping[str, int] = field(default_factory=lambda: FEWEST)
    needs_evidence: bool = False


OTHER = ReviewItem(Label("其他", "Other"))
"""How an item of the company's own is weighed."""

ITEMS: dict[str, ReviewItem] = {
    "review_execution": ReviewItem(Label("执行力", "Execution")),
    "review_initiative": ReviewItem(Label("工作主动性", "Initiative")),
    "review_teamwork": ReviewItem(Label("团队协作", "Teamwork"), TEAMWORK),
    "review_attitude": ReviewItem(Label("态度", "Attitude")),
    "review_ability": ReviewItem(Label("能力", "Ability")),
    "review_report_quality": ReviewItem(Label("报告汇报质量", "Quality of reports")),
    "review_problem_solving": ReviewItem(Label("问题解决能力", "Problem solving")),
    "review_creativity": ReviewItem(Label("创造力/创意", "Creativity")),
    "review_market_insight": ReviewItem(Label("市场洞察", "Market insight")),
    "review_team_management": ReviewItem(Label("团队管理", "Team management"), LEADING),
    "review_process_improvement": ReviewItem(Label("流程优化", "Process improvement"), needs_evidence=True),
    "review_external_relations": ReviewItem(Label("外部合作/公关", "External relations")),
    "review_decision_quality": ReviewItem(Label("决策效果", "Quality of decisions")),
}
"""The items of 3-kpis.md §3.8, in its order."""

RUBRIC: tuple[tuple[int, Label], ...] = (
    (80, Label("远超期望，附事例", "Far above what is expected, with examples")),
    (60, Label("达到或略超期望", "As expected, or somewhat above")),
    (40, Label("部分未达期望，有改进计划", "Partly below what is expected, with a plan to improve")),
    (20, Label("多数未达期望", "Mostly below what is expected")),
    (0, Label("完全未达期望，附事例", "Not at all as expected, with examples")),
)
"""What each level of 20 points means: its lowest score and its words, the highest level first."""


def level(score: Fraction | int) -> Label:
    """The words of the level that a score of 0 to 100 lies in."""
    return next(words for lowest, words in RUBRIC if score >= lowest)
