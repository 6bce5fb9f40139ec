"""A shell for the command line's tests: the starter home, hand-written orders, and commands with their outcome."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from dashboards.cli import app
from streams.codec import Codec, Decoded

REPOSITORY = Path(__file__).resolve().parents[3]
MONTH = "2025-11"
MINUTE = 60
LATER_US = 1_893_456_000_000_000

Wire = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        """What it printed with --json."""
        assert self.code == 0, self.err
        return json.loads(self.out)


@dataclass(frozen=True, slots=True)
class Shell:
    """Runs commands on one home, in this process or in one of their own."""

    home: Path

    def run(self, *words: str | Path) -> Ended:
        """A command without --home."""
        result = CliRunner().invoke(app, [str(word) for word in words])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return Ended(result.exit_code, result.stdout, result.stderr)

    def at_home(self, *words: str | Path) -> Ended:
        """A command with --home."""
        return self.run(*words, "--home", self.home)

    def ok(self, *words: str | Path) -> str:
        """What a command that succeeds prints."""
        ended = self.at_home(*words)
        assert ended.code == 0, ended.err
        return ended.out

    def json(self, *words: str | Path) -> Any:
        """What a command prints with --json."""
        return self.at_home(*words, "--json").json()

    def ingest(self, *events: Wire | str) -> Any:
        """Ingest a new file with these events or raw lines; its summary."""
        number = len(list(self.home.parent.glob("part-*.jsonl")))
        path = self.home.parent / f"part-{number}.jsonl"
        path.write_text(lines_of(*events), "utf-8")
        (summary,) = self.json("ingest", path)
        return summary

    def value(self, kpi: str, owner: str) -> str | None:
        """A KPI of the month."""
        found: str | None = self.json("kpi", kpi, "--owner", owner, "--period", MONTH)["value"]
        return found

    def draft(self, by: str = "li") -> str:
        """Close the month; the digest of the draft."""
        return str(self.json("close", "--period", MONTH, "--by", by)["digest"])

    def seal(self) -> str:
        """Close the month and approve it by somebody else; the digest."""
        digest = self.draft()
        self.ok("approve", "--period", MONTH, "--digest", digest, "--by", "wang")
        return digest


def process(*words: str | Path, before: tuple[str, ...] = (), cwd: Path = REPOSITORY) -> Ended:
    """`python -m dashboards` in a process of its own, behind the command `before`."""
    environment = {name: value for name, value in os.environ.items() if name != "SCORELINE_HOME"}
    ended = subprocess.run(
        [*before, sys.executable, "-m", "dashboards", *map(str, words)],
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        timeout=MINUTE,
        check=False,
    )
    return Ended(ended.returncode, ended.stdout, ended.stderr)


def lines_of(*events: Wire | str) -> str:
    """JSON lines of events; texts are lines already."""
    return "".join(f"{event if isinstance(event, str) else json.dumps(event)}\n" for event in events)


def paid(order: str, at: str, amount: str, **fields: Any) -> Wire:
    """A paid order of one line; `at` is a time in Shanghai such as 2025-11-03T10:00:00."""
    line = {"line_id": "1", "sku": "S1", "qty": 1, "paid_amt": amount}
    return {
        "event_id": f"{order}-paid",
        "event_type": "order.paid",
        "occurred_at": f"{at}+08:00",
        "source": "hand",
        "shop_id": "my-shop",
        "order_id": order,
        "buyer_id": f"buyer-{order}",
        "lines": [line],
        **fields,
    }


def contradicted(order: str, at: str, amount: str) -> Wire:
    """`paid` of the month told again with another amount, in a body that does not count until somebody chooses it.

    Of two bodies the one with the lower hash counts, so the promise to ship is varied until the hash is higher.
    """
    (standing,) = (event for event in november() if event["order_id"] == order)
    for minute in range(60):
        told = paid(order, at, amount, promised_ship_at=f"2025-11-30T10:{minute:02}:00+08:00")
        if _hash(told) > _hash(standing):
            return told
    raise AssertionError("sixty bodies, and all have a lower hash")


def _hash(event: Wire) -> bytes:
    found = Codec().decode(json.dumps(event).encode(), "test", LATER_US)
    assert isinstance(found, Decoded)
    return found.content_hash


def november() -> list[Wire]:
    """400,000 yuan in November, split 60 / 40 by the starter's assignments, and one order of December after it."""
    return [
        paid("o1", "2025-11-03T10:00:00", "250000.00"),
        paid("o2", "2025-11-05T10:00:00", "150000.00"),
        paid("o9", "2025-12-09T10:00:00", "10.00"),
    ]
