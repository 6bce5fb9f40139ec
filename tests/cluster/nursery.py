"""A process that has imported a worker's modules and forks workers: they start without those seconds of imports.

`python -m tests.cluster.nursery` reads one JSON object a line: {"start": ENVIRONMENT, "log": PATH} and
{"signal": NUMBER, "pid": PID}; it answers {"began": PID} and {"ended": PID, "code": CODE}. A child is reaped here and
nowhere else, so that a signal never meets a stranger's process that got the same id.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import queue
import select
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.cluster import worker

REPOSITORY = Path(__file__).resolve().parents[2]
START_SECONDS = 60
PR_SET_PDEATHSIG = 1
MOST_FILES = 64


@dataclass(slots=True)
class Child:
    """A worker that the nursery forked; as much of subprocess.Popen as tests need."""

    nursery: Nursery
    pid: int
    returncode: int | None = None
    _ended: threading.Event = field(default_factory=threading.Event)

    def poll(self) -> int | None:
        """Its exit code if it has ended, negative for a signal."""
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end; subprocess.TimeoutExpired after so many seconds."""
        if not self._ended.wait(timeout):
            raise subprocess.TimeoutExpired("a worker", timeout or 0)
        assert self.returncode is not None
        return self.returncode

    def send_signal(self, number: int) -> None:
        """A signal, unless it has ended."""
        self.nursery.ask({"signal": int(number), "pid": self.pid})

    def end(self, code: int) -> None:
        """It has ended."""
        self.returncode = code
        self._ended.set()


class Nursery:
    """Launches workers (call it like any `Launch`); as a context it ends with all its children."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.cluster.nursery"],
            cwd=REPOSITORY,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        self._children: dict[int, Child] = {}
        self._began: queue.Queue[Child] = queue.Queue()
        self._asking, self._starting = threading.Lock(), threading.Lock()
        self._listener = threading.Thread(target=self._listen, name="nursery", daemon=True)
        self._listener.start()

    def __call__(self, environment: Mapping[str, str], log: Path) -> Child:
        """Fork a worker."""
        with self._starting:
            self.ask({"start": dict(environment), "log": str(log)})
            return self._began.get(timeout=START_SECONDS)

    def __enter__(self) -> Nursery:
        return self

    def __exit__(self, *error: object) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(30)
        self._listener.join()
        assert self._process.stdout is not None
        self._process.stdout.close()

    def ask(self, wish: Mapping[str, Any]) -> None:
        """Write a line to the nursery."""
        assert self._process.stdin is not None
        with self._asking:
            self._process.stdin.write(json.dumps(wish) + "\n")
            self._process.stdin.flush()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            told = json.loads(line)
            if "began" in told:
                child = self._children[told["began"]] = Child(self, told["began"])
                self._began.put(child)
            else:
                self._children.pop(told["ended"]).end(told["code"])


def _fork(wish: Mapping[str, Any], parent: int) -> int:
    pid = os.fork()
    if pid:
        return pid
    # From here on a worker: it dies with the nursery, and nothing of the nursery's is left open in it.
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
    os.setsid()
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    log = os.open(wish["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for place, source in enumerate((nothing, log, log)):
        os.dup2(source, place)
    os.closerange(3, MOST_FILES)
    os.environ.clear()
    os.environ.update(wish["start"])
    code = 70
    try:
        code = worker.main()
    finally:
        sys.stderr.flush()
        os._exit(code)


def _say(told: Mapping[str, int]) -> None:
    print(json.dumps(told), flush=True)


def _reap(living: set[int]) -> None:
    with contextlib.suppress(ChildProcessError):
        while (found := os.waitpid(-1, os.WNOHANG))[0]:
            living.discard(found[0])
            _say({"ended": found[0], "code": os.waitstatus_to_exitcode(found[1])})


def _wishes(bell: int, living: set[int]) -> Iterator[dict[str, Any]]:
    """What is asked for, line by line, until nobody asks any more; ended children are told of meanwhile."""
    rest = b""
    while True:
        ready, _, _ = select.select([0, bell], [], [])
        if bell in ready:
            os.read(bell, 512)
        _reap(living)
        if 0 in ready:
            read = os.read(0, 65_536)
            if not read:
                return
            *lines, rest = (rest + read).split(b"\n")
            yield from map(json.loads, lines)


def main() -> None:
    """Fork on demand until standard input ends."""
    bell, rope = os.pipe()
    os.set_blocking(rope, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(rope)
    living: set[int] = set()
    for wish in _wishes(bell, living):
        if "start" in wish:
            pid = _fork(wish, os.getpid())
            living.add(pid)
            _say({"began": pid})
        elif wish["pid"] in living:
            os.kill(wish["pid"], wish["signal"])
    for pid in living:
        os.kill(pid, signal.SIGKILL)
    while living:
        pid, status = os.wait()
        living.discard(pid)
        _say({"ended": pid, "code": os.waitstatus_to_exitcode(status)})


if __name__ == "__main__":
    main()
