"""The organisation as rows to show: leavings, decisions, departments, careers, check-ins, proposals, trainings."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any, TypeVar

from scoring.atoms import total_order
from scoring.attribution import Attribution
from scoring.events import Event
from scoring.events.organisation import CheckinSubmitted, ProposalEvent
from scoring.events.people import HrEvent, HrTraining
from scoring.events.review import ExamScored, ReviewSubmitted, ScoreSettled
from scoring.measures import MICRO
from scoring.money import decimal_text
from scoring.organisation.calibration import raters
from scoring.organisation.checkins import notes
from scoring.organisation.decisions import log_of, outcome, quarters
from scoring.organisation.departments import Department, department_table
from scoring.organisation.development import progress
from scoring.organisation.effects import WINDOW_DAYS, Effect, later
from scoring.organisation.leads import lead_of
from scoring.organisation.promotion import eligibility, last_quarters
from scoring.organisation.proposals import proposals
from scoring.organisation.records import DevelopmentGoal
from scoring.organisation.rights import Rights
from scoring.organisation.turnover import leavings, turnover_card
from scoring.organisation.uplift import training_effect
from scoring.period import instant_text, period_of
from scoring.statement import exact_text
from streams.closing.recounting import effective_facts
from streams.codec import Codec
from streams.reading import Reader

EventT = TypeVar("EventT", bound=Event)
Row = dict[str, Any]


class Organisation:
    """Answers about people and decisions, from one reader."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.definitions = reader.definitions
        self.attribution = Attribution(reader.definitions.reference, reader.days)

    def value(self, kpi: str, owner: str, first: str, last: str) -> Fraction | None:
        """A KPI over some days."""
        return self.reader.between(kpi, owner, (first, last), first).value

    def facts(self, kind: type[EventT]) -> list[EventT]:
        """The facts of a kind that are not retracted, in total order."""
        facts = (fact for fact in effective_facts(self.reader.store, Codec()) if isinstance(fact, kind))
        return sorted(facts, key=total_order)

    def person(self, account: str, at: int) -> str:
        """The employee behind an account."""
        return self.attribution.person(account, at)

    def turnover(self, period: str, kpis: Sequence[str]) -> list[Row]:
        """Everybody who left in a period with the KPIs of their team, 30 days before and after."""
        span = period_of(period, self.reader.days.zone)
        left = leavings(self.facts(HrEvent), self.attribution, span.first_day, span.last_day)
        return [
            {
                "person": row.leaving.person,
                "day": row.leaving.day,
                "team": row.leaving.team,
                "voluntary": row.leaving.voluntary,
                "effects": [_effect(effect) for effect in row.effects],
                "known": later(row.leaving.day, WINDOW_DAYS) < self.reader.today(),
            }
            for row in turnover_card(left, kpis, self.value)
        ]

    def decisions(self, owner: str, period: str) -> list[Row]:
        """The decision log, of one owner and period when they are named: expected against observed."""
        rows = self.definitions.governance.decisions
        if owner or period:
            span = period_of(period or self.reader.today()[:4], self.reader.days.zone)
            owners = (owner,) if owner else sorted({row.owner for row in rows})
            rows = tuple(row for one in owners for row in log_of(rows, one, span.first_day, span.last_day))
        found = (outcome(decision, self.value, self.reader.today()) for decision in rows)
        return [
            {
                "id": row.decision.id,
                "title": {"zh": row.decision.title.zh, "en": row.decision.title.en},
                "owner": row.decision.owner,
                "start": row.decision.start,
                "end": row.decision.end,
                "measured_on": row.decision.measured_on,
                **_effect(row.effect),
                "expected": exact_text(row.decision.expected),
                "relative": row.decision.relative,
                "observed": exact_text(row.observed),
                "reached": row.reached,
            }
            for row in found
        ]

    def quarters(self, kpi: str, owner: str, quarter: str, number: int) -> list[Row]:
        """A KPI over the last quarters, each against the one before."""
        return [
            {"quarter": key, "value": exact_text(effect.after), **_effect(effect)}
            for key, effect in quarters(kpi, owner, last_quarters(quarter, number), self.value)
        ]

    def departments(self, period: str, output: str) -> list[Row]:
        """Every team with contribution, cost, margin and cost per unit of its output, the KPI `output`."""
        span = period_of(period, self.reader.days.zone)
        days = span.first_day, span.last_day
        rows = []
        for team in self.definitions.reference.teams:
            owner = f"t:{team.id}"
            cost = self.reader.between("cost_budget_usage", owner, days, period).numerator
            rows.append(
                Department(
                    team.id,
                    self.value("contribution_profit", owner, *days),
                    cost,
                    self.value(output, owner, *days) if output else None,
                )
            )
        return [
            {
                "team": row.team,
                "contribution": exact_text(row.contribution),
                "cost": exact_text(row.cost),
                "margin": exact_text(row.margin),
                "output": exact_text(row.output),
                "cost_per_unit": exact_text(row.unit_cost),
            }
            for row in department_table(rows)
        ]

    def promotion(self, quarter: str) -> list[Row]:
        """Everybody whose role has a next step, with totals, exam and what is missing; a person decides."""
        last_day = period_of(quarter, self.reader.days.zone).last_day
        scores, exams = self.facts(ScoreSettled), self.facts(ExamScored)
        rows = []
        for person in self.definitions.reference.people:
            position = person.position(last_day)
            for step in self.definitions.governance.steps:
                if position is None or position.role != step.from_role:
                    continue
                own = [row for row in scores if self.person(row.subject_id, row.occurred_at) == person.id]
                sat = [row for row in exams if self.person(row.subject_id, row.occurred_at) == person.id]
                found = eligibility(person.id, step, quarter, own, sat)
                rows.append(
                    {
                        "person": person.id,
                        "from_role": step.from_role,
                        "to_role": step.to_role,
                        "eligible": not found.missing,
                        "missing": list(found.missing),
                        "totals": {key: exact_text(total) for key, total in found.totals},
                        "exam": exact_text(found.exam),
                        "asked_of": lead_of(self.definitions.reference, person.id, last_day),
                    }
                )
        return sorted(rows, key=lambda row: (not row["eligible"], row["person"]))

    def checkins(self, person: str, period: str) -> Row:
        """Somebody's weeks of a period: evidence for a reviewer, never a score."""
        span = period_of(period, self.reader.days.zone)
        own = [row for row in self.facts(CheckinSubmitted) if self.person(row.subject_id, row.occurred_at) == person]
        found = notes(own, span.first_day, span.last_day)
        return {
            "person": person,
            "period": period,
            "average": exact_text(found.average),
            "blockers": found.blockers,
            "weeks": [
                {"week": week.week, "rating": exact_text(week.rating), "blockers": week.blockers}
                for week in found.weeks
            ],
        }

    def proposals(self) -> list[Row]:
        """Every proposal with its state, open ones first."""
        return [
            {
                "id": row.id,
                "author": row.author,
                "addressee": row.addressee,
                "submitted_at": instant_text(row.submitted_at),
                "state": row.state,
                "decided_by": row.decided_by,
                "decided_at": None if row.decided_at is None else instant_text(row.decided_at),
            }
            for row in proposals(self.facts(ProposalEvent))
        ]

    def raters(self, period: str) -> list[Row]:
        """Everybody who reviewed others for a period, the most generous first."""
        found = raters([row for row in self.facts(ReviewSubmitted) if row.period == period])
        return [
            {
                "reviewer": row.reviewer,
                "scores": row.scores,
                "mean": exact_text(row.mean),
                "spread": exact_text(row.spread),
                "lowest": exact_text(row.lowest),
                "highest": exact_text(row.highest),
                "beside_all": exact_text(row.beside),
            }
            for row in found
        ]

    def right(self, person: str, right: str, owner: str, day: str) -> Row:
        """Whether somebody has a right, and by which grant."""
        grant = Rights(self.definitions.reference, self.definitions.governance.grants).by_which(
            person, right, owner, day
        )
        by = None if grant is None else {"scope": grant.scope, "from": grant.from_day, "granted_by": grant.granted_by}
        return {"person": person, "right": right, "owner": owner, "day": day, "may": grant is not None, "by": by}

    def development(self, person: str, period: str) -> list[Row]:
        """Somebody's development goals at the end of a period, beside the KPI or exam that shows them."""
        span = period_of(period, self.reader.days.zone)

        def now(goal: DevelopmentGoal) -> Fraction | None:
            if goal.kpi:
                return self.reader.kpi(goal.kpi, f"e:{person}", period).value
            sat = [row for row in self.facts(ExamScored) if row.item == goal.exam]
            own = [row for row in sat if self.person(row.subject_id, row.occurred_at) == person]
            before = [row.score for row in own if self.reader.days.day(row.occurred_at) <= span.last_day]
            return Fraction(before[-1], MICRO) if before else None

        return [
            {
                "id": row.goal.id,
                "title": {"zh": row.goal.title.zh, "en": row.goal.title.en},
                "shown_by": row.goal.kpi or row.goal.exam,
                "wanted": exact_text(row.goal.wanted),
                "now": exact_text(row.stand),
                "reached": row.reached,
            }
            for row in progress(self.definitions.governance.goals, person, span.last_day, now)
        ]

    def training_effects(self, kpi: str) -> Iterator[Row]:
        """A `training.effect` event for every attendance whose 30 days after are over, to be ingested.

        Made again later it has a higher revision, and so takes the place of the earlier one.
        """
        revision = max(1, self.reader.freshness().batch)
        for fact in self.facts(HrTraining):
            day = self.reader.days.day(fact.occurred_at)
            if not fact.attended or later(day, WINDOW_DAYS) >= self.reader.today():
                continue
            person = self.person(fact.employee_id, fact.occurred_at)
            effect = training_effect(person, kpi, day, self.value)
            if effect.before is None or effect.after is None:
                continue
            training = fact.training_id or day
            yield {
                "event_id": f"effect-{training}-{fact.employee_id}-{kpi}-{revision}",
                "event_type": "training.effect",
                "occurred_at": instant_text(self.reader.freshness().watermark_us or fact.occurred_at),
                "source": "scoreline",
                "shop_id": fact.shop_id,
                "employee_id": fact.employee_id,
                "training_id": training,
                "trainer_id": fact.trainer_id,
                "kpi": kpi,
                "before": decimal_text(effect.before, 6),
                "after": decimal_text(effect.after, 6),
                "trained_at": instant_text(fact.occurred_at),
                "revision": revision,
            }


def _effect(effect: Effect) -> Row:
    return {
        "kpi": effect.kpi,
        "before": exact_text(effect.before),
        "after": exact_text(effect.after),
        "change": exact_text(effect.change),
        "share": exact_text(effect.share),
    }
