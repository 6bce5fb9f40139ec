"""What the board tells Prometheus: intake, freshness, problems, alerts and its own load. Never pay, never a person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from dashboards.alerts.duty import Duty
from dashboards.alerts.machine import Phase
from dashboards.view.reading import Reader

PROBLEM_CODES_AT_MOST = 50
OVERFLOW = "other"


class Source(Protocol):
    """Who holds what is measured."""

    @property
    def reader(self) -> Reader:
        """The numbers."""

    @property
    def duty(self) -> Duty:
        """The alerts."""


class Load(Protocol):
    """The board's own load."""

    @property
    def watching(self) -> int:
        """Open event streams."""


class BoardMetrics(Collector):
    """Reads everything when it is scraped, so that nothing is counted twice or kept twice."""

    def __init__(self, source: Source, load: Load) -> None:
        self._source = source
        self._load = load

    def describe(self) -> Iterable[Metric]:
        # Without this the registry would collect once at registration, before there is anything to read.
        return []

    def collect(self) -> Iterator[Metric]:
        reader = self._source.reader
        events = CounterMetricFamily("scoreline_events", "Input lines by outcome.", labels=["outcome"])
        for outcome, count in sorted(reader.counts().items()):
            events.add_metric([outcome], count)
        yield events
        freshness = reader.freshness()
        yield CounterMetricFamily("scoreline_batches", "Batches committed.", value=freshness.batch)
        yield GaugeMetricFamily(
            "scoreline_watermark_timestamp_seconds",
            "Latest event time that was accepted, 0 before the first event.",
            value=(freshness.watermark_us or 0) / 1e6,
        )
        yield GaugeMetricFamily(
            "scoreline_last_batch_timestamp_seconds",
            "When the latest batch was committed, 0 before the first one.",
            value=(freshness.last_ingest_us or 0) / 1e6,
        )
        if reader.source:
            yield GaugeMetricFamily(
                "scoreline_live_view_up", "1 when the board reads the live view.", value=reader.source == "redis"
            )
        yield self._problems(reader)
        yield self._alerts()
        yield GaugeMetricFamily(
            "scoreline_board_streams", "Open event streams of the board.", value=self._load.watching
        )

    def _problems(self, reader: Reader) -> Metric:
        family = GaugeMetricFamily("scoreline_problems", "Open problems of cases by code.", labels=["code"])
        found = sorted(reader.problems().items(), key=lambda pair: -pair[1])
        for code, count in found[:PROBLEM_CODES_AT_MOST]:
            family.add_metric([code], count)
        rest = sum(count for _, count in found[PROBLEM_CODES_AT_MOST:])
        if rest:
            family.add_metric([OVERFLOW], rest)
        return family

    def _alerts(self) -> Metric:
        family = GaugeMetricFamily("scoreline_alerts", "Alerts by rule and phase.", labels=["rule", "phase"])
        active = self._source.duty.watch.active()
        for rule in self._source.reader.definitions.alerts:
            for phase in (Phase.PENDING, Phase.FIRING, Phase.RECOVERING):
                count = sum(alert.rule.id == rule.id and alert.phase is phase for alert in active)
                family.add_metric([rule.id, phase.value.lower()], count)
        return family
