"""A store that ends the process before or after a step of a transaction, and a codec that one event kills."""

from __future__ import annotations

import contextlib
import functools
import logging
import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, TypeVar

from streams.codec import Codec, Decoded, Rejected
from streams.stores import Standing, Store
from streams.stores.base import Unit

log = logging.getLogger("scoreline.worker")
Result = TypeVar("Result")

SPRUNG = "the trap sprang"
STEPS = (
    "claim note begin move begin_batch known add_quarantined drop_retractions add_retractions put_conflicts drop_facts "
    "add_facts publish add_readers put_problems add_cells advance mark_sources prune_minutes commit"
).split()
"""The steps that change something, and `known`, in the order in which a batch comes to them."""
SIGNALS = {"kill": signal.SIGKILL, "stop": signal.SIGSTOP}
CRASH_CODE = 66


@dataclass(slots=True)
class Trap:
    """Ends the process at the n-th time that it comes before or after a step; "" for a step that never comes.

    Written as "add_cells:before:2", or "add_cells:before:2:stop" to freeze it until somebody sends SIGCONT. The end is
    SIGKILL to itself: nothing is flushed, no connection is closed politely.
    """

    step: str = ""
    moment: str = ""
    occurrence: int = 1
    action: str = "kill"
    passed: dict[tuple[str, str], int] = field(default_factory=dict)

    @classmethod
    def parse(cls, text: str) -> Trap:
        """From text; a trap that never springs from none."""
        parts = text.split(":")
        return cls(parts[0], parts[1], int(parts[2]), *parts[3:]) if text else cls()

    def at(self, step: str, moment: str) -> None:
        """The process comes by."""
        count = self.passed[step, moment] = self.passed.get((step, moment), 0) + 1
        if (step, moment, count) == (self.step, self.moment, self.occurrence):
            log.warning("%s %s %s, time %d", SPRUNG, moment, step, count)
            os.kill(os.getpid(), SIGNALS[self.action])

    def around(self, step: str, act: Callable[..., Result]) -> Callable[..., Result]:
        """An action with the trap on both sides."""

        @functools.wraps(act)
        def guarded(*given: Any, **named: Any) -> Result:
            self.at(step, "before")
            result = act(*given, **named)
            self.at(step, "after")
            return result

        return guarded


class FailingUnit:
    """A unit with the trap around each of its verbs."""

    def __init__(self, unit: Unit, trap: Trap) -> None:
        self._unit = unit
        self._trap = trap

    def __getattr__(self, name: str) -> Any:
        return self._trap.around(name, getattr(self._unit, name))


class FailingStore:
    """A store with the trap around its claims, its notes, and the begin and the commit of its units."""

    def __init__(self, store: Store, trap: Trap) -> None:
        self._store = store
        self._trap = trap

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    @contextlib.contextmanager
    def unit(self, shard: int = 0, *, alone: bool = False) -> Iterator[Any]:
        """A unit; "begin" is between the call and the open transaction, "commit" between the last verb and the end."""
        self._trap.at("begin", "before")
        with self._store.unit(shard, alone=alone) as unit:
            self._trap.at("begin", "after")
            yield FailingUnit(unit, self._trap)
            self._trap.at("commit", "before")
        self._trap.at("commit", "after")

    def claim(self, source: str) -> Standing:
        """As the store's."""
        return self._trap.around("claim", self._store.claim)(source)

    def note(self, source: str, epoch: int, text: str) -> None:
        """As the store's."""
        self._trap.around("note", self._store.note)(source, epoch, text)


class CrashingCodec(Codec):
    """A codec that ends the process when it meets certain bytes, as a fault in native code would."""

    def __init__(self, poison: bytes) -> None:
        super().__init__()
        self._poison = poison

    def decode(self, raw: bytes, where: str, now_us: int) -> Decoded | Rejected:
        """As the codec's."""
        if self._poison in raw:
            os._exit(CRASH_CODE)
        return super().decode(raw, where, now_us)
