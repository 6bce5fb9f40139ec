"""What a worker tells about itself: Prometheus metrics, health and readiness over HTTP. Never pay, never a person."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector

from streams.engines.kafka.member import Member, Seat

PULSE_SECONDS = 15.0
"""So long may the event loop be silent before the process counts as dead."""
SECOND_US = 1_000_000


class Ledger(Collector):
    """Reads the member's seats when it is scraped."""

    def __init__(self, member: Member) -> None:
        self._member = member
        self._beat = time.monotonic()

    def beat(self) -> None:
        """The event loop is alive."""
        self._beat = time.monotonic()

    @property
    def is_healthy(self) -> bool:
        """Whether the event loop has turned lately."""
        return time.monotonic() - self._beat < PULSE_SECONDS

    @property
    def unready(self) -> str:
        """Why the worker does not do its work, "" when it does."""
        if not self._member.ready:
            return "not in the group yet"
        halted = [f"partition {number}: {seat.halted}" for number, seat in self._held() if seat.halted]
        return "; ".join(halted)

    def _held(self) -> list[tuple[int, Seat]]:
        return [(number, seat) for number, seat in sorted(self._member.seats.items()) if seat.is_held]

    def describe(self) -> Iterable[Metric]:
        # Without this the registry would collect once at registration, before there is anything to read.
        return []

    def collect(self) -> Iterator[Metric]:
        held = self._held()
        yield from _partition_gauges(held)
        records = CounterMetricFamily(
            "scoreline_records", "Records by outcome since the store began.", labels=["partition", "outcome"]
        )
        misrouted = CounterMetricFamily(
            "scoreline_misrouted_records", "Events with another partition key than theirs.", labels=["partition"]
        )
        for number, seat in held:
            counts = seat.progress.counts
            outcomes = {"accepted": counts.accepted, "duplicate": counts.duplicates, "rejected": counts.rejected}
            for outcome, count in {**outcomes, "conflict": counts.conflicts}.items():
                records.add_metric([str(number), outcome], count)
            misrouted.add_metric([str(number)], seat.misrouted)
        yield records
        yield misrouted
        yield GaugeMetricFamily("scoreline_worker_ready", "1 when every partition is read.", value=not self.unready)
        if self._member.view_is_up is not None:
            up = self._member.view_is_up()
            yield GaugeMetricFamily("scoreline_live_view_up", "1 when the live view answers.", value=up)


def _partition_gauges(held: list[tuple[int, Seat]]) -> Iterator[Metric]:
    gauges = (
        ("scoreline_partition_lag_records", "Records on the log that are not in the store."),
        ("scoreline_partition_halted", "1 when the partition is not read because of a gap."),
        ("scoreline_identity_difference_records", "Records in, less facts, duplicates, quarantined and conflicts."),
        ("scoreline_last_commit_timestamp_seconds", "When the latest batch was committed."),
        ("scoreline_watermark_timestamp_seconds", "Latest event time that was accepted."),
    )
    for place, (name, meaning) in enumerate(gauges):
        family = GaugeMetricFamily(name, meaning, labels=["partition"])
        for number, seat in held:
            progress = seat.progress
            values = (
                seat.lag,
                bool(seat.halted),
                progress.counts.unaccounted,
                progress.ingested_us / SECOND_US,
                progress.watermark_us / SECOND_US,
            )
            family.add_metric([str(number)], values[place])
        yield family


def serve(ledger: Ledger, port: int, host: str = "127.0.0.1") -> ThreadingHTTPServer:
    """Answer /metrics, /-/healthy and /-/ready in a thread; OSError when the port is taken."""
    registry = CollectorRegistry()
    registry.register(ledger)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            code, kind, body = _answer(ledger, registry, self.path)
            self.send_response(code)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Scrapes are not worth a line."""

    server = ThreadingHTTPServer((host, port), Handler)
    threading.Thread(target=server.serve_forever, name="scoreline-metrics", daemon=True).start()
    return server


def _answer(ledger: Ledger, registry: CollectorRegistry, path: str) -> tuple[int, str, bytes]:
    plain = "text/plain; charset=utf-8"
    if path == "/metrics":
        return 200, CONTENT_TYPE_LATEST, generate_latest(registry)
    if path == "/-/healthy":
        return (200, plain, b"alive\n") if ledger.is_healthy else (503, plain, b"the event loop stands still\n")
    if path == "/-/ready":
        why = ledger.unready
        return (503, plain, f"{why}\n".encode()) if why else (200, plain, b"ready\n")
    return 404, plain, b"/metrics, /-/healthy and /-/ready are here\n"
