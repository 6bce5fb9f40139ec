"""A worker that is stopped (SIGSTOP) in the middle of something: others go on soon, and it writes nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from streams.stores import Position
from streams.stores.migration import migrate
from streams.stores.postgres import PostgresStore
from streams.stores.postgres_link import connect
from tests.properties.months import pipeline
from tests.scenarios.shop import NOW_US, Teller, decoded_of, definitions_of, shop_texts
from tests.servers import Postgres
from tests.streams.stores.stopped_writer import SOURCE

PATIENCE_SECONDS = 30
GONE_SECONDS = 14
"""The server ends what stands still after ten seconds; the rest is for a slow machine."""


@contextmanager
def stopped(url: str, act: str, before: str = "") -> Iterator[subprocess.Popen[str]]:
    """A process that stands still now."""
    words = [sys.executable, "-m", "tests.streams.stores.stopped_writer", url, act, before]
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        try:
            until = time.monotonic() + PATIENCE_SECONDS
            while state_of(process.pid) != "T":
                assert process.poll() is None, f"it ended by itself: {process.stdout and process.stdout.read()}"
                assert time.monotonic() < until, "it never stopped"
                time.sleep(0.02)
            yield process
        finally:
            process.kill()


def state_of(pid: int) -> str:
    """The kernel's letter for what a process does; T is stopped."""
    return Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()[0]


def woken(process: subprocess.Popen[str]) -> str:
    """What it says at last, after it may go on."""
    os.kill(process.pid, signal.SIGCONT)
    out, _ = process.communicate(timeout=PATIENCE_SECONDS)
    return out


def go_on_beside(url: str, before: str) -> None:
    """Claim and read on where another worker is stopped in its batch; then let that one go on, too."""
    definitions = definitions_of(tuple(sorted(shop_texts().items())))
    events = decoded_of([Teller().paid("o1", "03 10:00:00", "1")])
    store = PostgresStore(url)
    with stopped(url, "batch", before) as process:
        began = time.monotonic()
        standing = store.claim(SOURCE)
        pipeline(store, definitions).apply(events, [], Position(SOURCE, None, "7", standing.epoch), NOW_US, 1)
        waited = time.monotonic() - began
        ending = woken(process)
    assert 1 < waited < GONE_SECONDS, "it never held anything, or for too long"
    assert ending.startswith(("TakenOver: ", "StoreError: ")), ending
    assert (standing.position, standing.epoch) == (None, 2)
    assert store.standings()[SOURCE].position == "7"
    assert [fact.event_key for fact in store.all_facts()] == [events[0].event_key]
    store.close()


def write_beside(url: str, act: str, before: str) -> None:
    """Open a unit of the same shard where another process is stopped; then let that one go on, too."""
    store = PostgresStore(url)
    with stopped(url, act, before) as process:
        began = time.monotonic()
        with store.unit(1) as unit:
            unit.set_setting("color", "red")
        waited = time.monotonic() - began
        ending = woken(process)
    assert 1 < waited < GONE_SECONDS, "it never held anything, or for too long"
    assert ending.startswith("StoreError: "), ending
    store.close()


CASES: dict[str, Callable[[str], None]] = {
    "before it moves the source": lambda url: go_on_beside(url, "UPDATE standings"),
    "behind the move": lambda url: go_on_beside(url, "nextval"),
    "while it writes": lambda url: go_on_beside(url, "INSERT INTO cells"),
    "before its commit": lambda url: go_on_beside(url, "COMMIT"),
    "while the server sends to it": lambda url: write_beside(url, "answer", ""),
    "with the gate closed for a snapshot": lambda url: write_beside(url, "snapshot", "BEGIN"),
    "before it opens the gate again": lambda url: write_beside(url, "snapshot", "unlock"),
}


@pytest.mark.slow
def test_others_go_on_soon_and_the_stopped_one_writes_nothing(postgres: Postgres) -> None:
    """Wherever a worker or a snapshot is stopped, what it holds is free within seconds, and on waking up it fails.

    Each case waits ten seconds for the server, so all wait at once, in a database each.
    """
    with ExitStack() as databases, ThreadPoolExecutor(len(CASES)) as pool:
        endings = {}
        for name, case in CASES.items():
            url = databases.enter_context(postgres.fresh_database())
            migrate(url)
            endings[name] = pool.submit(case, url)
        failures = {name: ending.exception(4 * PATIENCE_SECONDS) for name, ending in endings.items()}
    assert {name: failure for name, failure in failures.items() if failure} == {}


def test_every_session_sets_what_ends_it(migrated_database: str) -> None:
    """The limits do not hang on the server's defaults."""
    names = ["idle_in_transaction_session_timeout", "tcp_user_timeout"]
    with connect(migrated_database) as connection:
        found = connection.execute("SELECT name, setting, unit FROM pg_settings WHERE name = ANY(%s)", (names,))
        assert sorted(found.fetchall()) == [(name, "10000", "ms") for name in names]
