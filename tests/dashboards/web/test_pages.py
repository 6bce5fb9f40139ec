"""The pages as they come from the server."""

from __future__ import annotations

import re
import time
from html.parser import HTMLParser

import pytest
from starlette.testclient import TestClient

from dashboards.web import BoardSettings, create_app
from streams.clock import FrozenClock
from tests.dashboards.memory_reader import MemoryReader
from tests.dashboards.month import NOW_US, month_reader

PAGES = [
    "/",
    "/team/cs",
    "/team/ops?sort=net_sales",
    "/person/e07",
    "/live",
    "/live/live-16",
    "/kpi/csat?owner=e:e08",
    "/search?q=e0",
    "/search",
]


class Looked(HTMLParser):
    """Notes what matters of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.inline: list[str] = []
        self.tags: list[str] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        found = dict(attrs)
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href", "action")]
        self.inline += [f"{tag} {name}" for name in found if name == "style" or name.startswith("on")]
        if tag == "style" or (tag == "script" and "src" not in found):
            self.inline.append(tag)
        if found.get("id"):
            self.ids.append(found["id"] or "")


def look(html: str) -> Looked:
    """The notes on a page."""
    looked = Looked()
    looked.feed(html)
    return looked


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_complete_without_script(client: TestClient, page: str, lang: str) -> None:
    """Every page has one h1, landmarks and a skip link, nothing inline, unique ids, and no address of another host."""
    answer = client.get(page, params={"lang": lang} | dict(client.build_request("GET", page).url.params))
    assert answer.status_code == 200
    looked = look(answer.text)
    assert looked.tags.count("h1") == 1
    assert {"header", "main", "nav"} <= set(looked.tags)
    assert 'href="#main"' in answer.text
    assert looked.inline == []
    assert len(set(looked.ids)) == len(looked.ids)
    assert not [address for address in looked.addresses if "//" in address]
    assert f'lang="{"zh-Hans" if lang == "zh" else "en"}"' in answer.text


def test_the_value_on_the_page_is_the_value_of_the_api(client: TestClient) -> None:
    """The exact text behind the number on the screen equals the API's value."""
    page = client.get("/?lang=en").text
    tile = re.search(r'data-key="net_sales\|c:\|\|month">.*?data-exact="([^"]+)"', page, re.DOTALL)
    assert tile is not None
    assert tile[1] == client.get("/api/kpi?kpi=net_sales&owner=c:").json()["value"] == "1113823.04"


@pytest.mark.parametrize(
    ("header", "word"), [("en-GB", "Team overview"), ("zh-CN", "团队总览"), ("fr", "团队总览"), ("", "团队总览")]
)
def test_the_language_follows_the_browser(client: TestClient, header: str, word: str) -> None:
    """Accept-Language chooses, Chinese is the default; the address overrides it."""
    assert word in client.get("/", headers={"accept-language": header}).text
    assert "Team overview" in client.get("/?lang=en", headers={"accept-language": header}).text


def test_choices_are_carried_by_links(client: TestClient) -> None:
    """Language and theme that the address states stay when a link is followed; others are not added."""
    page = client.get("/?lang=en&theme=dark").text
    assert 'href="/team/cs?lang=en&amp;theme=dark"' in page
    assert 'data-theme="dark"' in page
    assert 'href="/team/cs"' in client.get("/").text


def test_a_wall_has_nothing_to_click(client: TestClient) -> None:
    """In kiosk mode there is no link in the page but the skip link, no search, and numbers are short."""
    page = client.get("/?kiosk&lang=zh").text
    assert re.findall(r'<a [^>]*href="([^"]*)"', page) == ["#main"]
    assert "<form" not in page
    assert "¥111.4万" in page


@pytest.mark.parametrize("page", ["/nope", "/team/nobody", "/person/e99", "/live/none", "/kpi/x", "/kpi/csat?owner=x"])
def test_the_unknown_is_a_polite_404(client: TestClient, page: str) -> None:
    """What is not there, and what one may not see, get the same words and a way home."""
    answer = client.get(page, headers={"accept-language": "en"})
    assert answer.status_code == 404
    assert "The address does not exist, or you may not see it." in answer.text
    assert 'href="/"' in answer.text


def test_an_empty_installation_greets() -> None:
    """Before the first event the overview says so and names the command that loads the example."""
    app = create_app(MemoryReader(month_reader().definitions), BoardSettings(clock=FrozenClock(NOW_US)))
    with TestClient(app, base_url="http://127.0.0.1") as client:
        page = client.get("/?lang=en").text
    assert "No data yet" in page
    assert "<code>scoreline demo</code>" in page
    assert 'data-fresh="empty"' in page


@pytest.mark.parametrize(
    ("query", "page"), [("孙丽", "/person/e07"), ("sun li", "/person/e07"), ("客服组", "/team/cs")]
)
def test_a_single_hit_is_opened_at_once(client: TestClient, query: str, page: str) -> None:
    """A search with one result leads to its page, in either language and any case."""
    answer = client.get("/search", params={"q": query, "lang": "en"}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{page}?lang=en")


@pytest.mark.parametrize("query", ["<script>alert(1)</script>", '"><img src=x>', "'", "%00", "x" * 5000])
def test_what_is_searched_for_is_never_markup(client: TestClient, query: str) -> None:
    """Whatever is typed comes back as text."""
    page = client.get("/search", params={"q": query}).text
    assert "<script>alert" not in page
    assert "<img src=x" not in page


@pytest.mark.parametrize("page", ["/", "/nope", "/static/board.css", "/api/kpi", "/metrics", "/events?board=x"])
def test_every_answer_carries_the_security_headers(client: TestClient, page: str) -> None:
    """Pages, files, errors and programs' answers alike; nothing private is kept by a cache."""
    headers = client.get(page).headers
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["cache-control"] == ("no-cache" if page.startswith("/static/") else "no-store")


def test_another_name_for_this_machine_is_refused(client: TestClient) -> None:
    """A request under a name that is not ours (a rebound DNS name) is not answered."""
    assert client.get("/", headers={"host": "evil.example"}).status_code == 400


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_the_board_is_read_only(client: TestClient, method: str) -> None:
    """No page takes anything but a question."""
    assert client.request(method, "/").status_code == 405
    assert client.request(method, "/api/kpi").status_code == 405


class Broken(MemoryReader):
    """A reader whose store is away."""

    def version(self) -> int:
        raise OSError("the disk is gone: /secret/path")


def test_a_store_that_is_away_does_not_take_the_board_down() -> None:
    """Pages say that they can not be read, without telling the fault; health answers, readiness does not."""
    app = create_app(Broken(month_reader().definitions), BoardSettings(clock=FrozenClock(NOW_US)))
    with TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False) as client:
        page = client.get("/?lang=en")
        assert page.status_code == 500
        assert "recovers by itself" in page.text
        assert "secret" not in page.text
        assert client.get("/-/healthy").status_code == 200
        ready = client.get("/-/ready")
        assert ready.status_code == 503
        assert "secret" not in ready.text


class Faulty(MemoryReader):
    """A reader with a fault of the program in it."""

    def version(self) -> int:
        raise KeyError("a bug")


def test_a_board_that_has_stopped_says_so() -> None:
    """After a fault of the program the board is not ready and refuses streams, so that no page looks alive."""
    app = create_app(Faulty(month_reader().definitions), BoardSettings(clock=FrozenClock(NOW_US)))
    with TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False) as client:
        end = time.monotonic() + 5
        while "stopped" not in client.get("/-/ready").text and time.monotonic() < end:
            time.sleep(0.02)
        assert client.get("/-/ready").text == "not ready: the live board has stopped: KeyError\n"
        assert client.get("/events?board=overview").status_code == 503
