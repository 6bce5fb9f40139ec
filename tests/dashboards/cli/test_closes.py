"""`close`, `approve` and `verify`: two people, one digest, and every refusal with what to do."""

from __future__ import annotations

import sqlite3

from tests.dashboards.cli.shell import MONTH, Shell, november, paid

# By hand: both reach 80 % of their target, so 80 x 50/80 + 120 x 30/80 = 95 and the coefficient is 1.2; 2,000 x 1.2
# is 2,400; p01 earns (200,000 x 0.5 % + 40,000 x 1 %) x 1.2 = 1,680 and p02 160,000 x 0.5 % x 1.2 = 960.
TOTALS = {"p01": "10080.00", "p02": "9360.00"}


def edit(shell: Shell, statement: str) -> None:
    """Change the store behind Scoreline's back."""
    with sqlite3.connect(shell.home / "scoreline.db") as connection:
        assert connection.execute(statement).rowcount == 1
    connection.close()


def approve(shell: Shell, digest: str, by: str) -> tuple[int, str]:
    """Exit code and error of an approval."""
    ended = shell.at_home("approve", "--period", MONTH, "--digest", digest, "--by", by)
    return ended.code, ended.err


def test_a_draft(full: Shell) -> None:
    """The draft gives everybody's score and total, by hand 10,080 + 9,360, and the digest to approve."""
    row = full.json("close", "--period", MONTH, "--by", "li")
    assert {one["person"]: one["total"] for one in row["people"]} == TOTALS
    assert {one["score"] for one in row["people"]} == {"95.00"}
    assert (row["state"], row["run"], row["total"], row["currency"]) == ("draft", 1, "19440.00", "CNY")
    told = full.ok("close", "--period", MONTH, "--by", "li")
    assert "p01 张伟 Zhang Wei: score 95.00, coefficient 1.2, 10080.00 CNY" in told
    assert f"digest {row['digest']}" in told
    assert "Next, by somebody else: scoreline approve" in told


def test_an_open_period_can_not_be_closed(shell: Shell) -> None:
    """Before any event after the month has come, the close says how far events are and what to wait for."""
    shell.ingest(*november()[:2])
    ended = shell.at_home("close", "--period", MONTH, "--by", "li")
    assert ended.code == 2
    assert f"{MONTH} can not be closed yet" in ended.err
    assert "still open: events have reached 2025-11-05T02:00:00Z" in ended.err
    assert "the period ends 2025-11-30T16:00:00Z" in ended.err
    assert "wait for later events" in ended.err


def test_the_road_to_the_seal(full: Shell) -> None:
    """Not by the same person (2), not with another digest (1), by another person (0), again (0), and never anew (2)."""
    digest = full.draft("li")
    code, said = approve(full, digest, "li")
    assert (code, "a second person must" in said) == (2, True)
    code, said = approve(full, "0" * 64, "wang")
    assert (code, digest in said) == (1, True)
    assert approve(full, digest, "wang") == (0, "")
    assert approve(full, digest, "wang") == (0, "")
    code, said = approve(full, "0" * 64, "wang")
    assert (code, "sealed with another digest" in said) == (1, True)
    again = full.at_home("close", "--period", MONTH, "--by", "li")
    assert again.code == 2
    assert f"{MONTH} is already closed (run 1, digest {digest})" in again.err
    assert "correction in the next open period" in again.err


def test_a_seal_as_json(full: Shell) -> None:
    """The approval tells run, digest and state."""
    digest = full.draft()
    row = full.json("approve", "--period", MONTH, "--digest", digest, "--by", "wang")
    assert row == {"period": MONTH, "run": 1, "digest": digest, "state": "sealed"}


def test_what_changed_since_the_draft_is_not_sealed(full: Shell) -> None:
    """An order that came after the draft makes the approval a finding; closed again, it is in."""
    digest = full.draft()
    full.ingest(paid("late", "2025-11-20T10:00:00", "1000.00"))
    code, said = approve(full, digest, "wang")
    assert code == 1
    assert "changed since the draft" in said
    assert f"close {MONTH} again" in said
    assert approve(full, full.draft(), "wang") == (0, "")


def test_a_late_order_is_a_correction_of_the_next_month(full: Shell) -> None:
    """After the seal 1,000 yuan of November come in: December pays 600 x 1 % x 1.2 = 7.20 and 400 x 0.5 % x 1.2."""
    full.seal()
    full.ingest(paid("late", "2025-11-20T10:00:00", "1000.00"), paid("next", "2026-01-02T10:00:00", "5.00"))
    targets = full.home / "definitions" / "targets.toml"
    text = targets.read_text("utf-8")
    targets.write_text(text + text.replace(f'period = "{MONTH}"', 'period = "2025-12"'), "utf-8")
    full.ingest()
    row = full.json("close", "--period", "2025-12", "--by", "li")
    assert row["state"] == "draft"
    papers = full.json("statement", "--period", "2025-12")
    amounts = {
        paper["person"]["id"]: [(one["origin_period"], one["amount"]) for one in paper["adjustments"]]
        for paper in papers
    }
    assert amounts == {"p01": [(MONTH, "7.20")], "p02": [(MONTH, "2.40")]}
    assert "corrections of earlier periods 1" in full.ok("close", "--period", "2025-12", "--by", "li")


def test_approving_nothing(full: Shell) -> None:
    """Without a draft the message says to close first."""
    code, said = approve(full, "0" * 64, "wang")
    assert code == 2
    assert f"{MONTH} has no draft: run `scoreline close --period {MONTH}` first" in said


def test_a_period_that_does_not_exist(full: Shell) -> None:
    """Closing, approving and verifying 2025-13 are wrong use."""
    for words in (("close", "--by", "li"), ("verify",), ("approve", "--digest", "0", "--by", "li"), ("statement",)):
        ended = full.at_home(*words, "--period", "2025-13")
        assert ended.code == 2, words
        assert "2025-13" in ended.err, words


def test_verify_agrees(full: Shell) -> None:
    """An untouched close keeps its digest, and the recount of the facts agrees with the cells."""
    digest = full.seal()
    row = full.json("verify", "--period", MONTH)
    assert (row["body_matches"], row["recount_differences"], row["state"]) == (True, [], "sealed")
    assert row["digest"] == row["digest_of_body"] == digest
    told = full.ok("verify", "--period", MONTH)
    assert "digest agrees" in told
    assert "recount from facts: agrees" in told


def test_verify_finds_a_changed_cell(full: Shell) -> None:
    """One fen added to one cell is a finding that names the cell with both amounts."""
    full.seal()
    edit(full, "UPDATE cells SET value = value + 1 WHERE owner = 'e:p01' AND measure = 'gmv' AND period = '2025-11-03'")
    ended = full.at_home("verify", "--period", MONTH)
    assert ended.code == 1
    assert "1 differences" in ended.out
    assert "do not pay from this" in ended.err
    listed = full.at_home("verify", "--period", MONTH, "--json")
    assert listed.code == 1
    assert all(word in listed.out for word in ("e:p01", "shop", "gmv", "24000001", "24000000"))


def test_a_changed_cell_keeps_the_month_open(full: Shell) -> None:
    """The recount stops the close before anybody is paid from a wrong cell."""
    edit(full, "UPDATE cells SET value = value + 1 WHERE owner = 'e:p01' AND measure = 'gmv' AND period = '2025-11-03'")
    ended = full.at_home("close", "--period", MONTH, "--by", "li")
    assert ended.code == 2
    assert "do not pay" in ended.err
    assert "e:p01 shop gmv: cells say 24000001, facts say 24000000" in ended.err


def test_verify_finds_a_changed_body(full: Shell) -> None:
    """A sealed body in which an amount was changed no longer has its digest."""
    full.seal()
    edit(full, "UPDATE closes SET body = replace(body, '10080.00', '90080.00')")
    ended = full.at_home("verify", "--period", MONTH)
    assert ended.code == 1
    assert "digest DIFFERS" in ended.out


def test_verify_before_any_close(full: Shell) -> None:
    """What was never closed can not be verified."""
    ended = full.at_home("verify", "--period", MONTH)
    assert ended.code == 2
    assert f"{MONTH} was never closed" in ended.err
