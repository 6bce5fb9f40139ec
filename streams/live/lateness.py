"""Tells a view that is being written at this moment from one that nobody keeps up any more."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from streams.stores.base import Progress


@dataclass(slots=True)
class Lateness:
    """Remembers since when each shard owes a batch that the store has."""

    seconds: float
    monotonic: Callable[[], float]
    _owed: dict[int, tuple[int, float]] = field(default_factory=dict)

    def late(self, shown: Mapping[int, Progress], stored: Mapping[int, Progress]) -> set[int]:
        """Shards that are not shown, or have owed one and the same batch for longer than `seconds`."""
        now = self.monotonic()
        late = set()
        for shard, progress in stored.items():
            if shard not in shown:
                late.add(shard)
                continue
            batch, since = self._owed.get(shard, (0, now))
            if shown[shard].batch >= batch:
                self._owed[shard] = batch, since = progress.batch, now
            if shown[shard].batch < batch and now - since > self.seconds:
                late.add(shard)
        return late
