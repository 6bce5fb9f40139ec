"""What the machine refuses: a taken port, a folder that may not be written, a full disk, no store. Exit code 3."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import absent
from tests.dashboards.cli.shell import MINUTE, MONTH, REPOSITORY, Ended, Shell, lines_of, november, paid, process

# Root without the right to pass over file modes is bound by them like everybody, and still reaches its own Python.
BOUND = ("setpriv", "--bounding-set=-dac_override,-dac_read_search")
# Python ignores SIGXFSZ, so a write beyond the limit fails as on a disk that takes no more.
LIMITED = "import resource, runpy; resource.setrlimit(resource.RLIMIT_FSIZE, ({size}, {size})); "
START = "runpy.run_module('dashboards', run_name='__main__')"
MANY = 4_000


@pytest.fixture
def taken_port() -> Iterator[int]:
    """A port that something else listens on."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        door.listen()
        yield door.getsockname()[1]


@pytest.fixture
def unprivileged() -> tuple[str, ...]:
    """What to put before a command so that file modes bind it: nothing, except for root, whom they do not bind."""
    if os.geteuid() != 0:
        return ()
    probe = [*BOUND, "true"]
    if shutil.which("setpriv") is None or subprocess.run(probe, check=False).returncode:
        absent("root needs setpriv of util-linux to try a folder that may not be written")
    return BOUND


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 2 MiB where the machine lets us mount one; the test with a size limit runs everywhere."""
    folder = tmp_path / "disk"
    folder.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", folder], check=False, capture_output=True, text=True
    )
    if made.returncode:
        pytest.skip(f"may not mount a small file system here: {made.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=False)


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """4,000 orders of one yuan in November, some megabytes in a store."""
    path = tmp_path / "many.jsonl"
    orders = [paid(f"m{n}", f"2025-11-{n % 28 + 1:02}T10:00:00", "1.00") for n in range(MANY)]
    path.write_text(lines_of(*orders, november()[2]))
    return path


@pytest.mark.parametrize("command", ["board", "run"])
def test_a_port_in_use(full: Shell, taken_port: int, command: str) -> None:
    """The port, the reason and a way out are named, and the command ends at once."""
    ended = process(command, full.home, "--port", str(taken_port))
    assert ended.code == 3
    assert f"port {taken_port} on 127.0.0.1 is in use by another program" in ended.err
    assert f"--port {taken_port + 1}" in ended.err
    assert "Traceback" not in ended.err


def test_a_demo_on_a_port_in_use(tmp_path: Path, taken_port: int) -> None:
    """The demo says so before it spends a minute on its month, and makes nothing."""
    ended = process("demo", "--port", str(taken_port), "--out", tmp_path / "demo")
    assert ended.code == 3
    assert f"port {taken_port} on 127.0.0.1 is in use" in ended.err
    assert not (tmp_path / "demo").exists()


def test_a_demo_over_something_else(tmp_path: Path) -> None:
    """A folder that is no demo is never replaced by one."""
    kept = tmp_path / "work" / "mine.txt"
    kept.parent.mkdir()
    kept.write_text("mine")
    ended = process("demo", "--once", "--out", kept.parent)
    assert ended.code == 2
    assert "is not a demo: name another folder with --out" in ended.err
    assert kept.read_text() == "mine"


@pytest.mark.parametrize(
    "words",
    [
        ("kpi", "net_sales"),
        ("explain", "net_sales"),
        ("statement", "--period", MONTH),
        ("verify", "--period", MONTH),
        ("quarantine", "list"),
    ],
)
def test_no_store_yet(shell: Shell, words: tuple[str, ...]) -> None:
    """Reading before anything was ingested names the store and what to do, and makes no empty one."""
    ended = shell.at_home(*words)
    assert ended.code == 3
    assert "scoreline.db does not exist: run `scoreline ingest FILE --home" in ended.err
    assert not (shell.home / "scoreline.db").exists()


def test_a_file_that_is_no_store(shell: Shell) -> None:
    """Something else under the store's name is left alone and said."""
    path = shell.home / "scoreline.db"
    path.write_bytes(b"these are not the pages you are looking for" * 100)
    before = path.read_bytes()
    ended = shell.at_home("kpi", "net_sales")
    assert ended.code == 3
    assert "is not a scoreline store or is damaged" in ended.err
    assert path.read_bytes() == before


def test_a_folder_that_may_not_be_written(shell: Shell, tmp_path: Path, unprivileged: tuple[str, ...]) -> None:
    """Ingesting into somebody else's folder says which file, and what to allow."""
    events = tmp_path / "events.jsonl"
    events.write_text(lines_of(*november()))
    shell.home.chmod(0o555)
    try:
        ended = process("ingest", events, "--home", shell.home, before=unprivileged)
    finally:
        shell.home.chmod(0o755)
    assert ended.code == 3
    assert str(shell.home / "scoreline.db") in ended.err
    assert "written by this user" in ended.err
    assert "Traceback" not in ended.err
    assert not (shell.home / "scoreline.db").exists()


def test_a_store_that_may_not_be_written(full: Shell, tmp_path: Path, unprivileged: tuple[str, ...]) -> None:
    """A store of somebody else's can not be added to; the message asks for the permission."""
    events = tmp_path / "events.jsonl"
    events.write_text(lines_of(paid("o7", "2025-11-09T10:00:00", "1.00")))
    store = full.home / "scoreline.db"
    store.chmod(0o444)
    full.home.chmod(0o555)
    try:
        ended = process("ingest", events, "--home", full.home, before=unprivileged)
    finally:
        full.home.chmod(0o755)
        store.chmod(0o644)
    assert ended.code == 3
    assert str(store) in ended.err
    assert "Traceback" not in ended.err
    assert full.value("net_sales", "c:") == "400000"


def test_papers_into_a_folder_that_may_not_be_written(
    full: Shell, tmp_path: Path, unprivileged: tuple[str, ...]
) -> None:
    """Statements that can not be written name the folder."""
    full.seal()
    target = tmp_path / "closed"
    target.mkdir(mode=0o555)
    words = ("statement", "--period", MONTH, "--home", full.home, "--out", target / "papers")
    ended = process(*words, before=unprivileged)
    assert ended.code == 3
    assert str(target / "papers") in ended.err
    assert "Traceback" not in ended.err


def test_a_full_disk(shell: Shell, small_disk: Path, many: Path) -> None:
    """What does not fit ends with the store's name and the advice; with more space the same command goes on."""
    home = small_disk / "home"
    shutil.copytree(shell.home, home)
    here = Shell(home)
    ended = process("ingest", many, "--home", home)
    assert ended.code == 3
    assert f"no space left while writing {home / 'scoreline.db'}: free space on that disk" in ended.err
    assert "Traceback" not in ended.err
    subprocess.run(["mount", "-o", "remount,size=64m", small_disk], check=True)
    _goes_on(here, many)


def test_a_disk_that_takes_no_more(shell: Shell, many: Path) -> None:
    """The same with a limit on the size of files, which needs no rights on the machine."""
    words = [str(word) for word in ("scoreline", "ingest", many, "--home", shell.home)]
    program = LIMITED.format(size=1 << 20) + f"import sys; sys.argv = {words!r}; " + START
    limited = [sys.executable, "-c", program]
    found = subprocess.run(limited, cwd=REPOSITORY, capture_output=True, text=True, timeout=MINUTE, check=False)
    ended = Ended(found.returncode, found.stdout, found.stderr)
    assert ended.code == 3
    assert f"{shell.home / 'scoreline.db'}" in ended.err
    assert "check the disk and run the command again" in ended.err
    assert "Traceback" not in ended.err
    _goes_on(shell, many)


def _goes_on(shell: Shell, many: Path) -> None:
    (row,) = shell.json("ingest", many)
    assert row["accepted"] + row["duplicates"] == row["in"] <= MANY + 1
    assert shell.value("net_sales", "c:") == str(MANY)
    assert shell.json("close", "--period", MONTH, "--by", "li")["state"] == "draft"


def test_a_growing_file_is_followed(full: Shell, tmp_path: Path) -> None:
    """`run` takes what is appended to the file, a torn line only once it is whole, and ends cleanly on Ctrl-C."""
    events = full.home / "events.jsonl"
    events.touch()
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        port = door.getsockname()[1]
    running = subprocess.Popen(
        [sys.executable, "-m", "dashboards", "run", full.home, "--port", str(port)],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        line = json.dumps(paid("o7", "2025-11-09T10:00:00", "1000.00"))
        with events.open("a") as file:
            file.write(line[:50])
            file.flush()
            _wait_until(lambda: _listening(port))
            assert full.value("net_sales", "c:") == "400000"
            file.write(line[50:] + "\n")
            file.flush()
            _wait_until(lambda: full.value("net_sales", "c:") == "401000")
        running.send_signal(signal.SIGINT)
        told, _ = running.communicate(timeout=MINUTE)
    finally:
        running.kill()
        running.wait()
    assert running.returncode == 0, told
    assert f"Board at http://127.0.0.1:{port} · following {events}" in told
    assert "Stopped." in told
    assert "Traceback" not in told


def _listening(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _wait_until(is_so: Callable[[], bool], seconds: int = 30) -> None:
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.1)
