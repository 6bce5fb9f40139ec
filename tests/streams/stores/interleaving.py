"""Runs two writers against one PostgreSQL so that each stops before a chosen SQL statement while the other goes on."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event
from typing import Any

import psycopg

from streams.stores.base import Unit
from streams.stores.postgres import PostgresStore
from streams.stores.postgres_link import Connection, connect

WAIT_SECONDS = 30
LOOK_SECONDS = 0.002
NEVER = -1
COMMIT = "COMMIT"
Act = Callable[[PostgresStore], object]


class Steps:
    """The statements of one writer in order, and the number of the one before which it waits (once) to be released."""

    def __init__(self) -> None:
        self.restart(NEVER)

    def restart(self, stop_at: int) -> None:
        """Count from the first statement again."""
        self.stop_at = stop_at
        self.trail: list[str] = []
        self.reached = Event()
        self.released = Event()

    def step(self, statement: str) -> None:
        """Called before each statement; AssertionError when nobody releases it."""
        self.trail.append(statement)
        if len(self.trail) - 1 == self.stop_at:
            self.reached.set()
            assert self.released.wait(WAIT_SECONDS), f"nobody released the writer before {statement}"


def stepped_connection(url: str, steps: Steps) -> Connection:
    """A connection that reports every statement before it is sent."""
    connection = connect(url)

    class SteppedCursor(psycopg.Cursor[Any]):
        def execute(self, query: Any, *args: Any, **settings: Any) -> Any:
            steps.step(str(query))
            return super().execute(query, *args, **settings)

        def executemany(self, query: Any, *args: Any, **settings: Any) -> Any:
            steps.step(str(query))
            return super().executemany(query, *args, **settings)

    connection.cursor_factory = SteppedCursor
    return connection


class SteppedStore(PostgresStore):
    """The real store over such a connection; the commit of a unit is a step, too."""

    def __init__(self, url: str, steps: Steps | None = None) -> None:
        self.steps = steps or Steps()
        connection = stepped_connection(url, self.steps)
        super().__init__(url, connection)
        self.pid = connection.info.backend_pid

    @contextmanager
    def unit(self, shard: int = 0, *, alone: bool = False) -> Iterator[Unit]:
        with super().unit(shard, alone=alone) as unit:
            yield unit
            self.steps.step(COMMIT)


class Writer:
    """One act on a store of its own, in a thread of its own."""

    def __init__(self, store: SteppedStore, act: Act, stop_at: int) -> None:
        self.pid = store.pid
        self.steps = store.steps
        self.steps.restart(stop_at)
        self._start = lambda pool: pool.submit(act, store)
        self.ending: Future[object] | None = None

    def start(self, pool: ThreadPoolExecutor) -> None:
        """Begin the act."""
        self.ending = self._start(pool)

    def rests(self, watch: psycopg.Connection[Any]) -> bool:
        """Whether it ended, stands at its stop, or waits for a lock of another writer."""
        stands = self.steps.reached.is_set() and not self.steps.released.is_set()
        if stands or self.ending is None or self.ending.done():
            return True
        (blockers,) = watch.execute("SELECT cardinality(pg_blocking_pids(%s))", (self.pid,)).fetchone() or (0,)
        return bool(blockers)

    def wait(self, watch: psycopg.Connection[Any]) -> None:
        """Wait until it rests; AssertionError when it never does."""
        until = time.monotonic() + WAIT_SECONDS
        while not self.rests(watch):
            assert time.monotonic() < until, f"a writer neither ends nor waits: {self.steps.trail[-3:]}"
            time.sleep(LOOK_SECONDS)

    def finish(self) -> None:
        """Wait for its end and raise what it raised."""
        assert self.ending is not None
        self.ending.result(WAIT_SECONDS)


def race(
    watch: psycopg.Connection[Any], stores: Sequence[SteppedStore], acts: Sequence[Act], stops: tuple[int, int]
) -> bool:
    """The first up to its stop, the second up to its own, the first to its end, the second to its end.

    A writer that must wait for the other's lock gives way. False when the first ended before its stop.
    """
    first, second = (Writer(*parts) for parts in zip(stores, acts, stops, strict=True))
    with ThreadPoolExecutor(2) as pool:
        first.start(pool)
        first.wait(watch)
        was_stopped = first.steps.reached.is_set()
        second.start(pool)
        second.wait(watch)
        first.steps.released.set()
        first.wait(watch)
        second.steps.released.set()
        first.finish()
        second.finish()
    return was_stopped
