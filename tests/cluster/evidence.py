"""What a run leaves in a store and must not depend on how it went; and the same of an undisturbed embedded run."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from streams.clock import FrozenClock
from streams.engines import EmbeddedEngine
from streams.evidence import cells_digest
from streams.folder import load_definitions
from streams.settings import pipeline_of
from streams.sources import open_source
from streams.stores import Counts, SqliteStore, Store

NOW_US = 2_000_000_000_000_000


@dataclass(frozen=True, slots=True)
class Evidence:
    """Digest of all day cells, digest of all facts, counts, and the bytes that were refused or conflicted.

    `unaccounted` are shards in which what came in is not what went to facts, duplicates, rejected and conflicts.
    """

    cells: str
    facts: str
    counts: Counts
    refused: tuple[tuple[str, bytes], ...]
    conflicting: tuple[tuple[bytes, bytes], ...]
    problems: int
    unaccounted: tuple[int, ...] = ()

    def differences(self, other: Evidence) -> list[str]:
        """What is not the same in another one, a sentence each."""
        names = ("cells", "facts", "counts", "conflicting", "problems", "unaccounted")
        found = [
            f"{name}: {getattr(self, name)} and {getattr(other, name)}"
            for name in names
            if getattr(self, name) != getattr(other, name)
        ]
        mine, theirs = list(self.refused), list(other.refused)
        for row in [*mine]:
            if row in theirs:
                mine.remove(row)
                theirs.remove(row)
        found += [f"refused here only: {reason} {raw[:200]!r}" for reason, raw in mine]
        return found + [f"refused there only: {reason} {raw[:200]!r}" for reason, raw in theirs]


def evidence_of(store: Store) -> Evidence:
    """The evidence of a store in which no unit is open."""
    facts = hashlib.sha256()
    for fact in store.all_facts():
        facts.update(b"%d|%b%b" % (len(fact.event_key), fact.event_key, fact.content_hash))
    return Evidence(
        cells_digest(store, "0", "9"),
        facts.hexdigest(),
        store.progress().counts,
        tuple(sorted((row.reason, row.raw) for row in store.quarantined(None))),
        tuple(sorted((row.event_key, row.content_hash) for row in store.open_conflicts())),
        len(store.problems()),
        tuple(shard for shard, progress in store.shards().items() if progress.counts.unaccounted),
    )


def undisturbed(lines: Iterable[bytes], definitions: Path, folder: Path) -> Evidence:
    """The evidence after an embedded engine has read the lines in one go into SQLite, in an empty folder."""
    events = folder / "undisturbed.jsonl"
    events.write_bytes(b"".join(line + b"\n" for line in lines))
    store = SqliteStore(folder / "undisturbed.db")
    try:
        engine = EmbeddedEngine(pipeline_of(store, load_definitions(definitions)), FrozenClock(NOW_US))
        for _ in engine.read(open_source(events)):
            pass
        return evidence_of(store)
    finally:
        store.close()
