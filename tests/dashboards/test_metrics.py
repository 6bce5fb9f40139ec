"""What Prometheus is told."""

from __future__ import annotations

from starlette.testclient import TestClient

from dashboards.web import BoardSettings, create_app
from streams.clock import FrozenClock
from tests.dashboards.company import PEOPLE
from tests.dashboards.month import NOW_US, month_reader


def scraped(problems: dict[str, int] | None = None) -> str:
    """The text of one scrape."""
    reader = month_reader()
    reader.found_problems = problems or reader.found_problems
    app = create_app(reader, BoardSettings(clock=FrozenClock(NOW_US)))
    with TestClient(app, base_url="http://127.0.0.1") as client:
        return client.get("/metrics").text


def test_intake_and_freshness_are_exported() -> None:
    """Counts by outcome, batches, watermark and problems are there in base units."""
    text = scraped()
    assert 'scoreline_events_total{outcome="accepted"} 200000.0' in text
    assert "scoreline_batches_total 1.0" in text
    assert "scoreline_watermark_timestamp_seconds 1.7921574e+09" in text
    assert 'scoreline_problems{code="refund_without_line"} 3.0' in text
    assert 'scoreline_alerts{phase="firing",rule="cs_frt_high"} 0.0' in text


def test_no_person_is_in_metrics() -> None:
    """Neither the name nor the id of anybody appears."""
    text = scraped()
    assert not [name for person in PEOPLE for name in (person[0], person[1], person[2]) if name in text]


def test_label_sets_are_bounded() -> None:
    """Any number of problem codes makes at most fifty labels and one for the rest."""
    text = scraped({f"code{number}": 1 + number for number in range(80)})
    lines = [line for line in text.splitlines() if line.startswith("scoreline_problems{")]
    assert len(lines) == 51
    assert 'scoreline_problems{code="other"} 465.0' in lines
