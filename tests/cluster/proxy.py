"""A TCP proxy before PostgreSQL that can lose a COMMIT, or its answer, and then cut the connection or keep silent."""

from __future__ import annotations

import asyncio
import contextlib
import enum
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit, urlunsplit

COMMIT = b"Q\x00\x00\x00\x0bCOMMIT\x00"
"""The simple query COMMIT as it goes over the wire, which is how psycopg ends a transaction."""
CHUNK_BYTES = 65_536


class Harm(enum.Enum):
    """What happens to the next COMMIT."""

    ANSWER_CUT = "the server commits, its answer is lost and the connection cut"
    ANSWER_SILENT = "the server commits, and nobody ever answers"
    LOST_CUT = "the COMMIT never reaches the server, the connection is cut"


@dataclass(slots=True)
class _Link:
    """One client and its connection to the server."""

    client: tuple[asyncio.StreamReader, asyncio.StreamWriter]
    server: tuple[asyncio.StreamReader, asyncio.StreamWriter]
    swallowing: Harm | None = None
    tail: bytes = b""


@dataclass(slots=True)
class Proxy:
    """Forwards to a port on this machine. `arm` harms the next COMMIT of anybody, once."""

    target_port: int
    port: int = 0
    harmed: list[Harm] = field(default_factory=list)
    _armed: Harm | None = None
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)

    @contextlib.contextmanager
    def running(self) -> Iterator[Proxy]:
        """Forward in a thread for as long as the block lasts."""
        listener = socket.create_server(("127.0.0.1", 0))
        self.port = listener.getsockname()[1]
        server = self._loop.run_until_complete(asyncio.start_server(self._serve, sock=listener, limit=CHUNK_BYTES))
        thread = threading.Thread(target=self._loop.run_forever, name="proxy", daemon=True)
        thread.start()
        try:
            yield self
        finally:
            asyncio.run_coroutine_threadsafe(self._end(server), self._loop).result(10)
            self._loop.call_soon_threadsafe(self._loop.stop)
            thread.join()
            self._loop.close()

    def arm(self, harm: Harm) -> None:
        """Harm the next COMMIT."""
        self._armed = harm

    @property
    def is_armed(self) -> bool:
        """Whether no COMMIT came since `arm`."""
        return self._armed is not None

    def url(self, store_url: str) -> str:
        """The address of a database as it is reached through here."""
        parts = urlsplit(store_url)
        login = parts.netloc.rpartition("@")[0]
        return urlunsplit(parts._replace(netloc=f"{login}@127.0.0.1:{self.port}"))

    async def _end(self, server: asyncio.Server) -> None:
        server.close()
        rest = asyncio.all_tasks(self._loop) - {asyncio.current_task(self._loop)}
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            server = await asyncio.open_connection("127.0.0.1", self.target_port)
        except OSError:
            writer.close()
            return
        link = _Link((reader, writer), server)
        pumps = [asyncio.create_task(self._upward(link)), asyncio.create_task(self._downward(link))]
        try:
            await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for pump in pumps:
                pump.cancel()
            await asyncio.gather(*pumps, return_exceptions=True)
            writer.close()
            server[1].close()

    async def _upward(self, link: _Link) -> None:
        """From the client to the server, watching for COMMIT."""
        with contextlib.suppress(OSError):
            while read := await link.client[0].read(CHUNK_BYTES):
                link.tail = (link.tail + read)[-len(COMMIT) - len(read) :]
                if self._armed is not None and link.tail.endswith(COMMIT):
                    harm, self._armed = self._armed, None
                    self.harmed.append(harm)
                    link.swallowing = harm
                    if harm is Harm.LOST_CUT:
                        return
                link.server[1].write(read)
                await link.server[1].drain()

    async def _downward(self, link: _Link) -> None:
        """From the server to the client, unless an answer is to be swallowed."""
        with contextlib.suppress(OSError):
            while read := await link.server[0].read(CHUNK_BYTES):
                if link.swallowing is Harm.ANSWER_CUT:
                    return
                if link.swallowing is Harm.ANSWER_SILENT:
                    continue
                link.client[1].write(read)
                await link.client[1].drain()
