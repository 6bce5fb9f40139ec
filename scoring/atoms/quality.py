"""Quality of service: scored samples of conversations, and complaints that were upheld (3-kpis.md §3.5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from scoring.atoms.base import Case, Found, Setting, View
from scoring.attribution import Spread
from scoring.events.base import Event
from scoring.events.service import ComplaintUpheld, QaScored
from scoring.money import round_half_up


@dataclass(frozen=True, slots=True)
class QaSample:
    """A sampled conversation in micro points: the mean of its scorings, dated at the first."""

    shop: str
    credits: Mapping[str, Spread]
    scored_at: int
    points: int


@dataclass(frozen=True, slots=True)
class Complaint:
    """A complaint that was upheld."""

    shop: str
    credits: Mapping[str, Spread]
    upheld_at: int


class QaCase(Case):
    """The case of one sampled conversation of one agent, scored once or more often."""

    def find(self, key: str, facts: Sequence[Event], view: View, setting: Setting) -> Found:
        scored = [fact for fact in facts if isinstance(fact, QaScored)]
        if not scored:
            return Found()
        first = scored[0]
        points = round_half_up(Fraction(sum(fact.score for fact in scored), len(scored)))
        credit = _credit(first.agent_id, first.occurred_at, setting)
        return Found((("qa_sample", QaSample(first.shop_id, credit, first.occurred_at, points)),))


class ComplaintCase(Case):
    """The case of one complaint."""

    def find(self, key: str, facts: Sequence[Event], view: View, setting: Setting) -> Found:
        upheld = next((fact for fact in facts if isinstance(fact, ComplaintUpheld)), None)
        if upheld is None:
            return Found()
        credit = _credit(upheld.agent_id, upheld.occurred_at, setting)
        return Found((("complaint", Complaint(upheld.shop_id, credit, upheld.occurred_at)),))


def _credit(account: str, at: int, setting: Setting) -> dict[str, Spread]:
    return {"agent": setting.attribution.of_people([setting.attribution.person(account, at)], at)}
