"""A scoreline home: the folder with definitions, store and statements, and how commands open it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from scoring.definitions import DefinitionError, Definitions, Fault, read_definitions
from streams.clock import Clock, SystemClock
from streams.closing import Closing
from streams.closing.barrier import Cut, LogBounds, no_log
from streams.codec import Codec
from streams.engines import EmbeddedEngine
from streams.folder import load_definitions
from streams.pipeline import Pipeline
from streams.reading import Reader
from streams.settings import Settings, pipeline_of
from streams.stores import SqliteStore, Store, StoreError, open_postgres


@dataclass(frozen=True, slots=True)
class Home:
    """Where one company's definitions, facts and papers live; facts are in PostgreSQL when `store_url` names one.

    `published` gives the definitions that workers use, None when none were published: then the folder's count.
    """

    folder: Path
    store_url: str = field(default="", repr=False)
    published: Callable[[], Mapping[str, str] | None] = lambda: None

    @property
    def definitions_folder(self) -> Path:
        """The folder of TOML files."""
        return self.folder / "definitions"

    @property
    def store_path(self) -> Path:
        """The SQLite file."""
        return self.folder / "scoreline.db"

    @property
    def statements_folder(self) -> Path:
        """Where statements are written."""
        return self.folder / "statements"

    def definitions(self) -> Definitions:
        """The definitions; DefinitionError lists every fault."""
        texts = self.published()
        return load_definitions(self.definitions_folder) if texts is None else read_definitions(texts)

    def open_to_read(self) -> Store:
        """The store for reading; StoreError when nothing was ingested yet."""
        if self.store_url:
            return open_postgres(self.store_url)
        self._require_store()
        return SqliteStore(self.store_path, writes=False)

    def open_current(self, definitions: Definitions) -> Store:
        """The store for reading numbers; DefinitionError when its cells were computed with other definitions."""
        store = self.open_to_read()
        if store.settings().get("program") not in (None, definitions.program_fingerprint()):
            message = (
                f"{self.store_name} was computed with other definitions: run `scoreline ingest --home {self.folder}` "
                "to recompute it, or start `scoreline run` or `scoreline worker` again"
            )
            raise DefinitionError((Fault(str(self.definitions_folder), "changed", message),))
        return store

    @property
    def store_name(self) -> str:
        """The store as messages call it: the file, or PostgreSQL without its password."""
        return "PostgreSQL (SCORELINE_STORE)" if self.store_url else str(self.store_path)

    def open_to_write(self) -> Store:
        """The store for writing; a file is taken over from an earlier writer."""
        return open_postgres(self.store_url) if self.store_url else SqliteStore(self.store_path)

    def open_to_change(self) -> Store:
        """The store for a short act beside a running reader; StoreError when nothing was ingested yet."""
        if self.store_url:
            return open_postgres(self.store_url)
        self._require_store()
        return SqliteStore(self.store_path, joins=True)

    def _require_store(self) -> None:
        if not self.store_path.exists():
            raise StoreError(
                f"{self.store_path} does not exist: run `scoreline ingest FILE --home {self.folder}` first"
            )


def home_of(folder: Path) -> Home:
    """The home in a folder, with its facts where SCORELINE_STORE says and the definitions that workers use, if any."""
    return Home(folder, Settings.from_environment(os.environ).store_url, published_of(os.environ))


def published_of(environment: Mapping[str, str]) -> Callable[[], Mapping[str, str] | None]:
    """The definitions on the reference topic, when SCORELINE_BROKERS names Kafka."""
    if not environment.get("SCORELINE_BROKERS"):
        return lambda: None
    from streams.topics.faults import TopicMissing
    from streams.topics.reference import latest
    from streams.topics.settings import KafkaSettings

    def published() -> Mapping[str, str] | None:
        try:
            found = latest(KafkaSettings.from_environment(environment))
        except TopicMissing:
            return None
        return found.texts if found else None

    return published


def default_home() -> Path:
    """The home named by SCORELINE_HOME, else the current folder."""
    return Path(os.environ.get("SCORELINE_HOME", "."))


def engine_of(pipeline: Pipeline, clock: Clock | None = None, batch_records: int = 2_000) -> EmbeddedEngine:
    """An engine on the machine's clock."""
    return EmbeddedEngine(pipeline, clock or SystemClock(), batch_records)


def closing_of(store: Store, definitions: Definitions) -> Closing:
    """The close of a home."""
    return Closing(store, Codec(), definitions, SystemClock(), log_of(os.environ))


def log_of(environment: Mapping[str, str]) -> Callable[[], Cut]:
    """Where the topic's partitions end, when SCORELINE_BROKERS names Kafka; else nothing to wait for."""
    if not environment.get("SCORELINE_BROKERS"):
        return no_log
    from streams.engines.kafka.partition import source_of
    from streams.topics.bounds import log_bounds
    from streams.topics.settings import KafkaSettings

    kafka = KafkaSettings.from_environment(environment)
    return lambda: {
        source_of(kafka.topic, number): LogBounds(begin, end) for number, (begin, end) in log_bounds(kafka).items()
    }


def reader_of(store: Store, definitions: Definitions) -> Reader:
    """Reads numbers."""
    return Reader(store, definitions)


__all__ = [
    "Home",
    "closing_of",
    "default_home",
    "engine_of",
    "home_of",
    "pipeline_of",
    "reader_of",
]
