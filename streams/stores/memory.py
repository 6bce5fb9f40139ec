"""The memory store: a small second implementation of the contract, for tests and what-if runs."""

from __future__ import annotations

import copy
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, replace
from functools import reduce

from scoring.contribution import MINUTE_PREFIX, Key
from streams.stores.base import (
    Close,
    Conflict,
    Fact,
    Position,
    ProblemRow,
    Progress,
    Quarantined,
    Standing,
    TakenOver,
    Unit,
)


@dataclass(slots=True)
class _Content:
    facts: dict[str, dict[bytes, Fact]] = field(default_factory=dict)
    keys: dict[bytes, tuple[bytes, str]] = field(default_factory=dict)
    retracted: set[bytes] = field(default_factory=set)
    projections: dict[tuple[str, str], bytes] = field(default_factory=dict)
    readers: set[tuple[str, str]] = field(default_factory=set)
    cells: dict[Key, int] = field(default_factory=dict)
    problems: set[ProblemRow] = field(default_factory=set)
    quarantine: list[Quarantined] = field(default_factory=list)
    conflicts: dict[tuple[bytes, bytes], Conflict] = field(default_factory=dict)
    settings: dict[str, str] = field(default_factory=dict)
    shards: dict[int, Progress] = field(default_factory=dict)
    standings: dict[str, Standing] = field(default_factory=dict)
    marks: dict[str, int] = field(default_factory=dict)
    closes: dict[tuple[str, int], Close] = field(default_factory=dict)
    audit: list[tuple[int, str, str, str]] = field(default_factory=list)

    def copied(self) -> _Content:
        """A copy to work on; only the containers are copied, since what they hold never changes."""
        content = _Content(**{entry.name: copy.copy(getattr(self, entry.name)) for entry in fields(self)})
        content.facts = {case: dict(rows) for case, rows in self.facts.items()}
        return content


def _minute(key: Key) -> int | None:
    return int(key[3][len(MINUTE_PREFIX) :]) if key[3].startswith(MINUTE_PREFIX) else None


class MemoryStore:
    """Keeps everything in dictionaries; a transaction works on a copy that replaces the content at its end."""

    def __init__(self, content: _Content | None = None) -> None:
        self._content = content or _Content()

    @contextmanager
    def unit(self, shard: int = 0, *, alone: bool = False) -> Iterator[Unit]:
        unit = MemoryUnit(self._content.copied(), shard)
        yield unit
        self._content = unit.content

    def reopened(self) -> MemoryStore:
        return MemoryStore(self._content)

    @contextmanager
    def snapshot(self) -> Iterator[MemoryStore]:
        # A unit replaces the content and never changes it.
        yield MemoryStore(self._content)

    def claim(self, source: str) -> Standing:
        standing = self._content.standings.get(source, Standing())
        return self._stand(source, replace(standing, epoch=standing.epoch + 1))

    def note(self, source: str, epoch: int, text: str) -> None:
        standing = self._content.standings.get(source, Standing())
        if standing.epoch != epoch:
            raise TakenOver(f"{source} is now read by another process; this one stops")
        self._stand(source, replace(standing, note=text))

    def _stand(self, source: str, standing: Standing) -> Standing:
        content = self._content.copied()
        content.standings[source] = standing
        self._content = content
        return standing

    def standings(self) -> dict[str, Standing]:
        return dict(self._content.standings)

    def progress(self) -> Progress:
        return reduce(Progress.plus, self._content.shards.values(), Progress())

    def shards(self) -> dict[int, Progress]:
        return dict(self._content.shards)

    def source_watermarks(self) -> dict[str, int]:
        return dict(self._content.marks)

    def kept_in(self, shard: int) -> int:
        return 0

    def shard_rows(self, shard: int, keys: Sequence[Key]) -> tuple[Progress, dict[Key, int]]:
        return self.progress(), {key: 0 if shard else self._content.cells.get(key, 0) for key in keys}

    def shard_cells(self, shards: Collection[int], first_day: str, first_minute: int) -> Iterator[tuple[int, Key, int]]:
        for key, value in self._content.cells.items() if 0 in shards else ():
            minute = _minute(key)
            if minute >= first_minute if minute is not None else key[3] >= first_day:
                yield 0, key, value

    def cells(self, owner: str, dimension: str, measure: str, first: str, last: str) -> list[tuple[str, str, int]]:
        wanted = (owner, dimension, measure)
        minutes = first.startswith(MINUTE_PREFIX)
        rows = []
        for key, value in self._content.cells.items():
            if key[:3] != wanted or not value or key[3].startswith(MINUTE_PREFIX) != minutes:
                continue
            low, at, high = (int(p[2:]) if minutes else p for p in (first, key[3], last))
            if low <= at <= high:  # type: ignore[operator]
                rows.append((key[3], key[4], value))
        return rows

    def all_cells(self, first: str, last: str) -> Iterator[tuple[Key, int]]:
        for key, value in sorted(self._content.cells.items()):
            if value and _minute(key) is None and first <= key[3] <= last:
                yield key, value

    def all_facts(self) -> Iterator[Fact]:
        for case in sorted(self._content.facts):
            rows = self._content.facts[case]
            yield from (rows[key] for key in sorted(rows) if not rows[key].is_retracted)

    def facts_after(self, batch: int) -> list[Fact]:
        rows = [fact for facts in self._content.facts.values() for fact in facts.values() if fact.batch > batch]
        return sorted(rows, key=lambda fact: (fact.case, fact.event_key))

    def find_facts(self, cases: Iterable[str]) -> dict[str, list[Fact]]:
        return MemoryUnit(self._content).facts(list(cases))

    def find_projections(self, keys: Collection[str]) -> dict[str, dict[str, bytes]]:
        return MemoryUnit(self._content).projections(keys)

    def all_cases(self) -> list[str]:
        return list(MemoryUnit(self._content).all_cases())

    def derived_cases(self) -> list[str]:
        return sorted({case for _, case in self._content.readers})

    def projections_like(self, prefix: str) -> dict[str, list[bytes]]:
        found: dict[str, list[bytes]] = {}
        for (key, _), value in sorted(self._content.projections.items()):
            if key.startswith(prefix):
                found.setdefault(key, []).append(value)
        return found

    def settings(self) -> dict[str, str]:
        return dict(self._content.settings)

    def problems(self) -> list[ProblemRow]:
        return sorted(self._content.problems, key=lambda row: (row.case, row.code, row.detail))

    def quarantined(self, state: str | None = "open") -> list[Quarantined]:
        return [row for row in self._content.quarantine if state in (None, row.state)]

    def open_conflicts(self) -> list[Conflict]:
        return [row for _, row in sorted(self._content.conflicts.items()) if not row.resolution]

    def closes(self) -> list[Close]:
        return [close for _, close in sorted(self._content.closes.items())]

    def audit(self) -> list[tuple[int, str, str, str]]:
        return list(self._content.audit)

    def close(self) -> None:
        """Nothing to let go of."""


class MemoryUnit:
    """One open transaction on a copy of the content."""

    def __init__(self, content: _Content, shard: int = 0) -> None:
        self.content = content
        self.shard = shard

    def hold(self, names: Collection[str], shared: Collection[str] = ()) -> None:
        """There is one writer at a time."""

    def begin_batch(self) -> int:
        return max((row.batch for row in self.content.shards.values()), default=0) + 1

    def progress(self) -> Progress:
        return self.content.shards.get(self.shard, Progress())

    def advance(self, progress: Progress) -> None:
        self.content.shards[self.shard] = progress

    def move(self, position: Position) -> bool:
        standing = self.content.standings.get(position.source, Standing())
        if (standing.position, standing.epoch) != (position.expected, position.epoch):
            return False
        self.content.standings[position.source] = replace(standing, position=position.reached)
        return True

    def mark_sources(self, watermarks: Mapping[str, int]) -> None:
        marks = self.content.marks
        marks.update({name: max(at, marks.get(name, at)) for name, at in watermarks.items()})

    def known(self, keys: Collection[bytes]) -> dict[bytes, tuple[bytes, str]]:
        return {key: self.content.keys[key] for key in keys if key in self.content.keys}

    def add_facts(self, facts: Sequence[Fact]) -> None:
        for fact in facts:
            self.content.facts.setdefault(fact.case, {})[fact.event_key] = fact
            self.content.keys[fact.event_key] = (fact.content_hash, fact.case)

    def drop_facts(self, keys: Sequence[tuple[str, bytes]]) -> None:
        for case, key in keys:
            self.content.facts.get(case, {}).pop(key, None)

    def facts(self, cases: Collection[str]) -> dict[str, list[Fact]]:
        return {case: list(self.content.facts[case].values()) for case in cases if self.content.facts.get(case)}

    def all_cases(self) -> Iterator[str]:
        return iter(sorted(case for case, facts in self.content.facts.items() if facts))

    def add_retractions(self, targets: Collection[bytes]) -> None:
        self.content.retracted.update(targets)

    def drop_retractions(self, targets: Collection[bytes]) -> None:
        self.content.retracted.difference_update(targets)

    def retractions(self, keys: Collection[bytes]) -> set[bytes]:
        return self.content.retracted.intersection(keys)

    def projections(self, keys: Collection[str]) -> dict[str, dict[str, bytes]]:
        found: dict[str, dict[str, bytes]] = {}
        for (key, case), value in self.content.projections.items():
            if key in keys:
                found.setdefault(key, {})[case] = value
        return found

    def published(self, cases: Collection[str]) -> dict[str, dict[str, bytes]]:
        found: dict[str, dict[str, bytes]] = {}
        for (key, case), value in self.content.projections.items():
            if case in cases:
                found.setdefault(case, {})[key] = value
        return found

    def publish(self, rows: Sequence[tuple[str, str, bytes]], gone: Sequence[tuple[str, str]]) -> None:
        for key, case in gone:
            self.content.projections.pop((key, case), None)
        self.content.projections.update({(key, case): value for key, case, value in rows})

    def readers(self, keys: Collection[str]) -> set[str]:
        return {case for key, case in self.content.readers if key in keys}

    def add_readers(self, rows: Collection[tuple[str, str]]) -> None:
        self.content.readers.update(rows)

    def add_cells(self, changes: Mapping[Key, int]) -> None:
        for key, amount in changes.items():
            self.content.cells[key] = self.content.cells.get(key, 0) + amount

    def prune_minutes(self, before_minute: int) -> None:
        for key in [key for key in self.content.cells if (_minute(key) or before_minute) < before_minute]:
            del self.content.cells[key]

    def clear_derived(self) -> None:
        self.content.cells.clear()
        self.content.projections.clear()
        self.content.readers.clear()
        self.content.problems.clear()

    def put_problems(self, cases: Collection[str], rows: Sequence[ProblemRow]) -> None:
        self.content.problems = {row for row in self.content.problems if row.case not in cases} | set(rows)

    def add_quarantined(self, rows: Sequence[tuple[str, str, str, bytes, int]]) -> None:
        kept = {(row.place, row.raw) for row in self.content.quarantine}
        for row in rows:
            if (row[2], row[3]) in kept:
                continue
            kept.add((row[2], row[3]))
            self.content.quarantine.append(Quarantined(len(self.content.quarantine) + 1, *row))

    def set_quarantine_state(self, ids: Sequence[int], state: str) -> None:
        rows = self.content.quarantine
        self.content.quarantine = [replace(row, state=state) if row.id in ids else row for row in rows]

    def conflicts(self, keys: Collection[bytes] | None = None) -> list[Conflict]:
        return [row for _, row in sorted(self.content.conflicts.items()) if keys is None or row.event_key in keys]

    def put_conflicts(self, rows: Sequence[Conflict]) -> None:
        self.content.conflicts.update({(row.event_key, row.content_hash): row for row in rows})

    def setting(self, name: str) -> str | None:
        return self.content.settings.get(name)

    def set_setting(self, name: str, value: str) -> None:
        self.content.settings[name] = value

    def put_close(self, close: Close) -> None:
        self.content.closes[close.period, close.run] = close

    def add_audit(self, at_us: int, who: str, action: str, detail: str) -> None:
        self.content.audit.append((at_us, who, action, detail))
