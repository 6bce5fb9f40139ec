"""From a line appended to a file, through a durable store, to the number on the screen."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Page, sync_playwright

from dashboards.web import BoardSettings, create_app, running
from scoring.period import parse_instant
from streams.clock import FrozenClock
from streams.codec import Codec
from streams.engines import EmbeddedEngine
from streams.pipeline import Pipeline
from streams.reading import Reader
from streams.sources.follow import FollowedLines
from streams.stores import SqliteStore
from tests.dashboards.company import company

pytestmark = pytest.mark.chromium

VALUE = '[data-key="orders_paid|c:||month"] .value'


def paid(number: int) -> str:
    """The line of a paid order of 129.90."""
    line = {"line_id": "1", "sku": "A", "qty": 1, "paid_amt": "129.90"}
    return json.dumps(
        {
            "event_id": f"o{number}-paid",
            "event_type": "order.paid",
            "occurred_at": f"2026-10-16T12:{number % 60:02d}:00+08:00",
            "source": "douyin",
            "shop_id": "hf",
            "currency": "CNY",
            "order_id": f"o{number}",
            "buyer_id": f"b{number}",
            "lines": [line],
        }
    )


@dataclass
class Shop:
    """A running installation: the file that it follows and the board's address."""

    events: Path
    url: str

    def append(self, number: int) -> None:
        """One more order is paid."""
        with self.events.open("a", encoding="utf-8") as file:
            file.write(paid(number) + "\n")


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """Follows a file into SQLite and shows the board, as `scoreline run` does."""
    definitions = company()
    events, path = tmp_path / "events.jsonl", tmp_path / "scoreline.db"
    events.write_text(paid(1) + "\n", "utf-8")
    pipeline = Pipeline(SqliteStore(path), Codec(), definitions.program(), definitions.program_fingerprint())
    pipeline.adopt()
    clock = FrozenClock(parse_instant("2026-10-16T13:30:00+08:00"))
    engine, source = EmbeddedEngine(pipeline, clock), FollowedLines(events)
    over = threading.Event()

    def follow() -> None:
        while not over.is_set():
            list(engine.poll(source))
            time.sleep(0.1)

    list(engine.poll(source))
    thread = threading.Thread(target=follow)
    thread.start()
    reader = Reader(SqliteStore(path, writes=False), definitions)
    try:
        with running(create_app(reader, BoardSettings(clock=clock)), port=0) as url:
            yield Shop(events, url)
    finally:
        over.set()
        thread.join()


@pytest.fixture
def page(shop: Shop, chromium_path: str, chromium_args: list[str]) -> Iterator[Page]:
    """The overview in Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=chromium_args)
        one = browser.new_page(locale="en-GB")
        one.goto(shop.url)
        yield one
        browser.close()


def test_an_appended_event_is_on_the_screen_within_a_second(shop: Shop, page: Page) -> None:
    """Nine orders appended one by one: each is on the screen in less than a second, committed durably before."""
    page.wait_for_timeout(500)
    assert page.locator(VALUE).inner_text() == "1"
    slowest = 0.0
    for number in range(2, 11):
        start = time.monotonic()
        shop.append(number)
        while page.locator(VALUE).inner_text() != str(number):
            assert time.monotonic() - start < 10
            page.wait_for_timeout(5)
        slowest = max(slowest, time.monotonic() - start)
    print(f"slowest of 9: {slowest * 1000:.0f} ms")
    assert slowest < 1


def test_the_screen_and_the_api_agree_exactly(shop: Shop, page: Page) -> None:
    """The exact text behind the number on the screen is the API's value, and the value of the events themselves."""
    for number in range(2, 8):
        shop.append(number)
    tile = '[data-key="net_sales|c:||month"] .value'
    end = time.monotonic() + 10
    while page.locator(tile).get_attribute("data-exact") != "909.3":
        assert time.monotonic() < end
        page.wait_for_timeout(20)
    assert httpx.get(f"{shop.url}/api/kpi?kpi=net_sales").json()["value"] == "909.3"
    assert page.locator(tile).inner_text() == "¥909.30"
