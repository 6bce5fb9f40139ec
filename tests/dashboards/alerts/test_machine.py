"""The state machine of alerts."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from dashboards.alerts.machine import Notice, Phase, Sighting, State, step
from scoring.definitions import AlertRule

MINUTE_US = 60_000_000
SHORT = {"OK": "OK", "PEN": "PENDING", "FIR": "FIRING", "REC": "RECOVERING"}


def rule(fire_below: str, for_minutes: int, clear_above: str, keep_minutes: int, min_sample: int = 0) -> AlertRule:
    """A rule about a low value, with minutes for its timers."""
    fire, clear = ("<", Fraction(fire_below)), (">", Fraction(clear_above))
    return AlertRule(
        "r", "roas", 60, "team", (), fire, for_minutes * 60, clear, keep_minutes * 60, min_sample, "high", ()
    )


A1 = rule("1.5", 3, "1.7", 2)


def run(
    one: AlertRule, values: list[str | None], state: State | None = None
) -> tuple[list[State], list[tuple[str, int]]]:
    """The states after each minute from 1 on, and (notice, minute)."""
    states, told = [], []
    at = state or State()
    for minute, value in enumerate(values, start=1):
        sighting = Sighting(minute * MINUTE_US, None if value is None else Fraction(value))
        at, notices = step(one, at, sighting)
        states.append(at)
        told += [(notice.value, minute) for notice in notices]
    return states, told


def test_the_vector_of_the_specification(vectors: dict[str, list[dict[str, Any]]]) -> None:
    """Vector A1 of 8-alerts.md §8.3: every state, one notice when it fires and one when it has recovered."""
    (vector,) = vectors["alert"]
    one = rule(vector["fire_below"], vector["for"], vector["clear_above"], vector["keep"])
    states, told = run(one, vector["values"])
    assert [state.phase.value for state in states] == [SHORT[name] for name in vector["states"]]
    assert [list(pair) for pair in told] == vector["notifications"]


def test_silence_keeps_a_firing_alert_and_is_told_once(vectors: dict[str, list[dict[str, Any]]]) -> None:
    """A null at minute 9 of A1 leaves the alert firing and tells that data is missing; more silence tells nothing."""
    values = [*vectors["alert"][0]["values"][:8], None, None]
    states, told = run(A1, values)
    assert [(state.phase, state.is_silent) for state in states[8:]] == [(Phase.FIRING, True)] * 2
    assert told == [("fire", 8), ("stale", 9)]


def test_silence_neither_fires_nor_clears() -> None:
    """Silence ends a pending alert without firing, and takes back a recovery that is under way."""
    assert run(A1, ["1.4", None])[0][-1].phase is Phase.OK
    assert run(A1, ["1.4", "1.4", "1.4", "1.4", "1.8", None])[0][-1].phase is Phase.FIRING


def test_the_threshold_itself_does_not_fire() -> None:
    """1.5 is not below 1.5, and 1.7 does not clear."""
    assert run(A1, ["1.5"])[0][-1].phase is Phase.OK
    assert run(A1, ["1.4", "1.4", "1.4", "1.4", "1.7"])[0][-1].phase is Phase.FIRING


def test_a_rule_without_timers_switches_at_once() -> None:
    """With for and keep at zero one value fires and one value clears."""
    states, told = run(rule("1.5", 0, "1.7", 0), ["1.4", "1.8"])
    assert [state.phase for state in states] == [Phase.FIRING, Phase.OK]
    assert told == [("fire", 1), ("clear", 2)]


def test_too_small_a_sample_holds_the_state() -> None:
    """Below the least sample nothing changes, whatever the value is."""
    one = rule("1.5", 0, "1.7", 0, min_sample=5)
    fired, _ = step(one, State(), Sighting(MINUTE_US, Fraction(1), 5))
    held, told = step(one, fired, Sighting(2 * MINUTE_US, Fraction(9), 4))
    assert (held.phase, told) == (Phase.FIRING, ())


def test_an_older_sighting_changes_nothing() -> None:
    """Late facts never notify again: only newer event time moves the machine."""
    fired, _ = step(rule("1.5", 0, "1.7", 0), State(), Sighting(5 * MINUTE_US, Fraction(1)))
    assert step(A1, fired, Sighting(5 * MINUTE_US, Fraction(9))) == (fired, ())


@given(st.lists(st.sampled_from(["1.0", "1.4", "1.6", "1.8", "3", None]), max_size=60))
def test_fires_and_clears_take_turns(values: list[str | None]) -> None:
    """Over any history each firing is told once and cleared once before the next, and never without a breach."""
    states, told = run(A1, values)
    turns = [notice for notice, _ in told if notice != "stale"]
    assert turns == ["fire", "clear"] * (len(turns) // 2) + ["fire"] * (len(turns) % 2)
    for notice, minute in told:
        if notice == Notice.FIRE.value:
            assert all(value in ("1.0", "1.4") for value in values[minute - 4 : minute])
    assert all((state.timer_us is not None) == (state.phase in (Phase.PENDING, Phase.RECOVERING)) for state in states)
