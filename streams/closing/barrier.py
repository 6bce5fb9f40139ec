"""What keeps a period open: partitions that are not read to the cut, and sources that may still send of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from scoring.period import Period, instant_text
from streams.stores.base import Standing, Store


@dataclass(frozen=True, slots=True)
class LogBounds:
    """A partition's log when the cut was taken: offsets of its first record and behind its last one."""

    begin: int
    end: int


Cut = Mapping[str, LogBounds]
"""Where the logs stood when the close began, by the partition's name in the store."""
WAIT_SECONDS = 30.0
LOOK_SECONDS = 0.2


def no_log() -> Cut:
    """The cut where no log feeds the store: nothing to wait for."""
    return {}


def taken(store: Store, log: Callable[[], Cut], seconds: float = WAIT_SECONDS) -> Cut:
    """The cut as of now, after the workers have had some time to read up to it."""
    cut, end = log(), time.monotonic() + seconds
    while unread(store.standings(), cut) and time.monotonic() < end:
        time.sleep(LOOK_SECONDS)
    return cut


def unread(standings: Mapping[str, Standing], cut: Cut) -> list[str]:
    """A sentence for every partition (by its name in the store) that is not read up to the cut, or has a gap."""
    found = []
    for source, bounds in sorted(cut.items()):
        text = standings.get(source, Standing()).position
        position = int(text) if text is not None else None
        if position is None:
            if bounds.end:
                found.append(f"{source} was never read and holds {bounds.end - bounds.begin} records: start a worker")
        elif position < bounds.begin:
            found.append(
                f"{source} has a gap: records {position} to {bounds.begin - 1} are gone from the log, unread; "
                "see docs/kafka.md on gaps"
            )
        elif position > bounds.end:
            found.append(
                f"{source} was read to {position}, but its log ends at {bounds.end}: the topic was made anew; "
                "see docs/kafka.md on gaps"
            )
        elif position < bounds.end:
            found.append(f"{source} lags: {bounds.end - position} records are not read yet; wait for the workers")
    return found


def silent(watermarks: Mapping[str, int], required: Collection[str], period: Period) -> list[str]:
    """A sentence for every required source whose events have not passed the period's end."""
    found = []
    for source in required:
        watermark = watermarks.get(source)
        if watermark is None:
            found.append(f"source {source} has never sent an event: connect it, or take it out of policy.close_sources")
        elif watermark < period.end_us:
            found.append(
                f"source {source} has reached {instant_text(watermark)}, the period ends "
                f"{instant_text(period.end_us)}: wait for its next event, or take it out of policy.close_sources"
            )
    return found
