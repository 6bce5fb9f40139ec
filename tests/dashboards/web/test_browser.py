"""The board in a real Chromium: accessibility, keyboard, live changes, and what happens when things go wrong."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from dashboards.web import BoardSettings, create_app, running
from streams.clock import FrozenClock
from tests.dashboards.month import NOW_US, month_reader
from tests.dashboards.web.conftest import Board

pytestmark = pytest.mark.chromium

AXE = (Path(__file__).parent / "vendor" / "axe" / "axe.min.js").read_text("utf-8")
PAGES = [
    "/",
    "/team/cs",
    "/person/e07",
    "/person/e04",
    "/live",
    "/live/live-16",
    "/kpi/csat?owner=e:e08",
    "/search?q=e0",
    "/nope",
]
VALUE = '[data-key="net_sales|c:||month"] .value'


@pytest.fixture(scope="module")
def browser(chromium_path: str, chromium_args: list[str]) -> Iterator[Browser]:
    """One browser for this file."""
    with sync_playwright() as playwright:
        one = playwright.chromium.launch(executable_path=chromium_path, args=chromium_args)
        yield one
        one.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh page; a script error or a message on the console fails the test."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB")
    one = context.new_page()
    faults: list[str] = []
    one.on("pageerror", lambda error: faults.append(str(error)))
    one.on(
        "console", lambda message: faults.append(message.text) if "Content Security Policy" in message.text else None
    )
    yield one
    context.close()
    assert not faults


def until(page: Page, condition: str, seconds: float = 10) -> None:
    """Wait until a script's condition holds; the page's policy forbids what playwright's own waiting does."""
    end = time.monotonic() + seconds
    while not page.evaluate(condition):
        assert time.monotonic() < end, f"not within {seconds} s: {condition}"
        page.wait_for_timeout(10)


def with_query(path: str, query: str) -> str:
    """A path with one more parameter."""
    return path + ("&" if "?" in path else "?") + query


def violations(page: Page) -> list[dict[str, Any]]:
    """What axe finds wrong, brief."""
    # The isolated evaluation is not bound by the page's policy, which forbids scripts that are not files of ours.
    page.evaluate(AXE)
    found: list[dict[str, Any]] = page.evaluate(
        "axe.run(document, {resultTypes: ['violations']}).then((r) => r.violations)"
    )
    return [{"id": one["id"], "nodes": [node["html"][:200] for node in one["nodes"]][:3]} for one in found]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_accessibility_violation(board: Board, page: Page, theme: str) -> None:
    """axe finds nothing on any page, in light and dark, with an alert firing, in both languages and on a wall."""
    for _ in range(8):
        board.clock.at_us += 60_000_000
        board.commit()
        time.sleep(0.25)
    found = {}
    for path in [*PAGES, "/?kiosk=1", "/?lang=zh"]:
        page.goto(board.url + with_query(path, f"theme={theme}"))
        page.wait_for_timeout(100)
        found[path] = violations(page)
    assert not {path: faults for path, faults in found.items() if faults}


def test_stale_numbers_stay_readable(board: Board, page: Page) -> None:
    """Stale pages say so in words and keep their contrast."""
    board.clock.at_us += 200_000_000
    page.goto(f"{board.url}/?theme=light")
    assert page.locator(".fresh strong").inner_text() == "Stale"
    assert "last event 3 min ago" in page.locator(".fresh").inner_text()
    assert page.locator("body").get_attribute("data-fresh") == "stale"
    assert violations(page) == []


def test_an_event_is_on_the_screen_within_a_second(board: Board, page: Page) -> None:
    """From the commit to the changed number in the browser it takes less than a second."""
    page.goto(board.url)
    until(page, "document.body.dataset.version === '1'")
    page.wait_for_timeout(500)
    slowest = 0.0
    for amount in (1_200_000, 1_200_001, 1_200_002):
        board.reader.put("net_sales", "c:", "2026-10", amount)
        start = time.monotonic()
        board.commit()
        until(page, f"document.querySelector('{VALUE}').textContent.includes('{amount:,}')")
        slowest = max(slowest, time.monotonic() - start)
    assert slowest < 1, slowest


def test_numbers_age_and_turn_stale_by_themselves(board: Board, page: Page) -> None:
    """Without a message the page counts the age on and, past the limit, says that the numbers are stale."""
    page.goto(board.url)
    until(page, "document.querySelector('.fresh .since').textContent === 'updated <5 s ago'")
    board.clock.at_us += 30_000_000
    until(page, "document.querySelector('.fresh .since').textContent.startsWith('updated 3')")
    board.clock.at_us += 100_000_000
    until(page, "document.querySelector('.fresh strong').textContent === 'Stale'")
    assert page.locator("body").get_attribute("data-fresh") == "stale"


def test_keyboard(board: Board, page: Page) -> None:
    """ "/" goes to the search, "g l" to the live page, "g o" back, "?" opens the list of keys and Escape closes it."""
    page.goto(board.url)
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "q"
    page.keyboard.type("sun li")
    page.keyboard.press("Enter")
    page.wait_for_url("**/person/e07*")
    page.keyboard.press("g")
    page.keyboard.press("l")
    page.wait_for_url("**/live")
    page.keyboard.press("g")
    page.keyboard.press("o")
    page.wait_for_url(f"{board.url}/")
    page.keyboard.press("Shift+?")
    assert page.locator("dialog").is_visible()
    assert violations(page) == []
    page.keyboard.press("Escape")
    assert not page.locator("dialog").is_visible()
    page.keyboard.press("g")
    page.keyboard.press("a")
    assert page.evaluate("document.activeElement.id") == "alerts"


def test_the_skip_link_is_first(board: Board, page: Page) -> None:
    """The first Tab reaches the skip link, and it leads into the content."""
    page.goto(board.url)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_a_change_does_not_take_the_focus(board: Board, page: Page) -> None:
    """A focused link of a tile that changes is still focused afterwards."""
    page.goto(board.url)
    page.wait_for_timeout(400)
    page.locator('[data-key="net_sales|c:||month"] a').focus()
    board.reader.put("net_sales", "c:", "2026-10", 1_500_000)
    board.commit()
    until(page, f"document.querySelector('{VALUE}').textContent.includes('1,500,000')")
    assert page.evaluate("document.activeElement.textContent") == "Net sales"


def test_the_chart_is_drawn_and_goes_on(board: Board, page: Page) -> None:
    """The audience is drawn on a canvas, a new sample is taken in without drawing a second chart."""
    page.goto(f"{board.url}/live/live-16")
    page.wait_for_selector(".plots canvas")
    assert page.locator(".plots canvas").count() == 2
    minute, _, total = board.reader.samples["live-16"][-1]
    board.reader.samples["live-16"].append((minute + 60_000_000, 2_345, total + 50))
    board.commit()
    until(page, "document.querySelector('.pulse').textContent.includes('2,345')")
    assert page.locator(".plots canvas").count() == 2
    assert page.evaluate("JSON.parse(document.querySelector('.chart').dataset.series).viewers.at(-1)") == 2345


def test_everything_is_there_without_script(board: Board, browser: Browser) -> None:
    """With JavaScript off the numbers, the still chart and its table are there and the page renews itself."""
    context = browser.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    page.goto(f"{board.url}/live/live-16")
    assert page.locator(".still path.line").is_visible()
    page.locator("summary").click()
    assert page.locator(".as-table tbody tr").count() > 5
    page.goto(board.url)
    assert page.locator(VALUE).inner_text() == "¥1,113,823"
    assert page.locator('noscript meta[http-equiv="refresh"]').count() == 1 or 'http-equiv="refresh"' in page.content()
    context.close()


def test_a_lost_connection_is_told_and_mended(page: Page) -> None:
    """When the board goes away the page says that its numbers stand still; when it is back the page catches up."""
    reader, clock = month_reader(), FrozenClock(NOW_US + 3_000_000)
    with running(create_app(reader, BoardSettings(clock=clock)), port=0) as url:
        page.goto(url)
        page.wait_for_timeout(400)
    until(page, "document.body.dataset.fresh === 'stale'")
    assert "Connection lost" in page.locator("#news").inner_text()
    reader.put("net_sales", "c:", "2026-10", 1_700_000)
    reader.advance(clock.at_us, clock.at_us)
    with running(create_app(reader, BoardSettings(clock=clock)), port=int(url.rpartition(":")[2])):
        until(page, f"document.querySelector('{VALUE}').textContent.includes('1,700,000')", 15)
        assert page.locator("body").get_attribute("data-fresh") == "live"


@pytest.mark.parametrize(("width", "height"), [(360, 740), (768, 1024), (1280, 720), (1920, 1080)])
def test_nothing_is_wider_than_the_screen(board: Board, page: Page, width: int, height: int) -> None:
    """From phones to walls no page scrolls sideways."""
    page.set_viewport_size({"width": width, "height": height})
    for path in ["/", "/team/ops", "/person/e07", "/live", "/live/live-15", "/kpi/csat?owner=t:cs"]:
        page.goto(board.url + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
    if width == 1920:
        page.goto(f"{board.url}/?kiosk=1")
        assert page.evaluate("document.documentElement.scrollHeight") <= height


def test_a_new_day_or_person_loads_the_page_anew(board: Board, page: Page) -> None:
    """When what stands on the page has changed, the page is loaded anew instead of showing half of it."""
    page.goto(f"{board.url}/live/live-16")
    page.wait_for_timeout(400)
    page.evaluate("document.body.dataset.structure = 'something else'")
    with page.expect_navigation():
        board.commit()
    assert page.locator("body").get_attribute("data-structure") != "something else"
