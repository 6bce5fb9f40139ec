"""Stores, one a file; every one of them passes the same contract suite."""

from __future__ import annotations

from collections.abc import Callable

from streams.stores.base import (
    Close,
    Conflict,
    Fact,
    ProblemRow,
    Quarantined,
    Store,
    StoreError,
    TakenOver,
    Unit,
)
from streams.stores.memory import MemoryStore
from streams.stores.sqlite import SqliteStore

STORES: dict[str, Callable[..., Store]] = {"memory": MemoryStore, "sqlite": SqliteStore}

__all__ = [
    "STORES",
    "Close",
    "Conflict",
    "Fact",
    "MemoryStore",
    "ProblemRow",
    "Quarantined",
    "SqliteStore",
    "Store",
    "StoreError",
    "TakenOver",
    "Unit",
]
