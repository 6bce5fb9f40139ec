"""A scoreline home: the folder with definitions, store and statements, and how commands open it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from scoring.definitions import DefinitionError, Definitions, Fault
from streams.clock import Clock, SystemClock
from streams.closing import Closing
from streams.codec import Codec
from streams.engines import EmbeddedEngine
from streams.folder import load_definitions
from streams.pipeline import Pipeline
from streams.reading import Reader
from streams.stores import SqliteStore, Store, StoreError


@dataclass(frozen=True, slots=True)
class Home:
    """Where one company's definitions, facts and papers live."""

    folder: Path

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
        return load_definitions(self.definitions_folder)

    def open_to_read(self) -> SqliteStore:
        """The store for reading; StoreError when nothing was ingested yet."""
        self._require_store()
        return SqliteStore(self.store_path, writes=False)

    def open_current(self, definitions: Definitions) -> SqliteStore:
        """The store for reading numbers; DefinitionError when its cells were computed with other definitions."""
        store = self.open_to_read()
        if store.settings().get("program") not in (None, definitions.program_fingerprint()):
            message = (
                f"{self.store_path} was computed with other definitions: run `scoreline ingest --home {self.folder}` "
                "to recompute it, or start `scoreline run` again"
            )
            raise DefinitionError((Fault(str(self.definitions_folder), "changed", message),))
        return store

    def open_to_write(self) -> SqliteStore:
        """The store for writing; takes it over from an earlier writer."""
        return SqliteStore(self.store_path)

    def open_to_change(self) -> SqliteStore:
        """The store for a short act beside a running reader; StoreError when nothing was ingested yet."""
        self._require_store()
        return SqliteStore(self.store_path, joins=True)

    def _require_store(self) -> None:
        if not self.store_path.exists():
            raise StoreError(
                f"{self.store_path} does not exist: run `scoreline ingest FILE --home {self.folder}` first"
            )


def default_home() -> Path:
    """The home named by SCORELINE_HOME, else the current folder."""
    return Path(os.environ.get("SCORELINE_HOME", "."))


def pipeline_of(store: Store, definitions: Definitions) -> Pipeline:
    """A pipeline that fills the store under the definitions; cells are rebuilt by the caller when needed."""
    pipeline = Pipeline(store, Codec(), definitions.program(), definitions.program_fingerprint())
    if "program" not in store.settings():
        pipeline.adopt()
    return pipeline


def engine_of(pipeline: Pipeline, clock: Clock | None = None, batch_records: int = 2_000) -> EmbeddedEngine:
    """An engine on the machine's clock."""
    return EmbeddedEngine(pipeline, clock or SystemClock(), batch_records)


def closing_of(store: Store, definitions: Definitions) -> Closing:
    """The close of a home."""
    return Closing(store, Codec(), definitions, SystemClock())


def reader_of(store: Store, definitions: Definitions) -> Reader:
    """Reads numbers."""
    return Reader(store, definitions)
