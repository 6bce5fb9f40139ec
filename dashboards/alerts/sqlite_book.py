"""A book of alerts in one SQLite file, so that states and unsent notices survive a restart."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path

from dashboards.alerts.book import Posting
from streams.stores import StoreError

_SCHEMA = """
CREATE TABLE IF NOT EXISTS states(key TEXT PRIMARY KEY, state TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS outbox(id TEXT PRIMARY KEY, number INTEGER, body TEXT NOT NULL, attempts INTEGER NOT NULL,
  next_us INTEGER) WITHOUT ROWID;
"""


class SqliteBook:
    """Keeps states and the outbox; each call is one durable transaction."""

    def __init__(self, path: Path) -> None:
        try:
            self._connection = sqlite3.connect(path, isolation_level=None, timeout=10, check_same_thread=False)
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.executescript(_SCHEMA)
        except sqlite3.Error as error:
            raise StoreError(f"{path}: {error}: check the folder, its permissions and the free space") from error

    def load(self) -> Mapping[str, str]:
        return dict(self._connection.execute("SELECT key, state FROM states"))

    def save(self, states: Mapping[str, str], notices: Mapping[str, str]) -> None:
        with self._connection:
            self._connection.execute("BEGIN IMMEDIATE")
            self._connection.executemany("INSERT OR REPLACE INTO states VALUES(?,?)", states.items())
            (last,) = self._connection.execute("SELECT COALESCE(MAX(number), 0) FROM outbox").fetchone()
            rows = [(key, last + step, body) for step, (key, body) in enumerate(notices.items(), start=1)]
            self._connection.executemany("INSERT OR IGNORE INTO outbox VALUES(?,?,?,0,0)", rows)

    def due(self, now_us: int, limit: int) -> Sequence[Posting]:
        rows = self._connection.execute(
            "SELECT id, body, attempts FROM outbox WHERE next_us IS NOT NULL AND next_us <= ? ORDER BY number LIMIT ?",
            (now_us, limit),
        )
        return [Posting(*row) for row in rows]

    def settle(self, notice_id: str, attempts: int, next_us: int | None) -> None:
        self._connection.execute(
            "UPDATE outbox SET attempts = ?, next_us = ? WHERE id = ?", (attempts, next_us, notice_id)
        )

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()
