"""Listening and stopping."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from dashboards.web import PortInUse, create_app, running, serve
from tests.dashboards.month import month_reader

PROGRAM = """
from dashboards.web import create_app, serve
from tests.dashboards.month import month_reader
serve(create_app(month_reader()), port={port})
print("stopped cleanly", flush=True)
"""


def free_port() -> int:
    """A port that nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_port_in_use_says_what_to_do() -> None:
    """The error names port and host, the likely reason and the option to choose another."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(PortInUse) as caught:
            serve(create_app(month_reader()), port=port)
    assert f"port {port} on 127.0.0.1 is in use" in str(caught.value)
    assert f"--port {port + 1}" in str(caught.value)


def test_an_address_of_another_machine_is_refused() -> None:
    """An address that this machine does not have is named in the error."""
    with pytest.raises(PortInUse, match=r"cannot listen on 192\.0\.2\.1"):
        serve(create_app(month_reader()), host="192.0.2.1", port=0)


@pytest.mark.parametrize("kind", [signal.SIGINT, signal.SIGTERM])
def test_it_stops_within_seconds_although_a_page_is_open(kind: signal.Signals, repository: Path) -> None:
    """A signal ends the open event stream and the process, quickly and without a traceback."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM.format(port=port)],
        cwd=repository,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(repository)},
    )
    try:
        until = time.monotonic() + 20
        while time.monotonic() < until:
            try:
                httpx.get(f"http://127.0.0.1:{port}/-/healthy")
                break
            except httpx.TransportError:
                time.sleep(0.05)
        with httpx.stream("GET", f"http://127.0.0.1:{port}/events?board=overview", timeout=10) as answer:
            lines = answer.iter_lines()
            next(lines)
            start = time.monotonic()
            process.send_signal(kind)
            for _ in lines:
                pass
            output, errors = process.communicate(timeout=10)
        assert time.monotonic() - start < 3
        assert "Traceback" not in errors
        assert (output, process.returncode) == ("stopped cleanly\n", 0)
    finally:
        if process.poll() is None:
            process.kill()


def test_a_board_in_a_thread_gives_its_port_back() -> None:
    """After the block the port is free again."""
    with running(create_app(month_reader()), port=0) as url:
        assert httpx.get(f"{url}/-/healthy").status_code == 200
    port = int(url.rpartition(":")[2])
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", port))
