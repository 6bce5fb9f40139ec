"""The process that the crash test kills: reads a file into a store, drafts the month, approves it; resumable.

`python -m tests.streams.crash_runner STORE EVENTS DEFINITIONS` prints the name of each stage when it begins.
"""

from __future__ import annotations

import sys
from pathlib import Path

from streams.clock import FrozenClock
from streams.closing import SEALED, Closing
from streams.codec import Codec
from streams.engines import EmbeddedEngine
from streams.folder import load_definitions
from streams.pipeline import Pipeline
from streams.sources import open_source
from streams.stores import SqliteStore, Standing

NOW_US = 1_800_000_000_000_000
BATCH = 100
PERIOD = "2026-10"
STAGES = ("ingest", "draft", "approve", "done")


def run(store_path: Path, events: Path, folder: Path) -> None:
    """Everything that is left to do."""
    definitions = load_definitions(folder)
    store, codec, clock = SqliteStore(store_path), Codec(), FrozenClock(NOW_US)
    pipeline = Pipeline(store, codec, definitions.program(), definitions.program_fingerprint())
    if store.settings().get("program") is None:
        pipeline.adopt()
    source = open_source(events)
    print("ingest", flush=True)
    standing = store.standings().get(source.name, Standing())
    if not (standing.position or "").startswith("done:"):
        for _ in EmbeddedEngine(pipeline, clock, BATCH).read(source):
            pass
    closing = Closing(store, codec, definitions, clock)
    print("draft", flush=True)
    if not any(close.state == SEALED for close in store.closes()):
        draft = closing.draft(PERIOD, "e01")
        print("approve", flush=True)
        closing.approve(PERIOD, draft.digest, "e02")
    store.close()
    print("done", flush=True)


if __name__ == "__main__":
    run(*(Path(argument) for argument in sys.argv[1:4]))
