"""What every server shares: ports, its process tree, waiting for it, ending it, its last words."""

from __future__ import annotations

import atexit
import contextlib
import os
import random
import signal
import socket
import subprocess
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, Self

from tests.servers.processes import Account, guarded, process_tree, send_each

REPOSITORY = Path(__file__).resolve().parents[2]
HINT = "run scripts/system-packages.sh test"
# Below the ports that the kernel gives to clients: there, a client that keeps calling a dead server's port can be given
# that very port and then talks to itself, and the server finds its port taken when it comes back.
PORTS = range(15_000, 30_000)
LAST_WORDS_LINES = 25


class ServerMissing(Exception):
    """A server is not installed; the message says what is absent and how to get it."""


class ServerFailed(Exception):
    """A server did not start or did not end; the message carries the end of its log."""


class Server(ABC):
    """One server with its folder; its ports and its data stay the same over every restart of one object."""

    name: str
    ports_needed: ClassVar[int] = 1
    start_seconds: ClassVar[float] = 60
    poll_seconds: ClassVar[float] = 0.05
    stop_seconds: ClassVar[float] = 30
    stop_signal: ClassVar[signal.Signals] = signal.SIGTERM

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.ports: tuple[int, ...] = ()
        self.process: subprocess.Popen[bytes] | None = None
        self._guard: subprocess.Popen[bytes] | None = None

    @abstractmethod
    def prepare(self) -> None:
        """Write the configuration, and the data folder at the first start; raises ServerMissing."""

    @abstractmethod
    def command(self) -> Sequence[str]:
        """The program and its arguments."""

    @abstractmethod
    def answers(self) -> bool:
        """Whether a client would be served now; no exception for a server that is not there yet."""

    def environment(self) -> Mapping[str, str]:
        """The environment of the process."""
        return os.environ

    def account(self) -> Account | None:
        """The user that the process runs as, or None for ours."""
        return None

    @property
    def port(self) -> int:
        """The port that clients use; 0 before the first start."""
        return self.ports[0] if self.ports else 0

    @property
    def log(self) -> Path:
        """What the server printed, over all its starts."""
        return self.folder / "server.log"

    @property
    def pid(self) -> int:
        """The process id of the running server; raises ServerFailed when it does not run."""
        if not self.running:
            raise ServerFailed(f"{self.name} does not run: start() it first")
        assert self.process is not None
        return self.process.pid

    @property
    def running(self) -> bool:
        """Whether the process is there (paused or not)."""
        return self.process is not None and self.process.poll() is None

    def start(self) -> Self:
        """Start and wait until it answers; raises ServerMissing or ServerFailed. Does nothing when it runs."""
        if self.running:
            return self
        self.folder.mkdir(parents=True, exist_ok=True)
        self.ports = self.ports or free_ports(self.ports_needed)
        self.prepare()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=dict(self.environment()),
                cwd=self.folder,
                start_new_session=True,
                **as_user(self.account()),
            )
        self._guard = guarded(self.process.pid)
        atexit.register(self.kill)
        self._wait_until_it_answers()
        return self

    def stop(self) -> None:
        """End it as an operator would and wait for the end; raises ServerFailed when it had to be killed."""
        if self.running:
            self.resume()
            assert self.process is not None
            self.process.send_signal(self.stop_signal)
            try:
                self.process.wait(self.stop_seconds)
            except subprocess.TimeoutExpired:
                self.kill()
                raise ServerFailed(
                    self._with_log(f"did not end within {self.stop_seconds:g} s of being asked")
                ) from None
        self._let_go()

    def kill(self) -> None:
        """SIGKILL for every process of it at once, as a power cut would; it can be started again."""
        if self.running:
            assert self.process is not None
            # Stopped first, so that it cannot fork what this would miss.
            send_each([self.process.pid], signal.SIGSTOP)
            send_each(process_tree(self.process.pid), signal.SIGKILL)
            self.process.wait()
        self._let_go()

    def pause(self) -> None:
        """SIGSTOP for every process of it: connections stay open and nothing answers."""
        send_each([self.pid], signal.SIGSTOP)
        send_each(process_tree(self.pid), signal.SIGSTOP)

    def resume(self) -> None:
        """SIGCONT for every process of it."""
        send_each(process_tree(self.pid), signal.SIGCONT)

    def restart(self) -> Self:
        """stop() and start(): the same ports, the same data."""
        self.stop()
        return self.start()

    def last_words(self) -> str:
        """The end of its log."""
        if not self.log.exists():
            return "(no log)"
        lines = self.log.read_text("utf-8", errors="replace").splitlines()
        return "\n".join(lines[-LAST_WORDS_LINES:]) or "(its log is empty)"

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _wait_until_it_answers(self) -> None:
        assert self.process is not None
        deadline = time.monotonic() + self.start_seconds
        while not self.answers():
            if self.process.poll() is not None:
                self._let_go()
                raise ServerFailed(self._with_log(f"ended by itself with code {self.process.returncode}"))
            if time.monotonic() > deadline:
                self.kill()
                raise ServerFailed(self._with_log(f"did not answer within {self.start_seconds:g} s"))
            time.sleep(self.poll_seconds)

    def _let_go(self) -> None:
        if self._guard is not None:
            with contextlib.suppress(BrokenPipeError):
                self._guard.communicate(b"ended\n")
            self._guard = None
        atexit.unregister(self.kill)

    def _with_log(self, what: str) -> str:
        return f"{self.name} {what} (folder {self.folder}); the end of its log:\n{self.last_words()}"


def as_user(account: Account | None) -> dict[str, Any]:
    """The arguments of Popen and run for another user, or none."""
    if account is None:
        return {}
    return {"user": account.uid, "group": account.gid, "extra_groups": []}


def free_ports(count: int) -> tuple[int, ...]:
    """Different loopback ports on which nothing listens now."""
    candidates = iter(random.sample(PORTS, k=len(PORTS)))
    return tuple(next(_free(candidates)) for _ in range(count))


def _free(candidates: Iterator[int]) -> Iterator[int]:
    for port in candidates:
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        yield port
