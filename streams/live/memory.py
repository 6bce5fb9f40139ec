"""The live view in memory: a small second implementation of the contract, for tests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from threading import RLock

from scoring.contribution import Key
from streams.live.base import Away, Change, Row
from streams.live.spans import Horizon, Span
from streams.stores.base import Progress


@dataclass(slots=True)
class _Content:
    """What one epoch holds: for each cell its (batch, value) by shard."""

    identity: str
    shards: dict[int, Progress] = field(default_factory=dict)
    rows: dict[Key, dict[int, tuple[int, int]]] = field(default_factory=dict)
    horizon: Horizon | None = None


@dataclass(slots=True)
class MemoryServer:
    """Stands for the server: may be flushed, and may be away."""

    content: _Content | None = None
    is_away: bool = False
    filler: object = None
    lock: RLock = field(default_factory=RLock)

    def flush(self) -> None:
        """Forget everything, as FLUSHALL does."""
        with self.lock:
            self.content = self.filler = None


class MemoryView:
    """A view on a server in memory."""

    def __init__(self, server: MemoryServer, identity: str) -> None:
        self.identity = identity
        self._server = server
        self._epoch: _Content | None = None

    def open(self) -> dict[int, Progress]:
        with self._server.lock:
            if self._server.content is None or self._server.content.identity != self.identity:
                self._reached().content = _Content(self.identity)
            return self.shards()

    def reset(self) -> None:
        with self._server.lock:
            if self._reached().content is self._epoch:
                self._server.content = None
            self.open()

    def shards(self) -> dict[int, Progress]:
        with self._server.lock:
            content = self._reached().content
            if content is None or content.identity != self.identity:
                raise Away("the live view is empty")
            self._epoch = content
            return dict(content.shards)

    def cells(self, owner: str, dimension: str, measure: str, first: str, last: str) -> list[Row] | None:
        with self._server.lock:
            content, span = self._held(), Span.of(first, last)
            if span is None or content.horizon is None or not span.is_kept(content.horizon):
                return None
            found = []
            for key, parts in content.rows.items():
                value = sum(value for _, value in parts.values())
                if key[:3] == (owner, dimension, measure) and value and span.holds(key[3]):
                    found.append((key[3], key[4], value))
            return sorted(found)

    def publish(self, change: Change) -> bool:
        with self._server.lock:
            content = self._held()
            for key, value in change.rows.items():
                self._put(content, change.shard, key, (change.batch, value))
            shown = content.shards.get(change.shard)
            if shown is None or shown.batch < change.before:
                return False
            self._show(content, change.shard, change.progress, Horizon.at(change.progress.watermark_us))
            return True

    def fill(self, progress: Mapping[int, Progress], horizon: Horizon, rows: Iterable[tuple[int, Key, int]]) -> int:
        count = 0
        for count, (shard, key, value) in enumerate(rows, 1):  # noqa: B007
            with self._server.lock:
                self._put(self._held(), shard, key, (progress[shard].batch, value))
        with self._server.lock:
            for shard, reached in progress.items():
                self._show(self._held(), shard, reached, horizon)
        return count

    def reserve(self) -> bool:
        if self._reached().filler not in (None, self):
            return False
        self._server.filler = self
        return True

    def release(self) -> None:
        if self._server.filler is self:
            self._server.filler = None

    def _reached(self) -> MemoryServer:
        if self._server.is_away:
            raise Away("the server is away")
        return self._server

    def _held(self) -> _Content:
        content = self._reached().content
        if content is None or content is not self._epoch:
            raise Away("the live view was emptied")
        return content

    @staticmethod
    def _put(content: _Content, shard: int, key: Key, part: tuple[int, int]) -> None:
        parts = content.rows.setdefault(key, {})
        if shard not in parts or parts[shard][0] < part[0]:
            parts[shard] = part

    @staticmethod
    def _show(content: _Content, shard: int, progress: Progress, horizon: Horizon) -> None:
        shown = content.shards.get(shard)
        if shown is None or shown.batch < progress.batch:
            content.shards[shard] = progress
        content.horizon = horizon.merged(content.horizon) if content.horizon else horizon
        for key in [key for key in content.rows if not content.horizon.keeps(key[3])]:
            del content.rows[key]
