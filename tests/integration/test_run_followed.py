"""`scoreline run` as its user starts it: a growing file, a board in Chromium, and the command beside it."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Page, sync_playwright

from examples.shop.simulator import generate
from tests.dashboards.cli.shell import REPOSITORY, Shell

pytestmark = pytest.mark.chromium

MONTH, NEXT_MONTH = "2026-10", "2026-11"
SCALE = Fraction(1, 40)
START_SECONDS, LIMIT_SECONDS = 60, 10
APPENDED = 9


@dataclass(slots=True)
class Shop:
    """A home that `scoreline run` fills from a file, and its board's address."""

    shell: Shell
    events: Path
    url: str

    def append(self, number: int) -> None:
        """One more order of 100.01 is paid in November."""
        line = {"line_id": "1", "sku": "DR-1", "qty": 1, "paid_amt": "100.01"}
        event = {
            "event_id": f"appended-{number}",
            "event_type": "order.paid",
            "occurred_at": f"2026-11-20T12:00:{number:02}+08:00",
            "source": "test",
            "shop_id": "hanfeng-douyin",
            "order_id": f"appended-{number}",
            "buyer_id": "b1",
            "lines": [line],
        }
        with self.events.open("a", encoding="utf-8") as file:
            file.write(json.dumps(event) + "\n")

    def printed(self, kpi: str, owner: str, period: str) -> dict[str, Any]:
        """What the command prints while `run` is at work."""
        row: dict[str, Any] = self.shell.json("kpi", kpi, "--owner", owner, "--period", period)
        return row

    def served(self, kpi: str, owner: str, period: str) -> dict[str, Any]:
        """What the board's interface answers."""
        row: dict[str, Any] = httpx.get(
            f"{self.url}/api/kpi", params={"kpi": kpi, "owner": owner, "period": period}
        ).json()
        return row


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """`scoreline run` in a process of its own over a fortieth of a month, on a free port, until every line is read."""
    home = tmp_path_factory.mktemp("run")
    shutil.copytree(REPOSITORY / "examples" / "shop" / "definitions", home / "definitions")
    events = home / "orders.jsonl"
    lines = [line.rstrip(b"\n") for line in generate(7, MONTH, SCALE)]
    events.write_bytes(b"".join(line + b"\n" for line in lines))
    words = ["run", str(home), "--follow", str(events), "--port", "0"]
    running = subprocess.Popen(
        [sys.executable, "-u", "-m", "dashboards", *words], cwd=REPOSITORY, stdout=subprocess.PIPE, text=True
    )
    try:
        assert running.stdout is not None
        told = running.stdout.readline()
        assert told.startswith("Board at http://127.0.0.1:"), told
        one = Shop(Shell(home), events, told.split()[2])
        _wait_until_read(one, len([line for line in lines if line.strip()]))
        yield one
        running.send_signal(signal.SIGINT)
        assert running.wait(LIMIT_SECONDS) == 0
    finally:
        running.kill()
        running.wait()


def _wait_until_read(shop: Shop, lines: int) -> None:
    end = time.monotonic() + START_SECONDS
    while f'scoreline_events_total{{outcome="in"}} {lines}.0' not in (text := _metrics(shop)):
        assert time.monotonic() < end, text
        time.sleep(0.1)


def _metrics(shop: Shop) -> str:
    return httpx.get(f"{shop.url}/metrics").text


@pytest.fixture
def page(shop: Shop, chromium_path: str, chromium_args: list[str]) -> Iterator[Page]:
    """The overview in Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=chromium_args)
        one = browser.new_page(locale="en-GB")
        one.goto(shop.url)
        yield one
        browser.close()


@pytest.mark.parametrize(
    ("kpi", "owner"), [("net_sales", "c:"), ("net_sales", "e:e02"), ("cs_sales", "e:e12"), ("live_hours", "e:e08")]
)
def test_command_and_board_agree_while_it_runs(shop: Shop, kpi: str, owner: str) -> None:
    """The same exact value as of the same batch and event, from another process and from the running board."""
    printed, served = shop.printed(kpi, owner, MONTH), shop.served(kpi, owner, MONTH)
    assert printed == served
    assert printed["value"] not in (None, "0")


def test_an_appended_event_is_on_the_screen_within_a_second(shop: Shop, page: Page) -> None:
    """Nine orders appended one by one: from the write to the new exact number in the page takes less than a second."""
    tile = page.locator('[data-key="net_sales|c:||month"] .value')
    page.wait_for_timeout(500)
    before = Fraction(str(tile.get_attribute("data-exact") or "0"))
    assert before == Fraction(str(shop.printed("net_sales", "c:", NEXT_MONTH)["value"]))
    slowest = 0.0
    for number in range(1, APPENDED + 1):
        expected = before + number * Fraction("100.01")
        start = time.monotonic()
        shop.append(number)
        while Fraction(str(tile.get_attribute("data-exact"))) != expected:
            assert time.monotonic() - start < LIMIT_SECONDS
            page.wait_for_timeout(5)
        slowest = max(slowest, time.monotonic() - start)
    print(f"from file to screen, slowest of {APPENDED}: {slowest * 1000:.0f} ms")
    assert slowest < 1
    after = shop.printed("net_sales", "c:", NEXT_MONTH)
    assert Fraction(after["value"]) == before + APPENDED * Fraction("100.01")
    assert after == shop.served("net_sales", "c:", NEXT_MONTH)


def test_a_second_board_on_the_same_port(shop: Shop) -> None:
    """A board on the port of the running one is refused with 3, and the running one goes on."""
    port = shop.url.rsplit(":", 1)[1]
    ended = shop.shell.run("board", shop.shell.home, "--port", port)
    assert ended.code == 3
    assert f"port {port} on 127.0.0.1 is in use" in ended.err
    assert httpx.get(f"{shop.url}/-/healthy").status_code == 200
