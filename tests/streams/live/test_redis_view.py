"""What only a real server can show: keys and their number, a full memory, a kill, a wrong password, other groups."""

from __future__ import annotations

import logging
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from scoring.contribution import MINUTE_US, Key
from streams.live.base import Away, Change, LiveViewError
from streams.live.redis_link import PAUSE_SECONDS, READ_SECONDS, RedisLink
from streams.live.redis_view import ROWS_AT_MOST, RedisView, opener
from streams.live.spans import Horizon
from streams.stores.base import Progress
from tests.servers import Redis
from tests.servers.fixtures import lent
from tests.streams.live.conftest import Seconds, Stand, redis_stand
from tests.streams.live.test_contract import GMV, NOW_MINUTE, TURNS, WATERMARK_US, filled, progress, read


@pytest.fixture
def stand(redis_server: Redis) -> Stand:
    """A group of its own on the session's Redis."""
    return redis_stand(redis_server.url)


@pytest.fixture
def own_redis(server_folder: Path) -> Iterator[Redis]:
    """A Redis that the test may harm."""
    with lent(Redis(server_folder)) as server:
        yield server


def keys_of(url: str, group: str) -> list[str]:
    """Every key of a group."""
    return [key.decode() for key in redis.Redis.from_url(url).keys(f"scoreline:{{{group}}}:*")]


def test_every_key_bears_the_group(redis_server: Redis, stand: Stand) -> None:
    """Nothing is written outside of the group's prefix, none of it expires by itself, and other groups see nothing."""
    client = redis.Redis.from_url(redis_server.url)
    client.flushall()
    filled(stand.view("a"), {1: {GMV: 1, TURNS: 2}})
    assert len(keys_of(redis_server.url, stand.group)) == client.dbsize() > 3
    assert {client.ttl(key) for key in keys_of(redis_server.url, stand.group)} == {-1}
    with pytest.raises(Away):
        redis_stand(redis_server.url).view("a").shards()


def test_group_names_with_odd_characters(redis_server: Redis) -> None:
    """A group whose name looks like a pattern keeps to its own keys when it throws old ones away."""
    neighbour = filled(opener(redis_server.url, "ab", READ_SECONDS)("x"), {1: {GMV: 1}})
    odd = opener(redis_server.url, "[a-z]*?\\", READ_SECONDS)
    filled(odd("x"), {1: {GMV: 2}})
    assert read(filled(odd("y"), {1: {GMV: 3}}), GMV) == 3
    assert read(neighbour, GMV) == 1
    assert len(keys_of(redis_server.url, "ab")) > 3


def test_what_an_earlier_view_left_is_removed(redis_server: Redis, stand: Stand) -> None:
    """A view of other cells, and a reset one, leave no key behind."""
    rows = {("e:x", "", "gmv", "2026-10-03", str(number)): 1 for number in range(3_000)}
    filled(stand.view("old"), {1: rows})
    new = filled(stand.view("new"), {1: {GMV: 1}})
    count = len(keys_of(redis_server.url, stand.group))
    new.reset()
    filled(new, {1: {GMV: 1}})
    assert len(keys_of(redis_server.url, stand.group)) == count < 10


def test_minutes_do_not_pile_up(redis_server: Redis, stand: Stand) -> None:
    """Two weeks of minutes of 20 cells leave the keys of about two days, and four months the days of four."""
    view = filled(stand.view("a"), {1: {}}, batch=0)
    batch = 0
    for hour in range(14 * 24):
        at = WATERMARK_US + hour * 60 * MINUTE_US
        rows: dict[Key, int] = {("c:", "", f"k{n}", f"m:{at // MINUTE_US}", ""): 1 for n in range(20)}
        batch += 1
        assert view.publish(Change(1, batch - 1, progress(batch, at), batch, rows))
    hours = [key for key in keys_of(redis_server.url, stand.group) if ":m" in key]
    assert 48 * 20 <= len(hours) <= 50 * 21
    for day in range(400):
        at = WATERMARK_US + day * 24 * 60 * MINUTE_US
        batch += 1
        when = f"{2026 + day // 360}-{day % 360 // 30 + 1:02}-15"
        rows = {("c:", "", f"k{n}", when, ""): 1 for n in range(20)}
        assert view.publish(Change(1, batch - 1, progress(batch, at), batch, rows))
    assert len(keys_of(redis_server.url, stand.group)) < 4 * 21 + 20


def test_a_cell_with_very_many_rows_is_the_stores(stand: Stand) -> None:
    """A cell of more rows than one script should read is asked of the store, and others are still read."""
    crowd: dict[Key, int] = {("c:", "", "buyers", "2026-10-03", f"b{n}"): 1 for n in range(ROWS_AT_MOST + 1)}
    view = filled(stand.view("a"), {1: {**crowd, GMV: 5}})
    assert view.cells("c:", "", "buyers", "2026-10-03", "2026-10-03") is None
    assert read(view, GMV) == 5


def test_a_large_change_is_whole(stand: Stand) -> None:
    """A change of more rows than fit in one call shows its batch only with all of them."""
    view = filled(stand.view("a"), {1: {}})
    rows: dict[Key, int] = {(f"e:{n}", "", "gmv", "2026-10-03", ""): n for n in range(1, 7_001)}
    assert view.publish(Change(1, 1, progress(2), 2, rows))
    assert view.shards() == {1: progress(2)}
    sample = random.Random(1).sample(sorted(rows), 200)
    assert {key: read(view, key) for key in sample} == {key: rows[key] for key in sample}


def test_a_full_memory(own_redis: Redis, caplog: pytest.LogCaptureFixture) -> None:
    """When memory is full the batch is not shown, the reason is told, and after more memory it goes on."""
    client = redis.Redis.from_url(own_redis.url)
    seconds = Seconds()
    view = RedisView(RedisLink(own_redis.url, 2.0, seconds), "g", "a")
    filled(view, {1: {GMV: 1}})
    used = client.info("memory")["used_memory"]
    client.config_set("maxmemory", used + 400_000)
    rows: dict[Key, int] = {(f"e:{n}", "", "gmv", "2026-10-03", "x" * 60): n for n in range(1, 20_001)}
    with pytest.raises(Away, match=r"memory is full: raise maxmemory"):
        view.publish(Change(1, 1, progress(2), 2, rows))
    client.config_set("maxmemory", 0)
    with pytest.raises(Away, match=r"memory is full"):
        view.shards()
    seconds.at += PAUSE_SECONDS
    assert view.shards() == {1: progress(1)}
    assert view.publish(Change(1, 1, progress(2), 2, rows))
    assert view.shards() == {1: progress(2)}


def test_a_server_that_evicts_is_refused(own_redis: Redis) -> None:
    """A server that may throw away single keys would make the view lie: it is not filled, and the advice is told."""
    client = redis.Redis.from_url(own_redis.url)
    client.config_set("maxmemory", 100_000_000)
    client.config_set("maxmemory-policy", "allkeys-lru")
    view = opener(own_redis.url, "g", READ_SECONDS)("a")
    with pytest.raises(Away, match="set maxmemory-policy noeviction"):
        view.open()
    client.config_set("maxmemory-policy", "volatile-lru")
    assert view.open() == {}


def test_a_kill_and_an_empty_restart(own_redis: Redis) -> None:
    """A server that was killed is away, asked again only after a pause, and empty when it is back."""
    seconds = Seconds()
    view = RedisView(RedisLink(own_redis.url, READ_SECONDS, seconds), "g", "a")
    filled(view, {1: {GMV: 1}})
    own_redis.kill()
    with pytest.raises(Away, match="nothing answers there"):
        view.shards()
    own_redis.start()
    with pytest.raises(Away, match="nothing answers there"):
        view.shards()
    seconds.at += PAUSE_SECONDS
    with pytest.raises(Away, match="empty"):
        view.shards()
    assert view.open() == {}
    assert read(filled(view, {1: {GMV: 4}}), GMV) == 4


def test_a_server_that_stands_still(own_redis: Redis) -> None:
    """A stopped server costs one short wait, then nobody waits for it; going on, it has everything."""
    seconds = Seconds()
    view = RedisView(RedisLink(own_redis.url, READ_SECONDS, seconds), "g", "a")
    filled(view, {1: {GMV: 1}})
    own_redis.pause()
    with pytest.raises(Away, match="does not answer in time"):
        read(view, GMV)
    own_redis.resume()
    with pytest.raises(Away, match="does not answer in time"):
        read(view, GMV)
    seconds.at += PAUSE_SECONDS
    assert read(view, GMV) == 1


def test_a_restart_from_an_old_copy(own_redis: Redis) -> None:
    """A server with persistence that comes back with an older state shows that older state as such: no newer batch."""
    client = redis.Redis.from_url(own_redis.url)
    view = filled(opener(own_redis.url, "g", 2.0)("a"), {1: {GMV: 1}})
    client.save()
    assert view.publish(Change(1, 1, progress(2), 2, {GMV: 2}))
    own_redis.kill()
    own_redis.start()
    again = opener(own_redis.url, "g", 2.0)("a")
    assert again.open() == {1: progress(1)}
    assert read(again, GMV) == 1
    assert not again.publish(Change(1, 2, progress(3), 3, {GMV: 3}))
    again.fill({1: progress(3)}, Horizon.at(WATERMARK_US), [(1, GMV, 3)])
    assert (again.shards(), read(again, GMV)) == ({1: progress(3)}, 3)


@pytest.mark.parametrize("password", ["wrong-secret", ""])
def test_a_wrong_password(redis_server: Redis, password: str, caplog: pytest.LogCaptureFixture) -> None:
    """It is told as such, with the place but without what was given or expected."""
    caplog.set_level(logging.DEBUG)
    at = f":{password}@" if password else ""
    view = opener(f"redis://{at}127.0.0.1:{redis_server.port}/0", "g", READ_SECONDS)("a")
    with pytest.raises(Away, match="wrong user or password: check SCORELINE_REDIS") as caught:
        view.shards()
    said = str(caught.value) + caplog.text
    assert f"127.0.0.1:{redis_server.port}" in said
    for secret in ("wrong-secret", redis_server.password):
        assert secret not in said


@pytest.mark.parametrize(
    "url", ["", "localhost", "http://:hunter2@x", "redis://:hunter2@x:port/0", "redis://:hunter2@[x/0"]
)
def test_an_address_that_is_none(url: str) -> None:
    """It is refused at once, says how to write it, and does not repeat the password."""
    with pytest.raises(LiveViewError, match=r"write redis://:PASSWORD@HOST:PORT/0") as caught:
        opener(url, "g", READ_SECONDS)
    assert "hunter2" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_user_who_may_only_do_what_is_listed(own_redis: Redis, repository: Path) -> None:
    """The commands that docs/live-view.md lists for a user of its own are enough, and no other key can be reached."""
    text = (repository / "docs" / "live-view.md").read_text("utf-8")
    (rule,) = [line.strip() for line in text.splitlines() if line.strip().startswith("ACL SETUSER scoreline ")]
    client = redis.Redis.from_url(own_redis.url)
    words = rule.replace("PASSWORD", "pw").split()
    assert client.execute_command(*words) == b"OK"
    url = f"redis://scoreline:pw@127.0.0.1:{own_redis.port}/0"
    view = opener(url, "scoreline", 2.0)("a")
    filled(view, {1: {GMV: 1, TURNS: 1}})
    assert view.reserve()
    view.release()
    view.reset()
    assert filled(view, {2: {GMV: 3}}).publish(Change(2, 1, Progress(2, WATERMARK_US), 2, {GMV: 9}))
    assert read(view, GMV) == 9
    with pytest.raises(redis.exceptions.NoPermissionError):
        redis.Redis.from_url(url).get("other")
    assert NOW_MINUTE > 0
