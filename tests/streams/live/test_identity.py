"""Which cells a view is a copy of."""

from __future__ import annotations

from pathlib import Path

from streams.live.identity import give_identity, identity_of, kept_shards
from streams.stores import MemoryStore, Progress, SqliteStore
from tests.scenarios.shop import Desk, Teller, shop_texts


def test_an_identity_is_given_once(tmp_path: Path) -> None:
    """A store has none until a writer gives it one; then it keeps it over openings, and every store has its own."""
    store = SqliteStore(tmp_path / "a.db")
    assert identity_of(store) is None
    given = give_identity(store)
    store.close()
    again = SqliteStore(tmp_path / "a.db")
    assert give_identity(again) == identity_of(again) == given
    again.close()
    assert give_identity(MemoryStore()) != give_identity(MemoryStore())


def test_recomputed_cells_have_another_identity() -> None:
    """Other definitions void what was copied before, and so does going back to the first ones."""
    desk, tell = Desk(), Teller()
    desk.take(tell.paid("o", "03 10:00:00", "1.00"))
    first = give_identity(desk.store)
    list(desk.pipeline.rebuild())
    assert identity_of(desk.store) == first, "nothing was recomputed"
    list(Desk(desk.store, shop_texts(assignments="")).pipeline.rebuild())
    second = identity_of(desk.store)
    list(desk.pipeline.rebuild())
    assert len({first, second, identity_of(desk.store)}) == 3


def test_shards_that_keep_cells() -> None:
    """A store that merges shards keeps all in 0, with the progress of all; an empty store has 0 as well."""
    store = MemoryStore()
    assert kept_shards(store) == {0: Progress()}
    for shard in (1, 2):
        with store.unit(shard) as unit:
            unit.advance(Progress(unit.begin_batch(), 10 * shard))
    assert kept_shards(store) == {0: Progress(2, 20)}
