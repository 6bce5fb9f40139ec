"""The state machine of one rule for one owner (8-alerts.md §8.1), as a pure function of event time.

OK -> PENDING (fire holds) -> FIRING (held for `for_seconds`) -> RECOVERING (clear holds) -> OK (held for
`keep_seconds`). Between the two thresholds the state holds, which is the hysteresis. Silence is a state of its own: it
never fires a rule and never resolves a firing one.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from scoring.definitions import AlertRule

SECOND_US = 1_000_000


class Phase(StrEnum):
    """Where a rule stands for an owner."""

    OK = "OK"
    PENDING = "PENDING"
    FIRING = "FIRING"
    RECOVERING = "RECOVERING"


class Notice(StrEnum):
    """What is told to people: a rule fired, cleared, or its numbers stopped coming."""

    FIRE = "fire"
    CLEAR = "clear"
    STALE = "stale"


@dataclass(frozen=True, slots=True)
class Sighting:
    """One evaluation: the rule's value at an instant of event time; `value` None means that nothing comes in."""

    at_us: int
    value: Fraction | None
    sample: int | None = None


@dataclass(frozen=True, slots=True)
class State:
    """Where a rule stands: since when a timer runs (None outside PENDING and RECOVERING), when it last fired."""

    phase: Phase = Phase.OK
    timer_us: int | None = None
    fired_us: int | None = None
    seen_us: int | None = None
    is_silent: bool = False
    value: Fraction | None = None


def step(rule: AlertRule, state: State, sighting: Sighting) -> tuple[State, tuple[Notice, ...]]:
    """The next state and what to tell; a sighting that is not newer than the last one changes nothing.

    Late facts may change what was seen before, but never notify again (§8.1).
    """
    if state.seen_us is not None and sighting.at_us <= state.seen_us and sighting.value is not None:
        return state, ()
    if sighting.value is None:
        return _silence(state)
    if rule.min_sample and (sighting.sample or 0) < rule.min_sample:
        held = State(state.phase, state.timer_us, state.fired_us, sighting.at_us, False, state.value)
        return held, ()
    phase, timer_us = _next(rule, state, sighting)
    has_fired = phase is Phase.FIRING and state.phase in (Phase.OK, Phase.PENDING)
    has_cleared = phase is Phase.OK and state.phase in (Phase.FIRING, Phase.RECOVERING)
    fired_us = sighting.at_us if has_fired else None if phase in (Phase.OK, Phase.PENDING) else state.fired_us
    notices = (Notice.FIRE,) if has_fired else (Notice.CLEAR,) if has_cleared else ()
    return State(phase, timer_us, fired_us, sighting.at_us, False, sighting.value), notices


def _silence(state: State) -> tuple[State, tuple[Notice, ...]]:
    phase = {Phase.PENDING: Phase.OK, Phase.RECOVERING: Phase.FIRING}.get(state.phase, state.phase)
    is_new = not state.is_silent and phase is Phase.FIRING
    silent = State(phase, None, state.fired_us, state.seen_us, True, state.value)
    return silent, (Notice.STALE,) if is_new else ()


def _next(rule: AlertRule, state: State, sighting: Sighting) -> tuple[Phase, int | None]:
    value, at_us = sighting.value, sighting.at_us
    assert value is not None
    if state.phase in (Phase.OK, Phase.PENDING):
        if not holds(rule.fire, value):
            return Phase.OK, None
        since = at_us if state.timer_us is None else state.timer_us
        if at_us - since >= rule.for_seconds * SECOND_US:
            return Phase.FIRING, None
        return Phase.PENDING, since
    if not holds(rule.clear, value):
        return Phase.FIRING, None
    since = at_us if state.timer_us is None else state.timer_us
    if at_us - since >= rule.keep_seconds * SECOND_US:
        return Phase.OK, None
    return Phase.RECOVERING, since


def holds(comparison: tuple[str, Fraction], value: Fraction) -> bool:
    """Whether a comparison such as (">", 60) is true of a value; an unknown sign is a fault of the definitions."""
    sign, threshold = comparison
    if sign == "<":
        return value < threshold
    if sign == ">":
        return value > threshold
    raise ValueError(f"unknown comparison {sign!r}: use < or >")
