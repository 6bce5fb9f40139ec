"""Reaches Redis without ever waiting long: short timeouts, no retries, and a pause after each failure."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from streams.live.base import Away, LiveViewError

Result = TypeVar("Result")
READ_SECONDS, WRITE_SECONDS = 0.2, 2.0
PAUSE_SECONDS = 2.0
"""After a failure nobody is kept waiting again for so long; then one question tries anew."""

REASONS: tuple[tuple[type[Exception], str], ...] = (
    (redis.AuthenticationError, "wrong user or password: check SCORELINE_REDIS"),
    (redis.exceptions.NoPermissionError, "this user may not do that: allow the commands listed in docs/live-view.md"),
    (redis.OutOfMemoryError, "its memory is full: raise maxmemory"),
    (redis.ReadOnlyError, "it is a replica: connect to the primary"),
    (redis.BusyLoadingError, "it is loading its data"),
    (redis.TimeoutError, "it does not answer in time"),
    (redis.ConnectionError, "nothing answers there: is it running, and is SCORELINE_REDIS right?"),
)


def client_of(url: str, timeout_seconds: float) -> redis.Redis:
    """A client of a redis:// address; LiveViewError when that is none. Nothing is connected yet."""
    try:
        return redis.Redis.from_url(
            url,
            socket_timeout=timeout_seconds,
            socket_connect_timeout=timeout_seconds,
            retry=Retry(NoBackoff(), 0),
            protocol=2,
        )
    except ValueError:
        # The driver's error may repeat the address with its password.
        raise LiveViewError("SCORELINE_REDIS is no Redis address: write redis://:PASSWORD@HOST:PORT/0") from None


def shown(client: redis.Redis) -> str:
    """Where a client connects to as people may see it: without user and password."""
    parts: dict[str, Any] = client.connection_pool.connection_kwargs
    place = parts.get("path") or f"{parts.get('host', 'localhost')}:{parts.get('port', 6379)}"
    return f"Redis at {place}, database {parts.get('db', 0)}"


def reason(error: Exception) -> str:
    """What is wrong, in plain words; values and addresses are left out."""
    for kind, text in REASONS:
        if isinstance(error, kind):
            return text
    return f"unexpected error {type(error).__name__}: see its log"


class RedisLink:
    """One client. After a failure every question is refused at once until the pause is over."""

    def __init__(self, url: str, timeout_seconds: float, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.client = client_of(url, timeout_seconds)
        self._monotonic = monotonic
        self._closed_until = float("-inf")
        self._why = ""

    def ask(self, question: Callable[[redis.Redis], Result]) -> Result:
        """The answer of Redis; Away when it can not be had now."""
        if self._monotonic() < self._closed_until:
            raise Away(self._why)
        try:
            return question(self.client)
        except (redis.RedisError, OSError) as error:
            self._closed_until = self._monotonic() + PAUSE_SECONDS
            self._why = f"{shown(self.client)}: {reason(error)}"
            raise Away(self._why) from error

    def close(self) -> None:
        """Let go of the connection."""
        self.client.close()
