"""Live sessions by hand: time on air, silence, counters that restart, audience over time, several hosts."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from tests.scenarios.shop import SIXTY_FORTY, Desk, Teller, Wire, shop_texts

ROOM = SIXTY_FORTY + '[[assignment]]\nperson = "boss"\ntag = "live_op"\nfrom = "2026-09-01"\n'
ANN, BOB = "acc-ann", "acc-bob"


class Room(Teller):
    """One session."""

    def tell(self, kind: str, time: str, **fields: Any) -> Wire:
        """An event of the session; `time` is a clock time on the 3rd or "04 01:00:00"."""
        return self.event(f"live.{kind}", time if " " in time else f"03 {time}", session_id="l1", **fields)

    def counted(self, time: str, views: int, viewers: int = 0, **fields: Any) -> Wire:
        """Running totals at a minute."""
        minute = f"2026-10-03T{time}+08:00"
        return self.tell("counters", time, minute_at=minute, views_total=views, viewers_total=viewers, **fields)

    def beats(self, first: int, last: int) -> list[Wire]:
        """A sample with one viewer every five minutes, from minute to minute after 10 o'clock."""
        return [
            self.tell("audience", f"{10 + minute // 60}:{minute % 60:02}:00", concurrent=1)
            for minute in range(first, last, 5)
        ]


def taken(*events: Wire) -> Desk:
    """A desk that took these events backwards and agrees with the recount."""
    desk = Desk(texts=shop_texts(assignments=ROOM))
    desk.take(*events[::-1])
    assert desk.recounted() == []
    return desk


def hours(desk: Desk) -> list[Fraction | None]:
    """Hours on air of both hosts, the operator and the company."""
    people = [desk.value("live_hours", owner) for owner in ("e:ann", "e:bob")]
    return [*people, desk.kpi("live_hours", "e:boss", dimension="live_op").value, desk.value("live_hours", "c:")]


def test_time_on_air() -> None:
    """Ann an hour, then both half an hour: she has 1.5 h, he 0.5 h, the room 1.5 h; time before them is nobody's."""
    room = Room()
    desk = taken(
        room.tell("started", "09:30:00"),
        room.tell("host_on", "10:00:00", host_id=ANN),
        room.tell("host_on", "11:00:00", host_id=BOB),
        room.tell("ended", "11:30:00"),
        *room.beats(0, 90),
    )
    assert hours(desk) == [Fraction(3, 2), Fraction(1, 2), Fraction(3, 2), Fraction(3, 2)]
    assert desk.value("live_hours", "t:desk") == 2


def test_silence_is_not_on_air() -> None:
    """Ten minutes without any sign are taken out as a whole; five minutes are not."""
    room = Room()
    desk = taken(
        room.tell("started", "10:00:00"),
        room.tell("host_on", "10:00:00", host_id=ANN),
        *room.beats(0, 31),
        *room.beats(40, 60),
        room.tell("ended", "11:00:00"),
    )
    assert hours(desk)[0] == Fraction(50, 60)


def test_a_session_without_a_sample_of_the_audience() -> None:
    """It has time on air and a peak of 0 in its one session, and nothing breaks."""
    room = Room()
    desk = taken(
        room.tell("started", "10:00:00"), room.tell("host_on", "10:00:00", host_id=ANN), room.tell("ended", "10:05:00")
    )
    assert hours(desk)[0] == Fraction(5, 60)
    assert desk.value("live_acu", "e:ann") is None
    assert desk.kpi("live_pcu", "e:boss").denominator == 1


def test_over_midnight() -> None:
    """A session over midnight belongs to both days."""
    room = Room()
    clocks = [f"03 23:{minute}:00" for minute in range(50, 60, 5)] + [
        f"04 00:{minute:02}:00" for minute in range(0, 15, 5)
    ]
    desk = taken(
        room.tell("started", "23:50:00"),
        room.tell("host_on", "23:50:00", host_id=ANN),
        *(room.tell("audience", clock, concurrent=10) for clock in clocks),
        room.tell("ended", "04 00:15:00"),
    )
    days = ("2026-10-03", "2026-10-04")
    assert [desk.value("live_hours", "e:ann", day) for day in days] == [Fraction(1, 6), Fraction(1, 4)]
    assert [desk.value("live_acu", "e:ann", day) for day in days] == [10, 10]


def test_counters_that_restart_and_are_restated() -> None:
    """100, 150, 30 (restarted), 70: 100 + 50 + 30 + 40 = 220 views; a higher revision replaces its minute."""
    room = Room()
    desk = taken(
        room.tell("started", "10:00:00"),
        room.tell("host_on", "10:00:00", host_id=ANN),
        room.counted("10:01:00", 100),
        room.counted("10:02:00", 999),
        room.counted("10:02:00", 150, revision=2),
        room.counted("10:03:00", 30),
        room.counted("10:04:00", 70),
        room.tell("ended", "10:05:00"),
    )
    assert [desk.value("live_views", owner) for owner in ("e:ann", "s:s", "c:")] == [220, 220, 220]


def test_a_minute_belongs_to_who_was_on_air_in_it() -> None:
    """At the hand-over the minute just over is the first host's; two hosts share; nobody on air is unassigned."""
    room = Room()
    desk = taken(
        room.tell("started", "10:00:00"),
        room.counted("10:01:00", 10),
        room.tell("host_on", "10:01:00", host_id=ANN),
        room.counted("10:02:00", 30),
        room.tell("host_off", "10:02:00", host_id=ANN),
        room.tell("host_on", "10:02:00", host_id=BOB),
        room.tell("host_on", "10:02:00", host_id=ANN),
        room.counted("10:03:00", 37),
        room.tell("ended", "10:04:00"),
    )
    owners = ("e:unassigned", "e:ann", "e:bob", "t:desk", "c:")
    assert [desk.value("live_views", owner) for owner in owners] == [10, Fraction(47, 2), Fraction(7, 2), 27, 37]


def test_samples_at_one_instant() -> None:
    """Of two samples at the same instant the later one in the total order runs on, whatever its size."""
    room = Room()
    desk = taken(
        room.tell("started", "10:00:00"),
        room.tell("host_on", "10:00:00", host_id=ANN),
        room.tell("audience", "10:00:00", concurrent=90, event_id="a"),
        room.tell("audience", "10:00:00", concurrent=10, event_id="b"),
        room.tell("ended", "10:01:00"),
    )
    assert desk.value("live_acu", "e:ann") == 10
    assert desk.value("live_pcu", "e:boss") == 90


def test_unknown_hosts_share_too() -> None:
    """Two accounts of nobody and one of Ann: a third each, two thirds unassigned."""
    room = Room()
    desk = taken(
        room.tell("started", "10:00:00"),
        *(room.tell("host_on", "10:00:00", host_id=host) for host in (ANN, "x", "y")),
        room.counted("10:01:00", 9),
        room.tell("ended", "10:02:00"),
    )
    assert [desk.value("live_views", owner) for owner in ("e:ann", "e:unassigned", "c:")] == [3, 6, 9]


def test_live_orders() -> None:
    """Sales go to who was on air when the order was placed, if it was paid within the hour; buyers are per session."""
    room = Room()

    def placed(name: str, clock: str, paid: str, buyer: str) -> list[Wire]:
        live = {"live_session_id": "l1", "buyer_id": buyer}
        return [
            room.event("order.placed", f"03 {clock}", order_id=name, **live),
            room.paid(name, f"03 {paid}", "10.00", **live),
        ]

    desk = taken(
        room.tell("started", "10:00:00"),
        room.tell("host_on", "10:00:00", host_id=ANN),
        room.tell("host_off", "10:30:00", host_id=ANN),
        room.tell("host_on", "10:30:00", host_id=BOB),
        room.counted("10:59:00", 100, 20),
        room.tell("ended", "11:00:00"),
        *placed("o1", "10:29:59", "11:29:59", "b1"),
        *placed("o2", "10:30:00", "10:31:00", "b1"),
        *placed("o3", "10:40:00", "11:40:01", "b2"),
        *placed("o4", "11:30:00", "11:31:00", "b3"),
    )
    owners = ("e:ann", "e:bob", "e:unassigned", "c:")
    assert [desk.value("live_gmv", owner) for owner in owners] == [10, 10, 10, 30]
    conversion = desk.kpi("live_conversion_rate", "c:")
    assert (conversion.numerator, conversion.denominator) == (3, 20)
    assert desk.value("live_gpm", "c:") == 300
