"""What a worker commits reaches the view, and what was lost comes back, whatever goes away in between."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from streams.live import publisher as module
from streams.live.base import LiveView
from streams.live.memory import MemoryServer, MemoryView
from streams.live.publisher import Publisher
from streams.pipeline import Outcome
from streams.stores import MemoryStore, Progress, Store, StoreError
from tests.scenarios.shop import Desk, Teller, shop_texts
from tests.streams.live.conftest import Seconds
from tests.streams.live.shop import LiveShop

GMV = ("c:", "", "gmv", "2026-10-01", "2026-10-31")


@pytest.fixture
def shop(seconds: Seconds) -> LiveShop:
    """A shop with an empty live view."""
    return LiveShop(MemoryServer(), seconds)


def shown(shop: LiveShop) -> tuple[dict[int, int], int]:
    """The batches that the view shows, and its gross sales in fen."""
    (view,) = [MemoryView(shop.server, shop.server.content.identity)] if shop.server.content else []
    shards = {shard: progress.batch for shard, progress in view.shards().items()}
    rows = view.cells(*GMV)
    return shards, sum(value for _, _, value in rows or ())


def test_the_first_step_fills(shop: LiveShop) -> None:
    """What was in the store before the publisher began is in the view after its first step, noted or not."""
    shop.sell(1, 2, is_noted=False)
    shop.publisher.step()
    assert shown(shop) == ({0: 2}, 300)
    assert shop.publisher.figures.is_up
    assert shop.publisher.figures.fills == 1


def test_noted_batches_are_published_without_filling(shop: LiveShop) -> None:
    """From then on the changed cells are enough, several batches at once, duplicates with no cells too."""
    shop.publisher.step()
    event = shop.tell.paid("twice", "03 10:00:00", "5.00")
    for _ in range(2):
        shop.publisher.note(0, shop.desk.take(event))
    shop.sell(1, 2)
    shop.publisher.step()
    assert shown(shop) == ({0: 4}, 800)
    assert shop.publisher.figures.fills == 1
    assert 0 < shop.publisher.figures.published_rows < 100


def test_a_lost_note_is_made_good(shop: LiveShop, seconds: Seconds) -> None:
    """A batch that nobody told of shows as a gap with the next one, and after two seconds without a next one."""
    shop.publisher.step()
    shop.sell(1, is_noted=False)
    shop.sell(2)
    shop.publisher.step()
    assert shown(shop) == ({0: 2}, 300)
    shop.sell(3, is_noted=False)
    for _ in range(4):
        seconds.at += 1.0
        shop.publisher.step()
    assert shown(shop) == ({0: 3}, 600)


def test_a_flush_is_made_good(shop: LiveShop) -> None:
    """After a flush the next step opens and fills again, even when what it publishes meets the loss first."""
    shop.sell(1)
    shop.publisher.step()
    shop.server.flush()
    shop.sell(2)
    shop.publisher.step()
    assert shown(shop) == ({0: 2}, 300)


def test_a_server_that_is_away_stops_nobody(shop: LiveShop, seconds: Seconds) -> None:
    """Changes wait while the server is away; when it is back with all it had, they follow without filling."""
    shop.publisher.step()
    shop.server.is_away = True
    for amount in (1, 2, 3):
        shop.sell(amount)
        shop.publisher.step()
    assert not shop.publisher.figures.is_up
    assert "away" in shop.publisher.figures.fault
    shop.server.is_away = False
    shop.publisher.step()
    assert shown(shop) == ({0: 3}, 600)
    assert shop.publisher.figures.fills == 1
    assert shop.publisher.figures.is_up


def test_what_waits_is_bounded(shop: LiveShop, seconds: Seconds, monkeypatch: pytest.MonkeyPatch) -> None:
    """More changed cells than are remembered are forgotten, and their shards filled when the server is back."""
    monkeypatch.setattr(module, "WAITING_KEYS", 40)
    shop.publisher.step()
    shop.server.is_away = True
    for day in range(1, 29):
        shop.publisher.note(0, shop.desk.take(shop.tell.paid(f"o{day}", f"{day:02} 10:00:00", "1.00")))
        shop.publisher.step()
        assert shop.publisher.waiting_keys <= 40
    for day in range(1, 29):
        shop.publisher.note(0, shop.desk.take(shop.tell.paid(f"p{day}", f"{day:02} 10:00:00", "1.00")))
        assert shop.publisher.waiting_keys <= 40
    shop.server.is_away = False
    for _ in range(4):
        seconds.at += 1.0
        shop.publisher.step()
    assert shown(shop) == ({0: 56}, 5_600)
    assert shop.publisher.figures.fills == 2


def test_only_one_fills(seconds: Seconds) -> None:
    """While another has reserved the filling, a publisher waits; when it is free it fills what is still missing."""
    shop = LiveShop(MemoryServer(), seconds)
    shop.sell(1)
    other = object()
    shop.server.filler = other
    shop.publisher.step()
    assert shown(shop) == ({}, 0)
    shop.server.filler = None
    seconds.at += 1.0
    shop.publisher.step()
    assert shown(shop) == ({0: 1}, 100)
    assert shop.server.filler is None


def test_a_store_that_was_put_back(shop: LiveShop, seconds: Seconds) -> None:
    """A view with batches that the store does not have (any more) is thrown away and filled from the store."""
    shop.sell(1)
    backup = shop.desk.store.snapshot()
    with backup as old:
        shop.sell(2)
        shop.publisher.step()
        assert shown(shop) == ({0: 2}, 300)
        assert isinstance(old, MemoryStore)
        content = shop.server.content
        assert content is not None
        restored = Publisher(lambda: old, lambda _: MemoryView(shop.server, content.identity), seconds)
        with old.unit() as unit:
            unit.set_setting("identity", "the same")
        restored.step()
        assert shown(shop) == ({0: 1}, 100)


def test_recomputed_cells_are_filled_anew(shop: LiveShop, seconds: Seconds) -> None:
    """After other definitions took over, the view is that of the recomputed cells only."""
    shop.sell(1)
    shop.publisher.step()
    first = shop.server.content
    list(Desk(shop.desk.store, shop_texts(assignments="")).pipeline.rebuild())
    seconds.at += 1.0
    shop.publisher.step()
    assert shop.server.content is not first
    assert shown(shop) == ({0: 1}, 100)
    view = MemoryView(shop.server, shop.server.content.identity if shop.server.content else "")
    view.shards()
    assert view.cells("e:ann", "shop", "gmv", "2026-10-01", "2026-10-31") == []


class Flaky(MemoryStore):
    """A store whose connection breaks once when it is told to."""

    is_broken = False

    def settings(self) -> dict[str, str]:
        if self.is_broken:
            raise StoreError("the connection was lost")
        return super().settings()


def test_a_store_that_is_away_is_opened_again(seconds: Seconds) -> None:
    """A store that fails is let go and opened anew at the next step; nothing that waited is lost."""
    opened: list[Flaky] = []
    server = MemoryServer()
    desk = Desk(Flaky())

    def open_store() -> Store:
        store = Flaky(desk.store._content)  # type: ignore[attr-defined]
        opened.append(store)
        return store

    publisher = Publisher(open_store, lambda identity: MemoryView(server, identity), seconds)
    # The identity is written once beforehand: the stores of this test share no content afterwards.
    with desk.store.unit() as unit:
        unit.set_setting("identity", "x")
    publisher.step()
    opened[-1].is_broken = True
    seconds.at += 1.0
    publisher.note(0, desk.take(Teller().paid("o", "03 10:00:00", "1.00")))
    publisher.step()
    assert publisher.figures.fault == "the connection was lost"
    publisher.step()
    assert publisher.figures.is_up
    assert len(opened) == 2
    assert server.content is not None
    assert server.content.shards[0].batch == 1


@pytest.fixture
def running(shop: LiveShop) -> Iterator[LiveShop]:
    """A shop whose publisher works in a thread of its own."""
    shop.publisher.start()
    yield shop
    shop.publisher.stop()


def until(is_so: object, what: str) -> None:
    """Wait a few seconds for a condition."""
    assert callable(is_so)
    deadline = time.monotonic() + 5
    while not is_so():
        assert time.monotonic() < deadline, what
        time.sleep(0.01)


def test_the_thread_publishes_what_is_noted(running: LiveShop) -> None:
    """With the thread a noted batch is shown without a call of ours, and the last one even when it stops at once."""
    until(lambda: running.publisher.figures.is_up, "the first fill")
    running.sell(1)
    until(lambda: shown(running) == ({0: 1}, 100), "the change")
    running.sell(2)
    running.publisher.stop()
    assert shown(running) == ({0: 2}, 300)


def test_a_fault_of_the_program_is_seen(seconds: Seconds) -> None:
    """A publisher that ends by a fault says so in its figures and does not look alive."""

    def broken(identity: str) -> LiveView:
        raise ZeroDivisionError(identity)

    publisher = Publisher(MemoryStore, broken, seconds)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("threading.excepthook", lambda _: None)
        publisher.start()
        publisher.note(0, Outcome(0, 0, 0, 0, 1, 0, Progress(1)))
        until(lambda: "has stopped" in publisher.figures.fault, "the end of the thread")
    assert not publisher.figures.is_up
