"""The slice of Online Retail through the embedded engine into SQLite: nothing lost, nothing twice, any order."""

from __future__ import annotations

import csv
import gzip
import os
import random
from pathlib import Path

import pytest

from examples.online_retail import adapter
from streams.clock import SystemClock
from streams.closing.recounting import differences
from streams.codec import Codec
from streams.engines import EmbeddedEngine, Tally
from streams.evidence import cells_digest
from streams.folder import load_definitions
from streams.pipeline import Pipeline
from streams.stores import SqliteStore

FIRST, LAST = "2010-12-01", "2011-12-31"
LINES = 541_909
WHOLE = pytest.mark.skipif(
    os.environ.get("SCORELINE_FULL") != "1",
    reason="minutes of work: SCORELINE_FULL=1 runs it, `make bench` measures it",
)


def read(store: SqliteStore, folder: Path, batch_records: int = 50) -> Tally:
    """Read the file of a folder into a store; the totals of this reading."""
    definitions = load_definitions(adapter.DEFINITIONS)
    pipeline = Pipeline(store, Codec(), definitions.program(), definitions.program_fingerprint())
    tally = Tally()
    for totals in EmbeddedEngine(pipeline, SystemClock(), batch_records).read(adapter.source(folder)):
        tally = totals
    return tally


def rows_of(folder: Path) -> list[list[str]]:
    """The header and the rows of a folder's file, plain or packed."""
    path = next(folder.glob("online_retail.csv*"))
    if path.suffix == ".gz":
        with gzip.open(path, "rt", encoding="utf-8", newline="") as packed:
            return list(csv.reader(packed))
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def shuffled(folder: Path, place: Path) -> Path:
    """The same rows in another order."""
    head, *body = rows_of(folder)
    random.Random(5).shuffle(body)
    place.mkdir()
    with (place / "online_retail.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([head, *body])
    return place


def test_every_row_is_accounted_for_once_in_any_order(tmp_path: Path, repository: Path) -> None:
    """Rows = accepted + rejected; a second reading adds nothing; shuffled rows give the same cells as the recount."""
    folder = repository / "examples" / "online_retail" / "fixture"
    rows = len(rows_of(folder)) - 1
    store = SqliteStore(tmp_path / "a.db")
    first = read(store, folder)
    assert first.seen == rows == first.accepted + first.rejected
    assert first.rejected > 0
    cells = cells_digest(store, FIRST, LAST)
    again = read(store, folder)
    assert (again.accepted, again.duplicates, again.rejected) == (0, first.accepted, first.rejected)
    assert cells_digest(store, FIRST, LAST) == cells
    other = SqliteStore(tmp_path / "b.db")
    assert read(other, shuffled(folder, tmp_path / "shuffled"), batch_records=7).accepted == first.accepted
    assert cells_digest(other, FIRST, LAST) == cells
    definitions = load_definitions(adapter.DEFINITIONS)
    assert differences(other, Codec(), definitions, FIRST, LAST) == []


@WHOLE
def test_the_whole_file(tmp_path: Path, shared_folder: Path | None) -> None:
    """541,909 lines: each accepted, duplicate or rejected; a second reading adds nothing; shuffled gives one digest."""
    if shared_folder is None:
        pytest.skip("the whole file is not beside the repository")
    folder = shared_folder / "data" / "online_retail"
    store = SqliteStore(tmp_path / "a.db")
    first = read(store, folder, batch_records=50_000)
    assert first.seen == LINES == first.accepted + first.duplicates + first.rejected
    assert (first.conflicts, first.rejected > 0) == (0, True)
    assert sum(first.by_reason.values()) == first.rejected
    cells = cells_digest(store, FIRST, LAST)
    assert read(store, folder, batch_records=50_000).accepted == 0
    assert cells_digest(store, FIRST, LAST) == cells
    other = SqliteStore(tmp_path / "b.db")
    assert read(other, shuffled(folder, tmp_path / "shuffled"), batch_records=50_000).accepted == first.accepted
    assert cells_digest(other, FIRST, LAST) == cells
