"""Evaluates every rule for every owner of its scope whenever the numbers change, and keeps states and notices."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

from dashboards.alerts.book import AlertBook, read_state, state_text
from dashboards.alerts.machine import Notice, Phase, Sighting, State, step
from scoring.definitions import AlertRule, Definitions
from scoring.kpi import KpiValue
from scoring.period import instant_text

STALE_AFTER_US = 120_000_000
"""Two minutes without any event mean that nothing comes in (8-alerts.md §8.2, data_stale)."""


class Freshness(Protocol):
    """How far the numbers reach: microseconds since the epoch, None before the first event."""

    @property
    def watermark_us(self) -> int | None:
        """Latest `occurred_at` of an accepted event."""

    @property
    def last_ingest_us(self) -> int | None:
        """When the latest batch was committed, by the machine's clock."""


class Windows(Protocol):
    """What a watch reads: rolling windows that end at the watermark."""

    @property
    def definitions(self) -> Definitions:
        """The definitions that the numbers were computed with."""

    def freshness(self) -> Freshness:
        """How far the numbers reach."""

    def window(self, kpi_id: str, owner: str, minutes: int, dimension: str | None = None) -> KpiValue:
        """The KPI over the minutes that end at the watermark."""


@dataclass(frozen=True, slots=True)
class ActiveAlert:
    """A rule that does not stand at OK, for one owner; `since_us` in event time."""

    rule: AlertRule
    owner: str
    phase: Phase
    since_us: int
    is_silent: bool
    value: Fraction | None

    def key(self) -> str:
        """Names the pair of rule and owner."""
        return state_key(self.rule, self.owner)


class Watch:
    """All rules of the definitions over one reader. Not for two threads at once."""

    def __init__(self, reader: Windows, book: AlertBook, stale_after_us: int = STALE_AFTER_US) -> None:
        self._reader = reader
        self._book = book
        self._stale_after_us = stale_after_us
        self._states: dict[str, State] = {key: read_state(text) for key, text in book.load().items()}

    def evaluate(self, now_us: int) -> bool:
        """Evaluate every rule at the watermark and write changes to the book; whether what is shown has changed.

        `now_us` is the machine's clock and only tells silence from data; timers run on event time.
        """
        freshness = self._reader.freshness()
        if freshness.watermark_us is None or freshness.last_ingest_us is None:
            return False
        is_silent = now_us - freshness.last_ingest_us > self._stale_after_us
        changed, notices = self._steps(freshness.watermark_us, is_silent)
        kept = {key: state_text(state) for key, state in changed.items() if self._is_worth_keeping(key, state)}
        if kept or notices:
            self._book.save(kept, notices)
        is_shown = any(_is_visible(self._before(key)) or _is_visible(state) for key, state in changed.items())
        self._states.update(changed)
        return is_shown

    def _steps(self, at_us: int, is_silent: bool) -> tuple[dict[str, State], dict[str, str]]:
        changed: dict[str, State] = {}
        notices: dict[str, str] = {}
        for rule in self._reader.definitions.alerts:
            for owner in owners(self._reader.definitions, rule):
                sighting = self._sighting(rule, owner, at_us, is_silent)
                if sighting is None:
                    continue
                key = state_key(rule, owner)
                after, told = step(rule, self._before(key), sighting)
                if after != self._before(key):
                    changed[key] = after
                for notice in told:
                    notice_id = f"{key}|{notice.value}|{after.fired_us or at_us}"
                    notices[notice_id] = notice_body(notice_id, rule, owner, notice, after)
        return changed, notices

    def _before(self, key: str) -> State:
        return self._states.get(key, State())

    def active(self) -> list[ActiveAlert]:
        """Everything that does not stand at OK, the most severe and longest first."""
        found = []
        for rule in self._reader.definitions.alerts:
            for owner in owners(self._reader.definitions, rule):
                state = self._before(state_key(rule, owner))
                if _is_visible(state):
                    since = state.fired_us if state.fired_us is not None else state.timer_us or 0
                    found.append(ActiveAlert(rule, owner, state.phase, since, state.is_silent, state.value))
        return sorted(found, key=_urgency)

    def _sighting(self, rule: AlertRule, owner: str, at_us: int, is_silent: bool) -> Sighting | None:
        if is_silent:
            return Sighting(at_us, None)
        value = self._reader.window(rule.kpi, owner, rule.window_minutes)
        # Other events do come in, so an empty window means that nothing happened here: the state holds.
        return None if value.value is None else Sighting(at_us, value.value, value.sample)

    def _is_worth_keeping(self, key: str, state: State) -> bool:
        # The instant of a plain OK moves with every batch; writing that would cost a transaction each time.
        before = self._before(key)
        return (state.phase, state.timer_us, state.is_silent) != (before.phase, before.timer_us, before.is_silent)


def owners(definitions: Definitions, rule: AlertRule) -> Sequence[str]:
    """The owners that a rule watches: those it names, else every one of its scope."""
    if rule.owners:
        return rule.owners
    reference = definitions.reference
    scopes: Mapping[str, Sequence[str]] = {
        "employee": [f"e:{person.id}" for person in reference.people],
        "team": [f"t:{team.id}" for team in reference.teams],
        "shop": [f"s:{shop.id}" for shop in reference.shops],
        "company": ["c:"],
    }
    return scopes[rule.scope]


def state_key(rule: AlertRule, owner: str) -> str:
    """The key of a state in the book."""
    return f"{rule.id}|{owner}"


def notice_body(notice_id: str, rule: AlertRule, owner: str, notice: Notice, state: State) -> str:
    """A notice as JSON text: what a notifier sends. Holds no pay and no customer."""
    return json.dumps(
        {
            "format": "scoreline.notice.v1",
            "id": notice_id,
            "notice": notice.value,
            "rule": rule.id,
            "kpi": rule.kpi,
            "owner": owner,
            "severity": rule.severity,
            "notify": list(rule.notify),
            "threshold": "".join(map(str, rule.clear if notice is Notice.CLEAR else rule.fire)),
            "value": None if state.value is None else str(state.value),
            "at": None if state.seen_us is None else instant_text(state.seen_us),
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )


def _is_visible(state: State) -> bool:
    return state.phase is not Phase.OK


def _urgency(alert: ActiveAlert) -> tuple[int, int, int, str]:
    phases = (Phase.FIRING, Phase.RECOVERING, Phase.PENDING)
    severities = ("critical", "high", "medium", "low")
    return phases.index(alert.phase), severities.index(alert.rule.severity), alert.since_us, alert.key()
