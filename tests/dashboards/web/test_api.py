"""What programs are answered."""

from __future__ import annotations

import time

import pytest
from starlette.testclient import TestClient


def test_a_kpi_as_json(client: TestClient) -> None:
    """The period defaults to the month of the watermark, the owner to the company."""
    found = client.get("/api/kpi?kpi=net_sales").json()
    assert (found["owner"], found["period"], found["value"]) == ("c:", "2026-10", "1113823.04")
    day = client.get("/api/kpi?kpi=csat&owner=e:e07&period=2026-10-15&dimension=agent").json()
    assert (day["period"], day["dimension"], day["status"]) == ("2026-10-15", "agent", "ok")


@pytest.mark.parametrize(
    ("query", "part", "hint"),
    [
        ("", "kpi:", "net_sales"),
        ("kpi=nope", "kpi:", "net_sales"),
        ("kpi=csat&owner=bob", "owner:", "e:<person>"),
        ("kpi=csat&owner=e:e99", "owner:", "e:<person>"),
        ("kpi=csat&period=October", "period:", "2026-10"),
        ("kpi=csat&period=2026-13", "period:", "month"),
        ("kpi=csat&dimension=host", "dimension:", "agent"),
    ],
)
def test_a_wrong_question_is_told_which_part(client: TestClient, query: str, part: str, hint: str) -> None:
    """The answer names the part that is wrong and what is known instead."""
    answer = client.get(f"/api/kpi?{query}")
    assert answer.status_code == 400
    assert answer.json()["error"].startswith(part)
    assert hint in answer.json()["error"]


def test_health_and_readiness(client: TestClient) -> None:
    """Healthy at once; ready as soon as the numbers have been read."""
    assert client.get("/-/healthy").text == "healthy\n"
    until = time.monotonic() + 5
    while client.get("/-/ready").status_code != 200 and time.monotonic() < until:
        time.sleep(0.02)
    assert client.get("/-/ready").text == "ready\n"


@pytest.mark.parametrize("query", ["", "board=nope", "board=team&arg=nobody", "board=team", "board=kpi&arg=x"])
def test_an_unknown_stream_is_refused(client: TestClient, query: str) -> None:
    """A stream of a board that does not exist, or lacks an argument, is a 404 that lists the boards."""
    answer = client.get(f"/events?{query}")
    assert answer.status_code == 404
    assert "overview" in answer.text
