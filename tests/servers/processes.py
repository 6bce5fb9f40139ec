"""Processes by id: a server's whole tree, signals to it, its end when we die, the account it runs as."""

from __future__ import annotations

import contextlib
import os
import pwd
import signal
import subprocess
import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

# Waits for a word on its standard input; when that ends without one, we died and the server must not outlive us.
GUARD = 'read -r word || kill -s KILL -- "-$1"'


@dataclass(frozen=True, slots=True)
class Account:
    """A user of this machine."""

    name: str
    uid: int
    gid: int


def unprivileged_account() -> Account | None:
    """The account for a server that refuses root (`postgres`, else `nobody`), or None when we are not root."""
    if os.getuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return Account(name, entry.pw_uid, entry.pw_gid)
    raise OSError("no account 'postgres' or 'nobody' on this machine")


def process_tree(root: int) -> list[int]:
    """A process and all its descendants, parents first.

    PostgreSQL puts each of its children into a group of its own, so a signal to the process group would miss them.
    """
    children: dict[int, list[int]] = defaultdict(list)
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                # The command's name stands in parentheses and may itself hold spaces and parentheses.
                state_and_parent = (entry / "stat").read_text("utf-8", errors="replace").rpartition(")")[2].split()
                children[int(state_and_parent[1])].append(int(entry.name))
    found = [root]
    for pid in found:
        found += children[pid]
    return found


def send_each(pids: Iterable[int], number: signal.Signals) -> None:
    """The signal to each process that is still there."""
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, number)


def alive(pid: int) -> bool:
    """Whether a process runs; one that waits to be reaped does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def gone_within(pids: Iterable[int], seconds: float) -> bool:
    """Whether all these processes end in that time."""
    waited_for, deadline = list(pids), time.monotonic() + seconds
    while any(alive(pid) for pid in waited_for):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def guarded(pid: int) -> subprocess.Popen[bytes]:
    """A small process that kills the process group `pid` if this process dies before it writes a line to it."""
    return subprocess.Popen(
        ["sh", "-c", GUARD, "guard", str(pid)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
