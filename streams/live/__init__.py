"""The live view: cells a second time, in Redis, for boards; it may be emptied at any time, the store is the truth."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from streams.live.base import Away, Change, LiveView, LiveViewError
from streams.live.memory import MemoryServer, MemoryView
from streams.live.numbers import LiveNumbers
from streams.live.publisher import Publisher
from streams.stores.base import Store

if TYPE_CHECKING:
    from streams.live.bell import RedisBell

DEFAULT_GROUP = "scoreline"
ABSENT = "the live view needs more packages: pip install 'scoreline[kafka]', or unset SCORELINE_REDIS"


def open_live_numbers(store: Store, url: str, group: str = DEFAULT_GROUP) -> LiveNumbers:
    """What a board reads from: the live view of a group of workers at a redis:// address, else the store.

    LiveViewError when the address is none, or the `kafka` extra is not installed; never because Redis is away.
    """
    try:
        from streams.live.redis_link import READ_SECONDS
        from streams.live.redis_view import opener
    except ModuleNotFoundError as error:
        raise LiveViewError(ABSENT) from error
    return LiveNumbers(store, opener(url, group, READ_SECONDS))


def open_publisher(open_store: Callable[[], Store], url: str, group: str = DEFAULT_GROUP) -> Publisher:
    """What a worker publishes with; `open_store` gives a store that nobody else uses. LiveViewError as above."""
    try:
        from streams.live.redis_link import WRITE_SECONDS
        from streams.live.redis_view import opener
    except ModuleNotFoundError as error:
        raise LiveViewError(ABSENT) from error
    return Publisher(open_store, opener(url, group, WRITE_SECONDS))


def open_bell(url: str, group: str = DEFAULT_GROUP) -> RedisBell:
    """What tells a board that a group's numbers have changed. LiveViewError as above."""
    try:
        from streams.live.bell import RedisBell as Bell
    except ModuleNotFoundError as error:
        raise LiveViewError(ABSENT) from error
    return Bell(url, group)


__all__ = [
    "Away",
    "Change",
    "LiveNumbers",
    "LiveView",
    "LiveViewError",
    "MemoryServer",
    "MemoryView",
    "Publisher",
    "open_bell",
    "open_live_numbers",
    "open_publisher",
]
