"""What the lanes read: a simulated shop's month, and Online Retail; sound events only, with their partition keys."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from examples.online_retail import adapter
from examples.shop.simulator import generate
from streams.codec import Codec, Decoded
from streams.folder import load_definitions
from streams.settings import pipeline_of
from streams.stores import MemoryStore
from streams.topics.keys import key_of

SEED = 7
SHOP_SCALE = "1/5"
RETAIL_ROWS = 50_000
SAMPLE_EVENTS = 4_000
LATE_US = 2_000_000_000_000_000

SHOP_DEFINITIONS = Path(__file__).resolve().parents[2] / "examples" / "shop" / "definitions"


@dataclass(frozen=True, slots=True)
class Load:
    """Records for a topic and the definitions that they are scored by."""

    name: str
    definitions: Path
    rows: list[tuple[bytes, bytes]]


def shop_month() -> Load:
    """Every kind of event; with duplicates, corrections and late ones, without the lines that are damaged on purpose:
    stock Faust writes a traceback for each.
    """
    return Load("a shop's month", SHOP_DEFINITIONS, _sound(generate(SEED, scale=SHOP_SCALE)))


def online_retail() -> Load:
    """One order line an event."""
    records = islice(adapter.source(None).records(0), RETAIL_ROWS)
    lines = (json.dumps(row.obj, separators=(",", ":")).encode() for row in records if row.obj is not None)
    return Load("Online Retail", adapter.DEFINITIONS, _sound(lines))


def _sound(lines: Iterable[bytes]) -> list[tuple[bytes, bytes]]:
    codec = Codec()
    found = ((line, codec.decode(line, "benchmark", LATE_US)) for line in lines)
    return [(key_of(row.event), line) for line, row in found if isinstance(row, Decoded)]


def counters_an_event(load: Load) -> float:
    """How many cells an event changes when it comes alone, over the first events: what a table would update."""
    pipeline = pipeline_of(MemoryStore(), load_definitions(load.definitions))
    changed, sample = 0, load.rows[:SAMPLE_EVENTS]
    for _, line in sample:
        decoded = pipeline.codec.decode(line, "benchmark", LATE_US)
        if isinstance(decoded, Decoded):
            changed += len(pipeline.apply([decoded], [], None, LATE_US).keys)
    return changed / len(sample)
