"""The event loop of a working worker is never held for long: heartbeats, health and metrics go on."""

from __future__ import annotations

import asyncio
import json
import time
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import pytest

from tests.cluster.cluster import keyed
from tests.cluster.fixtures import ClusterOf
from tests.cluster.lag import WRITE_SECONDS, probe
from tests.cluster.lines import troubled
from tests.integration.test_kafka_records import order_of

pytest_plugins = ["tests.cluster.fixtures"]
pytestmark = pytest.mark.slow

HELD_MS = 50.0
LOAD = Fraction(1, 20)
BIG_BYTES = 900_000
BIG_RECORDS = 12


@dataclass(frozen=True, slots=True)
class Late:
    """One late wake-up: how late, and how much of it the machine gave its processors to others."""

    late_ms: float
    queued_ms: float
    collected_ms: float

    @property
    def held_ms(self) -> float:
        """What the process itself is to blame for."""
        return self.late_ms - self.queued_ms


def worst_of(path: Path) -> list[Late]:
    """What a probe has written."""
    worst = json.loads(path.read_text("utf-8"))["worst"]
    assert worst
    return [Late(*row[:3]) for row in worst]


def test_the_probe_sees_a_held_loop(tmp_path: Path) -> None:
    """A loop that is blocked for 200 ms is reported as held for about that long."""

    async def blocked() -> None:
        task = asyncio.create_task(probe(tmp_path / "lag"))
        await asyncio.sleep(0.1)
        time.sleep(0.2)
        await asyncio.sleep(WRITE_SECONDS + 0.2)
        task.cancel()

    asyncio.run(blocked())
    assert max(late.held_ms for late in worst_of(tmp_path / "lag")) > 100


def test_the_loop_is_not_held(cluster_of: ClusterOf, tmp_path: Path) -> None:
    """While 11,000 events and some of nearly 1 MiB are read at full speed, nothing holds the loop longer than 50 ms."""
    cluster = cluster_of(4, {"max.message.bytes": "2000000"}, environment={"TEST_LAG": str(tmp_path / "lag")})
    cluster.feed([*keyed(troubled(LOAD)), *[(b"big", order_of(BIG_BYTES + size)) for size in range(BIG_RECORDS)]])
    worker = cluster.start()
    cluster.wait_log(worker, '"partitions ')
    cluster.wait_read()
    time.sleep(2 * WRITE_SECONDS)
    worst = worst_of(tmp_path / "lag")
    print(f"late at most {worst[0].late_ms:.0f} ms, held {max(late.held_ms for late in worst):.0f} ms")
    assert [late for late in worst if late.held_ms > HELD_MS] == []
