"""The event stream, over real HTTP."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from tests.dashboards.web.conftest import Board

NET_SALES = "net_sales|c:||month"


@contextmanager
def listening(
    board: Board, query: str = "board=overview&lang=en", **headers: str
) -> Iterator[Iterator[dict[str, Any]]]:
    """The events of a stream, one dict each: id, event and the decoded data."""
    with httpx.stream("GET", f"{board.url}/events?{query}", headers=headers, timeout=10) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")

        def events() -> Iterator[dict[str, Any]]:
            found: dict[str, Any] = {}
            for line in answer.iter_lines():
                name, _, text = line.partition(": ")
                if not line and "data" in found:
                    yield found
                    found = {}
                elif name == "data":
                    found["data"] = json.loads(text)
                elif name in ("id", "event"):
                    found[name] = text

        yield events()


def test_a_snapshot_comes_first_then_only_what_changed(board: Board) -> None:
    """The snapshot has every part; a commit that moves one number sends that part and the age, under its version."""
    with listening(board) as events:
        snapshot = next(events)
        assert (snapshot["event"], snapshot["id"]) == ("snapshot", "1")
        assert len(snapshot["data"]["parts"]) > 20
        board.reader.put("net_sales", "c:", "2026-10", 1_200_000)
        board.commit()
        change = next(event for event in events if event["event"] == "change")
        assert change["id"] == "2"
        assert set(change["data"]["parts"]) == {NET_SALES, "fresh"}
        assert "¥1,200,000" in change["data"]["parts"][NET_SALES]


def test_a_change_arrives_within_a_second(board: Board) -> None:
    """From the commit to the bytes on the wire it takes less than a second."""
    with listening(board) as events:
        next(events)
        board.reader.put("net_sales", "c:", "2026-10", 1_200_000)
        start = time.monotonic()
        board.commit()
        next(event for event in events if NET_SALES in event["data"].get("parts", {}))
        assert time.monotonic() - start < 1


def test_a_reconnect_gets_the_present(board: Board) -> None:
    """Last-Event-ID brings a new snapshot of what holds now; what was missed is not replayed."""
    board.reader.put("net_sales", "c:", "2026-10", 1_200_000)
    board.commit()
    with listening(board, **{"Last-Event-ID": "1"}) as events:
        first = next(events)
        assert (first["event"], first["id"]) == ("snapshot", "2")
        assert "¥1,200,000" in first["data"]["parts"][NET_SALES]


def test_silence_has_a_heartbeat(board: Board) -> None:
    """Without changes the stream beats, so that a dead connection is noticed."""
    with listening(board) as events:
        next(events)
        beat = next(events)
        assert (beat["event"], beat["data"]) == ("beat", {"now_ms": board.clock.at_us // 1000})


def test_a_slow_client_gets_the_newest_value_only(board: Board) -> None:
    """Many commits while nobody reads leave no queue: the client ends at the newest value within a few events."""
    with listening(board) as events:
        next(events)
        for amount in range(300):
            board.reader.put("net_sales", "c:", "2026-10", 2_000_000 + amount)
            board.commit()
        seen = []
        for event in events:
            if NET_SALES in event["data"].get("parts", {}):
                seen.append(event)
                if "¥2,000,299" in event["data"]["parts"][NET_SALES]:
                    break
        assert len(seen) <= 10


def test_many_watchers_share_one_look(board: Board) -> None:
    """Twenty streams of one page cost about as many reads as one."""
    streams = [listening(board) for _ in range(20)]
    opened = [stream.__enter__() for stream in streams]
    for events in opened:
        next(events)
    before = board.reader.calls
    board.reader.put("net_sales", "c:", "2026-10", 1_300_000)
    board.commit()
    for events in opened:
        next(event for event in events if NET_SALES in event["data"].get("parts", {}))
    reads = board.reader.calls - before
    for stream in streams:
        stream.__exit__(None, None, None)
    assert reads < 3000, reads


def test_an_alert_reaches_the_page(board: Board) -> None:
    """A rule that starts to fire changes the list of alerts of an open page."""
    with listening(board) as events:
        next(events)
        for _ in range(8):
            board.clock.at_us += 60_000_000
            board.commit()
            time.sleep(0.3)
        fired = next(event for event in events if "phase-firing" in event["data"].get("parts", {}).get("alerts", ""))
        assert "Customer service" in fired["data"]["parts"]["alerts"]


def test_a_closed_stream_is_forgotten(board: Board) -> None:
    """After the client has gone the board holds nothing for it."""
    with listening(board) as events:
        next(events)
        assert "scoreline_board_streams 1.0" in httpx.get(f"{board.url}/metrics").text
    until = time.monotonic() + 5
    while time.monotonic() < until and "scoreline_board_streams 0.0" not in httpx.get(f"{board.url}/metrics").text:
        time.sleep(0.1)
    assert "scoreline_board_streams 0.0" in httpx.get(f"{board.url}/metrics").text
