"""A TCP proxy that drops the `options` of PostgreSQL's start-up message, as poolers do that share sessions."""

from __future__ import annotations

import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

SSL_REQUEST = 80877103
PIECE_BYTES = 65_536


@contextmanager
def forgetful(port: int) -> Iterator[int]:
    """The loopback port of a proxy before the server at `port`."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        Thread(target=_welcome, args=(door, port), daemon=True).start()
        yield door.getsockname()[1]


def _welcome(door: socket.socket, port: int) -> None:
    while True:
        try:
            client, _ = door.accept()
        except OSError:
            return
        Thread(target=_serve, args=(client, port), daemon=True).start()


def _serve(client: socket.socket, port: int) -> None:
    with client, socket.create_connection(("127.0.0.1", port)) as server:
        message = _message(client)
        while struct.unpack("!I", message[:4])[0] == SSL_REQUEST:
            client.sendall(b"N")
            message = _message(client)
        words = message[4:].rstrip(b"\0").split(b"\0")
        pairs = zip(words[::2], words[1::2], strict=True)
        kept = b"".join(name + b"\0" + value + b"\0" for name, value in pairs if name != b"options") + b"\0"
        server.sendall(struct.pack("!I", len(kept) + 8) + message[:4] + kept)
        Thread(target=_copy, args=(server, client), daemon=True).start()
        _copy(client, server)


def _message(client: socket.socket) -> bytes:
    (length,) = struct.unpack("!I", client.recv(4, socket.MSG_WAITALL))
    return client.recv(length - 4, socket.MSG_WAITALL)


def _copy(source: socket.socket, target: socket.socket) -> None:
    try:
        while piece := source.recv(PIECE_BYTES):
            target.sendall(piece)
    except OSError:
        return
