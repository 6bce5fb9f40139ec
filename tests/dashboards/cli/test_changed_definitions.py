"""Definitions that change under a filled store: no answer comes from cells of other rules."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.dashboards.cli.shell import MONTH, Shell, contradicted, november

OWNERS = ("e:p01", "e:p02", "e:unassigned", "c:")
ACCOUNT = '\n[[person.account]]\nid = "kf-99"\nfrom = "2025-01-01"\n'


def alone(shell: Shell) -> tuple[Path, str]:
    """Take p02's assignment away; the file and its text before."""
    path = shell.home / "definitions" / "assignments.toml"
    whole = path.read_text("utf-8")
    path.write_text(whole[: whole.rindex("[[assignment]]")], "utf-8")
    return path, whole


def sales(shell: Shell) -> list[str | None]:
    """Net sales of both people, of nobody and of the company."""
    return [shell.value("net_sales", owner) for owner in OWNERS]


@pytest.mark.parametrize(
    "words",
    [
        ("kpi", "net_sales", "--period", MONTH),
        ("explain", "net_sales", "--period", MONTH),
        ("verify", "--period", MONTH),
    ],
)
def test_no_number_of_other_rules(full: Shell, words: tuple[str, ...]) -> None:
    """Reading refuses with the store, the reason and the command, instead of an old number or a false alarm."""
    full.seal()
    alone(full)
    ended = full.at_home(*words)
    assert (ended.code, ended.out) == (2, "")
    assert f"{full.home / 'scoreline.db'} was computed with other definitions" in ended.err
    assert f"scoreline ingest --home {full.home}" in ended.err
    full.ok("ingest")
    full.ok(*words)


def test_no_board_of_other_rules(full: Shell) -> None:
    """A board beside changed definitions does not start, for the same reason."""
    alone(full)
    ended = full.run("board", full.home, "--port", "0")
    assert ended.code == 2
    assert "was computed with other definitions" in ended.err


def test_ingest_without_a_file_recomputes(full: Shell) -> None:
    """After an edit `ingest` alone moves p02's 40 % to nobody; once more it changes nothing."""
    assert sales(full) == ["240000", "160000", "0", "400000"]
    path, whole = alone(full)
    assert "the cells follow the definitions" in full.ok("ingest")
    assert sales(full) == ["240000", "0", "160000", "400000"]
    path.write_text(whole, "utf-8")
    assert full.json("ingest") == []
    assert sales(full) == ["240000", "160000", "0", "400000"]


def test_targets_need_no_recomputing(full: Shell) -> None:
    """A target is not in the cells: changed, it shows at once. 240,000 of 480,000 is a half."""
    path = full.home / "definitions" / "targets.toml"
    text = path.read_text("utf-8")
    assert text.count('value = "300000"') == 1
    path.write_text(text.replace('value = "300000"', 'value = "480000"'), "utf-8")
    assert full.value("sales_attainment", "e:p01") == "0.5"


def conversation(number: int, agent: str) -> list[dict[str, Any]]:
    """A customer asks and an account answers a minute later."""
    head = {"source": "hand", "shop_id": "my-shop", "session_id": f"s{number}", "customer_id": f"w{number}"}
    message = {"event_type": "chat.message", **head}
    return [
        message | {"event_id": f"s{number}-1", "occurred_at": "2025-11-06T10:00:00+08:00", "sender": "customer"},
        message
        | {
            "event_id": f"s{number}-2",
            "occurred_at": "2025-11-06T10:01:00+08:00",
            "sender": "agent",
            "agent_id": agent,
        },
    ]


def test_an_unknown_account_is_nobody_until_it_is_mapped(full: Shell) -> None:
    """Two conversations of account kf-99 are nobody's; mapped to p02 in people.toml, the next ingest gives her both."""
    summary = full.ingest(*conversation(1, "kf-99"), *conversation(2, "kf-99"), *conversation(3, "p01"))
    assert (summary["accepted"], summary["rejected"]) == (6, 0)
    assert [full.value("sessions_received", owner) for owner in OWNERS[:3]] == ["1", "0", "2"]
    row = full.json("explain", "sessions_received", "--owner", "e:unassigned", "--period", MONTH)
    assert [one["case"] for one in row["listed"]] == ["chat|my-shop|s1", "chat|my-shop|s2"]
    path = full.home / "definitions" / "people.toml"
    path.write_text(path.read_text("utf-8") + ACCOUNT, "utf-8")
    full.ok("ingest")
    assert [full.value("sessions_received", owner) for owner in OWNERS[:3]] == ["1", "2", "0"]
    full.draft()


@pytest.mark.parametrize("act", ["resolve", "fix", "replay"])
def test_a_repair_under_an_edit_that_is_taken_back(full: Shell, act: str) -> None:
    """Repairing between an edit and its undoing leaves the cells as the facts say: 60 and 40 % of the sales."""
    path, whole = alone(full)
    full.ok("ingest")
    path.write_text(whole, "utf-8")
    full.ok("ingest")
    full.ingest(contradicted("o1", "2025-11-03T10:00:00", "260000.00"), "{broken")
    listed = full.json("quarantine", "list")
    alone(full)
    if act == "resolve":
        (row,) = listed["conflicts"]
        full.ok("quarantine", "resolve", row["event"], "--keep", row["body"], "--by", "li", "--reason", "asked")
    elif act == "fix":
        event = '{"event_id":"x","event_type":"chat.closed","occurred_at":"2025-11-06T10:00:00+08:00","source":"hand",'
        text = event + '"shop_id":"my-shop","session_id":"s9"}'
        full.ok("quarantine", "fix", str(listed["rejected"][0]["id"]), "--json-text", text, "--by", "li")
    else:
        full.ok("quarantine", "replay", "--by", "li")
    path.write_text(whole, "utf-8")
    full.ok("ingest")
    assert sales(full) == (
        ["246000", "164000", "0", "410000"] if act == "resolve" else ["240000", "160000", "0", "400000"]
    )


def test_an_edit_between_draft_and_approval(full: Shell) -> None:
    """A changed share keeps a draft from being sealed (2); recomputed, its digest is a finding (1)."""
    digest = full.draft("li")
    path = full.home / "definitions" / "assignments.toml"
    path.write_text(path.read_text("utf-8").replace('share = "0.4"', 'share = "0.39"'), "utf-8")
    words = ("approve", "--period", MONTH, "--digest", digest, "--by", "wang")
    ended = full.at_home(*words)
    assert ended.code == 2
    assert "the definitions changed" in ended.err
    assert "scoreline ingest" in ended.err
    full.ok("ingest")
    ended = full.at_home(*words)
    assert ended.code == 1, ended.err
    assert f"close {MONTH} again" in ended.err


def test_november_is_whole_again(shell: Shell) -> None:
    """The order of edit and ingest makes no difference: the draft's digest is that of the undisturbed home."""
    path, whole = alone(shell)
    shell.ingest(*november())
    path.write_text(whole, "utf-8")
    disturbed = shell.draft()
    other = Shell(shell.home.parent / "other")
    other.home.mkdir()
    (other.home / "definitions").symlink_to(shell.home / "definitions")
    (row,) = other.json("ingest", shell.home.parent / "part-0.jsonl")
    assert row["accepted"] == 3
    assert other.draft() == disturbed
