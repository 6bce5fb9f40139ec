"""The number on the board, the one that `scoreline kpi` prints and the one that is paid are the same number."""

from __future__ import annotations

import json
import shutil
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import sync_playwright
from typer.testing import CliRunner

from dashboards.cli import app
from dashboards.cli.home import Home, reader_of
from dashboards.web import BoardSettings, create_app, running
from examples.shop.simulator import generate
from streams.clock import FrozenClock

pytestmark = pytest.mark.chromium

REPOSITORY = Path(__file__).resolve().parents[2]
MONTH = "2026-10"
SCALE = Fraction(1, 40)
ASKED = (("net_sales", "e:e02"), ("cs_sales", "e:e12"), ("first_response_time_avg", "e:e13"), ("live_hours", "e:e08"))


@dataclass(frozen=True, slots=True)
class Shop:
    """A filled home whose month is closed, and the address of its board."""

    home: Path
    url: str
    papers: list[dict[str, Any]]


def command(*words: str) -> str:
    """What a scoreline command prints; the test fails when it does not end with 0."""
    done = CliRunner().invoke(app, list(words))
    assert done.exit_code == 0, done.output
    return done.stdout


def with_coefficients(definitions: Path) -> None:
    """A slice of a month is too small to score everybody, so a person sets the coefficients."""
    people = tomllib.loads((definitions / "people.toml").read_text("utf-8"))["person"]
    with (definitions / "points.toml").open("a", encoding="utf-8") as file:
        for person in people:
            file.write(
                f'\n[[manual]]\nperson = "{person["id"]}"\nperiod = "{MONTH}"\ncoefficient = "1"\n'
                'reason = { zh = "样本小", en = "a small slice" }\ndecided_by = "e01"\n'
            )


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    """Ingest a slice of the month through the command line, close and approve it, and serve its board."""
    home = tmp_path_factory.mktemp("shop")
    shutil.copytree(REPOSITORY / "examples" / "shop" / "definitions", home / "definitions")
    with_coefficients(home / "definitions")
    # The stream runs into November; the board then shows that month, so the slice ends with October.
    october = [line for line in generate(7, MONTH, SCALE) if b'"occurred_at":"2026-11' not in line]
    (home / "events.jsonl").write_bytes(b"".join(line.rstrip(b"\n") + b"\n" for line in october))
    command("ingest", str(home / "events.jsonl"), "--home", str(home), "--json")
    definitions = Home(home).definitions()
    reader = reader_of(Home(home).open_to_read(), definitions)
    clock = FrozenClock(reader.freshness().watermark_us)
    with running(create_app(reader, BoardSettings(clock=clock)), port=0) as url:
        yield Shop(home, url, closed(home))


def closed(home: Path) -> list[dict[str, Any]]:
    """Close the month once an event of November has come, and read the statements."""
    mark = {"event_id": "mark", "event_type": "order.placed", "occurred_at": "2026-11-01T00:00:01+08:00"}
    mark |= {"source": "test", "shop_id": "hanfeng-douyin", "order_id": "mark", "is_test": True}
    other = home.parent / f"{home.name}-closed"
    shutil.copytree(home, other)
    (other / "mark.jsonl").write_text(json.dumps(mark) + "\n", "utf-8")
    command("ingest", str(other / "mark.jsonl"), "--home", str(other), "--json")
    draft = json.loads(command("close", "--period", MONTH, "--by", "li", "--home", str(other), "--json"))
    command("approve", "--period", MONTH, "--digest", draft["digest"], "--by", "wang", "--home", str(other), "--json")
    papers: list[dict[str, Any]] = json.loads(command("statement", "--period", MONTH, "--home", str(other), "--json"))
    return papers


def exact(text: str) -> Fraction:
    """An exact number of any of the three places."""
    return Fraction(text)


@pytest.mark.parametrize(("kpi", "owner"), ASKED)
def test_board_command_and_statement_agree(
    shop: Shop, kpi: str, owner: str, chromium_path: str, chromium_args: list[str]
) -> None:
    """A person's KPI on the page, from the API, from the command and on the paper is one exact number."""
    printed = json.loads(command("kpi", kpi, "--owner", owner, "--period", MONTH, "--home", str(shop.home), "--json"))
    served = httpx.get(f"{shop.url}/api/kpi", params={"kpi": kpi, "owner": owner, "period": MONTH}).json()
    assert served["value"] == printed["value"]
    assert served["as_of"] == printed["as_of"]
    paper = next(paper for paper in shop.papers if f"e:{paper['person']['id']}" == owner)
    paid = [item["actual"] for item in paper["items"] if item["kpi"] == kpi]
    paid += [component["base"] for component in paper["components"] if component["base_kpi"] == kpi]
    assert paid
    assert {exact(value) for value in paid} == {exact(printed["value"])}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path, args=chromium_args)
        page = browser.new_page()
        page.goto(f"{shop.url}/kpi/{kpi}?owner={owner}&lang=en")
        shown = page.locator("[data-exact]").evaluate_all("all => all.map(one => one.dataset.exact)")
        browser.close()
    assert exact(printed["value"]) in {exact(value) for value in shown if value}


def test_the_company_total_is_the_sum_of_its_shop(shop: Shop) -> None:
    """With one shop, the company's net sales are the shop's, and the overview shows that number."""
    company = json.loads(command("kpi", "net_sales", "--period", MONTH, "--home", str(shop.home), "--json"))
    owner = ("--owner", "s:hanfeng-douyin")
    of_shop = json.loads(command("kpi", "net_sales", *owner, "--period", MONTH, "--home", str(shop.home), "--json"))
    assert company["value"] == of_shop["value"]
    assert f'data-exact="{company["value"]}"' in httpx.get(f"{shop.url}/?lang=en").text
