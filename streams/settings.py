"""What a process is told by its environment: where definitions, store and live view are; read once at the start."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from scoring.definitions import Definitions
from streams.codec import Codec
from streams.pipeline import Pipeline
from streams.stores import SqliteStore, Store, StoreError, open_postgres

HOME, STORE, REDIS, METRICS_PORT = "SCORELINE_HOME", "SCORELINE_STORE", "SCORELINE_REDIS", "SCORELINE_METRICS_PORT"
METRICS_HOST, DEADLINE = "SCORELINE_METRICS_HOST", "SCORELINE_DEADLINE_SECONDS"
DEV = "SCORELINE_DEV"
STORE_FILE = "scoreline.db"
DEADLINE_SECONDS = 120
MOST_DEADLINE_SECONDS = 3_600


class SettingsError(Exception):
    """An environment variable that can not be used; says which, and what to write instead."""


@dataclass(frozen=True, slots=True)
class Settings:
    """`store_url` empty means the SQLite file of the home, `redis_url` empty no live view, port 0 no metrics.

    A worker whose store has not finished a batch after `deadline_seconds` ends, to be started again. `dev` only warns
    of what is unsafe, for machines to try things out on.
    """

    home: Path = Path()
    store_url: str = field(default="", repr=False)
    redis_url: str = field(default="", repr=False)
    metrics_port: int = 0
    metrics_host: str = "127.0.0.1"
    deadline_seconds: int = DEADLINE_SECONDS
    dev: bool = False

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        """The settings in SCORELINE_HOME, _STORE, _REDIS, _METRICS_PORT, _METRICS_HOST, _DEADLINE_SECONDS and _DEV.

        SettingsError names what is wrong.
        """
        store, redis = environment.get(STORE, "").strip(), environment.get(REDIS, "").strip()
        if store and not store.startswith(("postgresql://", "postgres://")):
            raise SettingsError(
                f"{STORE} is no PostgreSQL address: write postgresql://USER@HOST:PORT/DATABASE, or unset it"
            )
        if redis and not redis.startswith(("redis://", "rediss://", "unix://")):
            raise SettingsError(f"{REDIS} is no Redis address: write redis://HOST:PORT/0, or unset it")
        port = _port(environment.get(METRICS_PORT, "").strip())
        host = environment.get(METRICS_HOST, "").strip() or "127.0.0.1"
        deadline_seconds = _deadline_seconds(environment.get(DEADLINE, "").strip())
        dev = environment.get(DEV, "").strip()
        if dev not in ("", "0", "1"):
            raise SettingsError(f"{DEV} is {dev[:20]!r}: write 1 on a machine to try things out on, else unset it")
        return cls(Path(environment.get(HOME) or "."), store, redis, port, host, deadline_seconds, dev == "1")

    @property
    def definitions_folder(self) -> Path:
        """The folder of TOML files."""
        return self.home / "definitions"

    def open_beside(self) -> Store:
        """The store beside the one that writes batches, which goes on."""
        return open_postgres(self.store_url) if self.store_url else SqliteStore(self.home / STORE_FILE, joins=True)

    def open_store(self) -> Store:
        """The store for writing batches; StoreError says what to do when it can not be had."""
        return open_postgres(self.store_url) if self.store_url else SqliteStore(self.home / STORE_FILE)


def _port(text: str) -> int:
    if not text:
        return 0
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65_535:
        raise SettingsError(f"{METRICS_PORT} is {text[:20]!r}: write a port from 1 to 65535, or unset it")
    return int(text)


def _deadline_seconds(text: str) -> int:
    if not text:
        return DEADLINE_SECONDS
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= MOST_DEADLINE_SECONDS:
        raise SettingsError(
            f"{DEADLINE} is {text[:20]!r}: write whole seconds from 1 to {MOST_DEADLINE_SECONDS}, or unset it"
        )
    return int(text)


def pipeline_of(store: Store, definitions: Definitions, version: int = -1) -> Pipeline:
    """A pipeline that fills the store under the definitions; cells are rebuilt by the caller when needed.

    `version` is that of published definitions, -1 for those of a folder.
    """
    pipeline = Pipeline(store, Codec(), definitions.program(), definitions.program_fingerprint())
    pipeline.version = version
    if "program" not in store.settings():
        pipeline.adopt()
    return pipeline


__all__ = ["Settings", "SettingsError", "StoreError", "pipeline_of"]
