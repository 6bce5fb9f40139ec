"""The live view over PostgreSQL and Redis: boards show the store's numbers with Redis on, off, flushed and killed."""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from zlib import crc32

import httpx
import pytest
import redis

from dashboards.web import BoardSettings, create_app, feed, running
from scoring.contribution import Key
from scoring.definitions import Definitions
from streams.clock import FrozenClock
from streams.codec import Decoded
from streams.live import open_live_numbers, open_publisher
from streams.live.bell import RedisBell
from streams.live.numbers import LiveNumbers
from streams.live.publisher import Publisher
from streams.pipeline import Pipeline
from streams.reading import Reader
from streams.stores import Store, open_postgres
from tests.properties.months import in_order, pipeline, told
from tests.scenarios.shop import NOW_US
from tests.servers import Redis
from tests.servers.fixtures import lent

GROUP = "shop"
DAYS = ("2026-09-01", "2026-12-31")
MONTH = "2026-10"
AWAY = {"en": "live view away, reading the store", "zh": "实时视图不可用，正在读取数据库"}
SHARDS = (1, 2, 3)


@pytest.fixture
def own_redis(server_folder: Path) -> Iterator[Redis]:
    """A Redis that the test may harm."""
    with lent(Redis(server_folder)) as server:
        yield server


@dataclass
class Live:
    """A database that several shards are written to, and the Redis beside it."""

    database: str
    redis: Redis
    definitions: Definitions
    opened: list[Store] = field(default_factory=list)

    def store(self) -> Store:
        """A connection of its own."""
        self.opened.append(open_postgres(self.database))
        return self.opened[-1]

    def pipeline(self) -> Pipeline:
        """What a worker writes with."""
        return pipeline(self.store(), self.definitions)

    def publisher(self) -> Publisher:
        """What a worker publishes with."""
        return open_publisher(lambda: open_postgres(self.database), self.redis.url, GROUP)

    def numbers(self) -> LiveNumbers:
        """What a board reads from."""
        return open_live_numbers(self.store(), self.redis.url, GROUP)

    def flush(self) -> None:
        """FLUSHALL."""
        redis.Redis.from_url(self.redis.url).flushall()

    def cells(self) -> dict[Key, int]:
        """Every day cell of the store."""
        store = self.store()
        return dict(store.all_cells(*DAYS))


@contextmanager
def live(database: str, server: Redis, definitions: Definitions) -> Iterator[Live]:
    """Everything, with its connections closed afterwards."""
    one = Live(database, server, definitions)
    one.pipeline().adopt()
    try:
        yield one
    finally:
        for store in one.opened:
            store.close()


def until(is_so: Callable[[], bool], what: str, seconds: float = 20) -> None:
    """Wait for a condition."""
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, what
        time.sleep(0.05)


def is_whole(numbers: LiveNumbers, store: Store) -> bool:
    """Whether readers read Redis, as of everything that the store has."""
    shown = numbers.shards()
    stored = store.shards()
    return numbers.source == "redis" and all(shown.get(shard) == progress for shard, progress in stored.items())


def read(numbers: LiveNumbers, cells: dict[Key, int]) -> dict[Key, int]:
    """The cells as a reader gets them."""
    return {
        (*cell, period, item): value
        for cell in {key[:3] for key in cells}
        for period, item, value in numbers.cells(*cell, *DAYS)
    }


def dealt(seed: int, rows: list[Decoded]) -> dict[int, list[list[Decoded]]]:
    """The events in batches of several shards, a subject always to the same one."""
    rng = random.Random(f"dealt {seed}")
    by_shard: dict[int, list[list[Decoded]]] = {shard: [[]] for shard in SHARDS}
    for row in rows:
        shard = SHARDS[crc32(row.event.subject().encode()) % len(SHARDS)]
        if len(by_shard[shard][-1]) >= rng.choice((1, 3, 8)):
            by_shard[shard].append([])
        by_shard[shard][-1].append(row)
    return by_shard


@pytest.mark.parametrize("seed", range(3))
def test_shards_flushes_and_restarts(migrated_database: str, redis_server: Redis, seed: int) -> None:
    """Three shards in turn, a publisher each, notes lost, FLUSHALL again and again: in the end both hold the same."""
    month = told(seed, 300)
    rng = random.Random(seed)
    redis.Redis.from_url(redis_server.url).flushall()
    with live(migrated_database, redis_server, month.definitions) as one:
        engines = {shard: one.pipeline() for shard in SHARDS}
        publishers = {shard: one.publisher() for shard in SHARDS}
        numbers, store, seen = one.numbers(), one.store(), 0
        turns = [(shard, batch) for shard, batches in dealt(seed, in_order(month.wire)).items() for batch in batches]
        rng.shuffle(turns)
        for shard, batch in turns:
            outcome = engines[shard].apply(batch, [], None, NOW_US, shard)
            if rng.randrange(6):
                publishers[shard].note(shard, outcome)
            if not rng.randrange(10):
                one.flush()
            for publisher in rng.sample(list(publishers.values()), rng.randrange(3)):
                publisher.step()
            version = sum(progress.batch for progress in numbers.shards().values())
            assert version >= seen
            seen = version

        def settled() -> bool:
            for publisher in publishers.values():
                publisher.step()
            return is_whole(numbers, store)

        until(settled, "the view is not whole")
        cells = one.cells()
        assert len(cells) > 100
        assert {key[0] for key in cells} > {"c:"}
        assert read(numbers, cells) == cells
        assert numbers.source == "redis"
        for publisher in publishers.values():
            publisher.stop()


def test_workers_at_once(migrated_database: str, redis_server: Redis) -> None:
    """Three workers in threads with their publishers, and somebody who flushes: a reader never sees a version go back,
    and when the workers are done it reads the store's cells from Redis."""
    month = told(11, 600)
    redis.Redis.from_url(redis_server.url).flushall()
    with live(migrated_database, redis_server, month.definitions) as one:
        numbers, store, seen, flushes = one.numbers(), one.store(), 0, 0
        publishers = {shard: one.publisher() for shard in SHARDS}
        engines = {shard: one.pipeline() for shard in SHARDS}
        for publisher in publishers.values():
            publisher.start()

        def work(shard: int, batches: list[list[Decoded]]) -> None:
            for batch in batches:
                publishers[shard].note(shard, engines[shard].apply(batch, [], None, NOW_US, shard))
                time.sleep(0.02)

        dealt_rows = dealt(11, in_order(month.wire)).items()
        threads = [threading.Thread(target=work, args=turn) for turn in dealt_rows]
        for thread in threads:
            thread.start()
        while any(thread.is_alive() for thread in threads):
            version = sum(progress.batch for progress in numbers.shards().values())
            assert version >= seen
            seen = version
            if random.Random(version).randrange(15) == 0:
                one.flush()
                flushes += 1
            time.sleep(0.03)
        assert flushes > 0
        until(lambda: is_whole(numbers, store), "the view is not whole")
        cells = one.cells()
        assert read(numbers, cells) == cells
        for publisher in publishers.values():
            publisher.stop()


def answers(url: str, questions: list[tuple[str, str, str]]) -> list[Any]:
    """What the board's API says."""
    with httpx.Client(base_url=url, timeout=20, limits=httpx.Limits(max_keepalive_connections=0)) as client:
        found = []
        for kpi, owner, period in questions:
            answer = client.get("/api/kpi", params={"kpi": kpi, "owner": owner, "period": period})
            assert answer.status_code == 200, answer.text
            found.append((kpi, owner, period, answer.json()["value"], answer.json()["as_of"]))
        return found


def questions_of(reader: Reader) -> list[tuple[str, str, str]]:
    """KPIs of everybody that have a value, by month and by the latest day."""
    people = [f"e:{person.id}" for person in reader.definitions.reference.people]
    owners = ["c:", *people, *(f"s:{shop.id}" for shop in reader.definitions.reference.shops)]
    asked = []
    for kpi in ("net_sales", "gmv", "orders_paid", "live_gmv", "roas", "first_response_time_avg", "ad_cost"):
        if kpi in reader.definitions.kpis:
            asked += [(kpi, owner, period) for owner in owners for period in (MONTH, reader.today())]
    return asked


def test_a_board_shows_the_stores_numbers_whatever_redis_does(migrated_database: str, own_redis: Redis) -> None:
    """With Redis on, paused, flushed, killed and back the board answers as the store does, and says where it reads."""
    month = told(4, 300)
    with live(migrated_database, own_redis, month.definitions) as one:
        publisher, engine = one.publisher(), one.pipeline()
        for shard, batches in dealt(4, in_order(month.wire)).items():
            for batch in batches:
                publisher.note(shard, engine.apply(batch, [], None, NOW_US, shard))
        plain, numbers, store = Reader(one.store(), month.definitions), one.numbers(), one.store()
        clock = FrozenClock(plain.freshness().watermark_us or 0)
        expected_url = create_app(plain, BoardSettings(clock=clock))
        reader = Reader(one.store(), month.definitions, numbers)
        app = create_app(reader, BoardSettings(clock=clock))
        questions = questions_of(plain)
        with running(expected_url, port=0) as plain_url, running(app, port=0) as url:
            expected = answers(plain_url, questions)
            assert sum(value not in (None, "0") for *_, value, _ in expected) > 10

            def says(lang: str = "en") -> bool:
                return AWAY[lang] in httpx.get(f"{url}/", params={"lang": lang}).text

            assert says("en")
            assert says("zh")
            assert answers(url, questions) == expected
            assert not any(text in httpx.get(f"{plain_url}/?lang={lang}").text for lang, text in AWAY.items())
            publisher.start()
            until(lambda: not says(), "the view is not read")
            assert answers(url, questions) == expected
            for harm, heal in (
                (own_redis.pause, own_redis.resume),
                (own_redis.kill, own_redis.start),
                (one.flush, lambda: None),
            ):
                harm()
                assert answers(url, questions) == expected
                if harm != one.flush:
                    assert says()
                heal()
                assert answers(url, questions) == expected
                until(lambda: not says(), "the view is not read again")
                assert answers(url, questions) == expected
                assert is_whole(one.numbers(), store) or one.numbers().source == "store"
            publisher.stop()


def test_a_board_is_woken(migrated_database: str, redis_server: Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a board that looks by itself only once in a minute, a committed batch is on the wire within a second or
    two, because Redis woke it."""
    monkeypatch.setattr(feed, "BELL_SECONDS", 60)
    month = told(5, 200)
    redis.Redis.from_url(redis_server.url).flushall()
    with live(migrated_database, redis_server, month.definitions) as one:
        publisher, engine = one.publisher(), one.pipeline()
        rows = in_order(month.wire)
        publisher.note(1, engine.apply(rows[:-40], [], None, NOW_US, 1))
        publisher.start()
        numbers, store = one.numbers(), one.store()
        until(lambda: is_whole(numbers, store), "the view is not whole")
        reader = Reader(one.store(), month.definitions, one.numbers())
        bell = RedisBell(redis_server.url, GROUP)
        settings = BoardSettings(clock=FrozenClock(NOW_US), bell=bell, heartbeat_seconds=0.2)
        with running(create_app(reader, settings), port=0) as url:
            until(lambda: bell.is_heard, "the bell is not heard")
            # The look that was under way when the bell began to be heard.
            time.sleep(1)
            with httpx.stream("GET", f"{url}/events?board=overview&lang=en", timeout=30) as answer:
                lines = answer.iter_lines()
                first = next(line for line in lines if line.startswith("id: "))
                publisher.note(1, engine.apply(rows[-40:], [], None, NOW_US, 1))
                told_at = time.monotonic()
                later = next(line for line in lines if line.startswith("id: ") and line != first)
                assert time.monotonic() - told_at < 10
            assert int(later.split()[1]) > int(first.split()[1])
            body = json.loads(httpx.get(f"{url}/api/kpi", params={"kpi": "net_sales"}).text)
            assert body["value"] is not None
        publisher.stop()
