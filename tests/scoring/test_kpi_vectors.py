"""The worked KPI examples K1 to K6 and K10 of vectors.json, played as events through the whole road."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import pytest

from scoring.money import decimal_text
from scoring.period import parse_instant
from tests.scenarios.shop import COMPANY, SIXTY_FORTY, Desk, Teller, Wire, shop_texts

Vector = Mapping[str, Any]
HOST_AND_ROOM = SIXTY_FORTY + '[[assignment]]\nperson = "boss"\ntag = "live_op"\nfrom = "2026-09-01"\n'
AGENTS = {"A": "acc-ann", "B": "acc-bob"}


@pytest.fixture
def vector(request: pytest.FixtureRequest, vectors: Mapping[str, list[Vector]]) -> Vector:
    """The KPI vector named by the test's parameter."""
    return next(row for row in vectors["kpi"] if row["id"] == request.param)


def exact(value: Any) -> Fraction | None:
    """A number of a vector; null stays None."""
    return None if value is None else Fraction(value)


def clock(seconds: int) -> str:
    """Seconds after 10 o'clock on the 3rd."""
    return f"03 {10 + seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def said(tell: Teller, who: str, time: str, session: str = "c1", customer: str = "b1") -> Wire:
    """One message of the customer (C) or of an agent."""
    sender = {"sender": "customer"} if who == "C" else {"sender": "agent", "agent_id": AGENTS[who]}
    return tell.event("chat.message", time, session_id=session, customer_id=customer, **sender)


@pytest.mark.parametrize("vector", ["K1"], indirect=True)
def test_turns(vector: Vector) -> None:
    """K1: several messages before a reply are one turn; only the first reply answers it."""
    desk, tell = Desk(), Teller()
    desk.take(*(said(tell, who, clock(seconds)) for who, seconds in vector["messages"]))
    for owner in ("e:ann", "t:desk", "s:s", "c:"):
        assert desk.value("first_response_time_avg", owner) == exact(vector["first_response"])
        assert desk.value("first_response_time_p90", owner) == exact(vector["first_response"])
        assert desk.value("avg_response_time", owner) == exact(vector["avg_response"])
        assert desk.value("answer_ratio", owner) == exact(vector["answer_ratio"])


@pytest.mark.parametrize(("vector", "reply"), [("K2a", "reply"), ("K2b", "reply_next")], indirect=["vector"])
def test_service_window(vector: Vector, reply: str) -> None:
    """K2: outside the window a turn is no turn of the rate (A); of a wait only the seconds inside count (B)."""
    opens, closes = (text[:5] for text in vector["window"])
    desk = Desk(texts=shop_texts(company=COMPANY.replace('["09:00", "23:00"]', f'["{opens}", "{closes}"]')))
    tell = Teller()
    desk.take(said(tell, "C", f"03 {vector['open']}"), said(tell, "A", f"03 {vector[reply]}"))
    assert desk.value("avg_response_time", "e:ann") == exact(vector["policy_B"])
    other = 'average_window = "exclude_if_started_outside"\nservice_window = '
    strict = Desk(
        texts=shop_texts(
            company=COMPANY.replace('["09:00", "23:00"]', f'["{opens}", "{closes}"]').replace(
                "service_window = ", other
            )
        )
    )
    strict.take(said(tell, "C", f"03 {vector['open']}"), said(tell, "A", f"03 {vector[reply]}"))
    assert strict.value("avg_response_time", "e:ann") == exact(vector["policy_A"])
    rate = desk.kpi("reply_rate_3min", "e:ann")
    if vector["policy_A"] is None:
        assert (rate.value, rate.denominator) == (None, 0)
    else:
        assert vector["policy_A"] <= 180
        assert (rate.value, rate.denominator) == (1, 1)


@pytest.mark.parametrize("vector", ["K3"], indirect=True)
def test_audience(vector: Vector) -> None:
    """K3: viewers are weighted by time, the last sample runs to the end; the peak is the largest sample."""
    desk, tell = Desk(texts=shop_texts(assignments=HOST_AND_ROOM)), Teller()
    room = {"session_id": "l1"}
    desk.take(
        tell.event("live.started", clock(0), **room),
        tell.event("live.host_on", clock(0), **room, host_id="acc-ann"),
        *(tell.event("live.audience", clock(at), **room, concurrent=viewers) for at, viewers in vector["samples"]),
        tell.event("live.ended", clock(vector["end"]), **room),
    )
    for owner, dimension in (("e:ann", "host"), ("e:boss", "live_op"), ("c:", None)):
        assert desk.kpi("live_acu", owner, dimension=dimension).value == exact(vector["acu"])
    assert desk.value("live_pcu", "e:boss") == desk.value("live_pcu", "s:s") == exact(vector["pcu"])


@pytest.mark.parametrize("vector", ["K4"], indirect=True)
def test_session(vector: Vector) -> None:
    """K4: sales per thousand views and per viewer, watch time and follow rate of a session."""
    desk, tell = Desk(texts=shop_texts(assignments=HOST_AND_ROOM)), Teller()
    room = {"session_id": "l1"}
    totals = {f"{name}_total": vector[name] for name in ("views", "viewers", "watch_seconds")}
    totals["follower_viewers"] = vector["already_following"]
    follows = [tell.event("live.follow", clock(60), **room, viewer_id=f"v{n}") for n in range(vector["new_followers"])]
    desk.take(
        tell.event("live.started", clock(0), **room),
        tell.event("live.host_on", clock(0), **room, host_id="acc-ann"),
        tell.event("live.counters", clock(300), **room, minute_at="2026-10-03T10:05:00+08:00", **totals),
        *follows,
        tell.event("live.ended", clock(600), **room),
        tell.paid("o1", clock(120), vector["live_gmv"], live_session_id="l1", buyer_id="b1"),
    )
    for owner, dimension in (("e:ann", "host"), ("e:boss", "live_op"), ("c:", None)):
        assert desk.kpi("live_gpm", owner, dimension=dimension).value == exact(vector["gpm"])
        assert desk.kpi("live_views", owner, dimension=dimension).value == vector["views"]
        assert desk.kpi("live_conversion_rate", owner, dimension=dimension).denominator == vector["viewers"]
        assert desk.kpi("live_uv_value", owner, dimension=dimension).value == exact(vector["uv_value"])
        assert desk.kpi("live_avg_watch_time", owner, dimension=dimension).value == exact(vector["avg_watch"])
        assert desk.kpi("live_follow_rate", owner, dimension=dimension).value == exact(vector["follow_rate"])


@pytest.mark.parametrize("vector", ["K5"], indirect=True)
def test_refunds(vector: Vector) -> None:
    """K5: refunds as they happen against sales of the period, and against the sales they belong to."""
    desk, tell = Desk(), Teller()
    old, after = Fraction(vector["of_which_old_orders"]), Fraction(vector["refunds_next_period_for_this"])
    own = Fraction(vector["refunds_in_period"]) - old
    text = lambda amount: decimal_text(amount, 2)  # noqa: E731
    desk.take(
        tell.paid("old", "09-20 10:00:00", text(old * 3)),
        tell.refunded("old", "05 10:00:00", text(old)),
        tell.paid("new", "06 10:00:00", vector["gmv"]),
        tell.refunded("new", "20 10:00:00", text(own)),
        tell.refunded("new", "11-04 10:00:00", text(after), refund_id="later"),
    )
    assert desk.value("gmv", "c:") == exact(vector["gmv"])
    assert desk.value("refund_amount", "c:") == exact(vector["refunds_in_period"])
    assert desk.value("refund_rate_amount", "c:") == exact(vector["refund_rate_amount"])
    assert desk.value("net_sales", "c:") == exact(vector["net_sales"])
    cohort = desk.kpi("refund_rate_cohort", "c:")
    assert cohort.value == exact(vector["refund_rate_cohort"])
    assert cohort.denominator is not None
    assert cohort.numerator is not None
    assert cohort.denominator - cohort.numerator == exact(vector["net_sales_cohort"])


@pytest.mark.parametrize("vector", ["K6"], indirect=True)
def test_inquiry_conversion(vector: Vector) -> None:
    """K6: a customer served by two agents is an inquiry of both, converts for the last one, and once for the team."""
    desk, tell = Desk(), Teller()
    events: list[Wire] = []
    for customer, agents in (("c1", "A"), ("c2", "AB"), ("c3", "A"), ("c4", "B")):
        about = {"session_id": f"s-{customer}", "customer_id": customer}
        events.append(tell.event("chat.opened", "03 10:00:00", **about, intent="presale"))
        events.append(said(tell, "C", "03 10:00:00", about["session_id"], customer))
        for number, agent in enumerate(agents, 1):
            events.append(said(tell, agent, f"03 10:0{number}:00", about["session_id"], customer))
    for customer, time in (("c1", "03 12:00:00"), ("c2", "04 12:00:00"), ("c4", "05 12:00:00")):
        events.append(tell.paid(f"o-{customer}", time, "10.00", buyer_id=customer))
    desk.take(*events)
    for owner, expected in (("e:ann", "A"), ("e:bob", "B"), ("t:desk", "team"), ("c:", "team")):
        found = desk.kpi("inquiry_paid_conversion", owner)
        assert [found.numerator, found.denominator] == vector[expected], owner
        assert found.status == "insufficient"


@pytest.mark.parametrize("vector", ["K10"], indirect=True)
def test_ratio_of_sums(vector: Vector) -> None:
    """K10: a team's rate is computed over all its members' ratings, it is no mean of their rates."""
    desk, tell = Desk(), Teller()
    events: list[Wire] = []
    for agent, (good, ratings) in zip("AB", vector["parts"], strict=True):
        for number in range(ratings):
            session = f"{agent}{number}"
            events.append(said(tell, "C", "03 10:00:00", session))
            events.append(said(tell, agent, "03 10:00:10", session))
            rated = tell.event("chat.rated", "03 10:01:00", session_id=session, rating=5 if number < good else 2)
            events.append(rated)
    desk.take(*events)
    for owner, (good, ratings) in zip(("e:ann", "e:bob"), vector["parts"], strict=True):
        assert desk.value("csat", owner) == Fraction(good, ratings)
    for owner in ("t:desk", "t:ops", "s:s", "c:"):
        found = desk.value("csat", owner)
        assert found is not None
        assert decimal_text(found, 4) == vector["team_4dp"]


def test_instants_of_the_vectors_are_local() -> None:
    """The clock of these tests is Shanghai's."""
    wire = Teller().event("order.cancelled", clock(0), order_id="o")
    assert parse_instant(wire["occurred_at"]) == parse_instant("2026-10-03T02:00:00Z")
