"""A child tells whether an act ends its process; a slow act, or a store in the way, proves nothing."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from streams.engines.kafka.trial import ends_its_process
from streams.stores import StoreError


def exits() -> None:
    """As a fault in native code may."""
    os._exit(66)


def dies() -> None:
    """As a fault that the system answers with a signal does."""
    os.kill(os.getpid(), signal.SIGKILL)


def raises() -> None:
    """As a defect does."""
    raise ZeroDivisionError


def is_away() -> None:
    """As a store that does not answer."""
    raise StoreError("away")


def hangs() -> None:
    """Longer than anybody waits."""
    time.sleep(60)


def children() -> set[str]:
    """The processes that this thread has started and nobody has reaped, zombies included."""
    return set(Path(f"/proc/self/task/{threading.get_native_id()}/children").read_text("utf-8").split())


@pytest.mark.parametrize(
    ("act", "ends"),
    [(exits, True), (dies, True), (raises, True), (is_away, False), (hangs, False), (lambda: None, False)],
)
def test_only_an_end_by_itself_counts(act: Callable[[], None], ends: bool) -> None:
    """An exit, a signal of its own and an error end it; this process goes on, and no child is left."""
    before = children()
    assert ends_its_process(act, seconds=0.5) == ends
    assert children() == before
