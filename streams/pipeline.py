"""One batch, one transaction: facts, duplicate keys, cells, quarantine and the source position change together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TypeVar

import msgspec

from scoring.atoms import Found, View, total_order
from scoring.contribution import MINUTE_US, Contributions, Key, Program, unlike
from scoring.events.base import Event
from streams.codec import Codec, Decoded, Rejected
from streams.intake import Intake, event_name, retract, take_in
from streams.regrouping import regroup
from streams.stores.base import (
    Conflict,
    Contended,
    Counts,
    Crowded,
    Fact,
    OtherDefinitions,
    Position,
    ProblemRow,
    Progress,
    Store,
    TakenOver,
    Unit,
)

KEPT_MINUTES = 2 * 24 * 60
PRUNING_BATCHES = 16
CASES_AT_ONCE = 500
REBUILD_CASES = 2000
TRIES_WHEN_CONTENDED = 20
NOTHING_FOUND = Found()
Result = TypeVar("Result")
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder().decode

Facts = Mapping[str, Sequence[Event]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one batch. `before` is the number of its shard's batch before it, `progress` how far the shard is
    then, `keys` are the cells that it changed.
    """

    accepted: int
    duplicates: int
    rejected: int
    conflicts: int
    batch: int
    before: int = 0
    progress: Progress = field(default_factory=Progress)
    keys: frozenset[Key] = frozenset()


class Pipeline:
    """Applies batches to a store. The same facts give the same cells in any order, batching and number of restarts."""

    def __init__(self, store: Store, codec: Codec, program: Program, fingerprint: str) -> None:
        self.store = store
        self.codec = codec
        self.program = program
        self.fingerprint = fingerprint
        self.version = -1
        """Of the published definitions; -1 for those of a folder."""

    def apply(
        self,
        decoded: Sequence[Decoded],
        rejected: Sequence[Rejected],
        position: Position | None,
        now_us: int,
        shard: int = 0,
    ) -> Outcome:
        """Apply a batch in one transaction; TakenOver when somebody moved the source or changed the definitions."""
        return _insisting(lambda alone: self._apply(Batch(decoded, rejected, position, now_us), shard, alone))

    def _apply(self, batch: Batch, shard: int, alone: bool) -> Outcome:
        with self.store.unit(shard, alone=alone) as unit:
            self._check_program(unit)
            if batch.position is not None and not unit.move(batch.position):
                raise TakenOver(
                    f"another process has read {batch.position.source} meanwhile; start again to go on from there"
                )
            return self._write(unit, batch)

    def _write(self, unit: Unit, batch: Batch) -> Outcome:
        number, before = unit.begin_batch(), unit.progress()
        intake = take_in(unit, batch.decoded, number, self.codec.restore)
        unit.add_quarantined([(row.reason, row.detail, row.where, row.raw, number) for row in batch.rejected])
        keys: set[Key] = set()
        if intake.touched or intake.targets or intake.conflicts:
            keys = self._evaluate(unit, intake, before.watermark_us // MINUTE_US - KEPT_MINUTES)
        after = before.plus(batch.progress(number, intake))
        unit.advance(after)
        unit.mark_sources(batch.watermarks())
        # Shards share the numbers: one that only ever gets odd ones must have its turn, too.
        if number // PRUNING_BATCHES > before.batch // PRUNING_BATCHES:
            unit.prune_minutes(after.watermark_us // MINUTE_US - KEPT_MINUTES)
        fates = intake.accepted, intake.duplicates, len(batch.rejected), intake.conflicting
        return Outcome(*fates, number, before.batch, after, frozenset(keys))

    def rehearse(self, decoded: Sequence[Decoded], rejected: Sequence[Rejected], now_us: int, shard: int = 0) -> None:
        """Do all that `apply` does, on an instance of the store of its own, and take it back."""
        store = self.store.reopened()
        try:
            with suppress(_TakenBack), store.unit(shard) as unit:
                self._write(unit, Batch(decoded, rejected, None, now_us))
                raise _TakenBack
        finally:
            store.close()

    def _check_program(self, unit: Unit) -> None:
        """Cells of two programs must never mix: adding under other definitions than they were filled with."""
        if unit.setting("program") not in (None, self.fingerprint):
            raise OtherDefinitions("the cells were recomputed with other definitions meanwhile; start again")

    def _evaluate(self, unit: Unit, intake: Intake, oldest_minute: int) -> set[Key]:
        """Write facts and cells, some cases at a time: to the cells that is the same as smaller batches in a row.

        Returns the keys of the cells that were added to.
        """
        keys: set[Key] = set()
        unit.drop_retractions(intake.freed)
        unit.add_retractions(intake.targets)
        unit.put_conflicts(intake.conflicts)
        arrived: dict[str, list[Fact]] = defaultdict(list)
        for fact in intake.facts.values():
            arrived[fact.case].append(fact)
        cases = sorted(intake.touched)
        for start in range(0, len(cases), CASES_AT_ONCE):
            part = cases[start : start + CASES_AT_ONCE]
            unit.hold(part)
            stored = unit.facts(part)
            unit.drop_facts([(case, key) for case, key in intake.swapped if case in stored])
            unit.add_facts([fact for case in part for fact in arrived[case]])
            rows = {case: {f.event_key: (f, self._restored(f)) for f in facts} for case, facts in stored.items()}
            before = {case: _standing(standing.values()) for case, standing in rows.items()}
            for case in part:
                self._arrive(rows.setdefault(case, {}), case, arrived[case], intake)
            after = {case: _standing(rows[case].values()) for case in part}
            delta = self._change(unit, before, after)
            added = {key: amount for key, amount in delta.items() if not _is_old(key, oldest_minute)}
            unit.add_cells(added)
            keys.update(added)
        return keys

    def _arrive(self, rows: dict[bytes, tuple[Fact, Event]], case: str, facts: Sequence[Fact], intake: Intake) -> None:
        for swapped, key in intake.swapped:
            if swapped == case:
                rows.pop(key, None)
        for fact in facts:
            fresh = intake.events.get(fact.event_key)
            rows[fact.event_key] = (fact, fresh.event if fresh else self._restored(fact))

    def _restored(self, fact: Fact) -> Event:
        return self.codec.restore(fact.event_type, fact.body)

    def _events(self, facts: Sequence[Fact]) -> list[Event]:
        return _ordered(self._restored(fact) for fact in facts if not fact.is_retracted)

    def _change(self, unit: Unit, before: Facts, after: Facts) -> Contributions:
        """Publish, wake readers, re-evaluate: contributions(after) - contributions(before) over all cases involved."""
        published = unit.published([case for case in after if before.get(case)])
        moved = _Moved(self.program, published, after)
        unit.hold([f"key|{key}" for key in moved.keys])
        woken = (unit.readers(moved.keys) | moved.wakes) - after.keys() if moved.keys else set()
        unit.hold(woken)
        more = {case: self._events(facts) for case, facts in unit.facts(woken).items()}
        reads_before = {case: self.program.reads(case, before.get(case, ())) for case in after}
        reads_after = {case: self.program.reads(case, facts) for case, facts in after.items()}
        for case in woken:
            reads_before[case] = reads_after[case] = self.program.reads(case, more.get(case, ()))
        wanted = {key for reads in (*reads_before.values(), *reads_after.values()) for key in reads}
        unit.hold((), shared=[f"key|{key}" for key in wanted])
        old = unit.projections(wanted) if wanted else {}
        unit.publish(moved.rows, moved.gone)
        view_before, view_after = view_of(old), view_of(moved.overlaid(old))
        unit.add_readers({(key, case) for case, reads in reads_after.items() for key in reads})
        delta: Contributions = defaultdict(int)
        problems: list[ProblemRow] = []
        for case in sorted(reads_after):
            facts = after[case] if case in after else more.get(case, ())
            was = before.get(case, ()) if case in after else facts
            found = self.program.found(case, facts, view_after)
            problems.extend(ProblemRow(case, row.code, row.detail, row.blocks) for row in found.problems)
            earlier = self.program.found(case, was, view_before) if was or case in woken else NOTHING_FOUND
            new, gone = unlike(found.atoms, earlier.atoms)
            self.program.add(new, delta)
            self.program.add(gone, delta, -1)
        unit.put_problems(list(reads_after), problems)
        return {key: amount for key, amount in delta.items() if amount}

    def swap(self, chosen: Conflict, note: str) -> None:
        """Let a conflicting body count instead of the standing one, which is kept as the resolved other."""
        _insisting(lambda alone: self._swap(chosen, note, alone))

    def _swap(self, chosen: Conflict, note: str, alone: bool) -> None:
        with self.store.unit(alone=alone) as unit:
            self._check_program(unit)
            unit.hold([event_name(chosen.event_key)])
            content_hash, case = unit.known([chosen.event_key])[chosen.event_key]
            unit.hold([case, chosen.case])
            standing = next(fact for fact in unit.facts([case])[case] if fact.event_key == chosen.event_key)
            number, progress = unit.begin_batch(), unit.progress()
            unit.advance(replace(progress, batch=number))
            event = self.codec.restore(chosen.event_type, chosen.body)
            fact = replace(
                standing,
                content_hash=chosen.content_hash,
                case=chosen.case,
                event_type=chosen.event_type,
                occurred_at=chosen.occurred_at,
                batch=number,
                body=chosen.body,
            )
            intake = Intake(
                facts={fact.event_key: fact},
                events={fact.event_key: Decoded(event, fact.body, fact.event_key, fact.content_hash)},
                swapped=[(standing.case, standing.event_key)],
                conflicts=[
                    Conflict(
                        standing.event_key,
                        content_hash,
                        standing.event_type,
                        standing.case,
                        standing.occurred_at,
                        standing.body,
                        note,
                    ),
                    replace(chosen, resolution=note),
                ],
                touched={standing.case, fact.case},
            )
            retract(unit, intake, number)
            self._evaluate(unit, intake, progress.watermark_us // MINUTE_US - KEPT_MINUTES)

    def rebuild_needed(self) -> bool:
        """Whether the store's cells come from other definitions than this pipeline's."""
        return self.store.settings().get("program") not in (None, self.fingerprint)

    def rebuild(self) -> Iterator[int]:
        """Recompute everything derived from facts in one transaction; yields how many cases are done."""
        with self.store.unit(alone=True) as unit:
            self._check_version(unit)
            if unit.setting("program") == self.fingerprint:
                return
            unit.clear_derived()
            regroup(unit, self.codec)
            oldest = self.store.progress().watermark_us // MINUTE_US - KEPT_MINUTES
            cases = unit.all_cases()
            done = 0
            while part := list(islice(cases, REBUILD_CASES)):
                after = {case: self._events(facts) for case, facts in unit.facts(part).items()}
                delta = self._change(unit, {}, after)
                unit.add_cells({key: amount for key, amount in delta.items() if not _is_old(key, oldest)})
                done += len(part)
                yield done
            unit.set_setting("program", self.fingerprint)
            unit.set_setting("definitions_version", str(self.version))
            # What was copied from the cells before, such as a live view, is told by this that it is void.
            unit.set_setting("rebuilds", str(int(unit.setting("rebuilds") or 0) + 1))

    def _check_version(self, unit: Unit) -> None:
        """An older process must not turn the cells back."""
        stored = int(unit.setting("definitions_version") or -1)
        if self.version < stored:
            mine = f"version {self.version}" if self.version >= 0 else "those of a folder"
            raise OtherDefinitions(
                f"the cells are those of version {stored} of the published definitions, this process has {mine}: "
                "publish the definitions with `scoreline topics publish`, then start again"
            )

    def adopt(self) -> None:
        """Note which definitions an empty store is filled with."""
        with self.store.unit(alone=True) as unit:
            if unit.setting("program") is None:
                unit.set_setting("program", self.fingerprint)
                unit.set_setting("definitions_version", str(self.version))


class _TakenBack(Exception):
    """Ends the unit of a rehearsal."""


@dataclass(frozen=True, slots=True)
class Batch:
    """What one transaction takes in."""

    decoded: Sequence[Decoded]
    rejected: Sequence[Rejected]
    position: Position | None
    now_us: int

    def progress(self, number: int, intake: Intake) -> Progress:
        """What the batch adds to its shard's progress."""
        seen = len(self.decoded) + len(self.rejected)
        counts = Counts(seen, intake.accepted, intake.duplicates, len(self.rejected), intake.conflicting)
        return Progress(number, max((row.event.occurred_at for row in self.decoded), default=0), self.now_us, counts)

    def watermarks(self) -> dict[str, int]:
        """Latest `occurred_at` of the batch by event source."""
        latest: dict[str, int] = {}
        for row in self.decoded:
            event = row.event
            if event.occurred_at > latest.get(event.source, 0):
                latest[event.source] = event.occurred_at
        return latest


def _insisting(act: Callable[[bool], Result]) -> Result:
    """Do it again while another writer is in the way, alone if it must be; nothing was written then."""
    alone = False
    for _ in range(TRIES_WHEN_CONTENDED):
        try:
            return act(alone)
        except Contended as error:
            last, alone = error, alone or isinstance(error, Crowded)
    raise last


class _Moved:
    """How the published values of the touched cases differ from the stored ones."""

    def __init__(self, program: Program, published: Mapping[str, Mapping[str, bytes]], after: Facts) -> None:
        self.rows: list[tuple[str, str, bytes]] = []
        self.gone: list[tuple[str, str]] = []
        self.keys: set[str] = set()
        self.wakes: set[str] = set()
        for case, facts in after.items():
            was = published.get(case, {})
            fresh = program.publish(case, facts)
            values = {projection.key: _encode(projection.value) for projection in fresh}
            changed = {key for key, value in values.items() if was.get(key) != value}
            left = was.keys() - values.keys()
            self.rows.extend((key, case, values[key]) for key in changed)
            self.gone.extend((key, case) for key in left)
            self.keys |= changed | left
            for projection in fresh:
                if projection.key in changed:
                    self.wakes.update(projection.wakes)

    def overlaid(self, old: Mapping[str, Mapping[str, bytes]]) -> dict[str, dict[str, bytes]]:
        """The stored values with the changes applied."""
        fresh = {key: dict(values) for key, values in old.items()}
        for key, case in self.gone:
            fresh.get(key, {}).pop(case, None)
        for key, case, value in self.rows:
            fresh.setdefault(key, {})[case] = value
        return fresh


def _standing(rows: Iterable[tuple[Fact, Event]]) -> list[Event]:
    """The events that are not retracted, in total order."""
    return _ordered(event for fact, event in rows if not fact.is_retracted)


def _ordered(events: Iterable[Event]) -> list[Event]:
    return sorted(events, key=total_order)


def view_of(values: Mapping[str, Mapping[str, bytes]]) -> View:
    """Stored published values as evaluation reads them, by key and in order of the publishing case."""
    return {key: [_decode(by_case[case]) for case in sorted(by_case)] for key, by_case in values.items()}


def _is_old(key: Key, oldest_minute: int) -> bool:
    return key[3].startswith("m:") and int(key[3][2:]) < oldest_minute


__all__ = ["Outcome", "Pipeline", "Position", "view_of"]
