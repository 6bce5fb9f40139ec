"""Serves the board on an address: says clearly when the port is taken, and stops without cutting off a page."""

from __future__ import annotations

import errno
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import uvicorn
from starlette.applications import Starlette

from dashboards.web.feed import Feed

DEFAULT_HOST, DEFAULT_PORT = "127.0.0.1", 8765
STOP_SECONDS = 3
START_SECONDS = 10


class PortInUse(OSError):
    """The address can not be listened on; the text says which, why and what to do."""


def serve(app: Starlette, host: str = DEFAULT_HOST, port: int = DEFAULT_PORT) -> None:
    """Serve until the process is told to stop (Ctrl-C or SIGTERM); PortInUse when the address can not be had."""
    with listening(host, port) as door:
        _Server(app).run(sockets=[door])


@contextmanager
def running(app: Starlette, host: str = DEFAULT_HOST, port: int = DEFAULT_PORT) -> Iterator[str]:
    """Serve in a thread of its own for the length of a block, at the yielded URL; port 0 takes any free one."""
    with listening(host, port) as door:
        server = _Server(app)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [door]}, name="board", daemon=True)
        thread.start()
        if not server.came_up.wait(START_SECONDS):
            raise RuntimeError(f"the board did not start within {START_SECONDS} s")
        try:
            yield f"http://{_in_url(host)}:{door.getsockname()[1]}"
        finally:
            server.ask_to_stop()
            thread.join(STOP_SECONDS + 2)


@contextmanager
def listening(host: str, port: int) -> Iterator[socket.socket]:
    """A socket that listens on the address."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    door = socket.socket(family, socket.SOCK_STREAM)
    try:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # Else every answer on a kept connection waits some 40 ms for the reader's acknowledgement.
        door.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            door.bind((host, port))
            door.listen(128)
        except OSError as error:
            raise PortInUse(error.errno, _why(error, host, port)) from error
        yield door
    finally:
        door.close()


def _why(error: OSError, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return (
            f"port {port} on {host} is in use by another program: stop that program (perhaps another board),"
            f" or choose another port, such as --port {port + 1}"
        )
    if error.errno == errno.EACCES:
        return f"you may not listen on port {port} of {host}: choose one above 1023, such as --port {DEFAULT_PORT}"
    return f"cannot listen on {host} port {port} ({error.strerror}): use an address of this machine, such as 127.0.0.1"


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host


class _Server(uvicorn.Server):
    """Ends the open event streams as soon as it is told to stop; they would keep it waiting else."""

    def __init__(self, app: Starlette) -> None:
        config = uvicorn.Config(
            app, log_level="warning", access_log=False, timeout_graceful_shutdown=STOP_SECONDS, server_header=False
        )
        super().__init__(config)
        self._feed: Feed = app.state.feed
        self.came_up = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        self.came_up.set()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        # Not uvicorn's own: that one raises the signal once more after the stop, which ends the program in a traceback.
        self.force_exit = self.should_exit
        self.should_exit = True

    def ask_to_stop(self) -> None:
        """From another thread: stop as after a signal."""
        self.should_exit = True

    async def on_tick(self, counter: int) -> bool:
        is_over = await super().on_tick(counter)
        if is_over or self.should_exit:
            self._feed.close()
        return is_over
