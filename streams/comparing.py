"""What a draft of the definitions would change: KPIs before and after, recomputed from the facts beside the store."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import islice

from scoring.definitions import DefinitionError, Definitions, Fault
from scoring.kpi import Evaluator, Question, measures_read
from scoring.measures import Rows
from scoring.period import period_of
from scoring.windows import span_of
from streams.codec import Codec
from streams.pipeline import Pipeline
from streams.stores import MemoryStore
from streams.stores.base import ProblemRow, Store

ALWAYS_COMPARED = "net_sales"
UNDEFINED = "undefined"
COMPANY = "c:"
FACTS_AT_ONCE = 10_000
_OWNER_ORDER = "cste"


@dataclass(frozen=True, slots=True)
class Asked:
    """Which KPIs of which period are compared."""

    period: str
    kpis: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A value under one set of definitions; the status "undefined" says that it has no such KPI."""

    value: Fraction | None
    status: str


@dataclass(frozen=True, slots=True)
class Moved:
    """One KPI of an owner that is not the same under the draft."""

    owner: str
    kpi: str
    dimension: str
    before: Figure
    after: Figure

    @property
    def difference(self) -> Fraction | None:
        """After minus before; None when one of them is not known."""
        before, after = self.before.value, self.after.value
        return None if before is None or after is None else after - before


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs; `problems` block a close under the draft and do not now, `facts` were replayed."""

    asked: Asked
    fingerprints: tuple[str, str]
    facts: int
    rows: tuple[Moved, ...]
    problems: tuple[ProblemRow, ...]

    @property
    def company(self) -> tuple[Moved, ...]:
        """The totals of the company that moved."""
        return tuple(row for row in self.rows if row.owner == COMPANY)


def kpis_on_plans(*sides: Definitions) -> tuple[str, ...]:
    """Every KPI that a plan of one of the definitions scores or pays by, and net sales."""
    found: dict[str, None] = {}
    for definitions in sides:
        for plan in definitions.plans.values():
            found.update(dict.fromkeys(plan.kpis()))
    found[ALWAYS_COMPARED] = None
    return tuple(name for name in found if any(name in definitions.kpis for definitions in sides))


def compare(
    store: Store,
    current: Definitions,
    draft: Definitions,
    asked: Asked,
    told: Callable[[int], None] = lambda cases: None,
) -> Comparison:
    """Compare the store's numbers with those that its facts give under a draft. Nothing in the store changes.

    `told` hears how many cases are done. ValueError when the period is none, DefinitionError when amounts can not be
    compared.
    """
    if current.reference.company.currency != draft.reference.company.currency:
        message = "is not the currency of the home: amounts of two currencies can not be compared"
        raise DefinitionError((Fault("company.toml", "company.currency", message),))
    with store.snapshot() as frozen:
        before = _Side(frozen, current, asked)
        what_if = MemoryStore()
        facts = _copy_facts(frozen, what_if)
        for cases in _pipeline(what_if, draft, asked).rebuild():
            told(cases)
        known = frozenset(frozen.problems())
    after = _Side(what_if, draft, asked)
    rows = tuple(_rows(before, after))
    new = tuple(row for row in what_if.problems() if row.blocks and row not in known)
    return Comparison(asked, (current.fingerprint(), draft.fingerprint()), facts, rows, new)


def _copy_facts(source: Store, target: MemoryStore) -> int:
    """Give `target` the facts that count."""
    rows = source.all_facts()
    copied = 0
    with target.unit() as unit:
        while part := list(islice(rows, FACTS_AT_ONCE)):
            unit.add_facts(part)
            copied += len(part)
    return copied


def _pipeline(store: Store, draft: Definitions, asked: Asked) -> Pipeline:
    """Fills the cells that the KPIs read, and no minute cells: nothing compared looks at minutes."""
    wanted = sorted({measure for measure, _ in _read_by(draft, asked.kpis)})
    measures = {name: replace(draft.measures[name], rolling=False) for name in wanted}
    return Pipeline(store, Codec(), replace(draft, measures=measures).program(), draft.program_fingerprint())


def _read_by(definitions: Definitions, kpis: Collection[str]) -> frozenset[tuple[str, str]]:
    """(measure, window) of everything that those of the KPIs that are defined are computed from."""
    defined = [definitions.kpis[name] for name in kpis if name in definitions.kpis]
    return frozenset(pair for kpi in defined for pair in measures_read(kpi, definitions.kpis))


class _Side:
    """The cells of a store that the KPIs read, and their values under the definitions that filled them."""

    def __init__(self, store: Store, definitions: Definitions, asked: Asked) -> None:
        company = definitions.reference.company
        self.definitions = definitions
        self.asked = asked
        self._period = period_of(asked.period, company.zone)
        self._evaluator = Evaluator(definitions.kpis, definitions.measures, company.currency)
        self._rows: dict[tuple[str, str, str], list[tuple[str, str, int]]] = {}
        reads = _read_by(definitions, asked.kpis)
        measures = {measure for measure, _ in reads}
        days = self._period.first_day, self._period.last_day
        spans = [days, *(span_of(window, *days) for _, window in reads if window)]
        # One walk over the cells: asking for each owner and measure would be thousands of them.
        for key, amount in store.all_cells(min(first for first, _ in spans), max(last for _, last in spans)):
            if key[2] in measures:
                self._rows.setdefault(key[:3], []).append((key[3], key[4], amount))

    def owners(self) -> set[str]:
        """Everybody who is defined or has a cell."""
        reference = self.definitions.reference
        people = {f"e:{person.id}" for person in reference.people}
        teams = {f"t:{team.id}" for team in reference.teams}
        shops = {f"s:{shop.id}" for shop in reference.shops}
        return {COMPANY} | people | teams | shops | {owner for owner, _, _ in self._rows}

    def dimensions(self, kpi_id: str) -> tuple[str, ...]:
        """The dimensions in which people and teams are credited."""
        kpi = self.definitions.kpis.get(kpi_id)
        return kpi.dimensions if kpi else ()

    def figure(self, kpi_id: str, owner: str, dimension: str) -> Figure:
        """The value of a KPI."""
        kpi = self.definitions.kpis.get(kpi_id)
        if kpi is None:
            return Figure(None, UNDEFINED)
        used = self._evaluator.dimension(kpi, owner, dimension)
        question = Question(owner, used, self.asked.period, self._period.first_day, self._period.last_day)
        found = self._evaluator.evaluate(kpi, question, self._cells, lambda name: self._target(owner, name))
        return Figure(found.value, found.status)

    def _cells(self, owner: str, dimension: str, measure: str, first: str, last: str) -> Rows:
        return [row for row in self._rows.get((owner, dimension, measure), ()) if first <= row[0] <= last]

    def _target(self, owner: str, kpi_id: str) -> Fraction | None:
        target = self.definitions.target(owner, kpi_id, self.asked.period)
        return None if target is None else target.value


def _rows(before: _Side, after: _Side) -> Iterator[Moved]:
    """What differs: the company first, then shops, teams and people; each in the order of the KPIs."""
    owners = before.owners() | after.owners()
    for owner in sorted(owners, key=lambda owner: (_OWNER_ORDER.index(owner[0]), owner)):
        for kpi_id in before.asked.kpis:
            credited = dict.fromkeys((*before.dimensions(kpi_id), *after.dimensions(kpi_id)))
            for dimension in ("",) if owner[0] in "cs" else tuple(credited) or ("",):
                row = Moved(owner, kpi_id, dimension, *(s.figure(kpi_id, owner, dimension) for s in (before, after)))
                if row.before != row.after:
                    yield row
