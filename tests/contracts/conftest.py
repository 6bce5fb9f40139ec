"""An empty store of each kind, for the contracts that every store keeps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from streams.stores import STORES, MemoryStore, Store, open_postgres
from streams.stores.sqlite import SqliteStore


@pytest.fixture(params=sorted(STORES))
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty store of each kind."""
    openers: dict[str, Callable[[], Store]] = {
        "memory": MemoryStore,
        "sqlite": lambda: SqliteStore(tmp_path / "store.db"),
        "postgres": lambda: open_postgres(request.getfixturevalue("migrated_database")),
    }
    opened = openers[request.param]()
    yield opened
    opened.close()
