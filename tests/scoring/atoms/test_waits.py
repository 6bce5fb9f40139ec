"""Customers who wait now: a pure function of facts and an instant (2-events.md §2.6-10)."""

from __future__ import annotations

from collections.abc import Sequence

from scoring.atoms.presence import PresenceCase
from scoring.atoms.waits import OpenWait, open_waits
from scoring.period import parse_instant
from tests.scenarios.shop import Wire, decoded_of, definitions_of, on, shop_texts
from tests.scoring.atoms.test_chats import ANN, BOB, Talk

SETTING = definitions_of(tuple(sorted(shop_texts().items()))).program().setting


def waits(clock: str, events: Sequence[Wire], presence: Sequence[Wire] = ()) -> tuple[OpenWait, ...]:
    """The open waits of these events at a time of the 3rd."""
    view: dict[str, list[tuple[object, ...]]] = {}
    by_case: dict[str, list[Wire]] = {}
    for event in presence:
        by_case.setdefault(event["agent_id"], []).append(event)
    for told in by_case.values():
        for projection in PresenceCase().publish([row.event for row in decoded_of(told)], SETTING):
            view.setdefault(projection.key, []).append(projection.value)
    facts = sorted((row.event for row in decoded_of(events)), key=lambda event: event.occurred_at)
    return open_waits(facts, parse_instant(on(f"03 {clock}")), SETTING, view)


def test_an_open_turn_waits_from_the_hand_over() -> None:
    """Asked 10:00:00, assigned 10:01:00: at 10:02:30 the agent's clock shows 90 s, the customer waits for 150 s."""
    talk = Talk()
    (wait,) = waits("10:02:30", [talk.asks("10:00:00"), talk.tell("assigned", "10:01:00", agent_id=ANN)])
    assert (wait.agent, wait.wait_seconds, wait.open_seconds) == (ANN, 90, 150)
    assert (wait.is_queued, wait.in_window, wait.session) == (False, True, "c1")


def test_before_anybody_has_it_the_queue_waits() -> None:
    """At 10:00:40 the later assignment is not known yet: 40 s of queue."""
    talk = Talk()
    (wait,) = waits("10:00:40", [talk.asks("10:00:00"), talk.tell("assigned", "10:01:00", agent_id=ANN)])
    assert (wait.agent, wait.wait_seconds, wait.is_queued) == ("", 40, True)


def test_an_answer_or_an_end_ends_the_wait() -> None:
    """A later answer does not end it yet; once there it does, and so does closing; a new message waits again."""
    talk = Talk()
    events = [talk.asks("10:00:00"), talk.says(ANN, "10:01:00"), talk.asks("10:05:00"), talk.tell("closed", "10:06:00")]
    assert [wait.open_seconds for wait in waits("10:00:59", events)] == [59]
    assert waits("10:01:00", events) == ()
    assert [wait.open_seconds for wait in waits("10:05:10", events)] == [10]
    assert waits("10:06:00", events) == ()


def test_thanks_wait_for_nobody() -> None:
    """Only thanks after an answer is no wait."""
    talk = Talk()
    events = [talk.asks("10:00:00"), talk.says(ANN, "10:01:00"), talk.asks("10:01:30", is_short=True)]
    assert waits("10:05:00", events) == ()


def test_the_receiver_of_a_transfer_starts_anew() -> None:
    """Handed on at 10:02:00: at 10:02:20 Bob's clock shows 20 s."""
    talk = Talk()
    events = [
        talk.tell("assigned", "10:00:00", agent_id=ANN),
        talk.asks("10:00:00"),
        talk.tell("transferred", "10:02:00", from_agent_id=ANN, to_agent_id=BOB),
    ]
    (wait,) = waits("10:02:20", events)
    assert (wait.agent, wait.wait_seconds, wait.open_seconds) == (BOB, 20, 140)


def test_the_clock_of_an_offline_agent_stands_still() -> None:
    """Offline from 10:00:30 on: at 10:02:00 the agent's clock shows 30 s and the customer is in the queue."""
    talk = Talk()
    away = [talk.event("agent.presence", "03 10:00:30", agent_id=ANN, state="offline")]
    away.append(talk.event("agent.presence", "03 09:00:00", agent_id=BOB, state="online"))
    events = [talk.tell("assigned", "10:00:00", agent_id=ANN), talk.asks("10:00:00")]
    (wait,) = waits("10:02:00", events, away)
    assert (wait.wait_seconds, wait.open_seconds, wait.is_queued) == (30, 120, True)


def test_nothing_known_waits_for_nothing() -> None:
    """No facts, or none yet, no wait."""
    talk = Talk()
    assert open_waits((), 0, SETTING) == ()
    assert waits("09:00:00", [talk.asks("10:00:00")]) == ()
