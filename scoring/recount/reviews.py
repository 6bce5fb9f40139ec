"""Reviews recounted (5-scoring.md §5.4)."""

from __future__ import annotations

import re
from datetime import date, timedelta
from fractions import Fraction

from scoring.events.review import ReviewSubmitted
from scoring.money import round_half_up
from scoring.recount.book import MICRO, Book, newest

WEIGHTS = {
    "review_execution": {"manager": 70, "peer": 20, "self": 10},
    "review_teamwork": {"peer": 60, "manager": 40},
}
FEWEST = {"peer": 3}


def count_reviews(book: Book, reviews: list[ReviewSubmitted]) -> None:
    """Add one weighted mean per person, item and period; a relation with too few raters is left out."""
    rows = newest(reviews, lambda row: (row.subject_id, row.item, row.period, row.relation, row.reviewer_id))
    scores: dict[tuple[str, str, str], dict[str, list[int]]] = {}
    for row in rows:
        case = scores.setdefault((row.subject_id, row.item, row.period), {})
        case.setdefault(row.relation, []).append(row.score)
    for (subject, item, period), given in scores.items():
        last = _last_day(period)
        weights = WEIGHTS.get(item, {})
        heard = {name: row for name, row in given.items() if name in weights and len(row) >= FEWEST.get(name, 1)}
        if last is None or not heard:
            continue
        total = sum((weights[name] * Fraction(sum(scored), len(scored)) for name, scored in heard.items()), Fraction(0))
        points = round_half_up(total / sum(weights[name] for name in heard))
        at = book.instant(last)
        credits = [book.credit_person("self", subject, at)]
        book.add(f"{item}_points", "", at, points, credits)
        book.add(f"{item}_count", "", at, MICRO, credits)


def _last_day(period: str) -> date | None:
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
