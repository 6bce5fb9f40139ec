"""What a tile says about a number."""

from __future__ import annotations

from fractions import Fraction

import pytest

from dashboards.boards import History, Look, Scene, see
from dashboards.texts import Voice
from dashboards.view.tile import Ask, attention, tile
from scoring.period import parse_instant
from tests.dashboards.company import company
from tests.dashboards.memory_reader import MemoryReader

HALF_OCTOBER = parse_instant("2026-10-16T12:00:00+08:00")
"""The middle of October in the company's zone: half of a month's target is due."""


@pytest.fixture
def reader() -> MemoryReader:
    """An empty reader at the middle of October."""
    reader = MemoryReader(company())
    reader.advance(HALF_OCTOBER, HALF_OCTOBER)
    return reader


def scene(reader: MemoryReader) -> Scene:
    """The scene of an English look."""
    return see(reader, Look(Voice("en"), HALF_OCTOBER), History())


def test_half_a_month_owes_half_the_target(reader: MemoryReader) -> None:
    """With half the month gone, 900,000 of a target of 1,600,000 is ahead of plan, and 700,000 is behind."""
    reader.put("net_sales", "c:", "2026-10", 900_000)
    ahead = tile(scene(reader), Ask("net_sales", "c:"))
    assert (ahead.value, ahead.judgement.verdict, ahead.judgement.tone) == ("¥900,000", "ahead of plan", "good")
    assert ahead.judgement.target == "56% of ¥1,600,000"
    reader.put("net_sales", "c:", "2026-10", 700_000)
    behind = tile(scene(reader), Ask("net_sales", "c:"))
    assert (behind.judgement.verdict, behind.judgement.tone) == ("behind plan", "bad")


def test_a_bullet_marks_target_and_plan(reader: MemoryReader) -> None:
    """The bar ends at 125 % of the target: half of it is 400 of 1000, the target 800, the plan of half a month 400."""
    reader.put("net_sales", "c:", "2026-10", 800_000)
    bullet = tile(scene(reader), Ask("net_sales", "c:")).judgement.bullet
    assert bullet is not None
    assert (bullet.fill, bullet.mark, bullet.pace) == (400, 800, 400)


def test_lower_is_better_where_the_kpi_says_so(reader: MemoryReader) -> None:
    """A response of 29 s keeps the limit of 30 s, one of 31 s does not."""
    reader.put("first_response_time_avg", "t:cs", "2026-10", 290, 10)
    kept = tile(scene(reader), Ask("first_response_time_avg", "t:cs"))
    assert (kept.judgement.target, kept.judgement.tone) == ("At most 30 s", "good")
    reader.put("first_response_time_avg", "t:cs", "2026-10", 310, 10)
    assert tile(scene(reader), Ask("first_response_time_avg", "t:cs")).judgement.tone == "bad"


def test_no_value_is_not_zero(reader: MemoryReader) -> None:
    """A ratio without a denominator is shown as missing with a reason, never as 0 %, and is not judged."""
    one = tile(scene(reader), Ask("csat", "t:cs"))
    assert (one.state, one.value, one.exact, one.note) == ("empty", "—", "", "No data yet")
    assert one.judgement.tone == ""
    reader.put("csat", "t:cs", "2026-10", 0, 40)
    assert tile(scene(reader), Ask("csat", "t:cs")).value == "0.0%"


def test_too_small_a_sample_is_shown_but_not_judged(reader: MemoryReader) -> None:
    """Below the KPI's least sample the value is there with its n and without a verdict."""
    reader.put("csat", "t:cs", "2026-10", 5, 6)
    one = tile(scene(reader), Ask("csat", "t:cs"))
    assert (one.state, one.note, one.value, one.judgement.verdict) == ("insufficient", "Too few, n=6", "83.3%", "")


def test_a_kpi_that_matures_is_provisional(reader: MemoryReader) -> None:
    """A cohort rate of October is provisional until fifteen days after the month."""
    reader.put("refund_rate_cohort", "c:", "2026-10", 11, 100)
    one = tile(scene(reader), Ask("refund_rate_cohort", "c:"))
    assert (one.state, one.note) == ("provisional", "Provisional until 11-15")


def test_the_change_compares_yesterday_with_its_weekday_a_week_before(reader: MemoryReader) -> None:
    """A finished day is compared with a finished day of the same weekday: 15 October with 8 October."""
    reader.put("net_sales", "c:", "2026-10-15", 112)
    reader.put("net_sales", "c:", "2026-10-08", 100)
    change = tile(scene(reader), Ask("net_sales", "c:")).change
    assert change is not None
    assert (change.text, change.sense, change.tone) == ("+12.0%", "up", "good")


def test_what_needs_attention_comes_first(reader: MemoryReader) -> None:
    """Furthest below target first, then numbers without a target, then numbers that are not there."""
    reader.put("net_sales", "t:sales", "2026-10", 100_000)
    reader.put("live_gmv", "t:live", "2026-10", 340_000)
    reader.put("orders_paid", "t:sales", "2026-10", 3)
    asks = [Ask("csat", "t:cs"), Ask("orders_paid", "t:sales"), Ask("live_gmv", "t:live"), Ask("net_sales", "t:sales")]
    ordered = sorted((tile(scene(reader), ask) for ask in asks), key=attention)
    assert [one.kpi for one in ordered] == ["net_sales", "live_gmv", "orders_paid", "csat"]


def test_past_days_are_remembered_for_a_moment_and_today_never(reader: MemoryReader) -> None:
    """A second look within seconds reads the period and today only; a late fact shows after the moment has passed."""
    history = History()
    ask = Ask("net_sales", "c:")
    tile(see(reader, Look(Voice("en"), HALF_OCTOBER), history), ask)
    first = reader.calls
    reader.put("net_sales", "c:", "2026-10-16", 77)
    reader.put("net_sales", "c:", "2026-10-15", 55)
    again = tile(see(reader, Look(Voice("en"), HALF_OCTOBER + 1), history), ask)
    assert reader.calls - first == 2
    assert again.today == "¥77.00"
    later = see(reader, Look(Voice("en"), HALF_OCTOBER + 5_000_001), history)
    assert later.trend("net_sales", "c:", None)[-2].value == Fraction(55)
