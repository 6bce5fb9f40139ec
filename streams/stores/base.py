"""What a store must do: facts, cells, rejected input and the source position of a batch change in one transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol

from scoring.contribution import Key


class StoreError(Exception):
    """The store can not be used; the message says what failed, where, and what to do."""


class TakenOver(StoreError):
    """Another process has taken this store or source over; this one must stop without writing."""


class OtherDefinitions(TakenOver):
    """The cells are those of other definitions than this process has; it must start again with the new ones."""


class Contended(StoreError):
    """Another writer was in the way and nothing was written: the same unit can be tried again."""


class Crowded(Contended):
    """A unit would hold more names than a store keeps at once: the same unit must be tried `alone`."""


@dataclass(frozen=True, slots=True)
class Fact:
    """An accepted event as it is stored."""

    event_key: bytes
    content_hash: bytes
    case: str
    event_type: str
    occurred_at: int
    batch: int
    body: bytes
    is_retracted: bool = False


@dataclass(frozen=True, slots=True)
class Quarantined:
    """Rejected input with the raw bytes as they came; `id` is given by the store."""

    id: int
    reason: str
    detail: str
    place: str
    raw: bytes
    batch: int
    state: str = "open"


@dataclass(frozen=True, slots=True)
class Conflict:
    """A second body of an event id; it blocks the close until somebody chooses."""

    event_key: bytes
    content_hash: bytes
    event_type: str
    case: str
    occurred_at: int
    body: bytes
    resolution: str = ""


@dataclass(frozen=True, slots=True)
class ProblemRow:
    """A problem of a case as found by the latest evaluation."""

    case: str
    code: str
    detail: str
    blocks: bool


@dataclass(frozen=True, slots=True)
class Close:
    """One close of a period; `body` is the settlement as canonical JSON, `definitions` the files it used."""

    period: str
    run: int
    state: str
    digest: str
    cut_batch: int
    requested_by: str
    approved_by: str
    body: str
    definitions: str


@dataclass(frozen=True, slots=True)
class Counts:
    """Lines by outcome; `seen` is the sum of the others."""

    seen: int = 0
    accepted: int = 0
    duplicates: int = 0
    rejected: int = 0
    conflicts: int = 0

    def plus(self, other: Counts) -> Counts:
        """Both together."""
        return Counts(
            self.seen + other.seen,
            self.accepted + other.accepted,
            self.duplicates + other.duplicates,
            self.rejected + other.rejected,
            self.conflicts + other.conflicts,
        )

    @property
    def unaccounted(self) -> int:
        """Lines that went in and are in no outcome; anything but zero is a fault."""
        return self.seen - self.accepted - self.duplicates - self.rejected - self.conflicts


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a shard or a whole store is; instants are microseconds since the epoch, 0 before the first event."""

    batch: int = 0
    watermark_us: int = 0
    ingested_us: int = 0
    counts: Counts = field(default_factory=Counts)

    def plus(self, other: Progress) -> Progress:
        """Both together."""
        return Progress(
            max(self.batch, other.batch),
            max(self.watermark_us, other.watermark_us),
            max(self.ingested_us, other.ingested_us),
            self.counts.plus(other.counts),
        )


@dataclass(frozen=True, slots=True)
class Position:
    """A source moves on: `expected` and `epoch` are what the store must hold (compare-and-set), `reached` is next."""

    source: str
    expected: str | None
    reached: str
    epoch: int = 0


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a source stands, whose epoch it is, and what its reader noted before it read on."""

    position: str | None = None
    epoch: int = 0
    note: str = ""


class Unit(Protocol):
    """One open transaction: what it reads is consistent, what it writes becomes durable together or not at all."""

    def hold(self, names: Collection[str], shared: Collection[str] = ()) -> None:
        """Keep other units away from names until this one ends: `shared` ones only from changing them.

        Contended when two units wait for each other, Crowded when there are too many names. A store with one writer
        at a time has nothing to do here.
        """

    def begin_batch(self) -> int:
        """The number of this batch: above every number that a snapshot taken before can see."""

    def progress(self) -> Progress:
        """How far the unit's shard is."""

    def advance(self, progress: Progress) -> None:
        """Replace the progress of the unit's shard."""

    def move(self, position: Position) -> bool:
        """Move a source; False, and nothing is changed, when it does not stand where expected or has another epoch."""

    def mark_sources(self, watermarks: Mapping[str, int]) -> None:
        """Raise the latest `occurred_at` seen of each event source."""

    def known(self, keys: Collection[bytes]) -> dict[bytes, tuple[bytes, str]]:
        """(content hash, case) of each event key that was accepted before."""

    def add_facts(self, facts: Sequence[Fact]) -> None:
        """Insert facts, or replace those whose event key this unit has asked `known` for.

        A key that another unit has added without this one knowing is Contended.
        """

    def drop_facts(self, keys: Sequence[tuple[str, bytes]]) -> None:
        """Remove facts by (case, event key): only for swapping the body of a conflict."""

    def facts(self, cases: Collection[str]) -> dict[str, list[Fact]]:
        """All facts of each case, retracted ones included."""

    def all_cases(self) -> Iterator[str]:
        """Keys of all cases that have facts, ascending."""

    def add_retractions(self, targets: Collection[bytes]) -> None:
        """Remember event keys that are retracted, whether or not they have arrived."""

    def drop_retractions(self, targets: Collection[bytes]) -> None:
        """Forget retractions: only for swapping the body of a conflict."""

    def retractions(self, keys: Collection[bytes]) -> set[bytes]:
        """Those of `keys` that are retracted."""

    def projections(self, keys: Collection[str]) -> dict[str, dict[str, bytes]]:
        """Published values by key and publishing case."""

    def published(self, cases: Collection[str]) -> dict[str, dict[str, bytes]]:
        """Published values by case and key."""

    def publish(self, rows: Sequence[tuple[str, str, bytes]], gone: Sequence[tuple[str, str]]) -> None:
        """Replace values by (key, case) and remove those in `gone`."""

    def readers(self, keys: Collection[str]) -> set[str]:
        """Cases that read one of the keys."""

    def add_readers(self, rows: Collection[tuple[str, str]]) -> None:
        """Remember (key, case) pairs."""

    def add_cells(self, changes: Mapping[Key, int]) -> None:
        """Add to cells."""

    def prune_minutes(self, before_minute: int) -> None:
        """Drop minute cells older than a minute since the epoch."""

    def clear_derived(self) -> None:
        """Remove everything that is computed from facts: cells, projections, readers, problems."""

    def put_problems(self, cases: Collection[str], rows: Sequence[ProblemRow]) -> None:
        """Replace the problems of the given cases."""

    def add_quarantined(self, rows: Sequence[tuple[str, str, str, bytes, int]]) -> None:
        """Keep rejected input: (reason, detail, place, raw, batch); the same bytes at the same place only once."""

    def set_quarantine_state(self, ids: Sequence[int], state: str) -> None:
        """Mark rejected input as "replayed" or "dropped"."""

    def conflicts(self, keys: Collection[bytes] | None = None) -> list[Conflict]:
        """Conflicting bodies, all or those of the given keys."""

    def put_conflicts(self, rows: Sequence[Conflict]) -> None:
        """Insert or replace conflicting bodies by (event key, content hash)."""

    def setting(self, name: str) -> str | None:
        """A small named value."""

    def set_setting(self, name: str, value: str) -> None:
        """Replace a small named value."""

    def put_close(self, close: Close) -> None:
        """Insert or replace a close by (period, run)."""

    def add_audit(self, at_us: int, who: str, action: str, detail: str) -> None:
        """Append to the audit log."""


class Store(Protocol):
    """Facts and what is computed from them."""

    def unit(self, shard: int = 0, *, alone: bool = False) -> AbstractContextManager[Unit]:
        """Open a write transaction; it commits at the end of the block and rolls back on an exception.

        Shard 0 is for files and for what people do, shard p + 1 for partition p of a topic. `alone` keeps all other
        units out. Contended when another writer was in the way.
        """

    def reopened(self) -> Store:
        """Another instance on the same content, with connections of its own, beside the one that writes."""

    def snapshot(self) -> AbstractContextManager[Store]:
        """The store as it is now, for reading; every batch number up to its own is in it whole."""

    def claim(self, source: str) -> Standing:
        """Take a source over: raises its epoch, so that whoever had it before can not move it any more."""

    def note(self, source: str, epoch: int, text: str) -> None:
        """Replace a source's note durably, in a transaction of its own; TakenOver when the epoch is another's."""

    def standings(self) -> dict[str, Standing]:
        """Every source by name."""

    def progress(self) -> Progress:
        """How far the whole store is."""

    def shards(self) -> dict[int, Progress]:
        """How far each shard is."""

    def source_watermarks(self) -> dict[str, int]:
        """Latest `occurred_at` by event source."""

    def kept_in(self, shard: int) -> int:
        """The shard under which a unit of `shard` keeps its cells; a store that merges them keeps all in 0."""

    def shard_rows(self, shard: int, keys: Sequence[Key]) -> tuple[Progress, dict[Key, int]]:
        """How far a shard that keeps cells is, and its part of each of the cells: both as of one instant."""

    def shard_cells(self, shards: Collection[int], first_day: str, first_minute: int) -> Iterator[tuple[int, Key, int]]:
        """Each shard's part of every cell from a day and a minute since the epoch on, in no order; zeros may be in."""

    def cells(self, owner: str, dimension: str, measure: str, first: str, last: str) -> list[tuple[str, str, int]]:
        """Rows (period, item, value) of a measure in periods first..last, both included; zero rows left out."""

    def all_cells(self, first: str, last: str) -> Iterator[tuple[Key, int]]:
        """Every day cell in first..last in ascending order of its key."""

    def all_facts(self) -> Iterator[Fact]:
        """Every fact that is not retracted, in ascending order of case and event key."""

    def facts_after(self, batch: int) -> list[Fact]:
        """Facts that arrived or were retracted after a batch, retracted ones included."""

    def find_facts(self, cases: Iterable[str]) -> dict[str, list[Fact]]:
        """Facts by case, for explanations."""

    def find_projections(self, keys: Collection[str]) -> dict[str, dict[str, bytes]]:
        """Published values by key and publishing case, for explanations."""

    def all_cases(self) -> list[str]:
        """Keys of all cases with facts, ascending."""

    def derived_cases(self) -> list[str]:
        """Keys of all cases that read published values, ascending; some have no facts of their own."""

    def projections_like(self, prefix: str) -> dict[str, list[bytes]]:
        """Published values whose key starts with a prefix, by key."""

    def settings(self) -> dict[str, str]:
        """All small named values."""

    def problems(self) -> list[ProblemRow]:
        """Open problems of all cases."""

    def quarantined(self, state: str | None = "open") -> list[Quarantined]:
        """Rejected input, oldest first."""

    def open_conflicts(self) -> list[Conflict]:
        """Conflicts that nobody has resolved."""

    def closes(self) -> list[Close]:
        """All closes, by period and run."""

    def audit(self) -> list[tuple[int, str, str, str]]:
        """The audit log, oldest first."""

    def close(self) -> None:
        """Let go of files."""
