"""Starts ended workers again, as compose's `restart: always` does."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from tests.cluster.cluster import Cluster, Process, wait_until

LOOK_SECONDS = 0.02
PAUSE_SECONDS = 0.3
"""Before a worker that gave up by itself is started again: what it needs is away for a while."""


@dataclass(slots=True)
class Life:
    """One process of a place, from its start to its end; instants are seconds of the monotonic clock."""

    place: int
    process: Process
    began: float
    environment: Mapping[str, str]
    ended: float | None = None


@dataclass(slots=True)
class Supervisor:
    """So many places, each with one worker at a time; `plans` are the environments of a place's next starts."""

    cluster: Cluster
    places: int
    lives: list[Life] = field(default_factory=list)
    plans: dict[int, list[Mapping[str, str]]] = field(default_factory=dict)
    _current: dict[int, Life] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _pause: threading.Lock = field(default_factory=threading.Lock)
    _is_over: threading.Event = field(default_factory=threading.Event)

    @contextlib.contextmanager
    def watching(self) -> Iterator[Supervisor]:
        """Keep the places filled for as long as the block lasts; all workers are ended then."""
        self.cluster.is_supervised = True
        for place in range(self.places):
            self._begin(place)
        thread = threading.Thread(target=self._watch, name="supervisor", daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._is_over.set()
            thread.join()
            self.cluster.stop()

    def current(self, place: int) -> Life:
        """The latest life of a place; it may be over."""
        with self._lock:
            return self._current[place]

    def living(self, place: int) -> Life:
        """The life of a place, when it has begun and is not over."""
        wait_until(lambda: self.current(place).process.poll() is None, f"nobody lives in place {place}")
        return self.current(place)

    @contextlib.contextmanager
    def paused(self) -> Iterator[None]:
        """Start nobody while the block lasts."""
        with self._pause:
            yield

    def codes(self) -> list[int]:
        """The exit codes of the lives that are over, in the order of their starts."""
        found = [life.process.poll() for life in [*self.lives]]
        return [code for code in found if code is not None]

    def wait_ended(self, count: int, otherwise: str, seconds: float = 40.0) -> None:
        """Wait until so many lives are over."""
        wait_until(lambda: len(self.codes()) >= count, otherwise, seconds)

    def _begin(self, place: int) -> None:
        with self._lock:
            plan = self.plans.get(place)
            environment = plan.pop(0) if plan else {}
            life = Life(place, self.cluster.start(environment), time.monotonic(), environment)
            self._current[place] = life
            self.lives.append(life)

    def _watch(self) -> None:
        while not self._is_over.wait(LOOK_SECONDS):
            for place in range(self.places):
                life = self._current[place]
                code = life.process.poll()
                if code is None:
                    continue
                life.ended = life.ended or time.monotonic()
                if code < 0 or time.monotonic() - life.ended > PAUSE_SECONDS:
                    with self._pause:
                        self._begin(place)
