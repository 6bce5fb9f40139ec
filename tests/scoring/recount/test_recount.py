"""The recount against figures worked out by hand and the examples of 3-kpis.md §3.9."""

from __future__ import annotations

import random
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import pytest

from scoring.definitions import Definitions, read_definitions
from scoring.recount import Key, recount
from streams.folder import catalogue_texts
from tests.generators.facts import decode, effective
from tests.generators.month import small_month

MICRO = 1_000_000
Wire = dict[str, Any]

COMPANY = """
[company]
id = "test"
name = { zh = "测试", en = "Test" }
zone = "Asia/Shanghai"
currency = "CNY"
[policy]
service_window = ["09:00", "23:00"]
[[shop]]
id = "s"
name = { zh = "店", en = "Shop" }
brand = "b"
"""

PEOPLE = """
[[team]]
id = "ops"
name = { zh = "运营", en = "Operations" }
[[team]]
id = "cs"
name = { zh = "客服", en = "Service" }
parent = "ops"
""" + "".join(
    f'[[person]]\nid = "{name}"\nname = {{ zh = "{name}", en = "{name}" }}\n'
    f'[[person.position]]\nteam = "cs"\nrole = "any"\nfrom = "2026-09-01"\n'
    for name in ("A", "B")
)

SIXTY_FORTY = """
[[assignment]]
person = "A"
tag = "owner"
share = "0.6"
from = "2026-09-01"
[[assignment]]
person = "B"
tag = "owner"
share = "0.4"
from = "2026-09-01"
"""


def definitions(assignments: str = "", fx: str = "", company: str = COMPANY) -> Definitions:
    """A company with one shop and the agents A and B of team cs under ops."""
    texts = {"company.toml": company, "people.toml": PEOPLE, "assignments.toml": assignments, "fx.toml": fx}
    return read_definitions(catalogue_texts() | texts)


def at(time: str) -> str:
    """ "03 10:00:00" -> the instant on 2026-10-03, "11-02 10:00:00" -> in November, Shanghai time."""
    day, clock = time.split()
    return f"2026-{day if '-' in day else '10-' + day}T{clock}+08:00"


class Diary:
    """Wire events written down one after the other."""

    def __init__(self) -> None:
        self.events: list[Wire] = []

    def tell(self, event_type: str, time: str, **fields: Any) -> None:
        """Add one event of shop s with the next id."""
        event_id = f"{len(self.events):04}"
        envelope = {
            "event_id": event_id,
            "event_type": event_type,
            "occurred_at": at(time),
            "source": "x",
            "shop_id": "s",
        }
        self.events.append(envelope | fields)

    def pay(self, time: str, order_id: str, amount: str, **fields: Any) -> None:
        """An order of one line."""
        line = {"line_id": "1", "sku": "A", "qty": 1, "paid_amt": amount}
        self.tell("order.paid", time, order_id=order_id, lines=[line], **fields)

    def refund(self, time: str, order_id: str, refund_id: str, amount: str, **fields: Any) -> None:
        """A refund of that line."""
        about = {"order_id": order_id, "refund_id": refund_id, "line_id": "1", "refund_amt": amount}
        self.tell("refund.completed", time, **about, **fields)

    def chat(self, session: str, customer: str, lines: Sequence[tuple[str, str]], assign: bool = True) -> None:
        """A pre-sale conversation of (time, speaker); "C" is the customer, others get it when they first speak."""
        about = {"session_id": session, "customer_id": customer}
        self.tell("chat.opened", lines[0][0], **about, intent="presale")
        known: set[str] = set()
        for time, speaker in lines:
            if speaker == "C":
                self.tell("chat.message", time, **about, sender="customer")
                continue
            if assign and speaker not in known:
                self.tell("chat.assigned", lines[0][0] if not known else time, **about, agent_id=speaker)
            known.add(speaker)
            self.tell("chat.message", time, **about, sender="agent", agent_id=speaker)

    def count(
        self, made: Definitions | None = None, first: str = "2026-10-01", last: str = "2026-10-31"
    ) -> dict[Key, Fraction]:
        """The recount of what was told."""
        return recount(effective(decode(self.events)), made or definitions(), first, last)


def micro(values: dict[Key, Fraction], owner: str, dimension: str, measure: str) -> Fraction:
    """A sum in natural units."""
    return values.get((owner, dimension, measure), Fraction(0)) / MICRO


def whole(values: dict[Key, Fraction], owner: str, dimension: str, measure: str) -> Fraction:
    """Money in minor units, or a number of items."""
    return values.get((owner, dimension, measure), Fraction(0))


@pytest.mark.parametrize("assign", [True, False])
def test_k1_turns(vectors: dict[str, list[dict[str, Any]]], assign: bool) -> None:
    """K1: two turns of 45 s and 30 s, whether or not the platform assigned the conversation."""
    (vector,) = (row for row in vectors["kpi"] if row["id"] == "K1")
    diary = Diary()
    talk = [(f"05 10:{second // 60:02}:{second % 60:02}", who) for who, second in vector["messages"]]
    diary.chat("c", "b", talk, assign=assign)
    values = diary.count()
    for owner, dimension in (("e:A", "agent"), ("t:cs", "agent"), ("t:ops", "agent"), ("s:s", ""), ("c:", "")):
        assert micro(values, owner, dimension, "turns") == micro(values, owner, dimension, "turns_3min") == 2
        assert micro(values, owner, dimension, "first_reply_seconds") == vector["first_response"]
        assert whole(values, owner, dimension, "first_reply_p90") == vector["first_response"]
        seconds, replies = (micro(values, owner, dimension, name) for name in ("reply_seconds", "replies"))
        assert seconds / replies == Fraction(vector["avg_response"])
        assert whole(values, owner, dimension, "sessions") == 1


def test_k2_service_window(vectors: dict[str, list[dict[str, Any]]]) -> None:
    """K2: policy A excludes a turn that opened before the window, policy B counts the seconds inside it."""
    for vector in (row for row in vectors["kpi"] if row["id"] in {"K2a", "K2b"}):
        diary = Diary()
        reply = vector.get("reply") or vector["reply_next"]
        diary.chat("c", "b", [(f"05 {vector['open']}", "C"), (f"05 {reply}", "A")])
        values = diary.count()
        counted = vector["policy_A"] is not None
        assert micro(values, "e:A", "agent", "turns") == counted
        assert micro(values, "e:A", "agent", "turns_3min") == counted
        assert micro(values, "e:A", "agent", "reply_seconds") == vector["policy_B"]


def test_the_service_window_is_wall_clock_on_a_day_of_25_hours() -> None:
    """Berlin, 25 October: 08:59:50 to 09:00:10 winter time is before the window for A, and 10 s of it for B."""
    berlin = definitions(company=COMPANY.replace("Asia/Shanghai", "Europe/Berlin"))
    diary = Diary()
    diary.chat("early", "b", [("25 15:59:50", "C"), ("25 16:00:10", "A")])  # 7 hours behind Shanghai
    diary.chat("late", "b", [("26 05:59:50", "C"), ("26 06:00:10", "B")])  # 22:59:50 to 23:00:10
    values = diary.count(berlin)
    assert micro(values, "e:A", "agent", "turns") == 0
    assert micro(values, "e:A", "agent", "reply_seconds") == 10
    assert micro(values, "e:B", "agent", "turns") == micro(values, "e:B", "agent", "turns_3min") == 1
    assert micro(values, "e:B", "agent", "reply_seconds") == 10


@pytest.mark.parametrize("counts", [True, False])
def test_an_automatic_reply_counts_only_by_policy_and_only_in_the_human_stage(counts: bool) -> None:
    """Automatic words before A's first own message never answer; after it they do where the policy says so."""
    policy = f"[policy]\nbot_assist_counts = {str(counts).lower()}\n"
    diary = Diary()
    for time, sender, auto in (
        ("00", "C", 0),
        ("05", "A", 1),
        ("20", "A", 0),
        ("30", "C", 0),
        ("37", "A", 1),
        ("50", "A", 0),
    ):
        who = {"sender": "customer"} if sender == "C" else {"sender": "agent", "agent_id": "A", "is_auto": bool(auto)}
        diary.tell("chat.message", f"05 10:00:{time}", session_id="c", **who)
    values = diary.count(definitions(company=COMPANY.replace("[policy]\n", policy)))
    assert micro(values, "e:A", "agent", "replies") == 2
    assert micro(values, "e:A", "agent", "reply_seconds") == 20 + (7 if counts else 20)


def test_turn_limit_is_inclusive_and_an_open_turn_is_a_miss() -> None:
    """180 s (and what is left of that second) is a hit, 181 s and never are misses."""
    diary = Diary()
    diary.chat(
        "c",
        "b",
        [
            ("05 10:00:00", "C"),
            ("05 10:03:00.9", "A"),
            ("05 11:00:00", "C"),
            ("05 11:03:01", "A"),
            ("05 12:00:00", "C"),
        ],
    )
    values = diary.count()
    assert micro(values, "e:A", "agent", "turns") == 3
    assert micro(values, "e:A", "agent", "turns_3min") == 1
    assert micro(values, "e:A", "agent", "replies") == 2


def test_a_transfer_starts_the_receivers_clock_and_is_a_miss_of_a_slow_giver() -> None:
    """A held the open turn for 180 s: a miss for A; B answers 10 s after getting it: a hit of 10 s for B."""
    diary = Diary()
    about = {"session_id": "c", "customer_id": "b"}
    diary.tell("chat.assigned", "05 10:00:00", **about, agent_id="A")
    diary.tell("chat.message", "05 10:00:00", **about, sender="customer")
    diary.tell("chat.transferred", "05 10:03:00", **about, from_agent_id="A", to_agent_id="B")
    diary.tell("chat.message", "05 10:03:10", **about, sender="agent", agent_id="B")
    values = diary.count()
    assert micro(values, "e:A", "agent", "turns") == 1
    assert micro(values, "e:A", "agent", "turns_3min") == 0
    assert micro(values, "e:B", "agent", "turns") == micro(values, "e:B", "agent", "turns_3min") == 1
    assert micro(values, "e:B", "agent", "reply_seconds") == 10
    assert whole(values, "t:cs", "agent", "sessions") == 1


def test_k3_audience(vectors: dict[str, list[dict[str, Any]]]) -> None:
    """K3: ACU 137.5 as audience seconds over span, PCU 200."""
    (vector,) = (row for row in vectors["kpi"] if row["id"] == "K3")
    diary = Diary()
    who = {"session_id": "L"}
    diary.tell("live.started", "05 20:00:00", **who)
    for second, concurrent in vector["samples"]:
        diary.tell("live.audience", f"05 20:{second // 60:02}:{second % 60:02}", **who, concurrent=concurrent)
    diary.tell("live.ended", "05 20:04:00", **who)
    values = diary.count()
    seconds, span = (micro(values, "c:", "", name) for name in ("live_audience_seconds", "live_audience_span"))
    assert span == vector["end"]
    assert seconds / span == Fraction(vector["acu"])
    assert micro(values, "c:", "", "live_peak") == vector["pcu"]
    assert micro(values, "e:unassigned", "host", "live_audience_seconds") == seconds


def test_live_hand_over() -> None:
    """A is on air 20:00-20:10, B 20:05-20:20; orders, counters and time go to whoever was on air then."""
    diary = Diary()
    who = {"session_id": "L"}
    diary.tell("live.started", "05 20:00:00", **who)
    diary.tell("live.host_on", "05 20:00:00", **who, host_id="A")
    diary.tell("live.host_on", "05 20:05:00", **who, host_id="B")
    diary.tell("live.host_off", "05 20:10:00", **who, host_id="A")
    for minute, views in ((2, 100), (7, 150), (15, 130)):  # 100 for A, 50 for both, then a reset: 130 for B
        about = {"minute_at": at(f"05 20:{minute:02}:00"), "views_total": views, "viewers_total": views}
        diary.tell("live.counters", f"05 20:{minute:02}:00", **who, **about)
    diary.tell("live.ended", "05 20:21:00", **who)
    for number, (placed, paid) in enumerate(
        (("20:01:00", "20:12:00"), ("20:06:00", "20:06:30"), ("20:11:00", "21:30:00"), ("20:25:00", "20:25:00"))
    ):
        about = {"live_session_id": "L", "placed_at": at(f"05 {placed}"), "buyer_id": f"b{number % 2}"}
        diary.pay(f"05 {paid}", f"o{number}", "10.01", **about)
    values = diary.count()
    # The third order was paid 79 minutes after it was placed and 69 after the end; the fourth found nobody on air.
    assert whole(values, "c:", "", "live_gmv") == 3003
    assert whole(values, "e:A", "host", "live_gmv") == 1001 + 501  # the odd cent goes to the smaller id
    assert whole(values, "e:B", "host", "live_gmv") == 500
    assert whole(values, "e:unassigned", "host", "live_gmv") == 1001
    assert micro(values, "c:", "", "live_orders_paid") == 3
    assert micro(values, "e:A", "host", "live_orders_paid") == Fraction(3, 2)
    assert whole(values, "c:", "", "live_buyers") == 2
    assert micro(values, "e:A", "host", "live_seconds") == 600
    assert micro(values, "e:B", "host", "live_seconds") == 300 + 300  # 300 s of silence stay, the 360 s after 20:15 go
    assert micro(values, "c:", "", "live_seconds") == 600 + 600 - 300
    assert micro(values, "e:A", "host", "live_views") == 125
    assert micro(values, "e:B", "host", "live_views") == 155
    assert micro(values, "c:", "", "live_views") == micro(values, "c:", "", "live_viewers_session") == 280


def test_k5_refunds(vectors: dict[str, list[dict[str, Any]]]) -> None:
    """K5: refunds by when they happen and by the orders they belong to, net sales both ways."""
    (vector,) = (row for row in vectors["kpi"] if row["id"] == "K5")
    diary = Diary()
    diary.pay("09-20 12:00:00", "old", "50000")
    diary.pay("10 12:00:00", "new", vector["gmv"])
    diary.refund("11 12:00:00", "old", "r1", vector["of_which_old_orders"])
    own = int(vector["refunds_in_period"]) - int(vector["of_which_old_orders"])
    diary.refund("12 12:00:00", "new", "r2", str(own))
    diary.refund("11-03 12:00:00", "new", "r3", vector["refunds_next_period_for_this"])
    values = diary.count()
    gmv, refunds, cohort = (whole(values, "s:s", "", name) for name in ("gmv", "refund_amount", "cohort_refunds"))
    assert gmv == int(vector["gmv"]) * 100
    assert refunds / gmv == Fraction(vector["refund_rate_amount"])
    assert cohort / gmv == Fraction(vector["refund_rate_cohort"])
    assert gmv - refunds == int(vector["net_sales"]) * 100
    assert gmv - cohort == int(vector["net_sales_cohort"]) * 100


def test_k6_inquiry_conversion(vectors: dict[str, list[dict[str, Any]]]) -> None:
    """K6: A 1/3, B 1/2, the team 2/4 over the union; also what the two agents sold."""
    (vector,) = (row for row in vectors["kpi"] if row["id"] == "K6")
    diary = Diary()
    for customer, agents in (("c1", "A"), ("c2", "AB"), ("c3", "A"), ("c4", "B")):
        talk = [(f"05 10:0{number}:30", agent) for number, agent in enumerate(agents)]
        diary.chat(f"chat-{customer}", customer, [("05 10:00:00", "C"), *talk])
    diary.pay("05 18:00:00", "o1", "100", buyer_id="c1")
    diary.pay("06 23:59:59", "o2", "200", buyer_id="c2")
    diary.pay("07 00:00:00", "o4", "400", buyer_id="c4")
    diary.refund("08 10:00:00", "o2", "r", "50")
    values = diary.count()
    for owner, dimension, (won, asked) in (
        ("e:A", "agent", vector["A"]),
        ("e:B", "agent", vector["B"]),
        ("t:cs", "agent", vector["team"]),
        ("c:", "", vector["team"]),
    ):
        assert whole(values, owner, dimension, "inquiry_customers") == asked
        assert whole(values, owner, dimension, "inquiry_converted") == won
    assert whole(values, "e:A", "agent", "cs_gmv") == 10000
    assert whole(values, "e:B", "agent", "cs_gmv") == 20000
    assert whole(values, "e:B", "agent", "cs_refunds") == 5000
    assert whole(values, "c:", "", "cs_gmv") == 30000


def test_who_has_paid_that_day_is_no_inquiry_customer() -> None:
    """A customer who paid earlier on the day asks about that order; one who paid the day before is an inquiry."""
    for paid, asked in (("05 09:59:59", 0), ("04 23:59:59", 1)):
        diary = Diary()
        diary.pay(paid, "o", "1", buyer_id="b")
        diary.chat("c", "b", [("05 10:00:00", "C"), ("05 10:00:10", "A")])
        assert whole(diary.count(), "c:", "", "inquiry_customers") == asked


def test_k10_a_team_is_counted_over_the_union(vectors: dict[str, list[dict[str, Any]]]) -> None:
    """K10: A 10/20 and B 90/100 good ratings make 100/120 for the team, not the mean of two rates."""
    (vector,) = (row for row in vectors["kpi"] if row["id"] == "K10")
    diary = Diary()
    for agent, (good, rated) in zip("AB", vector["parts"], strict=True):
        for number in range(rated):
            session = f"{agent}{number}"
            diary.chat(session, session, [("05 10:00:00", "C"), ("05 10:00:05", agent)])
            diary.tell("chat.rated", "05 10:01:00", session_id=session, rating=1)
            diary.tell("chat.rated", "05 10:02:00", session_id=session, rating=4 if number < good else 3)
    values = diary.count()
    assert micro(values, "e:A", "agent", "ratings_good") / micro(values, "e:A", "agent", "ratings") == Fraction(1, 2)
    assert micro(values, "t:cs", "agent", "ratings_good") == 100
    assert micro(values, "t:cs", "agent", "ratings") == 120


def test_a_full_refund_of_a_shared_order_nets_to_zero() -> None:
    """60/40 owners of 0.99 in three refunds, the last too large: everybody gives back exactly what they got."""
    diary = Diary()
    diary.pay("05 10:00:00", "o", "0.99", buyer_id="b")
    for number, amount in enumerate(("0.33", "0.33", "5.00")):
        diary.refund(f"0{number + 6} 10:00:00", "o", f"r{number}", amount)
    diary.refund("09 10:00:00", "o", "exchanged", "0.99", kind="exchange")
    values = diary.count(definitions(SIXTY_FORTY))
    assert whole(values, "e:A", "shop", "gmv") == 59
    assert whole(values, "e:B", "shop", "gmv") == 40
    for owner, dimension in (("e:A", "shop"), ("e:B", "shop"), ("t:ops", "shop"), ("c:", "")):
        gmv = whole(values, owner, dimension, "gmv")
        assert (
            gmv == whole(values, owner, dimension, "refund_amount") == whole(values, owner, dimension, "cohort_refunds")
        )
    assert micro(values, "e:A", "shop", "orders_paid") == Fraction(3, 5)
    assert whole(values, "e:A", "shop", "buyers_paid") == whole(values, "e:B", "shop", "buyers_paid") == 1


def test_a_foreign_order_and_its_refunds_use_one_rate() -> None:
    """USD 0.10 at 7.125 is 0.71 (half-up of 0.7125); thirds of it refunded later at another rate add up to 0.71."""
    rates = "".join(
        f'[[rate]]\ncurrency = "USD"\nday = "2026-10-{day}"\nrate = "{rate}"\n'
        for day, rate in (("01", "7.125"), ("06", "9"))
    )
    diary = Diary()
    diary.pay("05 10:00:00", "o", "0.10", currency="USD")
    for number, amount in enumerate(("0.03", "0.03", "0.04")):
        diary.refund(f"0{number + 6} 10:00:00", "o", f"r{number}", amount, currency="USD")
    values = diary.count(definitions(fx=rates))
    assert whole(values, "c:", "", "gmv") == whole(values, "c:", "", "refund_amount") == 71
    first = diary.count(definitions(fx=rates), last="2026-10-06")
    assert whole(first, "c:", "", "refund_amount") == 21  # 3 x 7.125 = 21.375


def test_an_ad_row_over_midnight_is_split_by_time() -> None:
    """3 h from 23:00: a third of the restated figures on the first day, the rest on the next."""
    diary = Diary()
    about = {"campaign_id": "k", "interval_start": at("05 23:00:00"), "interval_seconds": 10800}
    diary.tell("ad.report", "06 02:00:00", **about, cost="9.00", clicks=9)
    diary.tell("ad.report", "06 03:00:00", **about, cost="1.00", clicks=8, revision=2)
    first = diary.count(last="2026-10-05")
    assert whole(first, "c:", "", "ad_cost") == 33
    assert micro(first, "e:unassigned", "campaign", "ad_clicks") == 3  # 2 2/3: the larger remainder
    assert whole(diary.count(), "c:", "", "ad_cost") == 100


def test_reviews_drop_relations_with_too_few_raters() -> None:
    """Manager 80 and self 100 with two peers: (70 x 80 + 10 x 100) / 80 = 82.5; with a third peer peers count."""
    diary = Diary()
    about = {"subject_id": "A", "item": "review_execution", "period": "2026-10", "comment": "seen"}
    for rater, relation, score in (
        ("m", "manager", "80"),
        ("A", "self", "100"),
        ("p1", "peer", "60"),
        ("p2", "peer", "60"),
    ):
        diary.tell("review.submitted", "11-02 10:00:00", **about, reviewer_id=rater, relation=relation, score=score)
    values = diary.count()
    assert micro(values, "e:A", "self", "review_execution_points") == Fraction(165, 2)
    assert micro(values, "e:A", "self", "review_execution_count") == 1
    assert ("c:", "", "review_execution_count") not in values
    diary.tell("review.submitted", "11-02 10:00:00", **about, reviewer_id="p3", relation="peer", score="60")
    assert micro(diary.count(), "e:A", "self", "review_execution_points") == 78  # 56 + 12 + 10


def test_orders_shipped_in_time() -> None:
    """One in time, one late, one cancelled at the promise: two due, one met."""
    diary = Diary()
    for order_id in ("in-time", "late", "cancelled"):
        diary.pay("05 10:00:00", order_id, "1", promised_ship_at=at("06 10:00:00"))
    diary.tell("order.shipped", "06 10:00:00", order_id="in-time")
    diary.tell("order.shipped", "06 10:00:01", order_id="late")
    diary.tell("order.cancelled", "06 10:00:00", order_id="cancelled")
    values = diary.count()
    assert micro(values, "s:s", "", "ships_due") == 2
    assert micro(values, "s:s", "", "ships_on_time") == 1


def test_settled_sales_count_what_is_left_when_the_return_window_ends() -> None:
    """Delivered on the 5th: settled on the 12th, less a refund that only came on the 20th."""
    diary = Diary()
    diary.pay("01 10:00:00", "o", "10.00")
    diary.tell("order.delivered", "05 10:00:00", order_id="o")
    diary.refund("20 10:00:00", "o", "r", "4.00")
    values = diary.count(first="2026-10-12", last="2026-10-12")
    assert whole(values, "c:", "", "settled_sales") == 600


def test_the_most_specific_scope_owns_a_line_and_what_is_not_shared_is_nobodys() -> None:
    """Sku beats category beats everything; a share of 1/3 leaves 2/3 unassigned."""
    rows = (("A", "1", ""), ("B", "1", 'category = "dress"\n'), ("A", "1/3", 'sku = "Z"\n'))
    assignments = "".join(
        f'[[assignment]]\nperson = "{who}"\ntag = "owner"\n{scope}share = "{share}"\nfrom = "2026-09-01"\n'
        for who, share, scope in rows
    )
    lines = [
        {"line_id": number, "sku": sku, "category": category, "qty": 1, "paid_amt": amount}
        for number, sku, category, amount in (
            ("1", "X", "", "1"),
            ("2", "X", "dress", "10"),
            ("3", "Z", "dress", "100"),
        )
    ]
    diary = Diary()
    diary.tell("order.paid", "05 10:00:00", order_id="o", lines=lines)
    values = diary.count(definitions(assignments))
    assert whole(values, "e:A", "shop", "gmv") == 100 + 3333
    assert whole(values, "e:B", "shop", "gmv") == 1000
    assert whole(values, "e:unassigned", "shop", "gmv") == 6667


def test_excluded_orders_count_nowhere() -> None:
    """Test, brush and internal orders add nothing to anybody, neither do retracted ones."""
    diary = Diary()
    for flag in ("is_test", "is_brush", "is_internal"):
        diary.pay("05 10:00:00", flag, "1", **{flag: True})
    diary.pay("05 10:00:00", "brush", "1")
    diary.tell("event.retracted", "06 10:00:00", target_source="x", target_event_id="0003")
    assert diary.count() == {}


@pytest.mark.parametrize("seed", range(25))
def test_order_of_the_facts_does_not_matter_and_shares_make_the_whole(seed: int) -> None:
    """On a generated month any order gives the same figures, and within a dimension employees sum to the company."""
    rng = random.Random(seed)
    texts, wire = small_month(rng, rng.randint(20, 100))
    made = read_definitions(catalogue_texts() | texts)
    facts = effective(decode(wire))
    values = recount(facts, made, "2026-10-01", "2026-10-31")
    rng.shuffle(facts)
    assert recount(facts, made, "2026-10-01", "2026-10-31") == values
    shops: dict[str, Fraction] = {}
    for (owner, _, measure), value in values.items():
        if owner.startswith("s:") and made.measures[measure].kind == "sum":
            shops[measure] = shops.get(measure, Fraction(0)) + value
    for measure, value in shops.items():
        assert value == whole(values, "c:", "", measure), measure
    for measure, dimension in (
        ("gmv", "shop"),
        ("refund_amount", "shop"),
        ("replies", "agent"),
        ("ad_cost", "campaign"),
        ("live_gmv", "host"),
        ("live_views", "live_op"),
    ):
        parts = [
            v
            for (owner, where, name), v in values.items()
            if name == measure and where == dimension and owner[:2] == "e:"
        ]
        assert sum(parts, Fraction(0)) == whole(values, "c:", "", measure), measure
