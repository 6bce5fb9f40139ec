"""Whose sale it is in a live room: rules of credit, shares of hosts, refunds they answer for, two rooms at once."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from scoring.faults import DefinitionError
from tests.scenarios.shop import COMPANY, SIXTY_FORTY, Desk, Teller, Wire, shop_texts

ANN, BOB = "acc-ann", "acc-bob"
SELLERS = ("e:ann", "e:bob")
OPERATOR = '[[assignment]]\nperson = "boss"\ntag = "live_op"\nsession = "l1"\nfrom = "2026-09-01"\n'


def shares(**given: str) -> str:
    """Configured shares of hosts in the shop."""
    return "".join(
        f'[[assignment]]\nperson = "{person}"\ntag = "host"\nshop = "s"\nshare = "{share}"\nfrom = "2026-09-01"\n'
        for person, share in given.items()
    )


def texts(policy: str = "", assignments: str = "") -> dict[str, str]:
    """The small shop with lines in [policy] and more assignments."""
    company = COMPANY.replace("[policy]\n", f"[policy]\n{policy}\n")
    return shop_texts(company=company, assignments=SIXTY_FORTY + OPERATOR + assignments)


def desk_with(events: list[Wire], **changed: str) -> Desk:
    """A desk that took the events backwards and agrees with the recount."""
    desk = Desk(texts=texts(**changed))
    desk.take(*events[::-1])
    assert [row for row in desk.recounted() if row[0][2].startswith("live_")] == []
    return desk


class Room(Teller):
    """One session from 10 to 11 o'clock: Ann until half past, then Bob, who stays."""

    def tell(self, kind: str, clock: str, **fields: Any) -> Wire:
        """An event of the session."""
        return self.event(f"live.{kind}", f"03 {clock}", **{"session_id": "l1", **fields})

    def shift(self) -> list[Wire]:
        """The two hosts, one after the other."""
        return [
            self.tell("started", "10:00:00"),
            self.tell("host_on", "10:00:00", host_id=ANN),
            self.tell("host_off", "10:30:00", host_id=ANN),
            self.tell("host_on", "10:30:00", host_id=BOB),
            self.tell("ended", "11:00:00"),
        ]

    def sold(self, placed: str, paid: str, *lines: tuple[str, str]) -> list[Wire]:
        """An order of lines (product, amount)."""
        rows = [
            {"line_id": f"{n}", "sku": sku, "qty": 1, "paid_amt": amount, "cogs": "0"}
            for n, (sku, amount) in enumerate(lines, start=1)
        ]
        about = {"order_id": f"o{self.number}", "lines": rows, "live_session_id": "l1"}
        return [self.event("order.placed", f"03 {placed}", **about), self.event("order.paid", f"03 {paid}", **about)]


def sales(desk: Desk, kpi: str = "live_gmv") -> list[Fraction | None]:
    """What Ann and Bob sold."""
    return [desk.value(kpi, owner) for owner in SELLERS]


@pytest.mark.parametrize(("rule", "expected"), [("on_air_at_placed", [10, 0]), ("on_air_at_paid", [0, 10])])
def test_placed_or_paid(rule: str, expected: list[int]) -> None:
    """Placed in Ann's half hour, paid in Bob's: by default hers, else his; the order was placed with her either way."""
    room = Room()
    desk = desk_with([*room.shift(), *room.sold("10:29:00", "10:31:00", ("A", "10"))], policy=f'host_credit = "{rule}"')
    assert sales(desk) == expected
    assert sales(desk, "live_orders") == [1, 0]
    assert desk.kpi("live_gmv", "e:boss", dimension="live_op").value == 10


def test_last_explained() -> None:
    """Line by line: A was explained by Bob exactly ten minutes before, B by nobody in time, C by Ann last."""
    room = Room()
    shown = [
        room.tell("product_exposed", "10:10:00", sku="A", host_id=BOB),
        room.tell("product_exposed", "10:09:59", sku="B", host_id=BOB),
        room.tell("product_exposed", "10:15:00", sku="C", host_id=BOB),
        room.tell("product_exposed", "10:16:00", sku="C", host_id=ANN),
        room.tell("product_exposed", "10:17:00", sku="C"),
        room.tell("product_exposed", "10:21:00", sku="C", host_id=BOB),
    ]
    order = room.sold("10:20:00", "10:31:00", ("A", "10"), ("B", "200"), ("C", "3000"))
    desk = desk_with([*room.shift(), *shown, *order], policy='host_credit = "last_explained"')
    # Of B the host on air when the order was placed; the order itself goes by its first line.
    assert sales(desk) == [3200, 10]
    assert sales(desk, "live_orders") == [0, 1]


def test_explaining_means_nothing_by_default() -> None:
    """Bob explained it, Ann was on air: hers."""
    room = Room()
    shown = room.tell("product_exposed", "10:19:00", sku="A", host_id=BOB)
    assert sales(desk_with([*room.shift(), shown, *room.sold("10:20:00", "10:21:00", ("A", "10"))])) == [10, 0]


def together(room: Room) -> list[Wire]:
    """Both on air all the time, 100 views, an order of 100."""
    return [
        room.tell("started", "10:00:00"),
        room.tell("host_on", "10:00:00", host_id=ANN),
        room.tell("host_on", "10:00:00", host_id=BOB),
        room.tell("counters", "10:05:00", minute_at="2026-10-03T10:05:00+08:00", views_total=100),
        room.tell("ended", "10:10:00"),
        *room.sold("10:05:00", "10:06:00", ("A", "100")),
    ]


@pytest.mark.parametrize(
    ("assignments", "expected"),
    [
        ("", [50, 50]),
        (shares(ann="0.7", bob="0.3"), [70, 30]),
        (shares(ann="0.6", bob="0.2"), [75, 25]),
        (shares(ann="0.6"), [50, 50]),
    ],
)
def test_two_hosts(assignments: str, expected: list[int]) -> None:
    """Equal shares, unless the tag names everybody on air: then in proportion to it, orders and views alike."""
    desk = desk_with(together(Room()), assignments=assignments)
    assert sales(desk) == expected
    assert sales(desk, "live_views") == expected


def test_refunds_that_hosts_answer_for() -> None:
    """Of 10 + 20 back on 100, Ann answers for the buyer's 10, or by policy for the product's 20; the shop for 30."""
    room = Room()
    order = room.sold("10:05:00", "10:06:00", ("A", "100"))
    number = order[0]["order_id"]
    back = [
        room.refunded(number, "05 10:00:00", "10", refund_id="r1", responsible="buyer"),
        room.refunded(number, "06 10:00:00", "20", refund_id="r2", responsible="product"),
    ]
    for policy, rate in (("", 10), ('host_refund_responsible = ["product"]', 20), ("host_refund_responsible = []", 0)):
        desk = desk_with([*room.shift(), *order, *back], policy=policy)
        assert desk.value("live_refund_rate", "e:ann") == Fraction(rate, 100)
        assert desk.value("live_refund_rate", "s:s") == Fraction(30, 100)
        assert desk.value("live_net_sales", "e:ann") == 70


def test_two_rooms_at_once() -> None:
    """Ann an hour here and the later half of it there: an hour; each room has its own time; an hour more after it."""
    room = Room()
    there = {"session_id": "l2"}
    policy = "live_heartbeat_gap_seconds = 7200"
    desk = desk_with(
        [
            room.tell("started", "10:00:00"),
            room.tell("host_on", "10:00:00", host_id=ANN),
            room.tell("ended", "11:00:00"),
            room.tell("host_on", "10:30:00", **there, host_id=ANN),
            room.tell("host_on", "10:30:00", **there, host_id=BOB),
            room.tell("host_off", "11:00:00", **there, host_id=BOB),
            room.tell("ended", "12:00:00", **there),
        ],
        policy=policy,
    )
    assert sales(desk, "live_hours") == [2, Fraction(1, 2)]
    assert desk.value("live_hours", "t:desk") == Fraction(5, 2)
    assert desk.value("live_hours", "c:") == Fraction(5, 2)


def test_unknown_hosts_are_not_one_host() -> None:
    """Two accounts of nobody in two rooms at once have an hour each; one account in both has one."""
    room = Room()

    def evening(*hosts: str) -> list[Wire]:
        rows = []
        for number, host in enumerate(hosts):
            who = {"session_id": f"l{number}"}
            rows += [room.tell("host_on", "10:00:00", **who, host_id=host), room.tell("ended", "11:00:00", **who)]
        return rows

    policy = "live_heartbeat_gap_seconds = 7200"
    assert desk_with(evening("x", "y"), policy=policy).value("live_hours", "e:unassigned") == 2
    assert desk_with(evening("x", "x"), policy=policy).value("live_hours", "e:unassigned") == 1


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ('host_credit = "loudest"', "on_air_at_placed, on_air_at_paid, last_explained"),
        ('host_refund_responsible = ["host"]', "buyer, product, service, logistics, content, platform"),
    ],
)
def test_unknown_choices(line: str, words: str) -> None:
    """A rule that does not exist is refused with those that do."""
    with pytest.raises(DefinitionError, match=words):
        Desk(texts=texts(policy=line))
