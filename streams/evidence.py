"""Which facts stand behind a number: walks all cases and keeps those that contribute to a cell."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass

import msgspec

from scoring.atoms import total_order
from scoring.contribution import Contributions, Key, Program
from scoring.definitions import Definitions
from scoring.events.base import Event
from scoring.kpi import KpiValue, measures_read
from scoring.statement import canonical
from scoring.windows import span_of
from streams.codec import Codec
from streams.pipeline import view_of
from streams.stores.base import Fact, Store

CHUNK_CASES = 2_000
Cell = tuple[str, str, str, str]
"""(owner, dimension, measure, window); window "" is the asked days themselves."""

_decode = msgspec.msgpack.Decoder().decode


@dataclass(frozen=True, slots=True)
class Behind:
    """One case that contributes, with its facts and what it adds to each cell key."""

    case: str
    facts: tuple[Fact, ...]
    events: tuple[Event, ...]
    contributions: Contributions


def cells_of(value: KpiValue, definitions: Definitions) -> frozenset[Cell]:
    """The cells that a KPI value was computed from."""
    cells = set()
    for name, window in measures_read(definitions.kpis[value.kpi], definitions.kpis):
        measure = definitions.measures[name]
        dimension = value.dimension
        if dimension and dimension not in measure.dimensions:
            dimension = measure.dimensions[0] if measure.dimensions else ""
        cells.add((value.owner, dimension, name, window))
    return frozenset(cells)


@dataclass(frozen=True, slots=True)
class Extent:
    """Which facts are meant: those that contribute to the days first_day..last_day and arrived up to a batch."""

    first_day: str
    last_day: str
    batch: int

    def span(self, window: str) -> tuple[str, str]:
        """The days of a window."""
        return span_of(window, self.first_day, self.last_day) if window else (self.first_day, self.last_day)


class Groups:
    """Finds the groups of cells that a contribution belongs to."""

    def __init__(self, groups: Iterable[frozenset[Cell]], extent: Extent) -> None:
        self._spans: dict[str, tuple[str, str]] = {}
        self._by_name: dict[tuple[str, str, str], list[tuple[str, frozenset[Cell]]]] = {}
        for group in groups:
            for owner, dimension, measure, window in group:
                self._spans[window] = extent.span(window)
                self._by_name.setdefault((owner, dimension, measure), []).append((window, group))

    def hit(self, contributions: Iterable[Key]) -> set[frozenset[Cell]]:
        """The groups in whose cells and days one of the contributions falls."""
        return {
            group
            for owner, dimension, measure, period, _ in contributions
            for window, group in self._by_name.get((owner, dimension, measure), ())
            if self._spans[window][0] <= period <= self._spans[window][1]
        }


def standing(fact: Fact) -> bool:
    """Whether a fact counts now."""
    return not fact.is_retracted


def walk(
    store: Store,
    codec: Codec,
    program: Program,
    cases: Sequence[str] | None = None,
    keep: Callable[[Fact], bool] = standing,
) -> Iterator[Behind]:
    """Every case (or the given ones) with its evaluation over the facts to keep, in order of its key."""
    wanted = store.all_cases() if cases is None else list(cases)
    for start in range(0, len(wanted), CHUNK_CASES):
        part = wanted[start : start + CHUNK_CASES]
        found = store.find_facts(part)
        restored = {
            case: sorted(
                ((codec.restore(fact.event_type, fact.body), fact) for fact in found.get(case, ()) if keep(fact)),
                key=lambda pair: total_order(pair[0]),
            )
            for case in part
        }
        reads = {case: program.reads(case, [event for event, _ in pairs]) for case, pairs in restored.items()}
        keys = {key for names in reads.values() for key in names}
        view = view_of(store.find_projections(keys)) if keys else {}
        for case, pairs in restored.items():
            events = tuple(event for event, _ in pairs)
            evaluated = program.evaluate(case, events, view)
            yield Behind(case, tuple(fact for _, fact in pairs), events, evaluated.contributions)


def cells_digest(store: Store, first: str, last: str) -> str:
    """SHA-256 over every day cell of the days first..last in order of its key, row by row."""
    digest = hashlib.sha256()
    for key, value in store.all_cells(first, last):
        digest.update(canonical([*key, value]).encode() + b"\n")
    return digest.hexdigest()


def gather(
    store: Store, codec: Codec, program: Program, groups: Collection[frozenset[Cell]], extent: Extent
) -> dict[frozenset[Cell], dict[str, object]]:
    """For each group of cells the facts behind it in the extent: their number and a digest over their identities."""
    index = Groups(groups, extent)
    counts: dict[frozenset[Cell], int] = dict.fromkeys(groups, 0)
    digests = {group: hashlib.sha256() for group in groups}
    for behind in walk(store, codec, program):
        hit = index.hit(behind.contributions)
        keys = sorted(fact.event_key for fact in behind.facts if fact.batch <= extent.batch)
        for group in hit:
            counts[group] += len(keys)
            digests[group].update(b"".join(keys))
    return {group: {"facts": counts[group], "facts_digest": digests[group].hexdigest()} for group in groups}
