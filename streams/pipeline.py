"""One batch, one transaction: facts, duplicate keys, cells, quarantine and the source position change together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice

import msgspec

from scoring.atoms import View, total_order
from scoring.contribution import MINUTE_US, Contributions, Key, Program, changes
from scoring.events.base import Event
from streams.codec import Codec, Decoded, Rejected
from streams.intake import Intake, retract, take_in
from streams.stores.base import Conflict, Fact, ProblemRow, Store, TakenOver, Unit

KEPT_MINUTES = 2 * 24 * 60
PRUNING_BATCHES = 16
CASES_AT_ONCE = 500
REBUILD_CASES = 2000
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder().decode

Facts = Mapping[str, Sequence[Event]]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one batch."""

    accepted: int
    duplicates: int
    rejected: int
    conflicts: int
    batch: int


@dataclass(frozen=True, slots=True)
class Position:
    """Where a source stands: `expected` is what the store must hold (compare-and-set), `reached` replaces it."""

    source: str
    expected: str | None
    reached: str


class Pipeline:
    """Applies batches to a store. The same facts give the same cells in any order, batching and number of restarts."""

    def __init__(self, store: Store, codec: Codec, program: Program, fingerprint: str) -> None:
        self.store = store
        self.codec = codec
        self.program = program
        self.fingerprint = fingerprint

    def apply(
        self, decoded: Sequence[Decoded], rejected: Sequence[Rejected], position: Position | None, now_us: int
    ) -> Outcome:
        """Apply a batch in one transaction; TakenOver when somebody moved the source or changed the definitions."""
        with self.store.unit() as unit:
            self._check_program(unit)
            if position is not None:
                _move(unit, position)
            number = int(unit.setting("batch") or 0) + 1
            unit.set_setting("batch", str(number))
            intake = take_in(unit, decoded, number)
            unit.add_quarantined([(row.reason, row.detail, row.where, row.raw, number) for row in rejected])
            watermark = int(unit.setting("watermark_us") or 0)
            if intake.touched or intake.targets or intake.conflicts:
                self._evaluate(unit, intake, watermark // MINUTE_US - KEPT_MINUTES)
            _count(unit, intake, len(decoded) + len(rejected), len(rejected))
            newest = max((row.event.occurred_at for row in decoded), default=0)
            if newest > watermark:
                unit.set_setting("watermark_us", str(newest))
            if number % PRUNING_BATCHES == 0:
                unit.prune_minutes(max(newest, watermark) // MINUTE_US - KEPT_MINUTES)
            unit.set_setting("ingested_us", str(now_us))
        return Outcome(intake.accepted, intake.duplicates, len(rejected), intake.conflicting, number)

    def _check_program(self, unit: Unit) -> None:
        """Cells of two programs must never mix: adding under other definitions than they were filled with."""
        if unit.setting("program") not in (None, self.fingerprint):
            raise TakenOver("the cells were recomputed with other definitions meanwhile; start again to read those")

    def _evaluate(self, unit: Unit, intake: Intake, oldest_minute: int) -> None:
        """Write facts and cells, some cases at a time: to the cells that is the same as smaller batches in a row."""
        unit.drop_retractions(intake.freed)
        unit.add_retractions(intake.targets)
        unit.put_conflicts(intake.conflicts)
        arrived: dict[str, list[Fact]] = defaultdict(list)
        for fact in intake.facts.values():
            arrived[fact.case].append(fact)
        cases = sorted(intake.touched)
        for start in range(0, len(cases), CASES_AT_ONCE):
            part = cases[start : start + CASES_AT_ONCE]
            stored = unit.facts(part)
            unit.drop_facts([(case, key) for case, key in intake.swapped if case in stored])
            unit.add_facts([fact for case in part for fact in arrived[case]])
            rows = {case: {f.event_key: (f, self._restored(f)) for f in facts} for case, facts in stored.items()}
            before = {case: _standing(standing.values()) for case, standing in rows.items()}
            for case in part:
                self._arrive(rows.setdefault(case, {}), case, arrived[case], intake)
            after = {case: _standing(rows[case].values()) for case in part}
            delta = self._change(unit, before, after)
            unit.add_cells({key: amount for key, amount in delta.items() if not _is_old(key, oldest_minute)})

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
        woken = (unit.readers(moved.keys) | moved.wakes) - after.keys() if moved.keys else set()
        more = {case: self._events(facts) for case, facts in unit.facts(woken).items()}
        reads_before = {case: self.program.reads(case, before.get(case, ())) for case in after}
        reads_after = {case: self.program.reads(case, facts) for case, facts in after.items()}
        for case in woken:
            reads_before[case] = reads_after[case] = self.program.reads(case, more.get(case, ()))
        wanted = {key for reads in (*reads_before.values(), *reads_after.values()) for key in reads}
        old = unit.projections(wanted) if wanted else {}
        unit.publish(moved.rows, moved.gone)
        view_before, view_after = view_of(old), view_of(moved.overlaid(old))
        unit.add_readers({(key, case) for case, reads in reads_after.items() for key in reads})
        delta: Contributions = defaultdict(int)
        problems: list[ProblemRow] = []
        for case in sorted(reads_after):
            facts = after[case] if case in after else more.get(case, ())
            was = before.get(case, ()) if case in after else facts
            evaluated = self.program.evaluate(case, facts, view_after)
            problems.extend(ProblemRow(case, row.code, row.detail, row.blocks) for row in evaluated.problems)
            change = evaluated.contributions
            if was or case in woken:
                change = changes(change, self.program.evaluate(case, was, view_before).contributions)
            for key, amount in change.items():
                delta[key] += amount
        unit.put_problems(list(reads_after), problems)
        return delta

    def swap(self, chosen: Conflict, note: str) -> None:
        """Let a conflicting body count instead of the standing one, which is kept as the resolved other."""
        with self.store.unit() as unit:
            self._check_program(unit)
            content_hash, case = unit.known([chosen.event_key])[chosen.event_key]
            standing = next(fact for fact in unit.facts([case])[case] if fact.event_key == chosen.event_key)
            number = int(unit.setting("batch") or 0) + 1
            unit.set_setting("batch", str(number))
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
            self._evaluate(unit, intake, int(unit.setting("watermark_us") or 0) // MINUTE_US - KEPT_MINUTES)

    def rebuild_needed(self) -> bool:
        """Whether the store's cells come from other definitions than this pipeline's."""
        return self.store.settings().get("program") not in (None, self.fingerprint)

    def rebuild(self) -> Iterator[int]:
        """Recompute everything derived from facts in one transaction; yields how many cases are done."""
        with self.store.unit() as unit:
            unit.clear_derived()
            oldest = int(unit.setting("watermark_us") or 0) // MINUTE_US - KEPT_MINUTES
            cases = unit.all_cases()
            done = 0
            while part := list(islice(cases, REBUILD_CASES)):
                after = {case: self._events(facts) for case, facts in unit.facts(part).items()}
                delta = self._change(unit, {}, after)
                unit.add_cells({key: amount for key, amount in delta.items() if not _is_old(key, oldest)})
                done += len(part)
                yield done
            unit.set_setting("program", self.fingerprint)

    def adopt(self) -> None:
        """Note which definitions an empty store is filled with."""
        with self.store.unit() as unit:
            unit.set_setting("program", self.fingerprint)


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


def _move(unit: Unit, position: Position) -> None:
    name = f"position:{position.source}"
    if unit.setting(name) != position.expected:
        raise TakenOver(f"another process has read {position.source} meanwhile; start again to go on from there")
    unit.set_setting(name, position.reached)


def _count(unit: Unit, intake: Intake, seen: int, rejected: int) -> None:
    counts = {
        "in": seen,
        "accepted": intake.accepted,
        "duplicates": intake.duplicates,
        "rejected": rejected,
        "conflicts": intake.conflicting,
    }
    for name, amount in counts.items():
        if amount:
            unit.set_setting(f"count:{name}", str(int(unit.setting(f"count:{name}") or 0) + amount))


__all__ = ["Outcome", "Pipeline", "Position", "view_of"]
