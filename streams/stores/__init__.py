"""Stores, one a file; every one of them passes the same contract suite."""

from __future__ import annotations

from collections.abc import Callable

from streams.stores.base import (
    Close,
    Conflict,
    Contended,
    Counts,
    Fact,
    Position,
    ProblemRow,
    Progress,
    Quarantined,
    Standing,
    Store,
    StoreError,
    TakenOver,
    Unit,
)
from streams.stores.memory import MemoryStore
from streams.stores.sqlite import SqliteStore


def open_postgres(url: str) -> Store:
    """The store at a postgresql:// address; StoreError when the `postgres` extra is not installed."""
    try:
        from streams.stores.postgres import PostgresStore
    except ModuleNotFoundError as error:
        raise StoreError("PostgreSQL needs more packages: pip install 'scoreline[postgres]'") from error
    return PostgresStore(url)


STORES: dict[str, Callable[..., Store]] = {"memory": MemoryStore, "sqlite": SqliteStore, "postgres": open_postgres}

__all__ = [
    "STORES",
    "Close",
    "Conflict",
    "Contended",
    "Counts",
    "Fact",
    "MemoryStore",
    "Position",
    "ProblemRow",
    "Progress",
    "Quarantined",
    "SqliteStore",
    "Standing",
    "Store",
    "StoreError",
    "TakenOver",
    "Unit",
    "open_postgres",
]
