"""Plans, runbooks, follows and violations of a live session, by hand, where the worked examples do not go."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from tests.scenarios.shop import SIXTY_FORTY, Desk, Teller, Wire, shop_texts

ANN, BOB = "acc-ann", "acc-bob"
ROOM = SIXTY_FORTY + "".join(
    f'[[assignment]]\nperson = "{person}"\ntag = "{tag}"\nfrom = "2026-09-01"\n'
    for person, tag in (("boss", "live_op"), ("bob", "controller"))
)


class Room(Teller):
    """One session on the 3rd."""

    def tell(self, what: str, clock: str, **fields: Any) -> Wire:
        """An event of the session."""
        return self.event(f"live.{what}", clock if " " in clock else f"03 {clock}", **{"session_id": "l1", **fields})

    def plan(self, clock: str, **fields: Any) -> Wire:
        """The session's plan, told two days before."""
        return self.tell("planned", "01 09:00:00", planned_start_at=f"2026-10-03T{clock}+08:00", **fields)


def taken(*events: Wire) -> Desk:
    """A desk that took these events backwards and agrees with the recount."""
    desk = Desk(texts=shop_texts(assignments=ROOM))
    desk.take(*events[::-1])
    assert [row for row in desk.recounted() if row[0][2].startswith("live_")] == []
    return desk


def test_a_plan_is_no_session() -> None:
    """It counts as planned for the operator and for the host whom it names, and nothing else is there."""
    room = Room()
    desk = taken(room.plan("10:00:00", host_id=ANN), room.tell("step_planned", "09:00:00", step_id="list",
                 planned_at="2026-10-03T10:00:00+08:00"))  # fmt: skip
    for owner, dimension in (("e:boss", "live_op"), ("e:ann", "host"), ("c:", None)):
        rate = desk.kpi("live_on_time_rate", owner, dimension=dimension)
        assert (rate.value, rate.denominator) == (0, 1)
    assert desk.kpi("live_pcu", "c:").denominator == 0
    assert desk.value("live_runbook_rate", "e:bob") == 0
    assert desk.reader.live_sessions(5) == []


def test_a_plan_that_moves() -> None:
    """Late for the first plan, in time for its revision; the host is who was on air first."""
    room = Room()
    desk = taken(
        room.plan("10:00:00"),
        room.plan("11:00:00", revision=2),
        room.tell("started", "11:05:00", planned_start_at="2026-10-03T08:00:00+08:00"),
        room.tell("host_on", "11:06:00", host_id=BOB),
        room.tell("host_on", "11:07:00", host_id=ANN),
        room.tell("ended", "11:30:00"),
    )
    assert desk.kpi("live_on_time_rate", "e:bob", dimension="host").value == 1
    assert desk.kpi("live_on_time_rate", "e:ann", dimension="host").value is None
    assert desk.kpi("live_on_time_rate", "c:").denominator == 1


def test_who_answers_for_a_step() -> None:
    """Ann did one that was planned for nobody; the one never done is of the holder of the tag."""
    room = Room()
    due = {"planned_at": "2026-10-03T10:10:00+08:00"}
    desk = taken(
        room.tell("started", "10:00:00"),
        room.tell("step_planned", "09:00:00", step_id="list", **due),
        room.tell("step_planned", "09:00:00", step_id="coupon", **due),
        room.tell("step_done", "10:10:00", step_id="list", controller_id=ANN),
        room.tell("step_done", "10:15:00", step_id="list", controller_id=BOB),
        room.tell("step_done", "10:20:00", step_id="unplanned", controller_id=ANN),
        room.tell("ended", "10:30:00"),
    )
    rates = [desk.kpi("live_runbook_rate", owner) for owner in ("e:ann", "e:bob", "s:s")]
    assert [(rate.numerator, rate.denominator) for rate in rates] == [(1, 1), (0, 1), (1, 2)]


def test_violations_by_degree() -> None:
    """Each counts in its own degree and in all; what a successful appeal takes back counts nowhere."""
    room = Room()
    appealed = room.tell("violation", "10:20:00", severity="severe", host_id=ANN)
    desk = taken(
        room.tell("started", "10:00:00"),
        room.tell("violation", "10:10:00", severity="minor", host_id=ANN),
        room.tell("violation", "10:15:00", severity="minor"),
        appealed,
        room.event("event.retracted", "04 10:00:00", target_source="test", target_event_id=appealed["event_id"]),
        room.tell("ended", "10:30:00"),
    )
    counts = {key[2]: value for key, value in desk.cells().items() if key[:2] == ("c:", "") and "violation" in key[2]}
    assert counts == {"live_violations": 2_000_000, "live_violations_minor": 2_000_000}
    assert [desk.value("live_violation_count", owner) for owner in ("e:ann", "e:unassigned")] == [1, 1]


def test_hosts_share_the_audience_s_doings() -> None:
    """A follow with two on air is half of each; the viewer who liked is one for both, and one for the team."""
    room = Room()
    desk = taken(
        room.tell("started", "10:00:00"),
        room.tell("host_on", "10:00:00", host_id=ANN),
        room.tell("host_on", "10:00:00", host_id=BOB),
        room.tell("follow", "10:01:00", viewer_id="v"),
        room.tell("interaction", "10:01:00", viewer_id="v", kind="like"),
        room.tell("counters", "10:02:00", minute_at="2026-10-03T10:02:00+08:00", viewers_total=4),
        room.tell("ended", "10:03:00"),
    )
    assert [desk.value("live_follower_gain", owner) for owner in ("e:ann", "t:desk")] == [Fraction(1, 2), 1]
    rates = [desk.kpi("live_interaction_rate", owner) for owner in ("e:ann", "t:desk")]
    assert [(rate.numerator, rate.denominator) for rate in rates] == [(1, 2), (1, 4)]
