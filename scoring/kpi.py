"""A KPI: a formula over measures, evaluated exactly; a ratio keeps its numerator and denominator."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from scoring.formula import Formula, Names, Number
from scoring.measures import AGGREGATIONS, MICRO, Measure, Rows
from scoring.money import EXPONENTS
from scoring.period import days_in
from scoring.reference import Label
from scoring.windows import span_of

UNITS = ("money", "count", "ratio", "seconds", "hours", "points", "multiple")
DIRECTIONS = ("up", "down", "band")
PLATFORMS = (
    "taobao",
    "tmall",
    "douyin",
    "kuaishou",
    "jd",
    "pinduoduo",
    "xiaohongshu",
    "wechat",
    "amazon",
    "tiktok",
    "shopify",
    "alibaba",
)
"""Platforms that name KPIs in their own words or count them by their own rules; alibaba is Alibaba.com."""

ReadRows = Callable[[str, str, str, str, str], Rows]
"""(owner, dimension, measure name, first day, last day) -> stored rows of these days."""

ReadTarget = Callable[[str], Number]
"""KPI id -> the owner's target in the wanted period, or None."""


@dataclass(frozen=True, slots=True)
class Kpi:
    """A KPI as data; without a denominator it is additive, with one it is a ratio that is divided on reading.

    `aliases` are (platform, its name for the KPI). A variant is a KPI of its own: KPI `of` as a platform counts it.
    `limit` is what the platform itself asks for.
    """

    id: str
    version: int
    name: Label
    about: Label
    unit: str
    direction: str
    numerator: Formula
    denominator: Formula | None
    dimensions: tuple[str, ...]
    min_sample: int = 0
    live: str = "RT"
    time: str = ""
    of_target: str = ""
    additive_target: bool = False
    empty_scores_zero: bool = False
    aliases: tuple[tuple[str, str], ...] = ()
    of: str = ""
    platform: str = ""
    mode: str = ""
    limit: Fraction | None = None


@dataclass(frozen=True, slots=True)
class KpiValue:
    """The value of a KPI for an owner and period in natural units; None is "not known" and never 0."""

    kpi: str
    owner: str
    dimension: str
    period: str
    value: Fraction | None
    numerator: Fraction | None
    denominator: Fraction | None
    sample: int | None
    status: str


@dataclass(frozen=True, slots=True)
class Question:
    """Which owner's value is wanted, in which dimension and period; dimension "" for shops and the company.

    The days are those of the period, or the part of it that is asked for; minutes "m:..." when a rolling span is.
    """

    owner: str
    dimension: str
    period: str
    first_day: str
    last_day: str

    @property
    def days(self) -> Fraction:
        """How many days are asked for."""
        return Fraction(days_in(self.first_day, self.last_day))


def measures_read(kpi: Kpi, kpis: Mapping[str, Kpi]) -> frozenset[tuple[str, str]]:
    """(measure, window) of everything that a KPI is computed from; window "" is the asked days themselves."""
    found: set[tuple[str, str]] = set()
    names = [*kpi.numerator.names, *(kpi.denominator.names if kpi.denominator else ())]
    for full in names:
        name, _, window = full.partition("@")
        kind, _, other = name.rpartition(".")
        if kind == "kpi":
            inner = measures_read(replace(kpis[other], denominator=None), kpis)
            found.update((measure, window or own) for measure, own in inner)
        elif not kind:
            found.add((name, window))
    return frozenset(found)


class Evaluator:
    """Evaluates KPIs over cells; the live number, the exported one and the paid one all come from here."""

    def __init__(self, kpis: Mapping[str, Kpi], measures: Mapping[str, Measure], currency: str) -> None:
        self.kpis = kpis
        self.measures = measures
        self._scales = {
            "money": Fraction(1, 10 ** EXPONENTS[currency]),
            "count": Fraction(1, MICRO),
            "seconds": Fraction(1, MICRO),
            "points": Fraction(1, MICRO),
        }

    def evaluate(self, kpi: Kpi, question: Question, read: ReadRows, target: ReadTarget) -> KpiValue:
        """The KPI's value from the cells that `read` returns."""
        names = self._names(question, read, target)

        numerator = kpi.numerator(names)
        denominator = kpi.denominator(names) if kpi.denominator else None
        if kpi.denominator is None:
            value = numerator
        elif numerator is None or not denominator or (denominator < 0):
            value = None
        else:
            value = numerator / denominator
        sample = None if denominator is None else int(denominator)
        status = "empty" if value is None else "ok"
        if kpi.denominator is not None and kpi.min_sample and (sample or 0) < kpi.min_sample:
            status = "insufficient"
        return KpiValue(
            kpi.id, question.owner, question.dimension, question.period, value, numerator, denominator, sample, status
        )

    def _names(self, question: Question, read: ReadRows, target: ReadTarget) -> Names:
        """What a name in a formula stands for: a target, the days, another KPI's numerator, or a measure."""

        def value(name: str) -> Number:
            name, _, window = name.partition("@")
            asked = question
            if window:
                first, last = span_of(window, question.first_day, question.last_day)
                asked = replace(question, first_day=first, last_day=last)
            if name == "period.days":
                return asked.days
            kind, _, other = name.rpartition(".")
            if kind == "target":
                return target(other)
            if kind == "kpi":
                return self.kpis[other].numerator(self._names(asked, read, target))
            return self._measure(self.measures[name], asked, read)

        return value

    def dimension(self, kpi: Kpi, owner: str, wanted: str | None) -> str:
        """The credit dimension to read for an owner; shops and the company have none."""
        if owner[:2] in ("s:", "c:"):
            return ""
        return wanted or (kpi.dimensions[0] if kpi.dimensions else "")

    def _measure(self, measure: Measure, question: Question, read: ReadRows) -> Number:
        dimension = question.dimension
        if dimension and dimension not in measure.dimensions:
            if not measure.dimensions:
                return Fraction(0)
            dimension = measure.dimensions[0]
        rows = read(question.owner, dimension, measure.name, question.first_day, question.last_day)
        return AGGREGATIONS[measure.kind].read(rows, self._scales[measure.unit])
