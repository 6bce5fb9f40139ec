"""`quarantine`: what was not accepted is kept as it came, and people decide about it."""

from __future__ import annotations

import json
import sqlite3

import pytest

from tests.dashboards.cli.shell import MONTH, Shell, contradicted, november, paid

BROKEN = '{"event_id": "o3-paid", "broken'
PRICEY = json.dumps(paid("o4", "2025-11-07T10:00:00", "1_000"))


@pytest.fixture
def dirty(full: Shell) -> Shell:
    """November with two lines that were not accepted."""
    assert full.ingest(BROKEN, PRICEY)["rejected"] == 2
    return full


def rejected(shell: Shell) -> list[dict[str, str]]:
    """What is open in quarantine."""
    found: list[dict[str, str]] = shell.json("quarantine", "list")["rejected"]
    return found


def test_nothing_to_list(full: Shell) -> None:
    """An empty quarantine says so."""
    assert "Nothing is in quarantine." in full.ok("quarantine", "list")
    assert full.json("quarantine", "list") == {"rejected": [], "conflicts": []}


def test_list(dirty: Shell) -> None:
    """Each row has its number, reason, place and raw text; --limit says how many more there are."""
    one, two = rejected(dirty)
    assert (one["reason"], one["raw"]) == ("BAD_JSON", BROKEN)
    assert (two["reason"], two["raw"]) == ("BAD_AMOUNT", PRICEY)
    assert one["place"] == "part-1.jsonl byte 0"
    assert two["place"] == f"part-1.jsonl byte {len(BROKEN) + 1}"
    told = dirty.ok("quarantine", "list", "--limit", "1")
    assert "BAD_JSON" in told
    assert "1 more; --limit 0 lists all" in told
    assert "BAD_AMOUNT" in dirty.ok("quarantine", "list", "--limit", "0")


def test_show(dirty: Shell) -> None:
    """The raw bytes are printed as they came; a number that is not there is wrong use."""
    told = dirty.ok("quarantine", "show", str(rejected(dirty)[0]["id"]))
    assert "BAD_JSON (open)" in told
    assert BROKEN in told
    ended = dirty.at_home("quarantine", "show", "99")
    assert ended.code == 2
    assert "nothing in quarantine has the number 99" in ended.err


def test_replay(dirty: Shell) -> None:
    """What an older version refused and this one reads is accepted once; what is still wrong stays."""
    raw = json.dumps(paid("o6", "2025-11-08T10:00:00", "500.00"))
    with sqlite3.connect(dirty.home / "scoreline.db") as connection:
        # The only way to have input of an older version here: its row as that version would have left it.
        row = ("UNKNOWN_EVENT_TYPE", "order.paid", "old.jsonl:1", raw.encode())
        connection.execute(
            "INSERT INTO quarantine(reason, detail, place, raw, batch, state) VALUES(?,?,?,?,1,'open')", row
        )
    connection.close()
    assert dirty.json("quarantine", "replay", "--by", "li") == {"accepted": 1, "still_rejected": 2}
    assert dirty.value("net_sales", "c:") == "400500"
    assert dirty.json("quarantine", "replay", "--by", "li") == {"accepted": 0, "still_rejected": 2}
    assert dirty.value("net_sales", "c:") == "400500"


def test_fix(dirty: Shell) -> None:
    """A corrected event takes the row's place and counts; one that is still wrong is told why and changes nothing."""
    row = str(rejected(dirty)[1]["id"])
    still = dirty.at_home("quarantine", "fix", row, "--json-text", PRICEY, "--by", "li")
    assert still.code == 2
    assert "still rejected: BAD_AMOUNT" in still.err
    right = json.dumps(paid("o4", "2025-11-07T10:00:00", "1000"))
    assert "Accepted as order.paid o4-paid." in dirty.ok("quarantine", "fix", row, "--json-text", right, "--by", "li")
    assert dirty.value("net_sales", "c:") == "401000"
    assert [one["reason"] for one in rejected(dirty)] == ["BAD_JSON"]
    again = dirty.at_home("quarantine", "fix", row, "--json-text", right, "--by", "li")
    assert again.code == 2
    assert f"nothing open in quarantine has the number {row}" in again.err


def test_drop(dirty: Shell) -> None:
    """A dropped row leaves the list; its bytes can still be shown, and the audit log has who and why."""
    row = str(rejected(dirty)[0]["id"])
    assert "Dropped 1." in dirty.ok("quarantine", "drop", row, "--by", "li", "--reason", "noise of a cable")
    assert [one["reason"] for one in rejected(dirty)] == ["BAD_AMOUNT"]
    told = dirty.ok("quarantine", "show", row)
    assert "(dropped)" in told
    assert BROKEN in told
    with sqlite3.connect(dirty.home / "scoreline.db") as connection:
        audit = connection.execute("SELECT who, action, detail FROM audit").fetchall()
    connection.close()
    assert audit == [("li", "quarantine.drop", f"{row}: noise of a cable")]


@pytest.mark.parametrize("words", [("drop", "1", "99", "--reason", "noise"), ("replay", "99")])
def test_numbers_that_are_not_there(dirty: Shell, words: tuple[str, ...]) -> None:
    """A wrong number is refused and named, and nothing is done about the right one beside it."""
    ended = dirty.at_home("quarantine", *words, "--by", "li")
    assert ended.code == 2
    assert "has the number 99" in ended.err
    assert "scoreline quarantine list" in ended.err
    assert len(rejected(dirty)) == 2


def conflicting(shell: Shell) -> tuple[str, str]:
    """o1 comes again with another amount; event and body as listed."""
    summary = shell.ingest(contradicted("o1", "2025-11-03T10:00:00", "260000.00"))
    assert (summary["accepted"], summary["conflicts"]) == (0, 1)
    (row,) = shell.json("quarantine", "list")["conflicts"]
    assert (row["type"], row["case"]) == ("order.paid", "order|my-shop|o1")
    return row["event"], row["body"]


def test_a_conflict_blocks_the_close(full: Shell) -> None:
    """The first body counts meanwhile; the close names the event and the command that resolves it."""
    event, body = conflicting(full)
    assert full.value("net_sales", "c:") == "400000"
    assert f"conflict {event} order.paid order|my-shop|o1: another body {body}" in full.ok("quarantine", "list")
    ended = full.at_home("close", "--period", MONTH, "--by", "li")
    assert ended.code == 2
    assert "event o1-paid of hand (order|my-shop|o1) came with another body" in ended.err
    assert f"scoreline quarantine resolve {event}" in ended.err


@pytest.mark.parametrize(("keeps_other", "expected"), [(False, "400000"), (True, "410000")])
def test_resolving_unblocks_the_close(full: Shell, keeps_other: bool, expected: str) -> None:
    """Whichever body is chosen counts, once, and the month can be closed and verified."""
    event, body = conflicting(full)
    words = ("--keep", body if keeps_other else "standing", "--by", "li", "--reason", "asked the shop")
    assert f"Resolved {event}." in full.ok("quarantine", "resolve", event, *words)
    assert full.value("net_sales", "c:") == expected
    assert full.json("quarantine", "list")["conflicts"] == []
    full.seal()
    assert full.json("verify", "--period", MONTH)["recount_differences"] == []
    again = full.at_home("quarantine", "resolve", event, *words)
    assert again.code == 2
    assert "no open conflict" in again.err


@pytest.mark.parametrize(
    ("event", "keep", "said"),
    [
        ("xyz", "standing", "'xyz' is no event"),
        ("00", "standing", "event 00 has no open conflict"),
        (None, "maybe", "'maybe' is no body of a conflict, nor 'standing'"),
        (None, "00", "body 00 is not among the conflicting ones"),
    ],
)
def test_wrong_choices(full: Shell, event: str | None, keep: str, said: str) -> None:
    """An event or body that is not listed is wrong use, and the conflict stays open."""
    listed, _ = conflicting(full)
    words = ("--keep", keep, "--by", "li", "--reason", "guess")
    ended = full.at_home("quarantine", "resolve", event or listed, *words)
    assert ended.code == 2
    assert said in ended.err
    assert len(full.json("quarantine", "list")["conflicts"]) == 1


def test_twice_the_same_conflict_is_one(full: Shell) -> None:
    """The other body again is no second conflict."""
    conflicting(full)
    full.ingest(contradicted("o1", "2025-11-03T10:00:00", "260000.00"), *november())
    assert len(full.json("quarantine", "list")["conflicts"]) == 1
