"""The slice of Online Retail through the embedded engine into SQLite: nothing lost, nothing twice, any order."""

from __future__ import annotations

import csv
import random
from pathlib import Path

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


def read(store: SqliteStore, folder: Path, batch_records: int = 50) -> Tally:
    """Read the file of a folder into a store; the totals of this reading."""
    definitions = load_definitions(adapter.DEFINITIONS)
    pipeline = Pipeline(store, Codec(), definitions.program(), definitions.program_fingerprint())
    tally = Tally()
    for totals in EmbeddedEngine(pipeline, SystemClock(), batch_records).read(adapter.source(folder)):
        tally = totals
    return tally


def shuffled(folder: Path, place: Path) -> Path:
    """The same rows in another order."""
    with (folder / "online_retail.csv").open(encoding="utf-8", newline="") as file:
        head, *body = list(csv.reader(file))
    random.Random(5).shuffle(body)
    place.mkdir()
    with (place / "online_retail.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([head, *body])
    return place


def test_every_row_is_accounted_for_once_in_any_order(tmp_path: Path, repository: Path) -> None:
    """Rows = accepted + rejected; a second reading adds nothing; shuffled rows give the same cells as the recount."""
    folder = repository / "examples" / "online_retail" / "fixture"
    with (folder / "online_retail.csv").open(encoding="utf-8", newline="") as file:
        rows = sum(1 for _ in csv.reader(file)) - 1
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
