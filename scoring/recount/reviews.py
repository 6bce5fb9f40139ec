"""Reviews recounted (5-scoring.md §5.4)."""

from __future__ import annotations

import re
from datetime import date, timedelta
from fractions import Fraction

from scoring.events.review import ReviewSubmitted, SurveyAnswered
from scoring.money import round_half_up
from scoring.recount.book import MICRO, Book, newest
from scoring.recount.story import Story

PLAIN = {"manager": 70, "peer": 20, "self": 10}
WEIGHTS = {
    **dict.fromkeys(("review_execution", "review_initiative", "review_attitude", "review_ability"), PLAIN),
    **dict.fromkeys(("review_report_quality", "review_problem_solving", "review_creativity"), PLAIN),
    **dict.fromkeys(("review_market_insight", "review_process_improvement"), PLAIN),
    **dict.fromkeys(("review_external_relations", "review_decision_quality"), PLAIN),
    "review_teamwork": {"peer": 60, "manager": 40},
    "review_team_management": {**PLAIN, "report": 20},
}
FEWEST = {"peer": 3, "report": 3}
Row = ReviewSubmitted | SurveyAnswered


def count_reviews(book: Book, story: Story) -> None:
    """Add one weighted mean per person, item and period; a relation with too few raters is left out."""
    cases: dict[tuple[str, str, str], list[Row]] = {}
    for row in newest(story.of(ReviewSubmitted), _rater):
        cases.setdefault((row.subject_id, row.item, row.period), []).append(row)
    for answer in story.of(SurveyAnswered):
        cases.setdefault((answer.subject_id, answer.item, answer.period), []).append(answer)
    for (subject, item, period), given in cases.items():
        last, points = last_day(period), _score(item, given)
        if last is None or points is None:
            continue
        at = book.instant(last)
        credits = [book.credit_person("self", subject, at)]
        book.add(f"{item}_points", "", at, points, credits)
        book.add(f"{item}_count", "", at, MICRO, credits)


def _rater(row: ReviewSubmitted) -> tuple[str, ...]:
    return row.subject_id, row.item, row.period, row.relation, row.reviewer_id


def _score(item: str, rows: list[Row]) -> int | None:
    """Micro points; None without the manager's view, or without evidence where the item asks for it."""
    weights = WEIGHTS.get(item)
    evidence = [row.evidence for row in rows if isinstance(row, ReviewSubmitted) and row.evidence.strip()]
    if weights is None or (item == "review_process_improvement" and not evidence):
        return None
    total, heard = Fraction(0), 0
    for relation, weight in weights.items():
        scores = [row.score for row in rows if row.relation == relation]
        if relation == "manager" and not scores:
            return None
        if len(scores) >= FEWEST.get(relation, 1):
            total += weight * Fraction(sum(scores), len(scores))
            heard += weight
    return round_half_up(total / heard)


def last_day(period: str) -> date | None:
    """The last day of a month 2026-10, quarter 2026-Q4, year 2026, week 2026-W45 or day; None: not a period."""
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", period, re.ASCII):
            return date.fromisoformat(period)
        if re.fullmatch(r"\d{4}-W\d\d", period, re.ASCII):
            return date.fromisocalendar(int(period[:4]), int(period[6:]), 7)
        if not re.fullmatch(r"\d{4}(-Q[1-4]|-\d\d)?", period, re.ASCII):
            return None
        month = int(period[6:]) * 3 if "Q" in period else int(period[5:] or 12)
        middle = date(int(period[:4]), month, 28)
        return (middle + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    except ValueError:
        return None
