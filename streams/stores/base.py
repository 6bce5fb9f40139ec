"""What a store must do: facts, cells, rejected input and the source position of a batch change in one transaction."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from scoring.contribution import Key


class StoreError(Exception):
    """The store can not be used; the message says what failed, where, and what to do."""


class TakenOver(StoreError):
    """Another process has taken this store over; this one must stop without writing."""


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


class Unit(Protocol):
    """One open transaction: what it reads is consistent, what it writes becomes durable together or not at all."""

    def known(self, keys: Collection[bytes]) -> dict[bytes, tuple[bytes, str]]:
        """(content hash, case) of each event key that was accepted before."""

    def add_facts(self, facts: Sequence[Fact]) -> None:
        """Insert or replace facts by event key."""

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

    def unit(self) -> AbstractContextManager[Unit]:
        """Open a write transaction; it commits at the end of the block and rolls back on an exception."""

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
