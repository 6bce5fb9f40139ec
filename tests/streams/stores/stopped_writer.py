"""A process that stops itself (SIGSTOP) before a statement that holds a text; test_stopped.py runs it.

Arguments: the store's address, "batch", "snapshot" or "answer" (stops while the server sends a long one), the text.
It prints what became of what it did.
"""

from __future__ import annotations

import os
import signal
import sys
import threading

from streams.stores import Position, StoreError, postgres
from tests.properties.months import pipeline
from tests.scenarios.shop import NOW_US, Teller, decoded_of, definitions_of, shop_texts
from tests.streams.stores.interleaving import SteppedStore, Steps, stepped_connection

LONG_ANSWER = "SELECT repeat('x', 1000000) FROM generate_series(1, 300)"
SOURCE = "partition"


class StoppingSteps(Steps):
    """Stops the whole process where the others only wait."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text

    def step(self, statement: str) -> None:
        if self.text and self.text in statement:
            self.text = ""
            stop()


def stop() -> None:
    """Stand still until somebody sends SIGCONT."""
    os.kill(os.getpid(), signal.SIGSTOP)


def apply_batch(store: SteppedStore) -> None:
    """Claim the source and apply one order."""
    claimed = store.claim(SOURCE)
    definitions = definitions_of(tuple(sorted(shop_texts().items())))
    events = decoded_of([Teller().paid("of the stopped one", "03 10:00:00", "1")])
    position = Position(SOURCE, claimed.position, "moved by the stopped one", claimed.epoch)
    pipeline(store, definitions).apply(events, [], position, NOW_US, 1)


def read_long_answer(store: SteppedStore) -> None:
    """Stop in the middle of a long answer to a statement of a unit."""
    with store.unit(1) as unit:
        unit.begin_batch()
        threading.Timer(0.1, stop).start()
        store._rows(LONG_ANSWER)


def take_snapshot(store: SteppedStore) -> None:
    """Read from a snapshot."""
    postgres.connect = lambda url: stepped_connection(url, store.steps)
    with store.snapshot() as frozen:
        frozen.progress()


ACTS = {"batch": apply_batch, "answer": read_long_answer, "snapshot": take_snapshot}

if __name__ == "__main__":
    try:
        ACTS[sys.argv[2]](SteppedStore(sys.argv[1], StoppingSteps(sys.argv[3])))
        print("done")
    except StoreError as error:
        print(f"{type(error).__name__}: {error}")
