"""Rules watched over a reader, with their book."""

from __future__ import annotations

import json
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from dashboards.alerts.book import MemoryBook, read_state, state_text
from dashboards.alerts.machine import Phase, State
from dashboards.alerts.watching import Watch, owners
from tests.dashboards.company import company
from tests.dashboards.memory_reader import MemoryReader

MINUTE_US = 60_000_000
T0 = 1_790_000_000_000_000


def slow(reader: MemoryReader, seconds: int, turns: int = 9) -> None:
    """Set the customer-service team's mean first response in the window."""
    reader.windows["first_response_time_avg", "t:cs"] = (Fraction(seconds * turns), Fraction(turns))


def pass_minutes(reader: MemoryReader, watch: Watch, count: int) -> None:
    """Let event time and the clock move on, a batch each minute."""
    for _ in range(count):
        at = (reader.fresh.watermark_us or T0) + MINUTE_US
        reader.advance(at, at)
        watch.evaluate(at)


def test_a_slow_team_is_told_once_and_its_recovery_once() -> None:
    """84 s for five minutes fires cs_frt_high; 30 s for five minutes clears it; the book holds one notice of each."""
    reader, book = MemoryReader(company()), MemoryBook()
    watch = Watch(reader, book)
    slow(reader, 84)
    pass_minutes(reader, watch, 5)
    assert [alert.phase for alert in watch.active()] == [Phase.PENDING]
    pass_minutes(reader, watch, 3)
    (alert,) = watch.active()
    assert (alert.rule.id, alert.owner, alert.phase, alert.value) == ("cs_frt_high", "t:cs", Phase.FIRING, Fraction(84))
    slow(reader, 30)
    pass_minutes(reader, watch, 7)
    assert watch.active() == []
    told = [json.loads(posting.body) for posting in book.due(T0 * 2, 10)]
    assert [(one["notice"], one["rule"], one["owner"], one["value"]) for one in told] == [
        ("fire", "cs_frt_high", "t:cs", "84"),
        ("clear", "cs_frt_high", "t:cs", "30"),
    ]


def test_a_restart_goes_on_where_it_was() -> None:
    """A new watch over the same book knows the firing alert and does not tell it again."""
    reader, book = MemoryReader(company()), MemoryBook()
    slow(reader, 84)
    pass_minutes(reader, Watch(reader, book), 8)
    again = Watch(reader, book)
    assert [alert.phase for alert in again.active()] == [Phase.FIRING]
    pass_minutes(reader, again, 3)
    assert len(book.due(T0 * 2, 10)) == 1


def test_silence_of_the_input_is_not_a_recovery() -> None:
    """Two minutes by the clock without any event mark a firing alert as without data; it keeps firing."""
    reader, book = MemoryReader(company()), MemoryBook()
    watch = Watch(reader, book)
    slow(reader, 84)
    pass_minutes(reader, watch, 8)
    assert watch.evaluate((reader.fresh.last_ingest_us or 0) + 121_000_000)
    (alert,) = watch.active()
    assert (alert.phase, alert.is_silent) == (Phase.FIRING, True)
    assert [json.loads(posting.body)["notice"] for posting in book.due(T0 * 2, 10)] == ["fire", "stale"]


def test_an_empty_window_holds_the_state() -> None:
    """While other events come in, a window without turns neither fires nor clears."""
    reader = MemoryReader(company())
    watch = Watch(reader, MemoryBook())
    slow(reader, 84)
    pass_minutes(reader, watch, 8)
    del reader.windows["first_response_time_avg", "t:cs"]
    pass_minutes(reader, watch, 30)
    assert [alert.phase for alert in watch.active()] == [Phase.FIRING]


def test_too_few_turns_do_not_fire() -> None:
    """Four slow turns are below the rule's five."""
    reader = MemoryReader(company())
    watch = Watch(reader, MemoryBook())
    slow(reader, 300, turns=4)
    pass_minutes(reader, watch, 20)
    assert watch.active() == []


def test_nothing_is_evaluated_before_the_first_event() -> None:
    """An empty installation has no alerts and no silence."""
    reader = MemoryReader(company())
    assert not Watch(reader, MemoryBook()).evaluate(T0)


def test_a_scope_without_owners_means_all_of_it() -> None:
    """A rule that names no owner watches every one of its scope."""
    definitions = company()
    rule = definitions.alerts[0]
    everyone = type(rule)(
        **{name: getattr(rule, name) for name in rule.__slots__} | {"owners": (), "scope": "employee"}
    )
    assert len(owners(definitions, everyone)) == len(definitions.reference.people)


@given(
    st.builds(
        State,
        st.sampled_from(Phase),
        st.none() | st.integers(0),
        st.none() | st.integers(0),
        st.none() | st.integers(0),
        st.booleans(),
        st.none() | st.fractions(),
    )
)
def test_a_state_survives_its_text(state: State) -> None:
    """What the book keeps is read back as the equal state."""
    assert read_state(state_text(state)) == state
