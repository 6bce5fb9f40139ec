"""Without the packages of Redis everything else works, and who asks for a live view is told what to install."""

from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import sys
sys.modules["redis"] = None
import dashboards.cli
import streams.reading
from streams.live import LiveViewError, open_bell, open_live_numbers, open_publisher
from streams.stores import MemoryStore
url = "redis://:secret@127.0.0.1:1/0"
for opening in (
    lambda: open_bell(url), lambda: open_live_numbers(MemoryStore(), url), lambda: open_publisher(MemoryStore, url)
):
    try:
        opening()
    except LiveViewError as error:
        print(error)
"""


def test_the_extra_is_named() -> None:
    """Boards and commands import without the `redis` package; the three openers say which extra is missing."""
    run = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    assert run.stdout.count("pip install 'scoreline[kafka]', or unset SCORELINE_REDIS") == 3
    assert "secret" not in run.stdout
