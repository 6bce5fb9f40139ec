"""The family of boards: laws that each kind keeps, and what each one shows."""

from __future__ import annotations

import pytest

from dashboards.alerts.duty import look_only
from dashboards.boards import BOARDS, Board, History, Look, Missing, see
from dashboards.boards.live_session import HostTable
from dashboards.texts import TEXTS, Voice
from dashboards.view.freshness import Fresh
from dashboards.view.tile import Tile
from dashboards.web.parts import PARTS
from tests.dashboards.memory_reader import MemoryReader
from tests.dashboards.month import NOW_US, month_reader

ARGUMENTS: dict[str, list[tuple[str, ...]]] = {
    "overview": [()],
    "team": [("cs", ""), ("ops", "net_sales"), ("ads", "no_such")],
    "person": [("e07",), ("e04",)],
    "live": [()],
    "live_session": [("live-16",), ("live-15",)],
    "kpi": [("net_sales", "c:", ""), ("csat", "e:e08", "agent")],
}
COMPANY_KPIS = ("net_sales", "orders_paid", "live_gmv", "refund_rate_amount", "roas")


def build(reader: MemoryReader, name: str, argument: tuple[str, ...], lang: str = "en", now_us: int = NOW_US) -> Board:
    """A board as the web asks for it."""
    look = Look(Voice(lang), now_us, company_kpis=COMPANY_KPIS, alerts=look_only(reader).watch.active())
    return BOARDS[name](see(reader, look, History()), argument)


CASES = [(name, argument, lang) for name in BOARDS for argument in ARGUMENTS[name] for lang in TEXTS]


@pytest.mark.parametrize(("name", "argument", "lang"), CASES)
def test_each_part_is_placed_once_and_can_be_drawn(name: str, argument: tuple[str, ...], lang: str) -> None:
    """In both languages every section places parts that exist, each once, and each part has a template."""
    board = build(month_reader(), name, argument, lang)
    placed = [key for section in board.sections for key in section.keys]
    placed += [key for section in board.sections for row in section.rows for key in row.keys if key]
    assert sorted([*placed, "fresh"]) == sorted(board.parts)
    assert {part.kind for part in board.parts.values()} <= set(PARTS)
    assert all(section.title for section in board.sections)


@pytest.mark.parametrize("name", BOARDS)
def test_each_board_stands_before_the_first_event(name: str) -> None:
    """Without any data every board either builds and says that it is empty, or says that the thing is not there."""
    reader = MemoryReader(month_reader().definitions)
    try:
        board = build(reader, name, ARGUMENTS[name][0])
    except Missing:
        assert name == "live_session"
        return
    fresh = board.parts["fresh"].model
    assert isinstance(fresh, Fresh)
    assert fresh.state == "empty"


@pytest.mark.parametrize(
    ("name", "argument"),
    [("team", ("nobody", "")), ("person", ("e99",)), ("live_session", ("x",)), ("kpi", ("x", "c:", "")),
     ("kpi", ("csat", "e:e99", "")), ("kpi", ("csat", "c:", "host"))],
)  # fmt: skip
def test_the_unknown_is_missing(name: str, argument: tuple[str, ...]) -> None:
    """What is not defined has no board."""
    with pytest.raises(Missing):
        build(month_reader(), name, argument)


def test_the_overview_shows_the_company_and_every_team() -> None:
    """The company's tiles come first and every team has a row, below its parent."""
    board = build(month_reader(), "overview", ())
    assert [section.id for section in board.sections] == ["company", "alerts", "teams", "problems"]
    assert [(row.head.text, row.depth) for row in board.sections[2].rows] == [
        ("Operations", 0), ("Shop operations", 1), ("Promotion", 1), ("Livestream", 0), ("Customer service", 0)
    ]  # fmt: skip
    tile = board.parts["net_sales|c:||month"].model
    assert isinstance(tile, Tile)
    assert tile.exact == "1113823.04"


def test_a_team_can_be_sorted_by_a_kpi() -> None:
    """Sorted by net sales the largest comes first, and who is not measured by it comes last."""
    rows = build(month_reader(), "team", ("ops", "net_sales")).sections[1].rows
    assert [row.head.text for row in rows] == ["Li Na", "Zhang Wei", "Chen Jing", "Wang Fang"]


def test_nobody_is_shown_by_what_is_not_in_the_plan() -> None:
    """A promoter's row leaves the operators' columns blank instead of showing a zero."""
    rows = build(month_reader(), "team", ("ops", "")).sections[1].rows
    promoter = next(row for row in rows if row.head.text == "Wang Fang")
    assert promoter.keys[0] == ""


def test_a_person_shows_the_plan_without_pay() -> None:
    """A person's board has exactly the KPIs of the plan that holds, and no money that is pay."""
    board = build(month_reader(), "person", ("e07",))
    kpis = {part.model.kpi for part in board.parts.values() if isinstance(part.model, Tile)}
    assert kpis == {"first_response_time_avg", "reply_rate_3min", "csat", "cs_sales", "review_teamwork"}


def test_a_session_lists_each_host_with_all_shifts() -> None:
    """A host who went on air twice has one row with both shifts and their sum."""
    table = build(month_reader(), "live_session", ("live-15",)).parts["hosts"].model
    assert isinstance(table, HostTable)
    assert [(line.name, line.shifts, line.on_air) for line in table.lines] == [
        ("Liu Yang", "19:02–20:15 · 21:30–23:00", "2 h 43 m"),
        ("Zhao Min", "20:15–21:30", "1 h 15 m"),
    ]


@pytest.mark.parametrize(("later_seconds", "state"), [(3, "live"), (119, "live"), (121, "stale")])
def test_silence_is_told(later_seconds: int, state: str) -> None:
    """Two minutes without any event and the numbers are shown as stale."""
    board = build(month_reader(), "overview", (), now_us=NOW_US + later_seconds * 1_000_000)
    fresh = board.parts["fresh"].model
    assert isinstance(fresh, Fresh)
    assert fresh.state == state


def test_a_replayed_month_is_told_apart_from_now() -> None:
    """Fresh input about a time long gone is a replay: not stale, and not called live either."""
    reader = month_reader()
    later = NOW_US + 40 * 86_400 * 1_000_000
    reader.advance(NOW_US, later)
    fresh = build(reader, "overview", (), now_us=later + 1_000_000).parts["fresh"].model
    assert isinstance(fresh, Fresh)
    assert (fresh.state, fresh.as_of) == ("replay", "as of 10-16 21:30")
