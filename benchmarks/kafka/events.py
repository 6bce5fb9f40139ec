"""What the lanes read: a simulated shop's month, and Online Retail; sound events only, with their partition keys."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from benchmarks.kafka.ground import REPOSITORY, Record
from examples.online_retail import adapter
from examples.shop.simulator import generate
from streams.codec import Codec, Decoded
from streams.folder import load_definitions
from streams.settings import pipeline_of
from streams.stores import MemoryStore
from streams.topics.keys import key_of

SEED = 7
SHOP_SCALE = "1/5"
MONTH_EVENTS = 200_000
"""At least so many at scale 1."""
RETAIL_ROWS = 50_000
SAMPLE_EVENTS = 4_000
LATE_US = 2_000_000_000_000_000
MONTH_US = (1_790_784_000_000_000, 1_793_462_400_000_000)
"""2026-10 in Shanghai."""

SHOP_DEFINITIONS = REPOSITORY / "examples" / "shop" / "definitions"


@dataclass(frozen=True, slots=True)
class Load:
    """Records for a topic and the definitions that they are scored by."""

    name: str
    definitions: Path
    records: list[Record]


def shop_month() -> Load:
    """Every kind of event; with duplicates, corrections and late ones, without the lines that are damaged on purpose:
    stock Faust writes a traceback for each.
    """
    return Load("a shop's month", SHOP_DEFINITIONS, [*sound(generate(SEED, scale=SHOP_SCALE))])


def online_retail() -> Load:
    """One order line an event."""
    records = islice(adapter.source(None).records(0), RETAIL_ROWS)
    lines = (json.dumps(row.obj, separators=(",", ":")).encode() for row in records if row.obj is not None)
    return Load("Online Retail", adapter.DEFINITIONS, [*sound(lines)])


def within_the_month(scale: int) -> Iterator[Record]:
    """The shop's events of October alone, made as they are asked for: the month that a board shows stays the same."""
    return sound(generate(SEED, scale=scale), MONTH_US)


def sound(lines: Iterable[bytes], between_us: tuple[int, int] = (0, LATE_US)) -> Iterator[Record]:
    """Those lines that are events, and happened in between."""
    codec = Codec()
    for line in lines:
        found = codec.decode(line, "benchmark", LATE_US)
        if isinstance(found, Decoded) and between_us[0] <= found.event.occurred_at < between_us[1]:
            yield key_of(found.event), line


def counters_an_event(load: Load) -> float:
    """How many cells an event changes when it comes alone, over the first events: what a table would update."""
    pipeline = pipeline_of(MemoryStore(), load_definitions(load.definitions))
    changed, sample = 0, load.records[:SAMPLE_EVENTS]
    for _, line in sample:
        decoded = pipeline.codec.decode(line, "benchmark", LATE_US)
        if isinstance(decoded, Decoded):
            changed += len(pipeline.apply([decoded], [], None, LATE_US).keys)
    return changed / len(sample)
