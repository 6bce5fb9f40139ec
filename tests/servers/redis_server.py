"""Redis: no persistence, a password."""

from __future__ import annotations

import contextlib
import secrets
import shutil
import socket
from collections.abc import Sequence
from pathlib import Path

from tests.servers.base import HINT, Server, ServerMissing

SETTINGS = """\
bind 127.0.0.1
port {port}
requirepass {password}
dir {folder}
save ""
appendonly no
"""


class Redis(Server):
    """One Redis; `url` carries the password."""

    name = "Redis"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.password = secrets.token_hex(12)

    @property
    def url(self) -> str:
        """redis:// with the password, database 0."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}/0"

    def prepare(self) -> None:
        """Write redis.conf."""
        if not shutil.which("redis-server"):
            raise ServerMissing(f"no redis-server on the path: {HINT}")
        settings = SETTINGS.format(port=self.port, password=self.password, folder=self.folder)
        (self.folder / "redis.conf").write_text(settings, "utf-8")

    def command(self) -> Sequence[str]:
        """The server on its configuration file."""
        return ["redis-server", str(self.folder / "redis.conf")]

    def answers(self) -> bool:
        """Whether it takes the password and says PONG."""
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1) as connection:
            connection.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
            said = b""
            while said.count(b"\r\n") < 2 and (more := connection.recv(64)):
                said += more
            return said == b"+OK\r\n+PONG\r\n"
        return False
