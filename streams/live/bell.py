"""Hears from Redis that a shard moved on, so that boards need not wait for their next look."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

import redis

from streams.live.redis_link import WRITE_SECONDS, client_of, reason, shown
from streams.live.redis_view import channel_of

log = logging.getLogger("scoreline.live")

WAIT_SECONDS = 1.0
AGAIN_SECONDS = 2.0
SILENCE_SECONDS = 10.0
"""So often the server is asked for a sign of life: a connection that was cut without a word is noticed."""


class RedisBell:
    """Calls a function whenever a batch number is told on the group's channel."""

    def __init__(self, url: str, group: str) -> None:
        self._client = client_of(url, WRITE_SECONDS)
        self._channel = channel_of(group)
        self._is_ending = threading.Event()
        self._thread: threading.Thread | None = None
        self.is_heard = False

    def listen(self, ring: Callable[[], object]) -> None:
        """From now on call `ring`, from a thread of the bell's own, for each change and after a time without Redis."""
        self._thread = threading.Thread(target=self._run, args=(ring,), name="live-bell", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """`ring` is not called any more."""
        self._is_ending.set()
        if self._thread is not None:
            self._thread.join()
        self._client.close()

    def _run(self, ring: Callable[[], object]) -> None:
        is_told = False
        while not self._is_ending.is_set():
            try:
                self._hear(ring)
            except (redis.RedisError, OSError) as error:
                if self.is_heard or not is_told:
                    log.warning("%s: %s; the board looks by itself", shown(self._client), reason(error))
                self.is_heard, is_told = False, True
                self._is_ending.wait(AGAIN_SECONDS)

    def _hear(self, ring: Callable[[], object]) -> None:
        with self._client.pubsub() as heard:  # type: ignore[no-untyped-call]
            heard.subscribe(self._channel)
            silent = 0.0
            while not self._is_ending.is_set():
                message = heard.get_message(timeout=WAIT_SECONDS)
                silent = 0.0 if message else silent + WAIT_SECONDS
                if message and message["type"] in ("message", "subscribe"):
                    self.is_heard = True
                    ring()
                elif silent == SILENCE_SECONDS:
                    heard.ping()
                elif silent > 2 * SILENCE_SECONDS:
                    raise redis.TimeoutError
