"""What boards and exports read: the same numbers as the settlement, how fresh they are, live sessions, minutes."""

from __future__ import annotations

from fractions import Fraction

import pytest

from scoring.period import parse_instant
from tests.scenarios.shop import SIXTY_FORTY, Desk, Teller, shop_texts
from tests.streams.test_pipeline import HOSTS, live_month


def test_the_board_and_the_statement_agree() -> None:
    """The KPI that a board reads is the value on the statement, for everybody with a plan."""
    desk, tell = Desk(), Teller()
    desk.take(
        tell.paid("o1", "03 10:00:00", "333.33"),
        tell.refunded("o1", "09 10:00:00", "11.11"),
        tell.paid("o2", "11-01 10:00:00", "1.00"),
    )
    for paper in desk.closing.draft("2026-10", "ann").body["statements"]:
        (item,) = paper["items"]
        read = desk.kpi("net_sales", item["owner"])
        assert read.value == Fraction(item["actual"])
        assert read.period == paper["period"]["key"]


def test_an_unknown_kpi() -> None:
    """A KPI that is not defined is a KeyError, not an empty value."""
    with pytest.raises(KeyError):
        Desk().kpi("nonsense", "c:")


def test_nothing_was_read_yet() -> None:
    """An empty store has no watermark, batch 0 and counts of 0."""
    reader = Desk().reader
    freshness = reader.freshness()
    assert (freshness.watermark_us, freshness.last_ingest_us, freshness.batch) == (None, None, 0)
    assert set(freshness.counts.values()) == {0}
    assert reader.version() == 0
    assert reader.problems() == {}
    assert reader.live_sessions(5) == []
    assert reader.live_series("s", "none") == []


def test_the_local_day_of_the_watermark() -> None:
    """Today is the company's day: half past midnight in Shanghai is still yesterday in UTC."""
    desk, tell = Desk(), Teller()
    desk.take(tell.paid("o", "04 00:30:00", "1.00"))
    assert (desk.reader.today(), desk.reader.month()) == ("2026-10-04", "2026-10")


def test_problems_are_counted_by_code() -> None:
    """Open problems and conflicts are shown by code; solving them makes them go away."""
    desk, tell = Desk(), Teller()
    desk.take(
        tell.refunded("unknown", "03 10:00:00", "1.00"),
        tell.paid("usd", "03 10:00:00", "1.00", currency="USD"),
        tell.paid("a", "03 10:00:00", "1.00", event_id="x"),
        tell.paid("a", "03 10:00:00", "2.00", event_id="x"),
    )
    assert desk.reader.problems() == {"conflict": 1, "missing_fx": 1, "refund_without_line": 1}
    desk.take(tell.paid("unknown", "02 10:00:00", "5.00"))
    assert desk.reader.problems() == {"conflict": 1, "missing_fx": 1}


def test_targets_by_owner_and_period() -> None:
    """A target belongs to an owner, a KPI and a period; anything else has none."""
    reader = Desk().reader
    assert reader.target("net_sales", "e:ann", "2026-10") == 600
    assert reader.target("net_sales", "e:ann", "2026-09") is None
    assert reader.target("gmv", "e:ann", "2026-10") is None
    assert reader.target("net_sales", "t:desk", "2026-10") is None


def test_live_sessions() -> None:
    """Sessions come newest first, with hosts as people, and without an end while they are on air."""
    desk, tell = Desk(texts=shop_texts(assignments=SIXTY_FORTY + HOSTS)), Teller()
    desk.take(*live_month())
    desk.take(
        tell.event("live.started", "05 20:00:00", event_id="y1", session_id="l2", title="晚场"),
        tell.event("live.host_on", "05 20:00:00", event_id="y2", session_id="l2", host_id="acc-ann"),
        tell.event("live.audience", "05 20:01:00", event_id="y3", session_id="l2", concurrent=40),
        tell.event(
            "live.counters",
            "05 20:02:00",
            event_id="y4",
            session_id="l2",
            minute_at="2026-10-05T20:02:00+08:00",
            views_total=90,
        ),
        tell.event("live.audience", "05 20:02:00", event_id="y5", session_id="l2", concurrent=70),
    )
    newest, oldest = desk.reader.live_sessions(5)
    begin = parse_instant("2026-10-05T20:00:00+08:00")
    minute = 60_000_000
    assert (newest.session_id, newest.shop, newest.title, newest.start_us, newest.end_us) == (
        "l2",
        "s",
        "晚场",
        begin,
        None,
    )
    assert newest.segments == (("ann", begin, begin + 2 * minute),)
    assert [person for person, _, _ in oldest.segments] == ["ann", "bob"]
    assert oldest.end_us is not None
    assert desk.reader.live_series("s", "l2") == [(begin + minute, 40, 0), (begin + 2 * minute, 70, 90)]
    assert [view.session_id for view in desk.reader.live_sessions(1)] == ["l2"]


def test_a_session_with_a_bar_in_its_name() -> None:
    """Ids may hold the separator of keys: the session is found under its own shop and name."""
    desk, tell = Desk(), Teller()
    for session in ("a|b", "a||b", "50%7C"):
        desk.take(tell.event("live.started", "05 20:00:00", session_id=session, event_id=session))
    assert {view.session_id for view in desk.reader.live_sessions(9)} == {"a|b", "a||b", "50%7C"}


def test_a_window_of_minutes() -> None:
    """Rolling KPIs are read over the last minutes before the watermark: 20 s and 40 s an hour apart."""
    desk, tell = Desk(), Teller()
    for number, (asked, replied) in enumerate((("10:00:00", "10:00:20"), ("11:00:00", "11:00:40"))):
        talk = {"session_id": f"c{number}", "customer_id": "b"}
        desk.take(
            tell.event("chat.message", f"03 {asked}", **talk, sender="customer"),
            tell.event("chat.message", f"03 {replied}", **talk, sender="agent", agent_id="acc-ann"),
        )
    read = desk.reader
    assert read.window("first_response_time_avg", "e:ann", 5).value == 40
    assert read.window("first_response_time_avg", "e:ann", 61).value == 30
    assert read.window("first_response_time_avg", "e:bob", 61).value is None
    assert read.between("first_response_time_avg", "e:ann", ("2026-10-03", "2026-10-03"), "2026-10").value == 30
