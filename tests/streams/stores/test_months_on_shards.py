"""Months told by three workers at once into one PostgreSQL: what one writer makes of them, whatever meets when."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zlib import crc32

import psycopg
import pytest

from scoring.definitions import Definitions
from streams.codec import Decoded
from streams.evidence import cells_digest
from streams.stores import Fact, Store
from streams.stores.migration import migrate
from streams.stores.postgres import PostgresStore
from streams.stores.sqlite import SqliteStore
from tests.properties.months import disagreements, pipeline, told
from tests.properties.test_any_order import contradicted
from tests.scenarios.shop import NOW_US, decoded_of
from tests.servers import Postgres
from tests.streams.stores.agreement import content, emptied, oddities

MONTHS = 120
WATCHED_MONTHS = 12
SHARDS = (1, 2, 3)


@pytest.fixture(scope="module")
def database(postgres: Postgres) -> Iterator[str]:
    """One database for all months here: each begins by emptying it."""
    with postgres.fresh_database() as url:
        migrate(url)
        yield url


@pytest.fixture(scope="module")
def watch(database: str) -> Iterator[psycopg.Connection[Any]]:
    """A superuser's connection that looks on; deadlocks of this database are noticed at once."""
    with psycopg.connect(database, autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {connection.info.dbname} SET deadlock_timeout = '10ms'")
        yield connection


@pytest.fixture(scope="module")
def workers(database: str, watch: psycopg.Connection[Any]) -> Iterator[list[PostgresStore]]:
    """One store a worker."""
    opened = [PostgresStore(database) for _ in SHARDS]
    yield opened
    for store in opened:
        store.close()


@dataclass(frozen=True, slots=True)
class Month:
    """A month with contradictions, retractions and copies, and the batches of each worker."""

    definitions: Definitions
    shares: list[list[list[Decoded]]]

    @property
    def batches(self) -> list[list[Decoded]]:
        """All batches one after the other."""
        return [batch for share in self.shares for batch in share]


def month_of(seed: int) -> Month:
    """A seeded month; two of three events go to the worker of their subject, the rest and the copies to any."""
    rng = random.Random(f"shards {seed}")
    month = told(seed, rng.randint(40, 90))
    rows = decoded_of(contradicted(rng, month.wire))
    rows += rng.choices(rows, k=len(rows) // 3)
    rng.shuffle(rows)
    heaps: list[list[Decoded]] = [[] for _ in SHARDS]
    for row in rows:
        rightly = crc32(row.event.subject().encode()) % len(heaps)
        heaps[rightly if rng.random() < 0.66 else rng.randrange(len(heaps))].append(row)
    return Month(month.definitions, [cut(rng, heap) for heap in heaps])


def cut(rng: random.Random, rows: Sequence[Decoded]) -> list[list[Decoded]]:
    """Batches of uneven sizes."""
    batches, start = [], 0
    while start < len(rows):
        size = rng.choice((1, 2, 3, 5, 8, 20))
        batches.append(list(rows[start : start + size]))
        start += size
    return batches


def work(store: Store, month: Month, number: int) -> None:
    """What one worker does."""
    engine = pipeline(store, month.definitions)
    for batch in month.shares[number]:
        engine.apply(batch, [], None, NOW_US, SHARDS[number])


def begin(pool: ThreadPoolExecutor, workers: Sequence[Store], month: Month) -> list[Future[None]]:
    """All workers at once."""
    return [pool.submit(work, store, month, number) for number, store in enumerate(workers)]


def test_three_workers_make_what_one_writer_makes(
    tmp_path: Path, workers: list[PostgresStore], watch: psycopg.Connection[Any]
) -> None:
    """Facts, cells and their digest, problems, conflicts and counts are those of one SQLite run, for every month."""
    for seed in range(MONTHS):
        month = month_of(seed)
        emptied(watch)
        with ThreadPoolExecutor(len(workers)) as pool:
            for ending in begin(pool, workers, month):
                ending.result(120)
        alone = SqliteStore(tmp_path / f"{seed}.db")
        engine = pipeline(alone, month.definitions)
        for batch in month.batches:
            engine.apply(batch, [], None, NOW_US)
        assert content(workers[0]) == content(alone), f"seed {seed}"
        assert cells_digest(workers[0], "0", "9") == cells_digest(alone, "0", "9"), f"seed {seed}"
        assert oddities(watch) == {}, f"seed {seed}"
        assert disagreements(workers[0], month.definitions) == {}, f"seed {seed}: the recount differs"
        alone.close()


@dataclass(frozen=True, slots=True)
class Seen:
    """What a snapshot held."""

    cut: int
    facts: dict[bytes, Fact]


def test_a_snapshot_taken_meanwhile_holds_whole_batches(
    database: str, workers: list[PostgresStore], watch: psycopg.Connection[Any]
) -> None:
    """In every snapshot the counts are those of its facts and its cells are the recount's, and none of a batch up to
    its number is added later."""
    taken = 0
    for seed in range(MONTHS, MONTHS + WATCHED_MONTHS):
        month = month_of(seed)
        emptied(watch)
        looker = PostgresStore(database)
        seen = []
        with ThreadPoolExecutor(len(workers)) as pool:
            endings = begin(pool, workers, month)
            while not all(ending.done() for ending in endings):
                with looker.snapshot() as frozen:
                    seen.append(looked_at(frozen, month.definitions, seed))
            for ending in endings:
                ending.result()
        looker.close()
        last = facts_of(workers[0])
        for one in seen:
            early = {key: fact for key, fact in last.items() if fact.batch <= one.cut}
            assert early.items() <= one.facts.items(), f"seed {seed}: a batch up to {one.cut} came later"
        taken += sum(1 for one in seen if 0 < len(one.facts) < len(last))
    assert taken > WATCHED_MONTHS, "no snapshot was taken in the middle"


def looked_at(frozen: Store, definitions: Definitions, seed: int) -> Seen:
    """What a snapshot holds, after checking that it holds together."""
    facts, progress = facts_of(frozen), frozen.progress()
    assert progress.counts.accepted == len(facts), f"seed {seed}: counts and facts of a snapshot differ"
    assert progress.counts.unaccounted == 0, f"seed {seed}"
    assert frozen.facts_after(progress.batch) == [], f"seed {seed}"
    assert disagreements(frozen, definitions) == {}, f"seed {seed}: cells of a snapshot are not those of its facts"
    return Seen(progress.batch, facts)


def facts_of(store: Store) -> dict[bytes, Fact]:
    """Every fact by event key, retracted ones too."""
    found = store.find_facts(store.all_cases())
    return {fact.event_key: fact for facts in found.values() for fact in facts}
