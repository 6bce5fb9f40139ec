"""Plays worked examples through the pipeline: what they say, in any order, at every prefix, in parts, and recounted."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from zlib import crc32

from dashboards.worked import BASE, Expected, Wire, Worked, base_texts, example_files, kpi_of
from scoring.contribution import Key, Program
from scoring.definitions import Definitions, read_definitions
from scoring.kpi import Evaluator, KpiValue, Question, measures_read
from scoring.period import parse_day, period_of
from scoring.recount import recount
from scoring.windows import span_of
from streams.closing.recounting import counted, effective_facts
from streams.codec import Codec, Decoded
from streams.evidence import Extent, Groups, cells_of, walk
from streams.folder import catalogue_texts
from streams.pipeline import Pipeline
from streams.reading import Reader
from streams.stores import MemoryStore
from tests.scenarios.shop import raw_of

SHIPPED = Path(__file__).resolve().parents[2] / "examples" / "kpis"
NOW_US = 1_893_456_000_000_000
"""2030: after everything that an example tells."""
VARIABLE = "SCORELINE_KPI_CASES"
CODEC = Codec()
Row = tuple[str, str, int]


def cases_folder() -> Path:
    """The folder of examples: the shipped one, or the one that SCORELINE_KPI_CASES names; ValueError without any."""
    folder = Path(os.environ.get(VARIABLE) or SHIPPED)
    if not example_files(folder):
        raise ValueError(f"{VARIABLE} names {folder}, in which there is no <family>/<kpi>.toml")
    return folder


def files_by_kpi(folder: Path) -> dict[str, list[Path]]:
    """The example files of a folder by the KPI that they are about."""
    found: dict[str, list[Path]] = {}
    for path in example_files(folder):
        found.setdefault(kpi_of(path), []).append(path)
    return found


@lru_cache(maxsize=1)
def _base() -> Mapping[str, str]:
    folder = cases_folder()
    return catalogue_texts() | base_texts(folder if (folder / BASE).is_dir() else SHIPPED)


@lru_cache(maxsize=8)
def _definitions(changed: tuple[tuple[str, str], ...]) -> Definitions:
    return read_definitions({**_base(), **dict(changed)})


@lru_cache(maxsize=8)
def _program(changed: tuple[tuple[str, str], ...]) -> tuple[Definitions, Program, str]:
    definitions = _definitions(changed)
    return definitions, definitions.program(), definitions.program_fingerprint()


def definitions_of(example: Worked) -> Definitions:
    """The base company with the files of an example."""
    return program_of(example)[0]


def program_of(example: Worked) -> tuple[Definitions, Program, str]:
    """The same with what is compiled from it, which holds nothing of any run."""
    return _program(tuple(sorted(example.files.items())))


def retracting(example: Worked, event_id: str) -> Wire:
    """The event that takes one of the example's events back, told after everything else."""
    target = next(event for event in example.events if event["event_id"] == event_id)
    return {
        "event_id": f"retraction of {event_id}",
        "event_type": "event.retracted",
        "occurred_at": max(example.events, key=lambda event: decoded(event).event.occurred_at)["occurred_at"],
        "source": target["source"],
        "shop_id": target["shop_id"],
        "target_source": target["source"],
        "target_event_id": event_id,
        "reason_code": "mistake",
    }


@lru_cache(maxsize=4096)
def _decoded(raw: bytes) -> Decoded:
    found = CODEC.decode(raw, "example", NOW_US)
    assert isinstance(found, Decoded), f"an event is refused: {found}"
    return found


def decoded(event: Wire) -> Decoded:
    """An event as the codec reads it; AssertionError with the reason when it refuses it."""
    return _decoded(raw_of(event))


@dataclass(slots=True)
class Play:
    """One run of some events of an example, and the cells that each shard would hold."""

    example: Worked
    definitions: Definitions = field(init=False)
    store: MemoryStore = field(init=False, default_factory=MemoryStore)
    shards: tuple[dict[Key, int], dict[Key, int]] = field(init=False, default_factory=lambda: ({}, {}))

    def __post_init__(self) -> None:
        self.definitions = definitions_of(self.example)

    def tell(self, *batches: Sequence[Wire]) -> Play:
        """Apply batches, each by a pipeline of its own as after a restart; a shard gets what its subjects changed."""
        _, program, fingerprint = program_of(self.example)
        for batch in batches:
            before = self.cells()
            engine = Pipeline(self.store, CODEC, program, fingerprint)
            engine.apply([decoded(event) for event in batch], [], None, NOW_US)
            if len(batch) == 1:
                shard = self.shards[crc32(decoded(batch[0]).event.subject().encode()) % 2]
                after = self.cells()
                for key in before.keys() | after.keys():
                    shard[key] = shard.get(key, 0) + after.get(key, 0) - before.get(key, 0)
        return self

    def cells(self) -> dict[Key, int]:
        """Every day cell."""
        return dict(self.store.all_cells("0000-00-00", "9999-99-99"))

    def answer(self) -> KpiValue:
        """What the example asks, as boards and closes read it."""
        example = self.example
        return Reader(self.store, self.definitions).kpi(example.kpi, example.owner, example.period, example.dimension)

    def answer_in_parts(self) -> KpiValue:
        """The same from the rows of two shards, each read in two halves of the days and put together."""
        example, definitions = self.example, self.definitions
        kpi = definitions.kpis[example.kpi]
        period = period_of(example.period, definitions.reference.company.zone)
        evaluator = Evaluator(definitions.kpis, definitions.measures, definitions.reference.company.currency)
        dimension = evaluator.dimension(kpi, example.owner, example.dimension)
        question = Question(example.owner, dimension, example.period, period.first_day, period.last_day)

        def target(name: str) -> Fraction | None:
            return Reader(self.store, definitions).target(name, example.owner, example.period)

        return evaluator.evaluate(kpi, question, self._rows, target)

    def _rows(self, owner: str, dimension: str, measure: str, first: str, last: str) -> list[Row]:
        middle = (parse_day(first) + (parse_day(last) - parse_day(first)) / 2).isoformat()
        behind = (parse_day(middle) + timedelta(days=1)).isoformat()
        return [
            (key[3], key[4], amount)
            for shard in self.shards
            for start, end in ((first, middle), (behind, last))
            for key, amount in shard.items()
            if key[:3] == (owner, dimension, measure) and start <= key[3] <= end
        ]

    def spans(self) -> set[tuple[str, str]]:
        """The days of the period and of every window that the KPI looks through."""
        period = period_of(self.example.period, self.definitions.reference.company.zone)
        whole = (period.first_day, period.last_day)
        read = measures_read(self.definitions.kpis[self.example.kpi], self.definitions.kpis)
        return {whole} | {span_of(window, *whole) for _, window in read if window}

    def unexplained(self) -> dict[Key, int]:
        """What of the value's cells is in no case that `scoreline explain` goes through; empty when they add up."""
        period = period_of(self.example.period, self.definitions.reference.company.zone)
        groups = Groups([cells_of(self.answer(), self.definitions)], Extent(period.first_day, period.last_day, 0))
        cases = sorted({*self.store.all_cases(), *self.store.derived_cases()})
        left = {key: amount for key, amount in self.cells().items() if groups.hit([key])}
        for behind in walk(self.store, CODEC, program_of(self.example)[1], cases):
            for key, amount in behind.contributions.items():
                if groups.hit([key]):
                    left[key] = left.get(key, 0) - amount
        return {key: amount for key, amount in left.items() if amount}

    def disagreements(self) -> dict[object, tuple[Fraction | None, Fraction | None]]:
        """Where the cells of these days differ from the independent recount: {(owner, dimension, measure): both}."""
        facts = list(effective_facts(self.store, CODEC))
        found: dict[object, tuple[Fraction | None, Fraction | None]] = {}
        for first, last in self.spans():
            ours = counted(self.store, self.definitions, first, last)
            theirs = recount(facts, self.definitions, first, last)
            for key in ours.keys() | theirs.keys():
                if ours.get(key) != theirs.get(key):
                    found[(first, last, *key)] = (ours.get(key), theirs.get(key))
        return found


def mismatches(answer: KpiValue, expected: Expected) -> Iterator[str]:
    """What of an answer is not as expected, in words."""
    for name, wanted in (("value", expected.value), *expected.parts):
        found = getattr(answer, name)
        if found != wanted:
            yield f"{name} is {found}, the example says {wanted}"
    if expected.status and answer.status != expected.status:
        yield f"status is {answer.status}, the example says {expected.status}"
