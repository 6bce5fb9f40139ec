"""Shared accounts by hand: replies, turns, ratings, sales and time on air go to whose shift it was (G10)."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from tests.scenarios.shop import SIXTY_FORTY, Desk, Teller, Wire, shop_texts

DESK = "acc-desk"
OPERATOR = '[[assignment]]\nperson = "boss"\ntag = "live_op"\nfrom = "2026-09-01"\n'


def shift(person: str, start: str, end: str) -> str:
    """A shift of the shared account; times are "03 09:00" on 2026-10-03."""
    begin, stop = (f"2026-10-{text.replace(' ', 'T')}:00+08:00" for text in (start, end))
    return f'[[shift]]\naccount = "{DESK}"\nperson = "{person}"\nfrom = "{begin}"\nto = "{stop}"\n'


APART = shift("ann", "03 10:00", "03 12:00") + shift("bob", "03 13:00", "03 18:00")
NIGHT = shift("bob", "03 22:00", "04 02:00")
ADJOINING = shift("ann", "03 10:00", "03 12:00") + shift("bob", "03 12:00", "03 18:00")


def taken(rosters: str, *events: Wire, people: str | None = None) -> Desk:
    """A desk that took these events backwards and agrees with the recount."""
    changed = {"people": people} if people else {}
    desk = Desk(texts=shop_texts(rosters=rosters, assignments=SIXTY_FORTY + OPERATOR, **changed))
    desk.take(*events[::-1])
    assert desk.recounted("2026-01-01", "2026-12-31") == []
    return desk


def cell(desk: Desk, measure: str) -> dict[str, int]:
    """What a measure holds by owner in whole units, all days together."""
    found: dict[str, int] = {}
    for (owner, _, name, _, _), amount in desk.cells().items():
        if name == measure:
            found[owner] = found.get(owner, 0) + amount // 1_000_000
    return found


class Talks(Teller):
    """Conversations of one customer each, told by "03 10:00:00"."""

    def asked(self, session: str, time: str) -> Wire:
        """The customer writes."""
        return self.tell("message", session, time, sender="customer")

    def said(self, session: str, time: str) -> Wire:
        """Somebody writes under the shared account."""
        return self.tell("message", session, time, sender="agent", agent_id=DESK)

    def tell(self, kind: str, session: str, time: str, **fields: Any) -> Wire:
        """An event of a conversation."""
        return self.event(f"chat.{kind}", time, session_id=session, customer_id=f"b-{session}", **fields)


ANSWERED = ("03 09:30", "03 10:00", "03 11:59", "03 12:00", "03 12:59", "03 13:00", "03 18:00", "03 22:30", "04 01:59")


def test_replies_before_in_between_and_after_shifts() -> None:
    """Nine replies: Ann's shift has those of 10:00 and 11:59, Bob's have 13:00, 22:30 and 01:59, four are nobody's."""
    talks = Talks()
    events = []
    for number, time in enumerate(ANSWERED):
        events += [talks.asked(f"c{number}", f"{time}:00"), talks.said(f"c{number}", f"{time}:20")]
    desk = taken(APART + NIGHT, *events)
    expected = {"e:ann": 2, "e:bob": 3, "e:unassigned": 4, "t:desk": 5, "t:ops": 5, "s:s": 9, "c:": 9}
    assert cell(desk, "replies") == expected
    assert cell(desk, "agent_messages") == expected


def test_outside_shifts_the_dated_rows_hold() -> None:
    """The account is the lead's by date: he or she has what is said between the shifts, the shifts have the rest."""
    people = shop_texts()["people.toml"] + f'[[person.account]]\nid = "{DESK}"\nfrom = "2026-09-01"\n'
    talks = Talks()
    events = []
    for number, time in enumerate(("03 09:30", "03 10:30", "03 12:30", "03 13:30")):
        events += [talks.asked(f"c{number}", f"{time}:00"), talks.said(f"c{number}", f"{time}:20")]
    desk = taken(APART, *events, people=people)
    assert {owner: n for owner, n in cell(desk, "replies").items() if owner.startswith("e:")} == {
        "e:ann": 1,
        "e:bob": 1,
        "e:boss": 2,
    }


def test_who_replies_has_the_turn_and_the_rating() -> None:
    """Asked in Ann's shift, answered in Bob's: turn, session, messages and a rating after hours are Bob's."""
    talks = Talks()
    desk = taken(
        ADJOINING,
        talks.asked("c1", "03 11:59:00"),
        talks.said("c1", "03 12:00:30"),
        talks.tell("rated", "c1", "03 19:00:00", rating=5, is_invited=True),
    )
    all_of_it = dict.fromkeys(("e:bob", "t:desk", "t:ops", "s:s", "c:"), 1)
    for measure in ("turns", "turns_3min", "customer_messages", "agent_messages", "ratings_good"):
        assert cell(desk, measure) == all_of_it, measure
    assert desk.value("avg_response_time", "e:bob") == 90
    assert [desk.kpi("missed_session_rate", owner).denominator for owner in ("e:ann", "e:bob", "c:")] == [0, 1, 1]


def test_a_turn_nobody_answers_is_a_miss_of_whose_shift_it_was() -> None:
    """Asked at 11:59 in Ann's shift and never answered: her miss, although Bob has the account from 12:00 on."""
    talks = Talks()
    desk = taken(
        ADJOINING, talks.tell("assigned", "c1", "03 11:58:00", agent_id=DESK), talks.asked("c1", "03 11:59:00")
    )
    found = desk.kpi("reply_rate_3min", "e:ann")
    assert (found.numerator, found.denominator) == (0, 1)
    assert desk.kpi("reply_rate_3min", "e:bob").denominator == 0


def test_one_conversation_over_a_hand_over_is_of_both() -> None:
    """One reply in each shift: two turns and one session for the shop, one turn and the session for each."""
    talks = Talks()
    desk = taken(
        ADJOINING,
        talks.asked("c1", "03 11:58:00"),
        talks.said("c1", "03 11:59:00"),
        talks.asked("c1", "03 12:01:00"),
        talks.said("c1", "03 12:02:00"),
    )
    assert cell(desk, "turns") == {"e:ann": 1, "e:bob": 1, "t:desk": 2, "t:ops": 2, "s:s": 2, "c:": 2}
    assert [desk.kpi("missed_session_rate", owner).denominator for owner in ("e:ann", "e:bob", "c:")] == [1, 1, 1]


def test_who_advised_has_the_sale() -> None:
    """Ann advises at 11:50, the order is placed and paid in Bob's shift: Ann's sale."""
    talks = Talks()
    desk = taken(
        ADJOINING,
        talks.tell("opened", "c1", "03 11:49:00", intent="presale"),
        talks.asked("c1", "03 11:49:00"),
        talks.said("c1", "03 11:50:00"),
        talks.paid("o1", "03 12:20:00", "100", buyer_id="b-c1", placed_at="2026-10-03T12:10:00+08:00"),
    )
    found = {owner for (owner, dimension, name, _, _) in desk.cells() if (dimension, name) == ("agent", "cs_gmv")}
    assert found == {"e:ann", "t:desk", "t:ops"}


def test_a_host_account_is_handed_over_on_air() -> None:
    """On air from 11:00 to 13:00 under one account: an hour each, and the order of 12:30 is Bob's."""
    talks = Talks()
    room = {"session_id": "l1"}
    beats = [f"03 {11 + minute // 60}:{minute % 60:02}:00" for minute in range(0, 120, 5)]
    desk = taken(
        ADJOINING,
        talks.event("live.started", "03 11:00:00", **room),
        talks.event("live.host_on", "03 11:00:00", host_id=DESK, **room),
        *(talks.event("live.audience", time, concurrent=1, **room) for time in beats),
        talks.event("live.ended", "03 13:00:00", **room),
        talks.paid("o1", "03 12:31:00", "100", placed_at="2026-10-03T12:30:00+08:00", live_session_id="l1"),
    )
    assert [desk.value("live_hours", owner) for owner in ("e:ann", "e:bob", "c:")] == [1, 1, Fraction(2)]
    sold = {owner for (owner, dimension, name, _, _) in desk.cells() if (dimension, name) == ("host", "live_gmv")}
    assert sold == {"e:bob", "t:desk", "t:ops"}


def test_a_changed_roster_is_another_program() -> None:
    """Rosters decide credit, so a change makes the next intake compute all cells again."""
    plain, ours, theirs = (Desk(texts=shop_texts(rosters=text)) for text in ("", APART, ADJOINING))
    assert len({desk.definitions.program_fingerprint() for desk in (plain, ours, theirs)}) == 3
