"""Conversations by hand: turns, the human stage, transfers, ratings, service hours on days of 23 and 25 hours."""

from __future__ import annotations

from typing import Any

import pytest

from tests.scenarios.shop import COMPANY, Desk, Teller, Wire, shop_texts

ANN, BOB = "acc-ann", "acc-bob"


class Talk(Teller):
    """One conversation on the 3rd, told by clock times."""

    def __init__(self, session: str = "c1") -> None:
        super().__init__()
        self.session = session

    def tell(self, kind: str, clock: str, **fields: Any) -> Wire:
        """An event of the conversation; `clock` may carry another day."""
        time = clock if " " in clock else f"03 {clock}"
        return self.event(f"chat.{kind}", time, **{"session_id": self.session, "customer_id": "b", **fields})

    def asks(self, clock: str, **fields: Any) -> Wire:
        """The customer writes."""
        return self.tell("message", clock, sender="customer", **fields)

    def says(self, agent: str, clock: str, **fields: Any) -> Wire:
        """An agent writes."""
        return self.tell("message", clock, sender="agent", agent_id=agent, **fields)


def taken(*events: Wire, company: str = COMPANY) -> Desk:
    """A desk that took these events backwards and agrees with the recount."""
    desk = Desk(texts=shop_texts(company=company))
    desk.take(*events[::-1])
    assert desk.recounted("2026-01-01", "2026-12-31") == []
    return desk


def rate(desk: Desk, owner: str) -> tuple[object, object]:
    """Hits and turns of the three-minute rate."""
    found = desk.kpi("reply_rate_3min", owner)
    return found.numerator, found.denominator


@pytest.mark.parametrize(("reply", "hit"), [("10:03:00", 1), ("10:03:01", 0)])
def test_three_minutes_are_inclusive(reply: str, hit: int) -> None:
    """180 s is a hit, 181 s is none."""
    talk = Talk()
    assert rate(taken(talk.asks("10:00:00"), talk.says(ANN, reply)), "e:ann") == (hit, 1)


def test_an_unanswered_turn_is_a_miss_of_the_holder() -> None:
    """Who had the conversation when the customer wrote is charged; before any assignment, who got it first."""
    talk = Talk()
    desk = taken(talk.tell("assigned", "09:59:00", agent_id=ANN), talk.asks("10:00:00"))
    assert (rate(desk, "e:ann"), rate(desk, "c:")) == ((0, 1), (0, 1))
    assert desk.value("sessions_received", "e:ann") == 1
    assert desk.value("avg_response_time", "e:ann") is None
    talk = Talk()
    assert rate(taken(talk.asks("10:00:00"), talk.tell("assigned", "10:05:00", agent_id=BOB)), "e:bob") == (0, 1)


def test_the_clock_starts_when_the_agent_gets_it() -> None:
    """Waiting in the queue is not the agent's: asked at 10:00, given at 10:05, answered at 10:06 is 60 s."""
    talk = Talk()
    desk = taken(talk.asks("10:00:00"), talk.tell("assigned", "10:05:00", agent_id=ANN), talk.says(ANN, "10:06:00"))
    assert desk.value("first_response_time_avg", "e:ann") == 60
    assert rate(desk, "e:ann") == (1, 1)


@pytest.mark.parametrize(("moved", "misses"), [("10:02:59", 0), ("10:03:00", 1)])
def test_who_hands_over_late_missed_the_turn(moved: str, misses: int) -> None:
    """Handing an open turn on after holding it for 180 s is a miss of the giver; the receiver starts anew."""
    talk = Talk()
    desk = taken(
        talk.tell("assigned", "10:00:00", agent_id=ANN),
        talk.asks("10:00:00"),
        talk.tell("transferred", moved, from_agent_id=ANN, to_agent_id=BOB),
        talk.says(BOB, "10:03:30"),
    )
    assert rate(desk, "e:ann") == (0, misses)
    assert rate(desk, "e:bob") == (1, 1)


def test_bots_do_not_answer_for_people() -> None:
    """Automatic messages close no turn unless the company says they do, and then only in the human stage."""
    talk = Talk()
    events = [talk.asks("10:00:00"), talk.says(ANN, "10:00:01", is_auto=True), talk.says(ANN, "10:01:00")]
    assert taken(*events).value("avg_response_time", "e:ann") == 60
    assisted = COMPANY.replace("[policy]", "[policy]\nbot_assist_counts = true")
    assert taken(*events, company=assisted).value("avg_response_time", "e:ann") == 60
    formal = [talk.tell("assigned", "09:59:59", agent_id=ANN), *events]
    assert taken(*formal, company=assisted).value("avg_response_time", "e:ann") == 1


def test_the_human_stage_without_an_assignment() -> None:
    """With bots counting, the agent's first own words begin the stage: later automatic ones then answer."""
    talk = Talk()
    events = [
        talk.asks("10:00:00"),
        talk.says(ANN, "10:00:30"),
        talk.asks("10:10:00"),
        talk.says(ANN, "10:10:10", is_auto=True),
    ]
    desk = taken(*events, company=COMPANY.replace("[policy]", "[policy]\nbot_assist_counts = true"))
    assert desk.value("avg_response_time", "e:ann") == 20
    assert rate(taken(*events), "e:ann") == (1, 2)


def test_offline_messages_open_no_turn() -> None:
    """What a customer leaves at night waits for nobody; the next live message opens the turn."""
    talk = Talk()
    desk = taken(talk.asks("10:00:00", is_offline_message=True), talk.asks("10:10:00"), talk.says(ANN, "10:10:30"))
    assert desk.value("avg_response_time", "e:ann") == 30
    assert rate(desk, "c:") == (1, 1)


def test_filtered_conversations_count_nowhere() -> None:
    """Spam on the opening or on any message takes the conversation out."""
    talk = Talk()
    assert taken(talk.asks("10:00:00", is_filtered=True), talk.says(ANN, "10:00:10")).cells() == {}
    talk = Talk()
    assert taken(talk.tell("opened", "10:00:00", is_filtered=True), talk.asks("10:00:00")).cells() == {}


def test_the_last_rating_counts_for_the_last_agent() -> None:
    """Two ratings of one conversation are one, the later; it belongs to who replied last; 4 is good, 3 is not."""
    talk = Talk()
    events = [talk.asks("10:00:00"), talk.says(ANN, "10:00:10"), talk.says(BOB, "10:00:20")]
    events += [talk.tell("rated", "10:01:00", rating=1), talk.tell("rated", "10:02:00", rating=4)]
    desk = taken(*events)
    assert [desk.kpi("csat", owner).numerator for owner in ("e:ann", "e:bob", "c:")] == [0, 1, 1]
    assert [desk.kpi("csat", owner).denominator for owner in ("e:ann", "e:bob", "c:")] == [0, 1, 1]


def test_a_conversation_is_one_for_each_and_one_for_all() -> None:
    """Two agents in one conversation received one each; team and company one."""
    talk = Talk()
    desk = taken(talk.asks("10:00:00"), talk.says(ANN, "10:00:10"), talk.says(BOB, "10:00:20"))
    assert [desk.value("sessions_received", owner) for owner in ("e:ann", "e:bob", "t:desk", "c:")] == [1, 1, 1, 1]


def test_unknown_accounts_are_unassigned() -> None:
    """An account of nobody is kept under `unassigned` and in the totals."""
    talk = Talk()
    desk = taken(talk.asks("10:00:00"), talk.says("ghost", "10:00:10"))
    assert [desk.value("sessions_received", owner) for owner in ("e:unassigned", "t:desk", "c:")] == [1, 0, 1]


@pytest.mark.parametrize(
    ("day", "asked", "replied", "seconds"),
    [
        ("2026-10-24", "22:59:50+02:00", "23:00:20+02:00", 10),
        ("2026-10-25", "09:00:00+01:00", "09:00:30+01:00", 30),
        ("2026-10-25", "08:59:50+01:00", "09:00:30+01:00", 30),
        ("2026-10-25", "22:59:50+01:00", "23:00:20+01:00", 10),
        ("2026-03-29", "08:59:50+02:00", "09:00:30+02:00", 30),
        ("2026-03-29", "22:59:50+02:00", "23:00:20+02:00", 10),
    ],
)
def test_service_hours_are_wall_clock_hours(day: str, asked: str, replied: str, seconds: int) -> None:
    """In Berlin the shop opens at nine by the clock on the wall, also on the days of 23 and 25 hours."""
    talk = Talk()
    people = shop_texts()["people.toml"].replace("2026-09-01", "2026-01-01")
    texts = shop_texts(company=COMPANY.replace("Asia/Shanghai", "Europe/Berlin"), people=people)
    desk = Desk(texts=texts)
    moments = {"asked": f"{day}T{asked}", "replied": f"{day}T{replied}"}
    desk.take(
        {**talk.asks("10:00:00"), "occurred_at": moments["asked"]},
        {**talk.says(ANN, "10:00:00"), "occurred_at": moments["replied"]},
    )
    assert desk.value("avg_response_time", "e:ann", day[:7]) == seconds
    assert desk.recounted("2026-01-01", "2026-12-31") == []


def test_a_wait_over_night_counts_the_open_hours_only() -> None:
    """Asked at 22:59:30, answered next day at 09:00:40: 30 s and 40 s of service hours."""
    talk = Talk()
    desk = taken(talk.asks("22:59:30"), talk.says(ANN, "04 09:00:40"))
    assert desk.value("avg_response_time", "e:ann") == 70
