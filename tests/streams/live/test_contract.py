"""One contract for every live view: never older than it says, never a mix, never whole when something was lost."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator, Mapping

import pytest

from scoring.contribution import MINUTE_US, Key
from streams.live.base import Away, Change, LiveView
from streams.live.spans import Horizon
from streams.stores.base import Counts, Progress
from tests.streams.live.conftest import Stand

WATERMARK_US = 1_791_000_000_000_000
"""In October 2026."""
NOW_MINUTE = WATERMARK_US // MINUTE_US
GMV = ("e:ann", "shop", "gmv", "2026-10-03", "")
TURNS = ("c:", "", "turns", f"m:{NOW_MINUTE}", "")


def progress(batch: int, watermark_us: int = WATERMARK_US) -> Progress:
    """A shard after a batch."""
    return Progress(batch, watermark_us, watermark_us + batch, Counts(5, 1, 2, 1, 1))


def filled(view: LiveView, shards: Mapping[int, Mapping[Key, int]], batch: int = 1) -> LiveView:
    """The view after these rows of each shard were filled as of a batch."""
    view.open()
    rows = ((shard, key, value) for shard, cells in shards.items() for key, value in cells.items())
    view.fill({shard: progress(batch) for shard in shards}, Horizon.at(WATERMARK_US), rows)
    view.shards()
    return view


def read(view: LiveView, key: Key) -> int | None:
    """One cell's row of a period; None when it has none."""
    rows = view.cells(*key[:3], key[3], key[3])
    assert rows is not None
    return {(period, item): value for period, item, value in rows}.get((key[3], key[4]))


def test_nothing_is_shown_before_somebody_opened(stand: Stand) -> None:
    """A reader finds an empty place away; a writer makes a view with no shard, which readers of others do not see."""
    reader = stand.view("a")
    with pytest.raises(Away):
        reader.shards()
    with pytest.raises(Away):
        reader.cells(*GMV[:3], GMV[3], GMV[3])
    assert stand.view("a").open() == {}
    assert reader.shards() == {}
    with pytest.raises(Away):
        stand.view("b").shards()


def test_a_filled_view_gives_what_was_filled(stand: Stand) -> None:
    """Progress comes back whole; the parts of shards add up; zeros are left out; rows come in order."""
    other = ("e:ann", "shop", "gmv", "2026-10-01", "b|%7C汉")
    gone = ("e:ann", "shop", "gmv", "2026-10-02", "")
    filled(stand.view("a"), {0: {GMV: 30, other: 1, gone: 4}, 3: {GMV: -10, gone: -4, TURNS: 7}}, batch=9)
    view = stand.view("a")
    assert view.shards() == {0: progress(9), 3: progress(9)}
    assert view.cells("e:ann", "shop", "gmv", "2026-10-01", "2026-10-31") == [(*other[3:], 1), (*GMV[3:], 20)]
    assert view.cells("e:ann", "shop", "gmv", "2026-09-30", "2026-10-02") == [(*other[3:], 1)]
    assert view.cells("e:ann", "shop", "gmv", "2026-09-01", "2026-09-30") == []
    assert view.cells("c:", "", "turns", f"m:{NOW_MINUTE - 70}", f"m:{NOW_MINUTE}") == [(*TURNS[3:], 7)]
    assert view.cells("c:", "", "turns", f"m:{NOW_MINUTE - 70}", f"m:{NOW_MINUTE - 1}") == []
    assert view.cells("e:bob", "shop", "gmv", "2026-10-01", "2026-10-31") == []


def test_cells_are_not_mixed_up(stand: Stand) -> None:
    """Names that hold separators stay apart, whatever owner, dimension, measure or item they stand in."""
    keys: list[Key] = [
        ("a|b", "c", "d", "2026-10-03", ""),
        ("a", "b|c", "d", "2026-10-03", ""),
        ("a", "b", "c|d", "2026-10-03", ""),
        ("a%7Cb", "c", "d", "2026-10-03", ""),
        ("a", "b", "c", "2026-10-03", "1|x"),
        ("a", "b", "c", "2026-10-03", "x"),
        ("a:b", "c", "d", "2026-10-03", ":1"),
    ]
    view = filled(stand.view("a"), {1: {key: number for number, key in enumerate(keys, 1)}})
    assert [read(view, key) for key in keys] == list(range(1, len(keys) + 1))


def test_large_amounts_are_exact(stand: Stand) -> None:
    """Values beyond what a binary fraction can hold come back to the last unit, over fill, publish and sum."""
    big = 2**62 + 1
    view = filled(stand.view("a"), {1: {GMV: big}, 2: {GMV: -3}})
    assert read(view, GMV) == big - 3
    assert view.publish(Change(2, 1, progress(2), 2, {GMV: -big}))
    assert read(view, GMV) is None


def test_a_change_that_follows_is_taken_in(stand: Stand) -> None:
    """Changes one after the other move the shard on, with or without rows, and other shards stay where they are."""
    view = filled(stand.view("a"), {1: {GMV: 1}, 2: {GMV: 100}})
    assert view.publish(Change(1, 1, progress(4), 4, {GMV: 5, TURNS: 2}))
    assert view.publish(Change(1, 4, progress(6), 6, {}))
    assert view.shards() == {1: progress(6), 2: progress(1)}
    assert (read(view, GMV), read(view, TURNS)) == (105, 2)


def test_a_gap_is_found(stand: Stand) -> None:
    """A change whose predecessor was never seen is refused and the shard does not move; so it is with a new shard."""
    view = filled(stand.view("a"), {1: {GMV: 1}})
    assert not view.publish(Change(1, 2, progress(3), 3, {GMV: 3}))
    assert not view.publish(Change(7, 0, progress(3), 3, {GMV: 3}))
    assert view.shards() == {1: progress(1)}
    view.fill({7: progress(2)}, Horizon.at(WATERMARK_US), [])
    assert view.publish(Change(7, 2, progress(4), 4, {}))
    assert view.shards()[7] == progress(4)


def test_a_change_that_overlaps_what_is_shown(stand: Stand) -> None:
    """After a fill as of batch 5, changes since batch 3 are taken in, and those up to batch 5 move nothing back."""
    view = filled(stand.view("a"), {1: {GMV: 5}}, batch=5)
    assert view.publish(Change(1, 3, progress(5), 5, {GMV: 5}))
    assert view.publish(Change(1, 2, progress(4), 4, {GMV: 4}))
    assert view.shards() == {1: progress(5)}
    assert view.publish(Change(1, 3, progress(8), 8, {GMV: 8}))
    assert (view.shards(), read(view, GMV)) == ({1: progress(8)}, 8)


def test_an_older_value_never_replaces_a_newer(stand: Stand) -> None:
    """Neither a late change nor a fill from an earlier snapshot brings an old value back, not even over a zero."""
    view = filled(stand.view("a"), {1: {GMV: 1, TURNS: 9}, 2: {GMV: 1}})
    assert view.publish(Change(1, 1, progress(7), 7, {GMV: 0, TURNS: 3}))
    view.fill({1: progress(5)}, Horizon.at(WATERMARK_US), [(1, GMV, 50), (1, TURNS, 50)])
    assert view.publish(Change(1, 1, progress(6), 6, {GMV: 60}))
    assert (read(view, GMV), read(view, TURNS)) == (1, 3)
    assert view.shards()[1] == progress(7)


def test_a_fill_during_newer_changes(stand: Stand) -> None:
    """Changes that come in while a shard is filled from before them survive, and are waited for afterwards."""
    view, writer = filled(stand.view("a"), {1: {}}), stand.view("a")
    writer.open()
    refused = []

    def rows() -> Iterator[tuple[int, Key, int]]:
        yield 2, GMV, 10
        refused.append(writer.publish(Change(2, 8, progress(9), 9, {GMV: 90})))
        yield 2, TURNS, 10

    view.fill({2: progress(5)}, Horizon.at(WATERMARK_US), rows())
    assert refused == [False]
    assert view.shards()[2] == progress(5)
    assert (read(view, GMV), read(view, TURNS)) == (90, 10)
    assert not writer.publish(Change(2, 8, progress(9), 9, {GMV: 90}))
    assert writer.publish(Change(2, 4, progress(9), 9, {GMV: 90}))
    assert view.shards()[2] == progress(9)


@pytest.mark.parametrize("after", [0, 1, 2_500])
@pytest.mark.parametrize("is_opened_again", [False, True])
def test_a_flush_in_the_middle_of_a_fill_is_noticed(stand: Stand, after: int, is_opened_again: bool) -> None:
    """However far a fill is when everything is lost, and even if another begins anew, it never shows its shard."""
    view, other = stand.view("a"), stand.view("a")
    view.open()

    def rows() -> Iterator[tuple[int, Key, int]]:
        for number in range(5_000):
            if number == after:
                stand.flush()
                if is_opened_again:
                    other.open()
            yield 1, (f"e:{number}", "", "gmv", "2026-10-03", ""), 1

    with pytest.raises(Away):
        view.fill({1: progress(3)}, Horizon.at(WATERMARK_US), rows())
    assert other.open() == {}
    filled(other, {1: {GMV: 2}}, batch=4)
    assert other.shards() == {1: progress(4)}
    assert other.cells("e:4000", "", "gmv", "2026-10-03", "2026-10-03") == []


def test_a_flush_is_noticed_by_everybody(stand: Stand) -> None:
    """After it a reader that was reading is told, a change is not taken in, and a new view begins empty."""
    reader, writer = filled(stand.view("a"), {1: {GMV: 1}}), stand.view("a")
    writer.open()
    assert read(reader, GMV) == 1
    stand.flush()
    with pytest.raises(Away):
        read(reader, GMV)
    with pytest.raises(Away):
        writer.publish(Change(1, 1, progress(2), 2, {GMV: 2}))
    assert stand.view("a").open() == {}
    with pytest.raises(Away):
        # It has not looked since, so it does not know the new view.
        read(reader, GMV)
    assert reader.shards() == {}


def test_another_identity_replaces_the_view(stand: Stand) -> None:
    """Who opens with the identity of recomputed cells gets an empty view; who had the old one can write no more."""
    old = filled(stand.view("old"), {1: {GMV: 1}})
    new = stand.view("new")
    assert new.open() == {}
    with pytest.raises(Away):
        old.shards()
    with pytest.raises(Away):
        old.publish(Change(1, 1, progress(2), 2, {GMV: 2}))
    filled(new, {1: {TURNS: 3}})
    assert (read(new, TURNS), read(new, GMV)) == (3, None)


def test_reset_throws_everything_away_once(stand: Stand) -> None:
    """Resetting what was seen empties the view; doing it again by who saw the same as before leaves the new one."""
    one, two = filled(stand.view("a"), {1: {GMV: 1}}), stand.view("a")
    two.open()
    one.reset()
    filled(one, {1: {GMV: 7}}, batch=2)
    two.reset()
    assert one.shards() == {1: progress(2)}
    assert read(one, GMV) == 7


def test_what_is_too_old_is_not_kept(stand: Stand) -> None:
    """Months and minutes behind the latest event are asked of the store: the answer is None, never an empty list."""
    old_day, old_minute = ("c:", "", "gmv", "2026-06-30", ""), ("c:", "", "turns", f"m:{NOW_MINUTE - 2881}", "")
    first_day, first_minute = ("c:", "", "gmv", "2026-07-01", ""), ("c:", "", "turns", f"m:{NOW_MINUTE - 2880}", "")
    view = filled(stand.view("a"), {1: dict.fromkeys((old_day, old_minute, first_day, first_minute), 1)})
    assert view.cells(*old_day[:3], "2026-06-30", "2026-07-01") is None
    assert view.cells(*first_day[:3], "2026-07-01", "2026-07-01") == [("2026-07-01", "", 1)]
    assert view.cells(*old_minute[:3], old_minute[3], TURNS[3]) is None
    assert view.cells(*first_minute[:3], first_minute[3], TURNS[3]) == [(first_minute[3], "", 1)]
    later = progress(2, WATERMARK_US + 40 * 24 * 60 * MINUTE_US)
    assert view.publish(Change(1, 1, later, 2, {}))
    assert view.cells(*first_day[:3], "2026-07-01", "2026-07-01") is None
    assert view.cells(*first_minute[:3], first_minute[3], TURNS[3]) is None
    assert view.cells(*first_day[:3], "2026-08-01", "2026-08-31") == []


def test_a_shard_that_lags_keeps_nothing_longer(stand: Stand) -> None:
    """What the fastest shard lets go does not come back with a slow one."""
    view = filled(stand.view("a"), {1: {}, 2: {}})
    assert view.publish(Change(1, 1, progress(2), 2, {}))
    slow = progress(3, WATERMARK_US - 100 * 24 * 60 * MINUTE_US)
    assert view.publish(Change(2, 1, slow, 3, {("c:", "", "gmv", "2026-05-01", ""): 1}))
    assert view.cells("c:", "", "gmv", "2026-05-01", "2026-05-01") is None
    assert view.cells("c:", "", "gmv", "2026-07-01", "2026-07-01") == []


@pytest.mark.parametrize(
    ("first", "last"), [("0", "9"), ("2026-07-01", "m:5"), ("m:x", "m:9"), ("1990-01-01", "2026-10-31"), ("", "")]
)
def test_what_are_no_periods_of_cells(stand: Stand, first: str, last: str) -> None:
    """Bounds that are no two days or minutes, or lie too far apart, are the store's to answer."""
    assert filled(stand.view("a"), {1: {GMV: 1}}).cells(*GMV[:3], first, last) is None


def test_one_fills_at_a_time(stand: Stand) -> None:
    """A place is reserved by one until it is released; releasing what another has does nothing."""
    one, two = stand.view("a"), stand.view("a")
    one.open(), two.open()
    assert one.reserve()
    assert not two.reserve()
    two.release()
    assert not two.reserve()
    one.release()
    assert two.reserve()


def test_many_shards_and_writers_at_once(stand: Stand) -> None:
    """Eight threads publish the same cells in random order of batches: each shard ends at its latest values."""
    keys: list[Key] = [("c:", "", "gmv", f"2026-10-{day:02}", "") for day in range(1, 21)]
    last = 40
    filled(stand.view("a"), {shard: {} for shard in range(4)}, batch=0)

    def write(seed: int) -> None:
        rng, view = random.Random(seed), stand.view("a")
        view.open()
        batches = [(shard, batch) for shard in range(4) for batch in range(1, last + 1)]
        rng.shuffle(batches)
        for shard, batch in batches:
            view.publish(Change(shard, 0, progress(batch), batch, dict.fromkeys(keys, batch * 100 + shard)))

    threads = [threading.Thread(target=write, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    view = stand.view("a")
    assert view.shards() == {shard: progress(last) for shard in range(4)}
    assert [read(view, key) for key in keys] == [4 * last * 100 + 6] * 20
