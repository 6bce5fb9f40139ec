"""Whether an act ends the process that does it: tried in a child, so that a death from outside is not taken for it."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable

from streams.stores.base import StoreError

TRIAL_SECONDS = 30.0
LOOK_SECONDS = 0.02


def ends_its_process(act: Callable[[], None], seconds: float = TRIAL_SECONDS) -> bool:
    """True when a child that does `act` ends by itself before it is done.

    False when it comes to its end, when the store is in the way, and when it takes longer: then nothing is proven.
    """
    sys.stderr.flush()
    child = os.fork()
    if child == 0:
        _perform(act)
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return status != 0
        time.sleep(LOOK_SECONDS)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return False


def _perform(act: Callable[[], None]) -> None:
    code = 1
    try:
        act()
        code = 0
    except StoreError:
        code = 0
    finally:
        # Nothing of the parent's may be closed, flushed or finished by the child.
        os._exit(code)
