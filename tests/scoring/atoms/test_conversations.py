"""Mechanics of conversations by hand (2-events.md §2.6): sessions, limits, shifts, merges, recalls, thanks, windows."""

from __future__ import annotations

from typing import Any

import pytest

from tests.scenarios.shop import COMPANY, Desk, Wire, shop_texts
from tests.scoring.atoms.test_chats import ANN, BOB, Talk, rate, taken


def presence(talk: Talk, clock: str, agent: str, state: str) -> Wire:
    """An agent's account changes its state on the 3rd."""
    return talk.event("agent.presence", clock if " " in clock else f"03 {clock}", agent_id=agent, state=state)


def cell(desk: Desk, measure: str) -> dict[str, int]:
    """What a measure holds by owner, all days together."""
    found: dict[str, int] = {}
    for (owner, _, name, _, _), amount in desk.cells().items():
        if name == measure:
            found[owner] = found.get(owner, 0) + amount
    return found


def parts(desk: Desk, kpi: str, owner: str) -> tuple[object, object]:
    """Numerator and denominator."""
    found = desk.kpi(kpi, owner)
    return found.numerator, found.denominator


def test_without_session_ids_half_an_hour_of_silence_ends_a_conversation() -> None:
    """Silent for 30 minutes sharp: still one conversation; one second longer: the next one."""
    talk = Talk(session="")
    desk = taken(
        talk.asks("10:00:00"),
        talk.says(ANN, "10:00:20"),
        talk.asks("10:30:20"),
        talk.says(ANN, "10:30:40"),
        talk.asks("11:00:41"),
        talk.says(ANN, "11:00:51"),
    )
    assert desk.value("sessions_received", "e:ann") == desk.value("sessions_received", "c:") == 2
    assert parts(desk, "first_response_time_avg", "e:ann") == (30, 2)


def test_what_nobody_can_link_stands_alone() -> None:
    """Messages without session and customer are conversations of their own: two questions, two misses."""
    talk = Talk(session="")
    desk = taken(talk.asks("10:00:00", customer_id=""), talk.asks("10:00:00", customer_id=""))
    assert rate(desk, "c:") == (0, 2)
    assert desk.value("sessions_received", "c:") == 2


def test_the_clock_stops_while_the_agent_is_offline() -> None:
    """Asked at 10:00, away from 10:01 to 10:05, answered at 10:06: 120 s of the agent, 240 s of queue of the team."""
    talk = Talk()
    desk = taken(
        talk.tell("assigned", "10:00:00", agent_id=ANN),
        talk.asks("10:00:00"),
        presence(talk, "09:00:00", ANN, "online"),
        presence(talk, "10:01:00", ANN, "offline"),
        presence(talk, "10:05:00", ANN, "busy"),
        talk.says(ANN, "10:06:00"),
    )
    assert desk.value("avg_response_time", "e:ann") == 120
    assert rate(desk, "e:ann") == (1, 1)
    assert cell(desk, "queue_seconds") == dict.fromkeys(("t:desk", "t:ops", "s:s", "c:"), 240_000_000)


def test_answering_while_offline_does_not_stop_the_clock() -> None:
    """Asked at 10:00, offline from 10:01 on, answered at 10:06 all the same: 360 s, no queue."""
    talk = Talk()
    desk = taken(
        talk.tell("assigned", "10:00:00", agent_id=ANN),
        talk.asks("10:00:00"),
        presence(talk, "09:00:00", ANN, "online"),
        presence(talk, "10:01:00", ANN, "offline"),
        talk.says(ANN, "10:06:00"),
    )
    assert desk.value("avg_response_time", "e:ann") == 360
    assert rate(desk, "e:ann") == (0, 1)
    assert cell(desk, "queue_seconds") == {}


def test_time_before_the_assignment_is_the_teams_queue() -> None:
    """Asked 10:00, given 10:05, answered 10:06: 300 s of queue for team, shop and company, none for a person."""
    talk = Talk()
    desk = taken(talk.asks("10:00:00"), talk.tell("assigned", "10:05:00", agent_id=ANN), talk.says(ANN, "10:06:00"))
    assert cell(desk, "queue_seconds") == dict.fromkeys(("t:desk", "t:ops", "s:s", "c:"), 300_000_000)
    assert desk.value("avg_response_time", "e:ann") == 60


@pytest.mark.parametrize(("left", "missed_30s", "missed_3min"), [("20", 0, 0), ("30", 1, 0)])
def test_who_goes_home_before_the_limit_missed_nothing(left: str, missed_30s: int, missed_3min: int) -> None:
    """Asked and never answered: offline after 20 s is no miss, after 30 s one of the 30 s rate; the team misses."""
    talk = Talk()
    desk = taken(
        talk.tell("assigned", "22:00:00", agent_id=ANN),
        talk.asks("22:00:00"),
        presence(talk, "21:00:00", ANN, "online"),
        presence(talk, f"22:00:{left}", ANN, "offline"),
    )
    assert parts(desk, "first_response_rate_30s", "e:ann") == (0, missed_30s)
    assert rate(desk, "e:ann") == (0, missed_3min)
    for owner in ("t:desk", "t:ops", "s:s", "c:"):
        assert parts(desk, "first_response_rate_30s", owner) == rate(desk, owner) == (0, 1)


@pytest.mark.parametrize(("reply", "answered"), [("11:10:00", 1), ("11:10:01", 0)])
def test_when_everybody_is_offline_a_message_waits_for_nobody(reply: str, answered: int) -> None:
    """Ann and Bob are offline at 10:10: no turn; an answer within the hour counts for offline messages."""
    talk = Talk()
    desk = taken(
        presence(talk, "09:00:00", ANN, "online"),
        presence(talk, "10:00:00", ANN, "offline"),
        presence(talk, "10:00:00", BOB, "offline"),
        talk.asks("10:10:00"),
        presence(talk, "10:20:00", ANN, "online"),
        talk.says(ANN, reply),
    )
    assert rate(desk, "c:") == (0, 0)
    assert parts(desk, "offline_reply_rate", "e:ann") == (answered, 1)


def test_one_agent_online_is_enough() -> None:
    """With Bob online the same message opens a turn; Ann's absence is not her wait but the queue's."""
    talk = Talk()
    desk = taken(
        presence(talk, "10:00:00", ANN, "offline"),
        presence(talk, "10:00:00", BOB, "online"),
        talk.asks("10:10:00"),
        talk.says(BOB, "10:10:30"),
    )
    assert rate(desk, "e:bob") == (1, 1)
    assert parts(desk, "offline_reply_rate", "c:") == (0, 0)


@pytest.mark.parametrize(("reply", "answered"), [("04 10:00:00", 1), ("04 10:00:01", 0)])
def test_a_message_left_at_night_has_an_hour_of_the_morning(reply: str, answered: int) -> None:
    """Left at 23:30; the shop opens at 09:00, so ten o'clock is the limit, inclusive."""
    talk = Talk()
    desk = taken(talk.asks("23:30:00", is_offline_message=True), talk.says(ANN, reply))
    assert parts(desk, "offline_reply_rate", "e:ann") == (answered, 1)


def test_a_merged_conversation_goes_on_in_its_parent() -> None:
    """Asked in c2, answered in c1 40 s later: one conversation, one turn of 40 s; without the merge two, one missed."""
    parent, child = Talk("c1"), Talk("c2")
    child.number = 50
    merged = child.tell("merged", "10:01:00", parent_session_id="c1")
    events = [child.asks("10:00:00"), parent.says(ANN, "10:00:40"), merged]
    desk = taken(*events)
    assert desk.value("sessions_received", "c:") == 1
    assert desk.value("avg_response_time", "e:ann") == 40
    about = {"target_source": "test", "target_event_id": merged["event_id"], "reason_code": "wrong"}
    desk.take(parent.event("event.retracted", "03 12:00:00", **about))
    assert desk.value("sessions_received", "c:") == 2
    assert rate(desk, "c:") == (0, 1)
    assert desk.recounted("2026-01-01", "2026-12-31") == []


def test_a_merge_into_an_unknown_conversation_waits_for_it() -> None:
    """Nothing is known of the parent: a problem says so; when its first fact comes, everything counts there."""
    child = Talk("c2")
    merged = child.tell("merged", "10:01:00", parent_session_id="c9")
    desk = taken(child.asks("10:00:00"), child.says(ANN, "10:00:30"), merged)
    assert desk.cells() == {}
    assert [row.code for row in desk.store.problems()] == ["merged_into_unknown"]
    desk.take(child.tell("closed", "10:02:00", session_id="c9"))
    assert desk.value("avg_response_time", "e:ann") == 30
    assert {key[4] for key in desk.cells() if key[2] == "sessions"} == {"s|c9"}
    assert desk.store.problems() == []
    assert desk.recounted("2026-01-01", "2026-12-31") == []


@pytest.mark.parametrize(("recalled", "turns"), [("10:00:10", 0), ("10:00:40", 1)])
def test_a_message_recalled_before_any_reply_never_happened(recalled: str, turns: int) -> None:
    """Taken back after 10 s there was no question; taken back after the reply of 10:00:30 there was one."""
    talk = Talk()
    desk = taken(
        talk.asks("10:00:00", message_id="m1"),
        talk.says(ANN, "10:00:30"),
        talk.tell("recalled", recalled, message_id="m1"),
    )
    assert rate(desk, "e:ann") == (turns, turns)


def test_thanks_after_an_answer_need_no_reply() -> None:
    """Only thanks after an answer is no turn; thanks with a question is; the company may count both."""
    talk = Talk()
    events = [talk.asks("10:00:00"), talk.says(ANN, "10:00:10"), talk.asks("10:00:20", is_short=True)]
    assert rate(taken(*events), "e:ann") == (1, 1)
    strict = COMPANY.replace("[policy]", "[policy]\nclosing_turn_filter = false")
    assert rate(taken(*events, company=strict), "e:ann") == (1, 2)
    assert rate(taken(*events, talk.asks("10:00:30")), "e:ann") == (1, 2)
    first = Talk()
    assert rate(taken(first.asks("10:00:00", is_short=True)), "c:") == (0, 1)


@pytest.mark.parametrize(("moved", "missed_30s"), [("10:00:29", 0), ("10:00:30", 1)])
def test_each_rate_has_its_own_miss_of_the_giver(moved: str, missed_30s: int) -> None:
    """Held for 30 s a first turn is a miss of the 30 s rate, none of the 3 minutes; team and company have it once."""
    talk = Talk()
    desk = taken(
        talk.tell("assigned", "10:00:00", agent_id=ANN),
        talk.asks("10:00:00"),
        talk.tell("transferred", moved, from_agent_id=ANN, to_agent_id=BOB),
        talk.says(BOB, "10:00:50"),
    )
    assert parts(desk, "first_response_rate_30s", "e:ann") == (0, missed_30s)
    assert rate(desk, "e:ann") == (0, 0)
    for owner in ("e:bob", "t:desk", "t:ops", "s:s", "c:"):
        assert parts(desk, "first_response_rate_30s", owner) == (1, 1)


def test_an_open_turn_that_was_handed_on_is_missed_by_who_has_it() -> None:
    """Ann held it for 179 s and gave it to Bob, who never answered: Bob's miss, not hers."""
    talk = Talk()
    desk = taken(
        talk.tell("assigned", "10:00:00", agent_id=ANN),
        talk.asks("10:00:00"),
        talk.tell("transferred", "10:02:59", from_agent_id=ANN, to_agent_id=BOB),
    )
    assert (rate(desk, "e:ann"), rate(desk, "e:bob")) == ((0, 0), (0, 1))
    assert parts(desk, "transfer_rate", "e:ann") == (1, 1)


def test_a_shop_has_its_own_service_hours() -> None:
    """The shop opens at ten, the company at nine: asked at 09:59:50 is before the hours, and 10 s of 20 count."""
    company = COMPANY.replace('brand = "b"', 'brand = "b"\nservice_window = ["10:00", "20:00"]')
    talk = Talk()
    events = [talk.asks("09:59:50"), talk.says(ANN, "10:00:10")]
    desk = taken(*events, company=company)
    assert (rate(desk, "c:"), desk.value("avg_response_time", "e:ann")) == ((0, 0), 10)
    assert (rate(taken(*events), "c:"), taken(*events).value("avg_response_time", "e:ann")) == ((1, 1), 20)


def test_a_customers_day_is_slow_when_one_turn_was() -> None:
    """Two conversations on one day, one answered after 181 s: one customer, and none without a slow turn."""
    one, other = Talk("c1"), Talk("c2")
    other.number = 50
    desk = taken(one.asks("10:00:00"), one.says(ANN, "10:00:10"), other.asks("11:00:00"), other.says(ANN, "11:03:01"))
    days = {measure: {key[4] for key in desk.cells() if key[2] == measure and key[0] == "e:ann"} for measure in DAYS}
    assert days == {measure: {"s|b|2026-10-03"} for measure in DAYS}


DAYS = ("customer_days", "customer_days_slow")


@pytest.mark.parametrize(
    ("mode", "ann", "bob"),
    [
        ("last_agent_before_order", None, 10_001),
        ("first_agent", 10_001, None),
        ("equal_split", 5_001, 5_000),
        ("by_message_share", 7_501, 2_500),
    ],
)
def test_who_is_credited_with_an_order_is_a_choice(mode: str, ann: int | None, bob: int | None) -> None:
    """Ann wrote three messages, then Bob one; 100.01 go to the last, the first, both by halves, or three to one."""
    talk = Talk()
    desk = taken(
        talk.tell("opened", "10:00:00", intent="presale"),
        talk.asks("10:00:00"),
        *(talk.says(ANN, f"10:00:{second}") for second in (10, 20, 30)),
        talk.says(BOB, "10:00:40"),
        talk.paid("o1", "03 11:00:00", "100.01", buyer_id="b", placed_at="2026-10-03T10:30:00+08:00"),
        company=COMPANY.replace("[policy]", f'[policy]\ninquiry_credit = "{mode}"'),
    )
    found = cell(desk, "cs_gmv")
    assert (found.get("e:ann"), found.get("e:bob")) == (ann, bob)
    assert found["t:desk"] == found["c:"] == 10_001
    for owner, sold in (("e:ann", ann), ("e:bob", bob), ("t:desk", 1), ("c:", 1)):
        assert parts(desk, "inquiry_paid_conversion", owner) == (int(sold is not None), 1)


def test_splitting_sentences_does_not_pay() -> None:
    """Five messages on one question count as two."""
    talk = Talk()
    desk = taken(talk.asks("10:00:00"), *(talk.says(ANN, f"10:00:1{second}") for second in range(5)))
    assert desk.value("answer_ratio", "e:ann") == 2


def test_a_sample_scored_twice_counts_once() -> None:
    """80 and 90 for one conversation are one sample of 85; another agent's score of it is another sample."""
    talk = Talk()
    about: dict[str, Any] = {"session_id": "c1"}
    desk = taken(
        talk.event("qa.scored", "03 10:00:00", **about, agent_id=ANN, score="80"),
        talk.event("qa.scored", "05 10:00:00", **about, agent_id=ANN, score="90"),
        talk.event("qa.scored", "05 10:00:00", **about, agent_id=BOB, score="50"),
    )
    assert parts(desk, "cs_qa_score", "e:ann") == (85, 1)
    assert parts(desk, "cs_qa_score", "t:desk") == (135, 2)


@pytest.mark.parametrize(("clock", "kept"), [("07 12:00:00", 0), ("07 12:00:01", 1)])
def test_a_ticket_reopened_within_three_days_was_not_resolved(clock: str, kept: int) -> None:
    """Resolved on the 4th at noon: reopened on the 7th at noon is within 72 hours, a second later is not."""
    talk = Talk()
    desk = taken(
        talk.event("ticket.opened", "04 10:00:00", ticket_id="t", agent_id=ANN),
        talk.event("ticket.resolved", "04 12:00:00", ticket_id="t", agent_id=BOB),
        talk.event("ticket.reopened", clock, ticket_id="t"),
    )
    assert parts(desk, "resolution_rate", "e:bob") == (kept, 1)
    assert parts(desk, "aftersale_handle_time", "c:") == (0, 0)


def test_texts_of_the_small_shop_are_read() -> None:
    """A shop's service hours in the wrong order are a fault that names the shop's key."""
    company = COMPANY.replace('brand = "b"', 'brand = "b"\nservice_window = ["20:00", "10:00"]')
    with pytest.raises(Exception, match="two local times in order"):
        Desk(texts=shop_texts(company=company))


def test_a_bots_draft_is_a_reply_by_policy_and_never_an_answer_of_the_ratio() -> None:
    """Where drafts count, the turn is answered after 10 s; the ratio still has the one message of Ann's own."""
    talk = Talk()
    desk = taken(
        talk.tell("assigned", "10:00:00", agent_id=ANN),
        talk.asks("10:00:00"),
        talk.says(ANN, "10:00:10", is_auto=True),
        talk.says(ANN, "10:00:20"),
        company=COMPANY.replace("[policy]", "[policy]\nbot_assist_counts = true"),
    )
    assert desk.value("avg_response_time", "e:ann") == 10
    assert parts(desk, "answer_ratio", "e:ann") == (1, 1)


def test_rates_may_pause_the_clock_instead() -> None:
    """Asked at 08:50, answered at 09:02: left out by default; by seconds in service hours it is a hit of 120 s."""
    talk = Talk()
    events = [talk.asks("08:50:00"), talk.says(ANN, "09:02:00")]
    assert rate(taken(*events), "e:ann") == (0, 0)
    pausing = COMPANY.replace("[policy]", '[policy]\nrate_window = "pause_clock"')
    assert rate(taken(*events, company=pausing), "e:ann") == (1, 1)
    assert rate(taken(talk.asks("08:50:00"), company=pausing), "c:") == (0, 1)
