"""Goals and settled totals of reports recounted (3-kpis.md §3.8)."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

from scoring.events.review import GoalMilestone, ScoreSettled
from scoring.money import round_half_up
from scoring.recount.book import MICRO, Book, Credit, equally, newest
from scoring.recount.leads import lead_above
from scoring.recount.reviews import last_day
from scoring.recount.story import Story


def count_goals(book: Book, story: Story) -> None:
    """Each milestone is worth what it changes: the new one comes in where its person is, the old one goes out there."""
    standing: dict[tuple[str, str], tuple[GoalMilestone, list[Credit]]] = {}
    for fact in story.of(GoalMilestone):
        at = fact.occurred_at
        if book.person(fact.reviewer_id, at) == book.person(fact.subject_id, at):
            continue
        goal = (fact.subject_id, fact.goal_id)
        if goal in standing:
            old, credits = standing[goal]
            _worth(book, old, (at, -1), credits)
        credits = [book.credit_person("self", fact.subject_id, at)]
        _worth(book, fact, (at, 1), credits)
        standing[goal] = (fact, credits)


def _worth(book: Book, fact: GoalMilestone, when: tuple[int, int], credits: list[Credit]) -> None:
    at, sign = when
    if fact.kind == "innovation":
        book.add("innovation_weight", "", at, sign * fact.weight, credits)
        reached = round_half_up(Fraction(fact.weight * fact.completion, MICRO))
        book.add("innovation_achieved", "", at, sign * reached, credits)


def count_report_scores(book: Book, story: Story) -> None:
    """A total counts for the lead from the end of its period to the next total, at most one period longer."""
    by_person: dict[str, list[tuple[date, date, date, ScoreSettled]]] = {}
    for row in newest(story.of(ScoreSettled), lambda row: (row.subject_id, row.period)):
        last, over = last_day(row.period), _over(row.period)
        if last is not None and over is not None:
            by_person.setdefault(row.subject_id, []).append((last, _first_day(row.period, last), over, row))
    for subject, rows in by_person.items():
        rows.sort(key=lambda entry: entry[:2])
        for number, (last, _, over, row) in enumerate(rows):
            gone = min(over, rows[number + 1][0]) if number + 1 < len(rows) else over
            end = book.instant(last)
            lead = lead_above(book, book.person(subject, end), last.isoformat())
            credits = [Credit("manager", equally(lead), last.isoformat())]
            for day, sign in ((end, 1), (book.instant(gone), -1)):
                book.add("reports_scored", "", day, sign * MICRO, credits)
                if row.total >= 90 * MICRO:
                    book.add("reports_excellent", "", day, sign * MICRO, credits)


def _first_day(period: str, last: date) -> date:
    if "W" in period:
        return last - timedelta(days=6)
    if "Q" in period:
        return date(last.year, last.month - 2, 1)
    return last.replace(month=1, day=1) if len(period) == 4 else last if len(period) == 10 else last.replace(day=1)


def _over(period: str) -> date | None:
    """The day after the following period of the same length; None when the calendar does not go so far."""
    last = last_day(period)
    if last is None:
        return None
    try:
        if "W" in period or len(period) == 10:
            return last + timedelta(days=8 if "W" in period else 2)
        months = 3 if "Q" in period else 12 if len(period) == 4 else 1
        month = last.year * 12 + last.month + months
        return date(month // 12, month % 12 + 1, 1)
    except (ValueError, OverflowError):
        return None
