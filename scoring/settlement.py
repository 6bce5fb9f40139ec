"""A settlement: scores, coefficients and pay of everybody with a plan in a period; a pure function of its inputs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction

from scoring.component import Component, Terms, settle_component
from scoring.component import Gate as ValueGate
from scoring.definitions import Definitions
from scoring.definitions.organisation import read_effect
from scoring.kpi import Evaluator, Kpi, KpiValue, Question
from scoring.measures import Rows
from scoring.money import exponent_of, grouped_text, to_minor
from scoring.period import days_in, period_of, previous_period
from scoring.plan import SELF, Plan, PlanComponent, PlanItem, Source
from scoring.plans import Detail, PayInputs
from scoring.redlines import RedLine
from scoring.scales import Scored
from scoring.scope import Scope, scopes
from scoring.scorecard import Item, PointEntry, Rules, Scorecard, compose

Read = Callable[[str, str, str, str, str], Rows]
"""(owner, dimension, measure, first day, last day) -> stored rows."""

ZERO = Fraction(0)
CARRIED_PERIODS = 3
"""So many periods back `carry_last` looks for a score."""


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
        self.plan = scope.plan
        self.currency = definitions.reference.company.currency
        self.questions: list[str] = []

    def result(self) -> PersonResult:
        items = tuple(self._item(item) for item in self.plan.items)
        points, red_lines = self._points(), self._red_lines()
        rules = Rules(self.plan.points_cap, self.plan.bands, self.plan.sections or None, self._team())
        card = compose([self._card_item(result) for result in items], points, red_lines, rules)
        if self.scope.is_short:
            # Too few days to judge anybody by: nothing is scored, and nobody is asked for what is missing.
            card = replace(card, status="short_stay")
            self.questions.clear()
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

    def _team(self) -> tuple[Fraction, Fraction] | None:
        """How much of the total is the person's own, and the team's score; None without a blend (§5.11)."""
        blend = self.plan.blend
        if blend is None:
            return None
        team = f"t:{self.scope.position.team}" if blend.team == "team" else blend.team
        rows = [
            replace(item, source=replace(item.source, owner=team)) if item.source.owner == SELF else item
            for item in self.plan.items
        ]
        rules = Rules(bands=self.plan.bands, section_weights=self.plan.sections or None)
        card = compose([self._card_item(self._item(item)) for item in rows], rules=rules)
        if card.status != "scored" or card.chain is None:
            self.questions.append(f"{team} has no score to blend with that of {self.scope.owner}: set its targets")
            return None
        return blend.alpha, card.chain.weighted_total

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
        if owner != self.scope.owner:
            return row.value
        value = row.over(self.scope.first_day, self.scope.last_day)
        return value * self.scope.shares.target if self.definitions.kpis[kpi_id].additive_target else value

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

    def _card_item(self, result: ItemResult) -> Item:
        item, kpi = result.item, result.item.source.kpi
        score = result.scored.score if result.scored else None
        carried = self._last_score(item) if score is None and item.missing == "carry_last" else None
        key = (self.scope.person.id, self.scope.period.key, kpi)
        is_own = any((row.person, row.period, row.kpi) == key for row in self.definitions.reference.gaps)
        section = item.section or item.kind
        return Item(kpi, item.weight, score, section, item.missing, item.neutral, carried, is_own, item.kind)

    def _last_score(self, item: PlanItem) -> Fraction | None:
        """The score that the latest of the periods before gives, under today's plan and the targets of that period."""
        period, whole = self.scope.period, self.definitions.presence
        for _ in range(CARRIED_PERIODS):
            period = previous_period(period)
            days = (period.first_day, period.last_day)
            shares = whole.shares(self.scope.person.id, days, days)
            scope = replace(
                self.scope, period=period, first_day=days[0], last_day=days[1], share=Fraction(1), shares=shares
            )
            scored = _Settling(self.definitions, self.evaluator, scope, self.read)._item(item).scored
            if scored is not None:
                return scored.score
        return None

    def _coefficient(self, card: Scorecard) -> Fraction:
        if card.coefficient is not None:
            return card.coefficient
        if card.status == "short_stay":
            return Fraction(1)
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
        inputs = PayInputs(amount, coefficient, self.scope.shares.base, extra)
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
        days = days_in(self.scope.first_day, self.scope.last_day)
        whole = days_in(self.scope.period.first_day, self.scope.period.last_day)
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


__all__ = ["PersonResult", "Read", "Scope", "scopes", "settle"]
