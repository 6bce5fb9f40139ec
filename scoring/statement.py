"""Turns a settlement into statements: plain values in which every amount carries its reasons."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from scoring.definitions import Definitions
from scoring.kpi import KpiValue
from scoring.money import decimal_text, exponent_of
from scoring.reference import Label
from scoring.settlement import ComponentResult, ItemResult, PersonResult

FORMAT = "scoreline.statement.v1"
Json = dict[str, Any]

FactsOf = Callable[[KpiValue], Mapping[str, object]]
"""The facts behind a value: {"facts": how many, "facts_digest": SHA-256 over their identities}."""


def exact_text(value: Fraction | None) -> str | None:
    """A decimal text when the value has at most six decimals, else "numerator/denominator"; None stays None."""
    if value is None:
        return None
    scaled = value * 10**6
    if scaled.denominator == 1:
        text = decimal_text(value, 6).rstrip("0").rstrip(".")
        return text if text not in ("-0", "") else "0"
    return f"{value.numerator}/{value.denominator}"


def canonical(value: object) -> str:
    """JSON with sorted keys and no spaces: equal values give equal text."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def digest_of(value: object) -> str:
    """SHA-256 over the canonical JSON, as hex."""
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def label_json(label: Label) -> Json:
    """A name in both languages."""
    return {"zh": label.zh, "en": label.en}


def money_text(minor: int, currency: str) -> str:
    """Minor units as decimal text of the currency."""
    places = exponent_of(currency)
    return decimal_text(Fraction(minor, 10**places), places)


def statement(result: PersonResult, definitions: Definitions, adjustments: Sequence[Json], facts_of: FactsOf) -> Json:
    """The statement of one person in one position, without digest and state, which belong to the run."""
    currency = definitions.reference.company.currency
    scope, plan = result.scope, result.plan
    team = next((team for team in definitions.reference.teams if team.id == scope.position.team), None)
    total = result.total_minor + sum(_minor(row["amount"], currency) for row in adjustments)
    return {
        "format": FORMAT,
        "company": {"id": definitions.reference.company.id, "name": label_json(definitions.reference.company.name)},
        "period": {
            "key": scope.period.key,
            "first_day": scope.first_day,
            "last_day": scope.last_day,
            "zone": scope.period.zone,
            "share": exact_text(scope.share),
            "target_share": exact_text(scope.shares.target),
            "base_share": exact_text(scope.shares.base),
        },
        "person": {
            "id": scope.person.id,
            "name": label_json(scope.person.name),
            "role": scope.position.role,
            "team": {"id": scope.position.team, "name": label_json(team.name) if team else {"zh": "", "en": ""}},
        },
        "plan": {
            "id": plan.id,
            "version": plan.version,
            "scheme": plan.scheme,
            "name": label_json(plan.name),
            "purpose": label_json(plan.purpose),
        },
        "currency": currency,
        "items": [_item(row, definitions, line) for row, line in zip(result.items, result.card.lines, strict=True)],
        "score": _score(result, definitions),
        "components": [_component(row, definitions, result, facts_of) for row in result.components],
        "adjustments": list(adjustments),
        "total": money_text(total, currency),
        "definitions": definitions.fingerprint(),
    }


def _minor(text: str, currency: str) -> int:
    return int(Fraction(text) * 10 ** exponent_of(currency))


def _item(row: ItemResult, definitions: Definitions, line: Any) -> Json:
    owner = row.value.owner
    known = definitions.target(owner, row.kpi.of_target or row.kpi.id, row.value.period)
    return {
        "kpi": row.kpi.id,
        "version": row.kpi.version,
        "name": label_json(row.kpi.name),
        "unit": row.kpi.unit,
        "kind": row.item.kind,
        "section": row.item.section,
        "owner": owner,
        "dimension": row.value.dimension,
        "weight": exact_text(row.item.weight),
        "target": exact_text(row.target),
        "target_source": known.source if known else ("plan" if row.target is not None else ""),
        "numerator": exact_text(row.value.numerator),
        "denominator": exact_text(row.value.denominator),
        "actual": exact_text(row.value.value),
        "attainment": exact_text(row.scored.attainment) if row.scored else None,
        "scale": row.item.scale.code,
        "score": exact_text(row.scored.score) if row.scored else None,
        "points": exact_text(line.points),
        "treatment": line.treatment,
        "counted_score": exact_text(line.score),
        "share": exact_text(line.share),
        "reason": row.scored.reason if row.scored else "",
        "status": row.status,
    }


def _score(result: PersonResult, definitions: Definitions) -> Json:
    card, chain = result.card, result.card.chain
    key = (result.scope.person.id, result.scope.period.key)
    reference = definitions.reference
    lines = [row for row in reference.red_lines if (row.person, row.period) == key]
    marked = next((row for row in lines if row.state == "upheld"), None)
    manual = next((row for row in reference.manuals if (row.person, row.period) == key), None)
    return {
        "weighted": exact_text(chain.weighted_total) if chain else None,
        "points": [
            {"points": exact_text(row.points), "reason": label_json(row.reason), "evidence": row.evidence}
            for row in reference.points
            if (row.person, row.period) == key
        ],
        "points_net": exact_text(chain.points_applied) if chain else None,
        "red_line": None
        if marked is None
        else {"effect": marked.effect, "reason": label_json(marked.reason), "decided_by": marked.decided_by},
        "red_lines": [
            {"effect": row.effect, "state": row.state, "reason": label_json(row.reason), "decided_by": row.decided_by}
            for row in lines
        ],
        "total": None if card.total_2dp is None else decimal_text(card.total_2dp, 2),
        "coefficient": exact_text(result.coefficient),
        "manual": None
        if manual is None or card.coefficient is not None
        else {"reason": label_json(manual.reason), "decided_by": manual.decided_by},
        "band": card.band or "",
        "status": card.status,
        "dropped": [line.kpi for line in card.dropped],
        "subtotals": {kind.section: exact_text(kind.points) for kind in card.kinds},
        "sections": [
            {
                "section": section.section,
                "weight": exact_text(section.weight),
                "score": exact_text(section.score),
                "points": exact_text(section.points),
            }
            for section in (card.sections if result.plan.sections else ())
        ],
        "blend": None
        if chain is None or chain.team is None or result.plan.blend is None
        else {
            "alpha": exact_text(result.plan.blend.alpha),
            "individual": exact_text(chain.individual),
            "team": exact_text(chain.team),
        },
    }


def _component(row: ComponentResult, definitions: Definitions, result: PersonResult, facts_of: FactsOf) -> Json:
    currency = row.settled.currency
    return {
        "id": row.component.id,
        "name": label_json(row.component.name),
        "kind": row.component.kind,
        "base_kpi": row.base.kpi if row.base else None,
        "base_owner": row.base.owner if row.base else None,
        "base_dimension": row.base.dimension if row.base else None,
        "base": exact_text(row.base_amount),
        "coefficient": exact_text(result.coefficient),
        "multiplied": row.component.terms.multiply_by_coefficient or row.component.kind == "performance",
        "amount": money_text(row.settled.amount_minor, currency),
        "forgone": exact_text(row.settled.forgone),
        "topped_up": exact_text(row.settled.topped_up),
        **(facts_of(row.base) if row.base else {"facts": 0, "facts_digest": ""}),
        "details": [
            {
                "kind": detail.kind,
                "text": detail.text,
                "base": exact_text(detail.base),
                "rate": exact_text(detail.rate),
                "amount": exact_text(detail.amount),
            }
            for detail in row.settled.details
        ],
    }


def totals(statements: Iterable[Json], currency: str) -> str:
    """The sum of the statements' totals as decimal text."""
    return money_text(sum(_minor(row["total"], currency) for row in statements), currency)
