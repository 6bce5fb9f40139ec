"""A worker that is stopped (SIGSTOP) in the middle of something: others go on soon, and it writes nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from streams.stores import Position
from streams.stores.postgres import PostgresStore
from streams.stores.postgres_link import connect
from tests.properties.months import pipeline
from tests.scenarios.shop import NOW_US, Teller, decoded_of, definitions_of, shop_texts
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


@pytest.mark.slow
@pytest.mark.parametrize("before", ["UPDATE standings", "nextval", "INSERT INTO cells", "COMMIT"])
def test_another_worker_goes_on_and_the_stopped_one_writes_nothing(before: str, migrated_database: str) -> None:
    """Stopped anywhere in its batch: the partition is claimed and read on within seconds, and on waking up it fails."""
    definitions = definitions_of(tuple(sorted(shop_texts().items())))
    events = decoded_of([Teller().paid("o1", "03 10:00:00", "1")])
    store = PostgresStore(migrated_database)
    with stopped(migrated_database, "batch", before) as process:
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


@pytest.mark.slow
@pytest.mark.parametrize(("act", "before"), [("answer", ""), ("snapshot", "BEGIN"), ("snapshot", "unlock")])
def test_what_a_stopped_process_holds_is_free_soon(act: str, before: str, migrated_database: str) -> None:
    """Also while the server sends to it (then it is not idle), and with the gate closed for a snapshot."""
    store = PostgresStore(migrated_database)
    with stopped(migrated_database, act, before) as process:
        began = time.monotonic()
        with store.unit(1) as unit:
            unit.set_setting("color", "red")
        waited = time.monotonic() - began
        ending = woken(process)
    assert 1 < waited < GONE_SECONDS, "it never held anything, or for too long"
    assert ending.startswith("StoreError: "), ending
    store.close()


def test_every_session_sets_what_ends_it(migrated_database: str) -> None:
    """The limits do not hang on the server's defaults."""
    with connect(migrated_database) as connection:
        for name in ("idle_in_transaction_session_timeout", "tcp_user_timeout"):
            assert connection.execute("SELECT current_setting(%s)", (name,)).fetchone() == ("10s",)
