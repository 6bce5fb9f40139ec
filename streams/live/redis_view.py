"""The live view in Redis: one hash for each cell and month (or hour), values with the batch that they are of."""

from __future__ import annotations

import re
import secrets
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import astuple
from itertools import islice
from typing import Any

import msgspec
import redis

from scoring.contribution import MINUTE_PREFIX, Key
from scoring.events.base import case_key
from streams.live.base import Away, Change, Row
from streams.live.redis_link import RedisLink, shown
from streams.live.redis_scripts import LOOK, OPEN, READ, RELEASE, WRITE
from streams.live.spans import DAY, Horizon, Span, bucket, when
from streams.stores.base import Counts, Progress

CHUNK_ROWS = 2_000
CALLS_IN_FLIGHT = 4
PIECE_ROWS = 500
ROWS_AT_MOST = 20_000
"""A cell with more rows is read from the store: Redis answers nobody else meanwhile."""
RESERVED_SECONDS = 10
_encode = msgspec.msgpack.Encoder().encode


def prefix_of(group: str) -> str:
    """What every key of a group of workers begins with; the braces keep them together in a cluster."""
    return f"scoreline:{{{group}}}:"


def channel_of(group: str) -> str:
    """The channel on which a batch number is told when a shard moves on."""
    return f"{prefix_of(group)}wake"


class RedisView:
    """A view of the cells with an identity, for one thread."""

    def __init__(self, link: RedisLink, group: str, identity: str) -> None:
        self.identity = identity
        self._link = link
        self._prefix, self._channel = prefix_of(group), channel_of(group)
        self._epoch_key, self._reserved_key = f"{self._prefix}epoch", f"{self._prefix}filling"
        self._epoch = ""
        self._name = secrets.token_hex(8)
        client = link.client
        self._opened, self._looked = client.register_script(OPEN), client.register_script(LOOK)
        self._read, self._write = client.register_script(READ), client.register_script(WRITE)
        self._released = client.register_script(RELEASE)

    @property
    def _base(self) -> str:
        """What the keys of the epoch begin with."""
        return f"{self._prefix}{self._epoch.rpartition(' ')[2]}:"

    def open(self) -> dict[int, Progress]:
        self._begin("")
        return self.shards()

    def _begin(self, doomed: str) -> None:
        fresh = secrets.token_hex(8)
        given = [self.identity, fresh, doomed]
        epoch = self._link.ask(lambda _: self._opened([self._epoch_key], given)).decode()
        if epoch.endswith(fresh):
            self._epoch = epoch
            self._link.ask(self._sweep)
        self._link.ask(self._check_eviction)

    def _check_eviction(self, client: redis.Redis) -> None:
        """A server that throws away keys on its own would make the view lie."""
        try:
            memory: Any = client.info("memory")
        except redis.exceptions.NoPermissionError:
            return
        if memory.get("maxmemory") and str(memory.get("maxmemory_policy")).startswith("allkeys"):
            raise Away(f"{shown(client)}: it throws away keys when memory is short: set maxmemory-policy noeviction")

    def _sweep(self, client: redis.Redis) -> None:
        """Remove what earlier epochs left; nobody can write under them any more."""
        keys = client.scan_iter(match=re.sub(r"([\\*?\[\]])", r"\\\1", self._prefix) + "*", count=1_000)
        kept = (self._base, self._epoch_key, self._reserved_key)
        old = (key for key in keys if not key.decode().startswith(kept))
        while part := list(islice(old, 1_000)):
            client.unlink(*part)

    def reset(self) -> None:
        self._begin(self._epoch)

    def shards(self) -> dict[int, Progress]:
        found = self._link.ask(lambda _: self._looked([self._epoch_key], [self._prefix, self.identity]))
        if found is None:
            self._epoch = ""
            raise Away(f"{shown(self._link.client)}: the live view is empty or of other cells; a worker fills it")
        self._epoch = found[0].decode()
        pairs = found[1]
        return {int(pairs[at]): _progress_of(pairs[at + 1]) for at in range(0, len(pairs), 2)}

    def cells(self, owner: str, dimension: str, measure: str, first: str, last: str) -> list[Row] | None:
        span = Span.of(first, last)
        if span is None:
            return None
        given = [self._epoch, self._base, span.kind, _name_of(owner, dimension, measure), span.first, span.last]
        ends = [span.first_bucket, span.last_bucket, ROWS_AT_MOST]
        found = self._link.ask(lambda _: self._read([self._epoch_key], [*given, *ends]))
        if isinstance(found, bytes):
            self._must_not_be_lost(found)
            return None
        return _rows_of(span.kind, found)

    def publish(self, change: Change) -> bool:
        chunks = list(_chunks((change.shard, key, value) for key, value in change.rows.items())) or [(0, [])]
        for _, rows in chunks[:-1]:
            self._put(self._link.client, change.batch, rows, b"")
        horizon = Horizon.at(change.progress.watermark_us)
        mark = self._mark(change.shard, change.progress, horizon, {"before": str(change.before)})
        return self._put(self._link.client, change.batch, chunks[-1][1], mark) != b"gap"

    def fill(self, progress: Mapping[int, Progress], horizon: Horizon, rows: Iterable[tuple[int, Key, int]]) -> int:
        count = 0
        chunks = _chunks(rows)
        while part := list(islice(chunks, CALLS_IN_FLIGHT)):
            for answer in self._link.ask(lambda client, part=part: self._put_all(client, progress, part)):  # type: ignore[misc]
                self._must_not_be_lost(answer)
            count += sum(len(pairs) // 2 for _, parts in part for *_, cells in parts for pairs in cells)
        for shard, reached in progress.items():
            self._put(self._link.client, reached.batch, [], self._mark(shard, reached, horizon, {}))
        return count

    def _put_all(
        self, client: redis.Redis, progress: Mapping[int, Progress], chunks: list[tuple[int, list[Any]]]
    ) -> list[bytes]:
        pipe = client.pipeline(transaction=False)
        for shard, parts in chunks:
            self._write([self._epoch_key], self._written(progress[shard].batch, parts, b""), client=pipe)
        pipe.pexpire(self._reserved_key, RESERVED_SECONDS * 1_000)
        answers: list[bytes] = pipe.execute()
        return answers[:-1]

    def _put(self, client: redis.Redis, batch: int, parts: list[Any], mark: bytes) -> bytes:
        given = self._written(batch, parts, mark)
        answer: bytes = self._link.ask(lambda _: self._write([self._epoch_key], given, client=client))
        self._must_not_be_lost(answer)
        return answer

    def _written(self, batch: int, parts: list[Any], mark: bytes) -> list[Any]:
        return [self._epoch, self._base, batch, _encode(parts), mark]

    def _must_not_be_lost(self, answer: bytes) -> None:
        if answer == b"lost":
            self._epoch = ""
            raise Away(f"{shown(self._link.client)}: the live view was emptied; a worker fills it")

    def _mark(self, shard: int, progress: Progress, horizon: Horizon, more: Mapping[str, str]) -> bytes:
        ages = {"month": str(horizon.month), "minute": str(horizon.minute), "hour": str(horizon.hour)}
        return _encode(
            {
                "shard": str(shard),
                "batch": str(progress.batch),
                "progress": _text_of(progress),
                "horizon": ages,
                "channel": self._channel,
                **more,
            }
        )

    def reserve(self) -> bool:
        return bool(
            self._link.ask(lambda client: client.set(self._reserved_key, self._name, nx=True, ex=RESERVED_SECONDS))
        )

    def release(self) -> None:
        self._link.ask(lambda _: self._released([self._reserved_key], [self._name]))


def opener(url: str, group: str, timeout_seconds: float) -> Callable[[str], RedisView]:
    """Opens views by identity over one link; LiveViewError when the address is none."""
    link = RedisLink(url, timeout_seconds)
    return lambda identity: RedisView(link, group, identity)


def _text_of(progress: Progress) -> str:
    numbers = (progress.batch, progress.watermark_us, progress.ingested_us, *astuple(progress.counts))
    return " ".join(map(str, numbers))


def _progress_of(text: bytes) -> Progress:
    batch, watermark_us, ingested_us, *counts = map(int, text.split())
    return Progress(batch, watermark_us, ingested_us, Counts(*counts))


def _chunks(rows: Iterable[tuple[int, Key, int]]) -> Iterator[tuple[int, list[Any]]]:
    """Rows as the script takes them, by shard, a chunk at a time."""
    waiting: dict[int, list[tuple[Key, int]]] = defaultdict(list)
    for shard, key, value in rows:
        waiting[shard].append((key, value))
        if len(waiting[shard]) >= CHUNK_ROWS:
            yield shard, _parts(shard, waiting.pop(shard))
    for shard, left in waiting.items():
        yield shard, _parts(shard, left)


def _parts(shard: int, rows: list[tuple[Key, int]]) -> list[Any]:
    by_bucket: dict[tuple[str, int], dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for (owner, dimension, measure, period, item), value in rows:
        kind, at = when(period)
        pairs = by_bucket[kind, bucket(kind, at)][_name_of(owner, dimension, measure)]
        pairs.append(f"{at}|{shard}|{item}")
        pairs.append(str(value))
    parts: list[Any] = []
    for (kind, number), cells in by_bucket.items():
        pieces = [
            (cell, pairs[start : start + 2 * PIECE_ROWS])
            for cell, pairs in cells.items()
            for start in range(0, len(pairs), 2 * PIECE_ROWS)
        ]
        parts.append([kind, number, [cell for cell, _ in pieces], [pairs for _, pairs in pieces]])
    return parts


def _name_of(owner: str, dimension: str, measure: str) -> str:
    name = f"{owner}|{dimension}|{measure}"
    # Nearly every name is plain; the others are escaped.
    return name if name.count("|") == 2 and "%" not in name else case_key(owner, dimension, measure)


def _rows_of(kind: str, found: list[bytes]) -> list[Row]:
    """The parts of all shards added up; zeros left out."""
    sums: dict[tuple[str, str], int] = defaultdict(int)
    for at in range(0, len(found), 2):
        period, _, item = found[at].decode().split("|", 2)
        sums[period, item] += int(found[at + 1])
    before = "" if kind == DAY else MINUTE_PREFIX
    return [(before + period, item, value) for (period, item), value in sorted(sums.items()) if value]
