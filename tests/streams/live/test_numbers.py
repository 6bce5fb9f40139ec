"""Readers read the live view while it keeps up, else the store, and can tell which."""

from __future__ import annotations

import pytest

from streams.live.memory import MemoryServer
from streams.live.numbers import LiveNumbers, StoreNumbers
from streams.reading import Reader
from tests.scenarios.shop import Desk, shop_texts
from tests.streams.live.conftest import Seconds
from tests.streams.live.shop import LiveShop

GMV = ("c:", "", "gmv", "2026-10-01", "2026-10-31")


@pytest.fixture
def shop(seconds: Seconds) -> LiveShop:
    """A shop with a live view that nobody has filled yet."""
    return LiveShop(MemoryServer(), seconds)


def test_without_a_live_view_there_is_nothing_to_tell(shop: LiveShop) -> None:
    """A reader over the store alone has no source, and its version counts the batches of all shards."""
    shop.sell(1, 2)
    numbers = StoreNumbers(shop.desk.store)
    assert (numbers.source, Reader(shop.desk.store, shop.desk.definitions).source) == ("", "")
    assert Reader(shop.desk.store, shop.desk.definitions).version() == 2


def test_nobody_has_filled_a_view(shop: LiveShop) -> None:
    """Without a worker the store is read, and that is said."""
    shop.sell(1)
    assert shop.numbers.shards() == {0: shop.desk.store.progress()}
    assert shop.numbers.cells(*GMV) == shop.desk.store.cells(*GMV) != []
    assert shop.numbers.source == "store"


def test_a_filled_view_is_read(shop: LiveShop) -> None:
    """What the view shows is what is given, even when the store is a moment ahead: as of the view's batch."""
    shop.sell(1)
    shop.publisher.step()
    before = shop.desk.store.cells(*GMV)
    assert shop.numbers.shards() == {0: shop.desk.store.progress()}
    assert shop.numbers.source == "redis"
    shop.sell(2)
    assert shop.numbers.shards()[0].batch == 1
    assert shop.numbers.cells(*GMV) == before != shop.desk.store.cells(*GMV)
    shop.publisher.step()
    assert shop.numbers.shards()[0].batch == 2
    assert shop.numbers.cells(*GMV) == shop.desk.store.cells(*GMV)
    assert shop.numbers.source == "redis"


def test_what_the_view_does_not_keep_comes_from_the_store(shop: LiveShop) -> None:
    """Older months are answered by the store, and the view is not left for that."""
    shop.sell(1)
    shop.publisher.step()
    shop.numbers.shards()
    old = ("c:", "", "gmv", "2025-01-01", "2026-10-31")
    assert shop.numbers.cells(*old) == shop.desk.store.cells(*old) != []
    assert shop.numbers.source == "redis"


def test_a_view_that_nobody_keeps_up_is_left(shop: LiveShop, seconds: Seconds) -> None:
    """Behind for more than a second the store is read; when the view has caught up it is read again."""
    shop.sell(1)
    shop.publisher.step()
    shop.sell(2, is_noted=False)
    assert shop.numbers.shards()[0].batch == 1
    seconds.at += 1.1
    assert shop.numbers.shards()[0].batch == 2
    assert shop.numbers.source == "store"
    assert shop.numbers.cells(*GMV) == shop.desk.store.cells(*GMV)
    shop.publisher.step()
    seconds.at += 2.1
    shop.publisher.step()
    assert shop.numbers.shards()[0].batch == 2
    assert shop.numbers.source == "redis"


def test_a_flush_between_two_reads(shop: LiveShop) -> None:
    """Cells that are gone when they are asked for come from the store, and the reader says so from then on."""
    shop.sell(1)
    shop.publisher.step()
    shop.numbers.shards()
    shop.server.flush()
    assert shop.numbers.cells(*GMV) == shop.desk.store.cells(*GMV) != []
    assert shop.numbers.source == "store"
    assert shop.numbers.shards() == {0: shop.desk.store.progress()}


def test_a_server_that_is_away_and_comes_back(shop: LiveShop) -> None:
    """With everything it had, it is read again at once; what it missed keeps it waiting."""
    shop.sell(1)
    shop.publisher.step()
    shop.server.is_away = True
    assert shop.numbers.shards()[0].batch == 1
    assert shop.numbers.source == "store"
    shop.sell(2)
    assert shop.numbers.shards()[0].batch == 2
    shop.server.is_away = False
    assert shop.numbers.shards()[0].batch == 2, "the version went back"
    assert shop.numbers.source == "store"
    shop.publisher.step()
    assert shop.numbers.shards()[0].batch == 2
    assert shop.numbers.source == "redis"


def test_a_view_that_came_back_older_is_not_believed(shop: LiveShop) -> None:
    """A server that lost its last seconds shows less than was given already: the store is read at once."""
    shop.sell(1)
    shop.publisher.step()
    old = shop.server.content
    shop.server.content = None
    shop.sell(2)
    shop.publisher.step()
    assert shop.numbers.shards()[0].batch == 2
    shop.server.content = old
    assert shop.numbers.shards()[0].batch == 2
    assert shop.numbers.source == "store"


def test_recomputed_cells_are_found_again(shop: LiveShop, seconds: Seconds) -> None:
    """After the cells were computed anew the old view is not read; the new one is, without a restart."""
    shop.sell(1)
    shop.publisher.step()
    shop.numbers.shards()
    list(Desk(shop.desk.store, shop_texts(assignments="")).pipeline.rebuild())
    seconds.at += 2.1
    shop.publisher.step()
    shop.numbers.shards()
    assert shop.numbers.source == "store"
    shop.numbers.shards()
    assert shop.numbers.source == "redis"
    assert shop.numbers.cells(*GMV) == shop.desk.store.cells(*GMV) != []


def test_a_version_never_goes_back(shop: LiveShop, seconds: Seconds) -> None:
    """Over flushes, absences and refills the version only grows, and cells are never older than it says."""
    reader = Reader(shop.desk.store, shop.desk.definitions, shop.numbers)
    seen = 0
    for number in range(60):
        shop.sell(number, is_noted=number % 7 != 0)
        if number % 5 == 0:
            shop.server.flush()
        shop.server.is_away = number % 11 in (3, 4)
        if number % 3:
            shop.publisher.step()
        seconds.at += 0.7
        version = reader.version()
        assert version >= seen
        seen = version
        shown = sum(value for _, _, value in shop.numbers.cells(*GMV))
        assert shop.sold_after(version) <= shown <= shop.sold_after(number + 1)


def test_a_second_view_of_one_place(shop: LiveShop, seconds: Seconds) -> None:
    """A board of another process sees what the first one sees."""
    shop.sell(1)
    shop.publisher.step()
    other = LiveNumbers(shop.desk.store, shop.open_view, seconds)
    assert other.shards() == shop.numbers.shards()
    assert other.cells(*GMV) == shop.numbers.cells(*GMV)
