"""The totals of a sealed close as `score.settled` events, so that managers can be measured by them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any

from scoring.money import decimal_text
from scoring.period import instant_text


def settled_scores(papers: Sequence[dict[str, Any]], shop: str, at: int) -> Iterator[dict[str, Any]]:
    """One event a person who has a total; a person with several positions has the mean by days (5-scoring.md §5.11)."""
    by_person: dict[str, list[dict[str, Any]]] = {}
    for paper in papers:
        by_person.setdefault(paper["person"]["id"], []).append(paper)
    for person, own in by_person.items():
        totals = [(Fraction(paper["score"]["total"] or 0), Fraction(paper["period"]["share"])) for paper in own]
        days = sum((share for _, share in totals), Fraction(0))
        if any(paper["score"]["total"] is None for paper in own) or not days:
            continue
        total = sum((total * share for total, share in totals), Fraction(0)) / days
        period, run = own[0]["period"]["key"], own[0]["run"]["run"]
        yield {
            "event_id": f"score-{period}-{person}-{run}",
            "event_type": "score.settled",
            "occurred_at": instant_text(at),
            "source": "scoreline",
            "shop_id": shop,
            "subject_id": person,
            "period": period,
            "total": decimal_text(total, 2),
            "revision": run,
        }
