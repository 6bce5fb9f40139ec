"""A settlement: scores, coefficients and pay of everybody with a plan in a period; a pure function of its inputs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from scoring.component import Component, Terms, settle_component
from scoring.component import Gate as ValueGate
from scoring.definitions import Definitions
from scoring.definitions.organisation import read_effect
from scoring.kpi import Evaluator, Kpi, KpiValue, Question
from scoring.measures import Rows
from scoring.money import exponent_of, grouped_text, to_minor
from scoring.period import Period, grain_of, period_of
from scoring.plan import Plan, PlanComponent, PlanItem, Source
from scoring.plans import Detail, PayInputs
from scoring.redlines import RedLine
from scoring.reference import Person, Position
from scoring.scales import Scored
from scoring.scorecard import Item, PointEntry, Rules, Scorecard, compose

Read = Callable[[str, str, str, str, str], Rows]
"""(owner, dimension, measure, first day, last day) -> stored rows."""

ZERO = Fraction(0)


@dataclass(frozen=True, slots=True)
class Scope:
    """The part of a period in which somebody held a position."""

    person: Person
    position: Position
    period: Period
    first_day: str
    last_day: str
    share: Fraction

    @property
    def owner(self) -> str:
        """The person's owner key."""
        return f"e:{self.person.id}"


@dataclass(frozen=True, slots=True)
class ItemResult:
    """One KPI as it was scored; `status` is ok, empty, insufficient or missing_target."""

    item: PlanItem
    kpi: Kpi
    value: KpiValue
    target: Fraction | None
    scored: Scored | None
    status: str


@dataclass(frozen=True, slots=True)
class ComponentResult:
    """One part of the pay as it was computed."""

    component: PlanComponent
    base: KpiValue | None
    base_amount: Fraction
    settled: Component


@dataclass(frozen=True, slots=True)
class PersonResult:
    """What one person earned in one position, and every step on the way."""

    scope: Scope
    plan: Plan
    items: tuple[ItemResult, ...]
    card: Scorecard
    coefficient: Fraction
    points: tuple[PointEntry, ...]
    red_lines: tuple[RedLine, ...]
    components: tuple[ComponentResult, ...]
    open_questions: tuple[str, ...]

    @property
    def total_minor(self) -> int:
        """The sum of the rounded components."""
        return sum(result.settled.amount_minor for result in self.components)


def scopes(definitions: Definitions, period: Period) -> list[Scope]:
    """Everybody who held a position with a plan of the period's grain, by person id and date."""
    grain = grain_of(period.key)
    found = []
    whole = _days(period.first_day, period.last_day)
    for person in sorted(definitions.reference.people, key=lambda person: person.id):
        for position in person.positions:
            plan = definitions.plans.get(position.plan)
            if plan is None or plan.period != grain:
                continue
            first = max(position.from_day, period.first_day)
            last = period.last_day if position.to_day is None else min(_before(position.to_day), period.last_day)
            if first <= last:
                share = Fraction(_days(first, last), whole)
                found.append(Scope(person, position, period, first, last, share))
    return found


def _days(first: str, last: str) -> int:
    return (date.fromisoformat(last) - date.fromisoformat(first)).days + 1


def _before(day: str) -> str:
    return date.fromordinal(date.fromisoformat(day).toordinal() - 1).isoformat()


def settle(definitions: Definitions, period_key: str, read: Read) -> tuple[PersonResult, ...]:
    """Settle a period from cells under definitions; equal inputs give equal results."""
    period = period_of(period_key, definitions.reference.company.zone)
    evaluator = Evaluator(definitions.kpis, definitions.measures, definitions.reference.company.currency)
    return tuple(_Settling(definitions, evaluator, scope, read).result() for scope in scopes(definitions, period))


class _Settling:
    """Settles one person in one position."""

    def __init__(self, definitions: Definitions, evaluator: Evaluator, scope: Scope, read: Read) -> None:
        self.definitions = definitions
        self.evaluator = evaluator
        self.scope = scope
        self.read = read
        self.plan = definitions.plans[scope.position.plan]
        self.currency = definitions.reference.company.currency
        self.questions: list[str] = []

    def result(self) -> PersonResult:
        items = tuple(self._item(item) for item in self.plan.items)
        points, red_lines = self._points(), self._red_lines()
        card = compose(
            [_card_item(result) for result in items],
            points,
            red_lines,
            Rules(points_cap=self.plan.points_cap, bands=self.plan.bands),
        )
        coefficient = self._coefficient(card)
        components = tuple(self._component(component, coefficient) for component in self.plan.components)
        return PersonResult(
            self.scope,
            self.plan,
            items,
            card,
            coefficient,
            points,
            red_lines,
            components,
            tuple(self.questions),
        )

    def _value(self, source: Source) -> KpiValue:
        owner = source.of(self.scope.owner)
        kpi = self.definitions.kpis[source.kpi]
        dimension = self.evaluator.dimension(kpi, owner, source.dimension or None)
        return self.evaluator.evaluate(
            kpi,
            Question(owner, dimension, self.scope.period.key, self.scope.first_day, self.scope.last_day),
            self.read,
            lambda name: self._target(name, owner),
        )

    def _target(self, kpi_id: str, owner: str) -> Fraction | None:
        """The owner's target; what adds up over time is prorated by the person's days (5-scoring.md §5.11)."""
        row = self.definitions.target(owner, kpi_id, self.scope.period.key)
        if row is None:
            return None
        prorated = self.definitions.kpis[kpi_id].additive_target and owner == self.scope.owner
        return row.value * self.scope.share if prorated else row.value

    def _item(self, item: PlanItem) -> ItemResult:
        kpi = self.definitions.kpis[item.source.kpi]
        value = self._value(item.source)
        owner = item.source.of(self.scope.owner)
        target = item.target if item.target is not None else self._target(kpi.id, owner)
        fault = item.scale.target_fault(target)
        inside = kpi.of_target and self._target(kpi.of_target, owner) is None
        if fault or inside:
            wanted = kpi.of_target if inside else kpi.id
            self.questions.append(
                f"{owner} has no usable target for {wanted} in {self.scope.period.key}: add it to targets.toml"
            )
            return ItemResult(item, kpi, value, target, None, "missing_target")
        if value.value is None and kpi.empty_scores_zero and (value.numerator or ZERO) > 0:
            return ItemResult(item, kpi, value, target, Scored(None, ZERO, "spent without sales: 0"), "ok")
        if value.value is None or value.status != "ok":
            return ItemResult(item, kpi, value, target, None, value.status)
        return ItemResult(item, kpi, value, target, item.scale.score(value.value, target), "ok")

    def _points(self) -> tuple[PointEntry, ...]:
        return tuple(
            PointEntry(row.reason.en, row.points, None, row.evidence)
            for row in self.definitions.reference.points
            if (row.person, row.period) == (self.scope.person.id, self.scope.period.key)
        )

    def _red_lines(self) -> tuple[RedLine, ...]:
        lines = []
        for row in self.definitions.reference.red_lines:
            if (row.person, row.period) == (self.scope.person.id, self.scope.period.key):
                effect, value, kpi = read_effect(row.effect)
                lines.append(RedLine(row.reason.en, effect, value, kpi, row.state))
        return tuple(lines)

    def _coefficient(self, card: Scorecard) -> Fraction:
        if card.coefficient is not None:
            return card.coefficient
        for row in self.definitions.reference.manuals:
            if (row.person, row.period) == (self.scope.person.id, self.scope.period.key):
                return row.coefficient
        self.questions.append(
            f"{self.scope.owner}: less than 60 % of the plan's weight could be scored; "
            "a person must decide: add a [[manual]] row to points.toml"
        )
        return ZERO

    def _component(self, component: PlanComponent, coefficient: Fraction) -> ComponentResult:
        if component.kind == "fixed":
            return self._fixed(component)
        base, amount = None, self.scope.position.performance_base
        if component.source is not None:
            base = self._value(component.source)
            if base.value is None:
                return self._nothing(component, base, f"{base.kpi} has no value")
            amount = base.value
        extra: dict[str, Fraction] = {}
        for name, source in component.extra:
            value = self._value(source).value
            if value is None:
                return self._nothing(component, base, f"{source.kpi} has no value")
            extra[name] = value
        terms = component.terms
        if component.gate is not None:
            value = self._value(component.gate.source).value
            if value is None:
                return self._nothing(component, base, f"the gate {component.gate.source.kpi} has no value")
            extra[component.gate.source.kpi] = value
            terms = _gated(terms, component.gate.source.kpi, component.gate.at_least)
        assert component.function is not None
        for name in component.function.needs():
            if name not in extra:
                extra[name] = self._needed(name, component)
        inputs = PayInputs(amount, coefficient, self.scope.share, extra)
        return ComponentResult(
            component, base, amount, settle_component(component.function, inputs, terms, self.currency)
        )

    def _needed(self, name: str, component: PlanComponent) -> Fraction:
        assert component.source is not None
        kpi = "net_sales" if name == "sales_target" else component.source.kpi
        owner = component.source.of(self.scope.owner)
        target = self._target(kpi, owner)
        if target is None:
            self.questions.append(
                f"{owner} has no target for {kpi}, which {component.id} needs: add it to targets.toml"
            )
            return Fraction(1)
        return target

    def _fixed(self, component: PlanComponent) -> ComponentResult:
        base = self.scope.position.base_pay
        amount = base * self.scope.share
        minor = to_minor(amount, self.currency)
        days = _days(self.scope.first_day, self.scope.last_day)
        whole = _days(self.scope.period.first_day, self.scope.period.last_day)
        details = [Detail("fixed", f"{grouped_text(base)} for {days} of {whole} days", base, self.scope.share, amount)]
        rounded = Fraction(minor, 10 ** exponent_of(self.currency))
        if rounded != amount:
            details.append(
                Detail("rounding", f"rounded half-up to {grouped_text(rounded)}", amount, None, rounded - amount)
            )
        return ComponentResult(component, None, base, Component(minor, self.currency, tuple(details), ZERO, ZERO))

    def _nothing(self, component: PlanComponent, base: KpiValue | None, why: str) -> ComponentResult:
        detail = Detail("nothing", f"{why}: nothing is due", ZERO, None, ZERO)
        return ComponentResult(component, base, ZERO, Component(0, self.currency, (detail,), ZERO, ZERO))


def _gated(terms: Terms, kpi: str, at_least: Fraction) -> Terms:
    return replace(terms, gates=(*terms.gates, ValueGate(kpi, at_least)))


def _card_item(result: ItemResult) -> Item:
    score = result.scored.score if result.scored else None
    section = result.item.section or result.item.kind
    return Item(result.item.source.kpi, result.item.weight, score, section, result.item.missing)


__all__ = ["PersonResult", "Read", "scopes", "settle"]
